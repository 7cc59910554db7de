"""The doors of articles: members, visibility, and the queries that a page costs."""

from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Mention
from articles.vocabulary import ArticleStatus, DatePrecision, Origin
from tests.articles.api.conforming import ROOT, ask, headlines
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db

BODY = """Talks resumed in Cairo on Sunday, and the delegations met in Cairo again.

Egypt Takes the Lead

Mediators of the United Nations carried proposals between two hotels all day long."""


@pytest.fixture
def rich() -> Article:
    article = make_article(
        "Talks resume",
        source=make_source("Wire", slug="wire", notes="internal"),
        external_id="a-1",
        summary="Again.",
        bylines=["Ann Lee", "Bo Ek"],
        body=BODY,
        published_at=datetime(2024, 3, 31, 18, 30, tzinfo=UTC),
        original_url="https://example.org/talks",
    )
    cairo, un = make_entity("Cairo"), make_entity("United Nations", kind="organisation")
    make_mention(article, un)
    make_mention(article, cairo)
    second = BODY.rindex("Cairo")
    make_mention(article, cairo, start=second, end=second + 5, quote="Cairo")
    make_mention(article, make_entity("Egypt", kind="place"), origin=Origin.MACHINE).reject("ed")
    make_tagging(article, make_tag("Peace"))
    make_tagging(article, make_tag("Aid"))
    make_tagging(article, make_tag("Sport"), origin=Origin.MACHINE, state="suggested")
    return article


def test_a_list_shows_the_contracts_members(rich):
    answer = ask("articles/")
    assert (answer["next"], answer["previous"], answer["count"]) == (None, None, None)
    assert "search" not in answer
    rich.refresh_from_db()
    (shown,) = answer["results"]
    assert shown == {
        "uid": str(rich.uid),
        "url": f"http://testserver/api/v1/articles/{rich.uid}/",
        "source": {"slug": "wire", "name": "Wire"},
        "external_id": "a-1",
        "origin": "wire",
        "headline": "Talks resume",
        "summary": "Again.",
        "bylines": ["Ann Lee", "Bo Ek"],
        "language": "en",
        "published_at": "2024-03-31T18:30:00Z",
        "published_precision": "exact",
        "status": "published",
        "tags": [{"slug": "aid", "name": "Aid"}, {"slug": "peace", "name": "Peace"}],
        "entities": [
            {"slug": "cairo", "name": "Cairo", "kind": "place"},
            {"slug": "united-nations", "name": "United Nations", "kind": "organisation"},
        ],
        "updated_at": rich.updated_at.isoformat().replace("+00:00", "Z"),
        "original_url": "https://example.org/talks",
    }
    assert list(shown)[:2] == ["uid", "url"]


def test_a_detail_adds_text_sections_and_mentions(rich):
    shown = ask(f"articles/{rich.uid}/")
    (listed,) = ask("articles/")["results"]
    assert {name: shown[name] for name in listed} == listed
    assert shown["body"] == BODY
    assert [it["heading"] for it in shown["sections"]] == [None, "Egypt Takes the Lead"]
    assert BODY[shown["sections"][1]["start"] :].startswith("Egypt Takes the Lead")
    assert shown["sections"][1]["end"] == len(BODY)
    assert [it["entity"] for it in shown["mentions"]] == ["cairo", "cairo", "united-nations"]
    for mention in shown["mentions"]:
        assert BODY[mention["start"] : mention["end"]] == mention["quote"]


def test_a_sources_own_link_has_no_place(rich):
    Mention.objects.create(article=rich, entity=make_entity("Nile"), origin=Origin.SOURCE)
    shown = ask(f"articles/{rich.uid}/")
    assert shown["mentions"][-1] == {"entity": "nile", "start": None, "end": None, "quote": ""}
    assert [it["slug"] for it in shown["entities"]] == ["cairo", "united-nations", "nile"]
    assert ask("articles/")["results"][0]["entities"] == shown["entities"]


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, None),
        (
            {
                "published_at": datetime(2024, 3, 31, tzinfo=UTC),
                "published_precision": DatePrecision.DAY,
            },
            "2024-03-31",
        ),
        ({"published_at": datetime(2024, 3, 31, tzinfo=UTC)}, "2024-03-31T00:00:00Z"),
        (
            {"published_at": datetime(2024, 3, 31, 1, 2, 3, 4000, tzinfo=UTC)},
            "2024-03-31T01:02:03.004000Z",
        ),
    ],
)
def test_a_date_is_shown_as_precisely_as_it_is_known(fields, shown):
    article = make_article(**fields)
    assert ask("articles/")["results"][0]["published_at"] == shown
    assert ask(f"articles/{article.uid}/")["published_at"] == shown


# ── visibility ───────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_nowhere():
    draft = make_article("Secret", status=ArticleStatus.DRAFT)
    assert headlines("articles/") == headlines("articles/?q=secret") == []
    problem = ask(f"articles/{draft.uid}/", 404)
    assert (problem["title"], problem["status"]) == ("Not Found", 404)
    assert "Secret" not in str(problem)


def test_an_embargo_ends_at_its_moment():
    """By the database's clock alone: several servers of one archive cannot differ."""
    end = datetime.now(UTC) + timedelta(seconds=1.5)
    article = make_article("Awaited", publish_at=end)
    with time_machine.travel(end + timedelta(days=1)):
        assert headlines("articles/") == headlines("articles/?q=awaited") == []
        ask(f"articles/{article.uid}/", 404)
    while datetime.now(UTC) <= end:
        sleep(0.05)
    with time_machine.travel(end - timedelta(days=1)):
        assert headlines("articles/") == headlines("articles/?q=awaited") == ["Awaited"]
        assert ask(f"articles/{article.uid}/")["headline"] == "Awaited"


def test_a_withdrawn_article_says_why_it_is_gone():
    article = make_article("Invented")
    article.withdraw("The quotation was invented.", note="by the intern")
    assert headlines("articles/") == headlines("articles/?q=invented") == []
    problem = ask(f"articles/{article.uid}/", 410)
    assert problem["detail"] == "The quotation was invented."
    assert problem["uid"] == str(article.uid)
    assert problem["withdrawn_at"]
    assert "intern" not in str(problem)


def test_what_was_public_and_is_a_draft_again_is_gone_too():
    article = make_article("Unripe")
    Article.objects.filter(pk=article.pk).update(status=ArticleStatus.DRAFT)
    problem = ask(f"articles/{article.uid}/", 410)
    assert (problem["detail"], problem["withdrawn_at"]) == (
        "The article is no longer public.",
        None,
    )


def test_what_was_withdrawn_before_anybody_saw_it_is_unknown():
    article = make_article(
        status=ArticleStatus.WITHDRAWN,
        withdrawn_at=datetime(2024, 1, 1, tzinfo=UTC),
        withdrawn_reason="Never shown.",
    )
    assert "Never shown" not in str(ask(f"articles/{article.uid}/", 404))


# ── queries ──────────────────────────────────────────────────────────────────────────────────────


def many(count: int) -> None:
    tags = [make_tag() for _ in range(3)]
    entities = [make_entity() for _ in range(3)]
    for number in range(count):
        article = make_article(
            body="Common words about everything.", language=["en", "fr", "de", "ar"][number % 4]
        )
        for tag in tags[: number % 4]:
            make_tagging(article, tag)
        for entity in entities[: (number + 1) % 4]:
            Mention.objects.create(article=article, entity=entity)


@pytest.mark.parametrize("count", [3, 12])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        # the rows with their sources, tags and entities
        ("", 1),
        ("?ordering=updated_at&published_at__isnull=true", 1),
        # the languages' queries · the planner's settings, its statistics and how many matches it
        # expects · the newest matches · the settings back, for a test is a transaction · the rows
        ("?q=common&ordering=-published_at", 7),
        # … · the ranking …
        ("?q=common", 7),
        # … · how many rows the planner expects, after the source
        ("?q=common&source=wire", 9),
        # … · for the count at the end settings, statistics, matches, count and settings again
        ("?q=common&count=true", 12),
        # … · the passages
        ("?q=common&highlight=true", 8),
        # … · the newest of the result · each facet
        ("?facets=source,tag,entity,language,year", 7),
        # slugs of tags · of entities · of sources, whether in one parameter or in many
        ("?tag=tag&tag__not=other&entity=thing&source=wire", 4),
        # the languages that are present, for each parameter
        ("?language=en&language__not=fr", 3),
        # slugs · former slugs
        ("?tag=former", 3),
    ],
)
def test_a_page_costs_the_same_however_much_it_shows(count, query, queries):
    many(count)
    make_tag("Other")
    tag, thing, wire = make_tag("Tag"), make_entity("Thing"), make_source("Wire")
    former = make_tag("Former")
    former.slug = "present"
    former.save()
    for article in Article.objects.all():
        make_tagging(article, tag)
        make_tagging(article, former)
        Mention.objects.create(article=article, entity=thing)
    Article.objects.update(source=wire)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    with CaptureQueriesContext(connection) as captured:
        response = Client().get(f"{ROOT}articles/{query}")
    assert response.json()["results"]
    assert len(captured) == queries, [it["sql"][:200] for it in captured]


def test_a_detail_costs_two_queries(rich, django_assert_num_queries):
    with django_assert_num_queries(2):  # the row with its source, tags and entities · mentions
        Client().get(f"{ROOT}articles/{rich.uid}/")


def test_what_is_not_there_costs_two_queries(django_assert_num_queries):
    uid = make_article(status=ArticleStatus.DRAFT).uid
    with django_assert_num_queries(2):  # the published row · whether it was public
        Client().get(f"{ROOT}articles/{uid}/")
