"""JSON-LD and ninjs as pure functions: whatever an article holds, nothing is invented or empty."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.export import jsonld, ninjs
from articles.export.public import Named, Outlet, PublicArticle, Subject
from articles.vocabulary import ArticleStatus, EntityKind, SourceKind

TEXT = st.text(max_size=20)
MOMENTS = st.datetimes(timezones=st.just(UTC))
ADDRESS = st.text("abc-", min_size=1, max_size=9).map(lambda it: f"https://archive.example/{it}/")
OUTLETS = st.builds(
    Outlet,
    slug=st.text(min_size=1, max_size=9),
    name=st.text(min_size=1, max_size=9),
    kind=st.sampled_from(SourceKind.values),
    homepage=st.just("") | ADDRESS,
    address=ADDRESS,
)
SUBJECTS = st.builds(
    Subject,
    slug=st.text(min_size=1, max_size=9),
    name=st.text(min_size=1, max_size=9),
    address=ADDRESS,
    media_topic=st.none() | st.just("medtop:20000065"),
)
ENTITIES = st.builds(
    Named,
    slug=st.text(min_size=1, max_size=9),
    name=st.text(min_size=1, max_size=9),
    kind=st.sampled_from(EntityKind.values),
    address=ADDRESS,
    wikidata_id=st.none() | st.just("Q85"),
    is_subject=st.booleans(),
)
ARTICLES = st.builds(
    PublicArticle,
    uid=st.uuids(),
    address=ADDRESS,
    source=OUTLETS,
    external_id=st.text(min_size=1, max_size=9),
    headline=TEXT,
    summary=TEXT,
    bylines=st.lists(TEXT, max_size=3).map(tuple),
    language=st.sampled_from(["en", "pt-BR", "und"]),
    published_at=st.none() | MOMENTS | st.dates(),
    status=st.sampled_from(ArticleStatus.values),
    updated_at=MOMENTS,
    original_url=st.just("") | ADDRESS,
    subjects=st.lists(SUBJECTS, max_size=3).map(tuple),
    entities=st.lists(ENTITIES, max_size=5).map(tuple),
    body=st.none() | TEXT,
)

examples = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXTS = {"headlines", "descriptions", "bodies"}
CONCEPTS = {"subjects", "people", "organisations", "places", "events", "objects", "infoSources"}
NINJS = {
    "uri", "standard", "type", "representationType", "pubStatus", "firstCreated",
    "versionCreated", "language", "by", "altIds",
} | TEXTS | CONCEPTS  # fmt: skip


def gaps(value, path="$"):
    """Where a value says nothing."""
    if value is None or value in ("", [], {}):
        return [path]
    if isinstance(value, dict):
        return [it for name, member in value.items() for it in gaps(member, f"{path}.{name}")]
    if isinstance(value, list):
        return [
            it for number, member in enumerate(value) for it in gaps(member, f"{path}[{number}]")
        ]
    return []


@examples
@given(ARTICLES)
def test_an_item_of_ninjs_has_its_form(article):
    item = ninjs.item(article)
    assert json.loads(json.dumps(item)) == item
    assert gaps(item) == []
    assert item.keys() <= NINJS
    assert item["uri"] == f"urn:uuid:{article.uid}"
    assert item["pubStatus"] in {"usable", "withheld", "canceled"}
    for name in item.keys() & TEXTS:
        assert all(it.keys() == {"role", "contentType", "value"} for it in item[name])
    for name in item.keys() & CONCEPTS:
        assert all(it.keys() == {"name", "uri", "literal"} for it in item[name])
        assert all("://" in it["uri"] for it in item[name])
    for name in item.keys() & {"firstCreated", "versionCreated"}:
        assert datetime.fromisoformat(item[name]).tzinfo is not None
    shown = sum(len(item.get(name, ())) for name in CONCEPTS - {"subjects", "infoSources"})
    assert shown == len(article.entities)
    assert ("firstCreated" in item) == isinstance(article.published_at, datetime)


@examples
@given(ARTICLES)
def test_a_news_article_has_its_form(article):
    told = jsonld.news_article(article)
    assert json.loads(json.dumps(told)) == told
    assert gaps(told) == []
    assert (told["@context"], told["@type"]) == ("https://schema.org", "NewsArticle")
    assert told["sourceOrganization"] == {"@id": told["publisher"]["@id"]}
    assert len(told.get("about", [])) + len(told.get("mentions", [])) == len(article.entities)
    assert ("datePublished" in told) == (article.published_at is not None)
    assert ("articleBody" in told) == bool(article.body)
    assert ("creativeWorkStatus" in told) == (article.status != "published")


@examples
@given(st.lists(ARTICLES, max_size=3), st.none() | ADDRESS, st.none() | st.integers(0))
def test_a_list_has_its_form(articles, following, count):
    told = jsonld.item_list(articles, "https://a.example/", following=following, count=count)
    assert [it["position"] for it in told.get("itemListElement", [])] == list(
        range(1, len(articles) + 1)
    )
    assert told.get("next") == following
    assert told.get("numberOfItems") == count
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (None, None),
        (date(2024, 3, 31), "2024-03-31"),
        (datetime(2024, 3, 31, 18, tzinfo=UTC), "2024-03-31T18:00:00Z"),
        (datetime(2024, 3, 31, 18, 0, 0, 5, tzinfo=UTC), "2024-03-31T18:00:00.000005Z"),
        (datetime(2024, 3, 31, 18, tzinfo=timezone(timedelta(hours=2))), "2024-03-31T16:00:00Z"),
    ],
)
def test_times_are_written_in_utc(at, written):
    assert jsonld.written(at) == written


@pytest.mark.parametrize(
    ("kind", "written"),
    [("agency", "NewsMediaOrganization"), ("website", "NewsMediaOrganization"),
     ("institution", "Organization"), ("other", "Organization")],
)  # fmt: skip
def test_only_outlets_of_news_are_news_media(kind, written):
    article = PublicArticle(
        uid=UUID(int=1),
        address="https://a.example/1/",
        source=Outlet(slug="s", name="S", kind=kind, homepage="", address="https://a.example/s/"),
        external_id="1",
        headline="One",
        summary="",
        bylines=(),
        language="en",
        published_at=None,
        status="published",
        updated_at=datetime(2024, 1, 1, tzinfo=UTC),
        original_url="",
        subjects=(),
        entities=(),
    )
    assert jsonld.news_article(article)["publisher"]["@type"] == written
