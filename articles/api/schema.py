"""The OpenAPI document of a door, from what the door itself declares."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from articles.api import serializers
from articles.api.parameters import Parameter, Values
from articles.api.problems import PROBLEM_JSON

if TYPE_CHECKING:  # views name this class through the settings while they are imported
    from articles.api.doors import Door

API: Final = "/api/v1/"
PROBLEMS: Final = {
    HTTPStatus.BAD_REQUEST: (
        serializers.InvalidRequest,
        "A parameter is unknown, malformed, given too often or contradicts another.",
    ),
    HTTPStatus.NOT_FOUND: (serializers.Problem, "Nothing is or was public at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: (serializers.Problem, "This API only reads."),
    HTTPStatus.NOT_ACCEPTABLE: (serializers.Problem, "No form that the request accepts is had."),
    HTTPStatus.GONE: (serializers.Gone, "The article was public and is no more; why is told."),
    HTTPStatus.INTERNAL_SERVER_ERROR: (serializers.Problem, "The server failed."),
}
ALWAYS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
LOCATION: Final = OpenApiParameter(
    "Location",
    {"type": "string", "format": "uri-reference"},
    OpenApiParameter.HEADER,
    description="The present address.",
    required=True,
    response=[HTTPStatus.MOVED_PERMANENTLY.value],
)


class DoorSchema(AutoSchema):
    @property
    def door(self) -> "Door":
        return cast("Door", self.view)

    def get_operation_id(self) -> str:
        return self.door.operation

    def get_tags(self) -> list[str]:
        """The noun of the path."""
        noun = self.path.removeprefix(API).strip("/").partition("/")[0]
        return [noun or "root"]

    def get_summary(self) -> str:
        return str(self.get_description()).partition(".")[0].replace("`", "")

    def get_override_parameters(self) -> list[Any]:
        own = [documented(parameter) for parameter in self.door.parameters]
        moved = HTTPStatus.MOVED_PERMANENTLY in self.door.may
        return [*own, LOCATION] if moved else own

    def _get_format_parameters(self) -> list[Any]:
        return []  # `format` is one of the declared ones

    def get_response_serializers(self) -> Any:
        answers: dict[Any, Any] = {(200, "application/json"): self.door.answer}
        if HTTPStatus.MOVED_PERMANENTLY in self.door.may:
            answers[301] = OpenApiResponse(description="It has another slug now.")
        for status in sorted({*ALWAYS, *self.door.may} & PROBLEMS.keys()):
            shape, about = PROBLEMS[status]
            answers[status.value, PROBLEM_JSON] = OpenApiResponse(shape, about)
        return answers


def documented(parameter: Parameter) -> OpenApiParameter:
    several = parameter.values is not Values.ONE
    return OpenApiParameter(
        parameter.name,
        parameter.document,
        OpenApiParameter.QUERY,
        description=parameter.about,
        style="form" if several else None,
        explode=parameter.values is Values.REPEATED if several else None,
    )
