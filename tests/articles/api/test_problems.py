"""Every error is a problem (RFC 9457), and methods that do not write."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from articles.api.problems import answer_problem
from tests.articles.api.conforming import ROOT, ask
from tests.factories import make_article, make_tag

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    "path", ["nothing/", "nothing", "articles/not-a-uid/", "tags/a/b/", "%00/"]
)
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_an_unknown_address_is_a_problem(client, path, method):
    response = getattr(client, method)(ROOT + path)
    assert (response.status_code, response.headers["Content-Type"]) == (404, PROBLEM)
    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Nothing is found at this address.",
    }


@pytest.mark.parametrize("path", ["tags/%00/", "tags/%ff/", "tags/never/", "sources/%E2%80%A8/"])
@pytest.mark.django_db
def test_an_unknown_slug_is_a_problem(path):
    assert ask(path, 404)["status"] == 404


def test_a_missing_slash_is_mended(client):
    response = client.get(f"{ROOT}articles?q=a%26b")
    assert (response.status_code, response.headers["Location"]) == (
        301,
        "/api/v1/articles/?q=a%26b",
    )
    assert client.post(f"{ROOT}articles").status_code == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("entities/%D8%AC%D8%AF", "entities/%D8%AC%D8%AF/"),
        ("tags/klima-wandel%20%C3%A9?fields=slug", "tags/klima-wandel%20%C3%A9/?fields=slug"),
        ("tags/50%25", "tags/50%25/"),
        ("sources/a%3Fb", "sources/a%3Fb/"),
    ],
)
def test_a_missing_slash_is_mended_in_every_script(client, path, location):
    response = client.get(f"{ROOT}{path}")
    assert (response.status_code, response.headers["Location"]) == (301, f"{ROOT}{location}")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", ["api-root", "article-list", "tag-list", "schema", "docs"])
def test_nothing_is_written(client, method, name):
    response = getattr(client, method)(reverse(name), b"{}", content_type="application/json")
    assert (response.status_code, response.headers["Content-Type"]) == (405, PROBLEM)
    assert response.json()["title"] == "Method Not Allowed"
    assert "GET" in response.headers["Allow"]


def test_a_form_that_is_not_had_is_a_problem():
    problem = ask("articles/", 406, accept="application/xml")
    assert problem["detail"] == (
        "The answer can be had as: application/json, application/ld+json, "
        "application/vnd.iptc.ninjs+json, text/html."
    )
    assert ask("articles/", 406, accept="text/csv; q=0.5, image/*")["status"] == 406


@pytest.mark.django_db
def test_a_failure_is_a_problem_and_is_recorded(monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("articles.api.representations.told", fail)
    client = Client(raise_request_exception=False)
    response = client.get(f"{ROOT}articles/")
    assert (response.status_code, response.headers["Content-Type"]) == (500, PROBLEM)
    assert (
        response.json()["detail"] == "The server failed to answer; the failure has been recorded."
    )
    (record,) = [it for it in caplog.records if it.name == "django.request"]
    assert record.levelname == "ERROR"
    assert record.exc_info is not None
    with pytest.raises(RuntimeError):
        Client().get(f"{ROOT}articles/")


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [(Throttled(wait=2.1), 429, {"Retry-After": "3"}), (PermissionDenied(), 403, {})],
)
def test_other_errors_are_problems_too(error, status, headers):
    request = Request(APIRequestFactory().get("/"))
    response = answer_problem(error, {"request": request})
    assert (response.status_code, response.content_type) == (status, PROBLEM)
    assert response.data["status"] == status
    assert {name: response.headers[name] for name in headers} == headers


# ── forms, methods and headers ───────────────────────────────────────────────────────────────────

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/*", "application/json"),
        (BROWSER, "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
    ],
)
def test_programs_get_json_and_browsers_a_page(accept, form):
    headers = {"accept": accept} if accept else None
    response = Client(headers=headers).get(f"{ROOT}articles/")
    assert response.headers["Content-Type"] == form
    assert "Accept" in response.headers["Vary"]
    assert "Cookie" not in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert not response.cookies


@pytest.mark.django_db
def test_a_page_tells_the_same_without_script_or_style_of_its_own():
    article = make_article(
        '<script>alert("x")</script>',
        body="One & two.",
        original_url="https://example.org/?a=1&b=2",
    )
    for path, told in (
        (f"articles/{article.uid}/", "One &amp; two."),
        ("articles/", "published_at__gte"),
        ("articles/?page_size=x", "Bad Request"),
        ("nothing/", "Not Found"),
        ("", "api/v1/sources/"),
    ):
        page = Client(headers={"accept": BROWSER}).get(ROOT + path).content.decode()
        assert told in page
        assert "<script" not in page
        assert "style=" not in page
        assert "<style" not in page
        assert " on" not in page.partition("<body>")[0]
    assert (
        "https://example.org/?a=1&amp;b=2"
        in Client(headers={"accept": BROWSER}).get(f"{ROOT}articles/").content.decode()
    )


@pytest.mark.django_db
def test_format_overrules_the_header():
    client = Client(headers={"accept": BROWSER})
    assert client.get(f"{ROOT}tags/?format=json").headers["Content-Type"] == "application/json"
    client = Client(headers={"accept": "*/*"})
    assert client.get(f"{ROOT}tags/?format=html").headers["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_head_is_get_without_its_body(client):
    make_tag("Peace")
    got, headed = client.get(f"{ROOT}tags/"), client.head(f"{ROOT}tags/")
    assert headed.status_code == 200
    assert headed.content == b""
    assert (
        headed.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.content))
    )
    assert client.head(f"{ROOT}tags/?nonsense=1").status_code == 400
