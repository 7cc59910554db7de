"""Tokens in requests (RFC 6750), and drafts: open to their scope, closed to all others."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Token
from articles.vocabulary import ArticleStatus, Origin, TokenScope
from tests.articles.api.conforming import ROOT, ask, refused
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db


def issue(*scopes, **more):
    return Token.objects.issue("Mirror", "ann", scopes, **more)


def bearing(secret):
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def reader():
    return bearing(issue()[1])


@pytest.fixture
def drafter():
    return bearing(issue(TokenScope.DRAFTS)[1])


# ── bearers ──────────────────────────────────────────────────────────────────────────────────────


def test_a_token_reads_what_everybody_reads(reader):
    make_article("Public")
    assert ask("articles/", **reader)["results"] == ask("articles/")["results"] != []


@pytest.mark.parametrize(
    "header",
    [
        "Bearer newsroom_unknown",
        "Bearer",
        "Bearer ",
        "Bearer two words",
        "Basic bmFtZTpwYXNz",
        "Token abc",
        "",
        "Bearer \x80",
        "Bearer " + "a" * 5000,
    ],
)
def test_a_header_that_is_no_tokens_is_refused(header):
    response = Client(headers={"authorization": header}).get(f"{ROOT}articles/")
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["WWW-Authenticate"].startswith('Bearer realm="newsroom"')
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert response.json()["title"] == "Unauthorized"
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_the_word_bearer_is_written_as_one_likes(reader):
    secret = reader["authorization"].removeprefix("Bearer ")
    assert ask("tags/", authorization=f"bearer  {secret}")["results"] == []


def test_a_revoked_token_opens_nothing():
    token, secret = issue()
    ask("tags/", **bearing(secret))
    token.revoke("ann")
    assert "revoked" in ask("tags/", 401, **bearing(secret))["detail"]


def test_an_expired_token_opens_nothing():
    end = timezone.now() + timedelta(hours=1)
    _, secret = issue(expires_at=end)
    with time_machine.travel(end - timedelta(microseconds=1), tick=False):
        ask("tags/", **bearing(secret))
    with time_machine.travel(end, tick=False):
        assert "expired" in ask("tags/", 401, **bearing(secret))["detail"]


def test_the_last_use_is_written_once_a_day(reader):
    def written():
        with CaptureQueriesContext(connection) as captured:
            Client(headers=reader).get(f"{ROOT}tags/")
        return [it["sql"] for it in captured if it["sql"].startswith("UPDATE")]

    with time_machine.travel(datetime(2030, 1, 1, 12, tzinfo=UTC), tick=False):
        assert len(written()) == 1
        assert written() == []
        assert str(Token.objects.get().last_used_on) == "2030-01-01"
    with time_machine.travel(datetime(2030, 1, 2, 0, tzinfo=UTC), tick=False):
        assert len(written()) == 1
        assert str(Token.objects.get().last_used_on) == "2030-01-02"


def test_only_the_hash_is_kept():
    token, secret = issue()
    other, _ = issue()
    assert len(token.digest) == 64
    assert token.digest != other.digest
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM articles_token t")
        assert secret not in str(cursor.fetchall())


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def archive():
    """An article of each kind, all linked alike."""
    source, tag = make_source("Wire", slug="wire"), make_tag("Peace")
    entity = make_entity("Cairo")
    made = {
        "published": make_article("Public", source=source),
        "draft": make_article("Secret draft", source=source, status=ArticleStatus.DRAFT),
        "embargoed": make_article(
            "Secret embargo", source=source, publish_at=timezone.now() + timedelta(days=1)
        ),
        "withdrawn": make_article("Secret past", source=source),
    }
    made["withdrawn"].withdraw("It was wrong.")
    for article in made.values():
        make_tagging(article, tag)
        make_mention(article, entity)
    return made


def found(query, headers):
    return {it["headline"] for it in ask(f"articles/?{query}", **headers)["results"]}


def test_the_scope_opens_each_status(archive, drafter):
    drafts = {"Secret draft", "Secret embargo"}
    assert found("", drafter) == found("status=published", drafter) == {"Public"}
    assert found("status=draft", drafter) == drafts
    assert found("status=withdrawn", drafter) == {"Secret past"}
    assert found("status=draft,withdrawn", drafter) == drafts | {"Secret past"}
    assert found("status=published,draft", drafter) == drafts | {"Public"}
    every = ask("articles/?status=published,draft,withdrawn&count=true", **drafter)
    assert every["count"] == {"value": 4, "relation": "eq"}
    assert {it["headline"]: it["status"] for it in every["results"]} == {
        "Public": "published",
        "Secret draft": "draft",
        "Secret embargo": "draft",
        "Secret past": "withdrawn",
    }


@pytest.mark.parametrize(
    "query", ["q=secret", "q=secret&ordering=updated_at", "tag=peace", "entity=cairo",
              "source=wire", "language=en&ordering=-updated_at", "tag__in=peace&count=true"],
)  # fmt: skip
def test_drafts_are_searched_and_filtered_as_others_are(archive, drafter, query):
    answer = ask(f"articles/?status=draft&{query}", **drafter)
    assert {it["headline"] for it in answer["results"]} == {"Secret draft", "Secret embargo"}


def test_pages_of_drafts_go_on(archive, drafter):
    seen, address = [], "articles/?status=draft,withdrawn&page_size=1"
    while address:
        page = ask(address, **drafter)
        seen += [it["headline"] for it in page["results"]]
        if page["next"]:
            ask(page["next"], 403)
        address = page["next"]
    assert sorted(seen) == ["Secret draft", "Secret embargo", "Secret past"]


def test_the_scope_opens_one_by_its_uid(archive, drafter):
    for kind, status in (("draft", "draft"), ("embargoed", "draft"), ("withdrawn", "withdrawn")):
        article = archive[kind]
        shown = ask(f"articles/{article.uid}/", **drafter)
        assert (shown["headline"], shown["status"]) == (article.headline, status)
        assert shown["body"] == article.body
    ask("articles/c0b1b1d4-0000-5000-8000-000000000000/", 404, **drafter)


@pytest.mark.django_db(transaction=True)
def test_the_scope_opens_what_stands_beside_one(archive, drafter):
    for kind in ("draft", "embargoed", "withdrawn"):
        uid = archive[kind].uid
        related = ask(f"articles/{uid}/related/", **drafter)["results"]
        assert [it["headline"] for it in related] == ["Public"]
        ask(f"articles/{uid}/related/", 410 if kind == "withdrawn" else 404)
        revisions = ask(f"articles/{uid}/revisions/", **drafter)["results"]
        assert len(revisions) == (kind == "withdrawn")
        for revision in revisions:
            assert ask(revision["url"], **drafter)["headline"] == "Secret past"
    ask(f"articles/{archive['draft'].uid}/?as_of={timezone.now():%Y-%m-%d}", 404, **drafter)


@pytest.mark.parametrize("query", ["status=draft", "status=withdrawn", "status=published,draft"])
def test_without_the_scope_other_statuses_are_forbidden(archive, reader, query):
    for headers in ({}, reader):
        problem = ask(f"articles/?{query}", 403, **headers)
        assert "'drafts'" in problem["detail"]
        assert "Secret" not in str(problem)
        response = Client(headers=headers or None).get(f"{ROOT}articles/?{query}")
        challenge = response.headers["WWW-Authenticate"]
        assert 'error="insufficient_scope"' in challenge
        assert 'scope="drafts"' in challenge


def test_asking_for_what_is_published_needs_no_token(archive):
    assert found("status=published", {}) == {"Public"}
    assert refused("articles/?status=drafts")["nearest"] == "draft"
    assert refused("articles/?status=")["parameter"] == "status"
    assert refused("articles/?status=draft&status=draft")["parameter"] == "status"


def doors(archive):
    """Every address that could tell of an article that is not public."""
    yield from ("", "articles/", "articles/?q=secret", "articles/?q=secret&ordering=updated_at")
    yield from ("articles/?tag=peace&count=true", "articles/?entity=cairo&count=true")
    yield from ("articles/?source=wire&count=true", "articles/?format=jsonld")
    yield from (
        "articles/?format=ninjs",
        "articles/?format=html",
        "articles/?updated_at__gt=2000-01-01",
    )
    yield from ("tags/peace/", "entities/cairo/", "sources/wire/")
    for kind in ("draft", "embargoed", "withdrawn"):
        uid = archive[kind].uid
        yield from (f"articles/{uid}/{form}" for form in ("", "?format=jsonld", "?format=ninjs"))
        yield f"articles/{uid}/?format=html"
        yield from (f"articles/{uid}/related/", f"articles/{uid}/revisions/")


def test_drafts_leak_nowhere(archive, reader):
    for headers in ({}, reader):
        client = Client(headers=headers or None)
        for path in [*doors(archive), "/feeds/articles.atom", "/feeds/articles.json", "/"]:
            answer = client.get(path if path.startswith("/") else ROOT + path)
            text = answer.content.decode().replace("q=secret", "").replace('value="secret"', "")
            assert "Secret" not in text, path
            assert answer.status_code in {200, 404, 410}, path
        for path in ("tags/peace/", "entities/cairo/", "sources/wire/"):
            assert ask(path, **headers)["article_count"] == {"value": 1, "relation": "eq"}
        for query in ("tag=peace", "entity=cairo", "source=wire", "q=the+or+body"):
            count = ask(f"articles/?{query}&count=true", **headers)["count"]
            assert count == {"value": 1, "relation": "eq"}, query


def test_counts_of_nouns_are_public_for_everybody(archive, drafter):
    assert ask("tags/peace/", **drafter)["article_count"] == {"value": 1, "relation": "eq"}


# ── suggestions ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def suggested():
    article = make_article("One", body="Cairo and Giza, and Cairo.")
    make_mention(article, make_entity("Cairo"))
    machine = {"origin": Origin.MACHINE, "state": "suggested"}
    make_mention(article, make_entity("Giza"), **machine)
    cairo = article.mentions.get(quote="Cairo").entity
    make_mention(article, cairo, start=20, end=25, quote="Cairo", **machine)
    make_tagging(article, make_tag("Peace"))
    make_tagging(article, make_tag("Aid"), **machine)
    make_tagging(article, make_tag("Sport"), origin=Origin.MACHINE).reject("ann")
    return article


def test_suggestions_are_told_from_what_is_accepted(suggested, drafter):
    for path in ("articles/?include=suggestions", f"articles/{suggested.uid}/?include=suggestions"):
        answer = ask(path, **drafter)
        shown = answer["results"][0] if "results" in answer else answer
        assert {it["slug"]: it["state"] for it in shown["tags"]} == {
            "aid": "suggested",
            "peace": "accepted",
        }
        assert {it["slug"]: it["state"] for it in shown["entities"]} == {
            "cairo": "accepted",
            "giza": "suggested",
        }
    assert [(it["entity"], it["state"]) for it in shown["mentions"]] == [
        ("cairo", "accepted"),
        ("giza", "suggested"),
        ("cairo", "suggested"),
    ]


def test_suggestions_are_shown_to_their_scope_alone(suggested, reader, drafter):
    for headers in ({}, reader):
        for path in ("articles/", f"articles/{suggested.uid}/"):
            assert "'drafts'" in ask(f"{path}?include=suggestions", 403, **headers)["detail"]
    for headers in ({}, reader, drafter):
        shown = ask(f"articles/{suggested.uid}/", **headers)
        assert shown["tags"] == [{"slug": "peace", "name": "Peace"}]
        assert [it["slug"] for it in shown["entities"]] == ["cairo"]
        assert len(shown["mentions"]) == 1
    assert ask("articles/?tag=aid&include=suggestions", **drafter)["results"] == []
    assert refused("articles/?include=drafts")["allowed"] == ["suggestions"]


def test_a_token_of_the_archive_is_not_in_its_dump(tmp_path):
    token, secret = issue()
    make_article("One")
    call_command("export_archive", tmp_path / "dump", verbosity=0)
    files = {path.name: path.read_bytes() for path in (tmp_path / "dump").iterdir()}
    assert "article.jsonl" in files
    assert not {"token.jsonl", "requestcount.jsonl"} & files.keys()
    for content in files.values():
        assert secret.encode() not in content
        assert token.digest.encode() not in content
    assert Article.objects.count() == 1
