"""The OpenAPI document of a door, from what the door itself declares."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
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
    HTTPStatus.UNAUTHORIZED: (serializers.Problem, "The token is unknown, expired or revoked."),
    HTTPStatus.FORBIDDEN: (serializers.Problem, "What is asked for needs a token with a scope."),
    HTTPStatus.NOT_FOUND: (serializers.Problem, "Nothing is or was public at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: (serializers.Problem, "This API only reads."),
    HTTPStatus.NOT_ACCEPTABLE: (serializers.Problem, "No form that the request accepts is had."),
    HTTPStatus.GONE: (serializers.Gone, "The article was public and is no more; why is told."),
    HTTPStatus.TOO_MANY_REQUESTS: (
        serializers.Problem,
        "Asked too often; the header Retry-After says when to come back.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (serializers.Problem, "The server failed."),
}
ALWAYS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
# What is no JSON of ours, or JSON whose shape another standard describes.
FORMS: Final = {
    "application/ld+json": OpenApiTypes.OBJECT,
    "application/vnd.iptc.ninjs+json": OpenApiTypes.OBJECT,
    "text/html": OpenApiTypes.STR,
}


def header(name: str, about: str, statuses: Sequence[int], **more: Any) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        {"type": "string", **more},
        OpenApiParameter.HEADER,
        description=about,
        response=list(statuses),
    )


RATES: Final = (200, 301, 304, 400, 401, 403, 404, 406, 410, 429)
HEADERS: Final = (
    header("ETag", "Of the answer; send it as If-None-Match to be told 304.", (200, 304)),
    header("Link", "The pages around: `next` and `prev` (RFC 8288).", (200,)),
    header("Location", "The present address.", (301,), format="uri-reference"),
    header("RateLimit-Policy", "How many requests (q) in how many seconds (w).", RATES),
    header("RateLimit", "How many are left (r), and for how many seconds (t).", RATES),
    header("Retry-After", "In so many seconds the request will be answered.", (429,)),
    header("WWW-Authenticate", "What is wrong with the token (RFC 6750).", (401, 403)),
)


class BearerExtension(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "articles.api.tokens.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from the archive's editors. Reading is open without one.",
        }


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
        answered = {200, 304, *self.door.may, *ALWAYS}
        is_list = any(it.name == "cursor" for it in self.door.parameters)
        headers = [
            it
            for it in HEADERS
            if answered.intersection(cast("list[int]", it.response))
            and (is_list or it.name != "Link")
        ]
        return [*(documented(parameter) for parameter in self.door.parameters), *headers]

    def get_auth(self) -> list[dict[str, Any]]:
        auth: list[dict[str, Any]] = super().get_auth()
        return [{}, *auth]  # reading is open without a token

    def _get_format_parameters(self) -> list[Any]:
        return []  # `format` is one of the declared ones

    def get_response_serializers(self) -> Any:
        answers: dict[Any, Any] = {(200, "application/json"): self.door.answer}
        offered = {str(it.media_type) for it in self.door.renderer_classes}
        answers |= {(200, form): shape for form, shape in FORMS.items() if form in offered}
        answers[304] = OpenApiResponse(description="The client has this answer already.")
        if HTTPStatus.MOVED_PERMANENTLY in self.door.may:
            answers[301] = OpenApiResponse(description="It has another slug now.")
        for status in sorted({*ALWAYS, *self.door.may} & PROBLEMS.keys()):
            shape, about = PROBLEMS[status]
            answers[status.value, PROBLEM_JSON] = OpenApiResponse(shape, about)
            if "text/html" in offered:
                answers[status.value, "text/html"] = OpenApiResponse(OpenApiTypes.STR, about)
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
