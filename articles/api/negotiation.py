"""Which form an answer takes, and what OPTIONS tells of a door."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from rest_framework.exceptions import NotAcceptable
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from articles.api.errors import InvalidRequestError
from articles.api.parameters import FORMAT, Values, nearest
from articles.errors import InvalidQueryError

if TYPE_CHECKING:  # DRF's views read these classes from the settings while they are imported
    from rest_framework.views import APIView


LONGEST_HEADER: Final = 2_000
MOST_RANGES: Final = 50
WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


class Negotiation(BaseContentNegotiation):
    """By `format`, where it is given, else by the Accept header with its weights.

    Of forms that are equally welcome the door's first is taken (RFC 9110, 12.5.1).
    """

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> None:
        return None  # nothing is read but the address

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        if FORMAT.name in request.query_params:
            chosen = self._of_format(request.query_params[FORMAT.name], renderers)
        else:
            ranges = accepted(request.META.get("HTTP_ACCEPT", "*/*"))
            weights = [weight_of(str(it.media_type), ranges) for it in renderers]
            if not any(weights):
                raise NotAcceptable(available_renderers=renderers)
            chosen = renderers[weights.index(max(weights))]
        return chosen, str(chosen.media_type)

    @staticmethod
    def _of_format(word: str, renderers: Sequence[BaseRenderer]) -> BaseRenderer:
        for renderer in renderers:
            if renderer.format == word:
                return renderer
        forms = tuple(dict.fromkeys(str(renderer.format) for renderer in renderers))
        detail = f"{word[:80]!r} is not one of its values"
        raise InvalidRequestError(
            [InvalidQueryError("format", detail, forms, nearest(word, forms))]
        )


Range = tuple[str, float]  # a media range in small letters, and its weight


def accepted(header: str) -> list[Range]:
    """The ranges of an Accept header; other parameters than `q` are not told apart."""
    found = []
    for entry in header[:LONGEST_HEADER].split(",")[:MOST_RANGES]:
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        weight = next((it[2:] for it in parameters if it.startswith("q=")), "1")
        if name:
            found.append((name, float(weight) if WEIGHT.fullmatch(weight) else 0.0))
    return found or [("*/*", 1.0)]


def weight_of(media_type: str, ranges: Sequence[Range]) -> float:
    """How welcome a form is: by the range that names it most closely. 0: not at all."""
    kind = media_type.partition("/")[0]
    for name in (media_type, f"{kind}/*", "*/*"):
        weights = [weight for known, weight in ranges if known == name]
        if weights:
            return max(weights)
    return 0.0


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
