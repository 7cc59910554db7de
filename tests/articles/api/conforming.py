"""Asking the API, and holding its answers against its own OpenAPI document."""

import re
from functools import cache
from typing import Any

from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS31Validator, oas31_format_checker

from articles.api import serializers

ROOT = "/api/v1/"


@cache
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def components(whole: bool = True) -> dict[str, Any]:
    """The document's shapes, closed: a member that is not documented is a fault. In a `whole`
    answer, one without `fields` and `omit`, each promised member must be there."""
    return {
        "schemas": {
            name: closed(name, shape, whole) if "properties" in shape else shape
            for name, shape in document()["components"]["schemas"].items()
        }
    }


def closed(name: str, shape: dict[str, Any], whole: bool) -> dict[str, Any]:
    kind = getattr(serializers, name, None)
    promised = {}
    if whole and kind is not None and issubclass(kind, serializers.Choosable):
        made = kind()
        assert made.fields
        promised = {"required": made.promised}
    return {**shape, **promised, "unevaluatedProperties": False}


def ask(path: str, status: int = 200, **headers: str) -> Any:
    """The JSON that GET of a path below the API's root answers; `status` is expected."""
    response = Client(headers=headers or None).get(path if path.startswith("http") else ROOT + path)
    assert response.status_code == status, (path, response.status_code, response.content[:2000])
    assert_conforms(response)
    assert not response.cookies
    return response.json()


def glance(path: str) -> Any:
    """As `ask`, without holding the answer against the document: for thousands of answers."""
    response = Client().get(path if path.startswith("http") else ROOT + path)
    assert response.status_code == 200, (path, response.content[:2000])
    return response.json()


def refused(path: str) -> dict[str, Any]:
    """What a 400 says of the first parameter at fault."""
    problem = ask(path, 400)
    assert (problem["type"], problem["title"], problem["status"]) == (
        "about:blank",
        "Bad Request",
        400,
    )
    fault: dict[str, Any] = problem["errors"][0]
    return fault


def headlines(path: str) -> list[str]:
    return [article["headline"] for article in ask(path)["results"]]


def assert_conforms(response: Any) -> None:
    route = re.sub(r"<\w+:(\w+)>", r"{\1}", response.resolver_match.route)
    answers = document()["paths"][f"/{route}"]["get"]["responses"]
    content = answers[str(response.status_code)]["content"]
    media_type = response.headers["Content-Type"].partition(";")[0]
    whole = not re.search(r"\b(fields|omit)=", response.wsgi_request.META["QUERY_STRING"])
    schema = {**content[media_type]["schema"], "components": components(whole)}
    validator = OAS31Validator(schema, format_checker=oas31_format_checker)
    faults = [
        f"{list(it.absolute_path)}: {it.message}" for it in validator.iter_errors(response.json())
    ]
    assert not faults, faults
