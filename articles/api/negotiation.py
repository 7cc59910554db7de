"""Which form an answer takes, and what OPTIONS tells of a door."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.http import Http404
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from articles.api.errors import InvalidRequestError
from articles.api.parameters import Values, nearest
from articles.errors import InvalidQueryError

if TYPE_CHECKING:  # DRF's views read these classes from the settings while they are imported
    from rest_framework.views import APIView


class Negotiation(DefaultContentNegotiation):
    """By the Accept header, or by `format` as any other parameter: a wrong one is a 400."""

    def filter_renderers(
        self, renderers: Iterable[BaseRenderer], format: str
    ) -> list[BaseRenderer]:
        offered = list(renderers)
        try:
            return list(super().filter_renderers(offered, format))
        except Http404 as error:
            forms = tuple(dict.fromkeys(str(renderer.format) for renderer in offered))
            detail = f"{format[:80]!r} is not one of its values"
            fault = InvalidQueryError("format", detail, forms, nearest(format, forms))
            raise InvalidRequestError([fault]) from error


class DoorMetadata(BaseMetadata):
    """The parameters of the door, from the declaration that reads them."""

    def determine_metadata(self, request: Request, view: "APIView") -> dict[str, Any]:
        return {
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "renders": [renderer.media_type for renderer in view.renderer_classes],
            "parameters": [
                {
                    "name": parameter.name,
                    "description": parameter.about,
                    "given": Values(parameter.values).value,
                    "schema": parameter.document,
                }
                for parameter in getattr(view, "parameters", ())
            ],
        }
