"""Feeds: what their standards require, any filter, and asking again for nothing new."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.api import feeds, filters
from articles.models import Article
from tests.articles.api.conforming import document
from tests.examples import examples
from tests.factories import make_article, make_entity, make_mention, make_source, make_tag
from tests.factories import make_tagging as tag_it

pytestmark = pytest.mark.django_db

ATOM_PATH, JSON_PATH = "/feeds/articles.atom", "/feeds/articles.json"
PATHS = [ATOM_PATH, JSON_PATH]
ATOM = "{http://www.w3.org/2005/Atom}"


def atom(query=""):
    answer = Client().get(ATOM_PATH + query)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.content)  # noqa: S314  our own feed
    assert_valid(feed)
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return feed


def assert_valid(feed):
    """What RFC 4287 requires of a feed and its entries (4.1.1, 4.1.2), and the validator of W3C."""
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (only,) = element.findall(f"{ATOM}{name}")
            assert only.text
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
        assert all(it.findtext(f"{ATOM}name") for it in element.findall(f"{ATOM}author"))
        assert element.findall(f"{ATOM}author")
        (alternate,) = links(element, "alternate")
        assert alternate.startswith("http://testserver/")
        for single in ("published", "summary", "content", "subtitle"):
            assert len(element.findall(f"{ATOM}{single}")) <= 1
    ids = [it.text for it in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    (own,) = links(feed, "self")
    assert own == feed.findtext(f"{ATOM}id")


def links(element, relation):
    found = element.findall(f"{ATOM}link")
    return [it.get("href") for it in found if it.get("rel") == relation]


def json_feed(query=""):
    """As JSON Feed 1.1 requires."""
    answer = Client().get(JSON_PATH + query)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/feed+json"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    for item in feed["items"]:
        assert item["id"].startswith("urn:uuid:")
        assert item["content_text"]
        assert all(author["name"] for author in item["authors"])
    return feed


def titles(query):
    told = [it.findtext(f"{ATOM}title") for it in atom(query).findall(f"{ATOM}entry")]
    assert [it["title"] for it in json_feed(query)["items"]] == told
    return told


def test_atom():
    moment = datetime(2024, 3, 31, 7, 30, tzinfo=UTC)
    article = make_article(
        "Talks & more",
        source=make_source("Wire"),
        summary="In <brief>.",
        body="One.\n\nTwo <b>two</b>.",
        published_at=moment,
        bylines=["A. Author", "B. Author"],
        original_url="https://wire.example/1?a=1&b=2",
        language="ar",
    )
    tag_it(article, make_tag("Diplomacy"))
    make_article("Later", publish_at=timezone.now() + timedelta(days=1))
    feed = atom()
    article.refresh_from_db()
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == article.uid.urn
    assert entry.findtext(f"{ATOM}title") == "Talks & more"
    assert entry.findtext(f"{ATOM}summary") == "In <brief>."
    paragraphs = "<p>One.</p><p>Two &lt;b&gt;two&lt;/b&gt;.</p>"
    assert entry.findtext(f"{ATOM}content") == paragraphs
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert entry.findtext(f"{ATOM}published") == "2024-03-31T07:30:00+00:00"
    assert entry.find(f"{ATOM}category").get("term") == "Diplomacy"
    names = [it.text for it in entry.iter(f"{ATOM}name")]
    assert names == ["A. Author", "B. Author"]
    assert links(entry, "alternate") == [f"http://testserver/api/v1/articles/{article.uid}/"]
    assert links(entry, "via") == ["https://wire.example/1?a=1&b=2"]
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert feed.findtext(f"{ATOM}updated") == article.updated_at.isoformat()


def test_json_feed():
    article = make_article(original_url="https://wire.example/1", language="und", summary="S.")
    tag_it(article, make_tag("Diplomacy"))
    feed = json_feed()
    assert feed["feed_url"] == f"http://testserver{JSON_PATH}"
    (item,) = feed["items"]
    assert item["id"] == article.uid.urn
    assert item["external_url"] == "https://wire.example/1"
    assert item["content_text"] == article.body
    assert item["tags"] == ["Diplomacy"]
    assert "date_published" not in item
    assert "language" not in item


def test_an_empty_feed_changed_at_no_time_of_ours():
    for query in ("", "?q=nothing"):
        assert atom(query).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
        assert json_feed(query)["items"] == []


def test_any_filter():
    wire = make_source("Wire", slug="wire")
    peace, cairo = make_tag("Peace"), make_entity("Cairo")
    for day in (1, 2, 3):
        article = make_article(
            f"Day {day}",
            source=wire,
            body="Cairo.",
            published_at=datetime(2024, 1, day, tzinfo=UTC),
        )
        if day > 1:
            tag_it(article, peace)
            make_mention(article, cairo)
    make_article("Treaty undated", source=make_source("Other"))
    assert titles("") == ["Day 3", "Day 2", "Day 1", "Treaty undated"]
    assert titles("?page_size=1") == ["Day 3"]
    assert titles("?tag=peace&entity=cairo&published_at__lt=2024-01-03") == ["Day 2"]
    assert titles("?source__not=wire") == ["Treaty undated"]
    assert titles("?q=treaties") == ["Treaty undated"]
    feed = atom("?tag=peace&q=cairo")
    assert feed.findtext(f"{ATOM}title") == "Newsroom: q cairo · tag peace"
    assert links(feed, "self") == ["http://testserver/feeds/articles.atom?tag=peace&q=cairo"]
    (listed,) = links(feed, "alternate")
    assert listed == "http://testserver/api/v1/articles/?tag=peace&q=cairo"
    assert len(Client().get(listed).json()["results"]) == 2


@pytest.mark.parametrize("path", PATHS)
def test_strict_as_everywhere(path):
    names = [parameter.name for parameter in feeds.FEED_PARAMETERS]
    assert set(names) <= {parameter.name for parameter in filters.ARTICLE_PARAMETERS}
    for query in ("tga=peace", "ordering=published_at", "cursor=x", "page_size=51", "tag=unknown"):
        answer = Client().get(f"{path}?{query}")
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]
    documented = document()["paths"][path]["get"]
    assert [it["name"] for it in documented["parameters"]] == names
    assert list(documented["responses"]["200"]["content"]) == [feeds_media(path)]
    assert Client().post(path).status_code == 405


def feeds_media(path):
    return "application/atom+xml" if path == ATOM_PATH else "application/feed+json"


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_is_told_so(path):
    article = make_article("First")
    answer = Client().get(path)
    etag = answer.headers["ETag"]
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Last-Modified" not in answer.headers
    again = Client(headers={"if-none-match": etag}).get(path)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    head = Client().head(path)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", etag)
    # What is shown has changed, be it only the name of its source, or that it is gone.
    article.source.name = "Renamed"
    article.source.save()
    renamed = Client(headers={"if-none-match": etag}).get(path)
    assert renamed.status_code == 200
    article.withdraw("It was wrong.")
    gone = Client(headers={"if-none-match": renamed.headers["ETag"]}).get(path)
    assert gone.status_code == 200
    assert b"First" not in gone.content


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20))
def test_no_text_breaks_a_feed(text):
    """XML 1.0 has no place for most control characters, PostgreSQL for all but NUL."""
    Article.objects.all().delete()
    article = make_article(
        f"x{text}", summary=f"x{text}", body=f"x{text}", bylines=[f"x{text}"], original_url=""
    )
    tag_it(article, make_tag(f"x{text}", slug=f"t{article.pk}"))
    (entry,) = atom().findall(f"{ATOM}entry")
    kept = feeds.NOT_IN_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    assert entry.findtext(f"{ATOM}title") == f"x{kept}"
    assert json_feed()["items"][0]["title"] == f"x{text}"


def test_a_very_long_text_is_cut():
    make_article(body="word " * 30_000)
    (item,) = json_feed()["items"]
    assert len(item["content_text"]) == feeds.LONGEST_CONTENT + 4
    assert item["content_text"].endswith(" […]")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("count", [1, 6])
def test_feeds_ask_a_constant_number_of_questions(path, count, django_assert_num_queries):
    for _ in range(count):
        tag_it(make_article(), make_tag())
    with django_assert_num_queries(2):  # articles with sources · tags
        Client().get(path)
