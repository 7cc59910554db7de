"""The OpenAPI document, its page, and OPTIONS: all from the declaration that reads requests."""

import json
from difflib import unified_diff

import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV31SpecValidator

from articles.api import changes, nouns, views
from articles.api.parameters import Values
from tests.articles.api import snapshot
from tests.articles.api.conforming import ROOT, ask, document

LISTS = {
    "articles/": views.ArticleList,
    "sources/": nouns.SourceList,
    "entities/": nouns.EntityList,
    "tags/": nouns.TagList,
    "changes/": changes.ChangeList,
}


def test_the_document_is_valid_and_made_without_a_warning():
    GENERATOR_STATS.reset()
    made = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS
    OpenAPIV31SpecValidator(json.loads(json.dumps(made))).validate()
    assert made["openapi"] == "3.1.0"


def test_the_document_is_served_as_json_and_yaml(client):
    answer = client.get(reverse("schema"))
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["paths"].keys() == document()["paths"].keys()
    yaml = client.get(reverse("schema") + "?format=yaml")
    assert yaml.content.startswith(b"openapi: 3.1.0")
    assert not answer.cookies


@pytest.mark.parametrize("path", LISTS)
def test_one_declaration_makes_document_errors_and_options(client, path):
    names = [parameter.name for parameter in LISTS[path].parameters]
    documented = document()["paths"][ROOT + path]["get"]["parameters"]
    assert [it["name"] for it in documented] == names
    assert all(it["description"] and it["in"] == "query" for it in documented)
    assert ask(f"{path}?xyzzy=1", 400)["errors"][0]["allowed"] == names
    told = client.options(ROOT + path).json()
    assert [it["name"] for it in told["parameters"]] == names
    assert [it["schema"] for it in told["parameters"]] == [it["schema"] for it in documented]


def test_several_values_are_documented_as_they_are_written():
    documented = {
        it["name"]: it for it in document()["paths"][ROOT + "articles/"]["get"]["parameters"]
    }
    assert documented["tag"]["explode"] is True
    assert documented["tag__in"]["explode"] is False
    assert documented["tag__in"]["schema"]["maxItems"] == 100
    assert "explode" not in documented["source"]
    assert documented["page_size"]["schema"] == {
        "type": "integer", "minimum": 1, "maximum": 200, "default": 25,
    }  # fmt: skip
    assert {it.values for it in views.ArticleList.parameters} == set(Values)


ALWAYS = {"200", "304", "400", "401", "406", "429", "500"}


def test_every_answer_is_documented():
    paths = document()["paths"]
    problems = {
        f"{ROOT}articles/": ALWAYS | {"403"},
        f"{ROOT}articles/{{uid}}/": ALWAYS | {"403", "404", "410"},
        f"{ROOT}tags/{{slug}}/": ALWAYS | {"301", "404"},
    }
    for path, statuses in problems.items():
        answers = paths[path]["get"]["responses"]
        assert set(answers) == statuses
        for status, answer in answers.items():
            assert answer["description"] or status == "200"
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json", "text/html"]
    assert paths[f"{ROOT}tags/{{slug}}/"]["get"]["responses"]["301"]["headers"]["Location"]


def test_options_tells_what_a_door_is(client):
    answer = client.options(f"{ROOT}articles/")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    told = answer.json()
    assert told["name"] == "Articles"
    assert told["renders"] == [
        "application/json",
        "application/ld+json",
        "application/vnd.iptc.ninjs+json",
        "text/html",
    ]
    assert told["parameters"][1] == {
        "name": "tag",
        "description": "Slug of the tag; repeated: articles with all of them.",
        "given": "repeated",
        "schema": {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 80},
            "minItems": 1,
            "maxItems": 100,
        },
    }


def test_the_documentation_is_a_page_without_inline_script_or_style():
    response = Client(headers={"accept": "text/html"}).get(reverse("docs"))
    page = response.content.decode()
    assert f'data-schema="{reverse("schema")}"' in page
    assert "<style" not in page
    assert "style=" not in page
    assert page.count("<script ") == page.count("<script src=") == page.count("<script") == 2
    assert "https://" not in page
    assert not response.cookies


def test_the_document_is_the_stored_one():
    stored = snapshot.PATH.read_text("utf-8").splitlines()
    changes = "\n".join(
        unified_diff(stored, snapshot.written().splitlines(), "stored", "present", lineterm="", n=2)
    )
    assert not changes, (
        f"The interface has changed. If that is meant, run `{snapshot.RENEW}`, look at the "
        f"difference and commit it:\n{changes[:5000]}"
    )
