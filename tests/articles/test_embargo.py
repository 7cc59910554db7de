"""Every public door, one second before the end of an embargo and at it; and after a withdrawal.

What the doors answer while an article is under an embargo is, byte for byte, what they answer while
it is a draft. The doors are read from the URL conf: one that is new has to be entered here.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from articles.models import Correction, Storyline, announce_due, declare_duplicates
from articles.sitemaps import ADDRESSES
from articles.vocabulary import ArticleStatus
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

END = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WORD = "xylophant"
BODY = f"The {WORD} talks in Cairo."

CLOCK = "".join(
    f"CREATE FUNCTION clock.{name}() RETURNS timestamptz LANGUAGE sql STABLE"
    " AS $$ SELECT current_setting('clock.at')::timestamptz $$;"
    for name in ("now", "statement_timestamp", "clock_timestamp", "transaction_timestamp")
)

# By the name of its route: addresses, `{uid}` the article's own and `{other}` its neighbour's. All
# of them change when the embargo ends.
DOORS = {
    "front-page": ["/"],
    "article-list": [
        "/api/v1/articles/",
        "/api/v1/articles/?count=true&facets=source,tag,entity,language,year",
        "/api/v1/articles/?q=xylophant&count=true&highlight=true&facets=tag",
        "/api/v1/articles/?q=xylophant&ordering=published_at",
        "/api/v1/articles/?tag=peace&entity=cairo&source=wire&language=en",
        "/api/v1/articles/?ordering=-updated_at&page_size=1",
        "/api/v1/articles/?ordering=published_at&count=true",
        "/api/v1/articles/?published_at__gte=2024-04-01&collapse=duplicates",
        "/api/v1/articles/?format=jsonld",
        "/api/v1/articles/?format=ninjs",
        "/api/v1/articles/?format=html",
    ],
    "article-detail": [
        "/api/v1/articles/{uid}/",
        "/api/v1/articles/{uid}/?format=jsonld",
        "/api/v1/articles/{uid}/?format=ninjs",
        "/api/v1/articles/{uid}/?as_of=2030-01-01T12:00:00Z",
    ],
    "article-related": ["/api/v1/articles/{uid}/related/", "/api/v1/articles/{other}/related/"],
    "article-revisions": ["/api/v1/articles/{uid}/revisions/"],
    "articles-ndjson": ["/api/v1/articles.ndjson", "/api/v1/articles.ndjson?q=xylophant"],
    "articles-csv": ["/api/v1/articles.csv", "/api/v1/articles.csv?tag=peace"],
    "source-detail": ["/api/v1/sources/wire/"],
    "entity-detail": ["/api/v1/entities/cairo/"],
    "tag-detail": ["/api/v1/tags/peace/"],
    "storyline-list": ["/api/v1/storylines/"],
    "storyline-detail": ["/api/v1/storylines/affair/", "/api/v1/storylines/alone/"],
    "change-list": ["/api/v1/changes/?page_size=200"],
    "articles-atom": ["/feeds/articles.atom", "/feeds/articles.atom?tag=peace"],
    "articles-json": ["/feeds/articles.json", "/feeds/articles.json?q=xylophant"],
    "sitemap-part": ["/sitemap-articles-{part}.xml"],
}
# Doors that say nothing of articles: they stay as they are.
OF_OTHERS = {
    "api-root": ["/api/v1/"],
    "source-list": ["/api/v1/sources/?count=true"],
    "entity-list": ["/api/v1/entities/?count=true"],
    "tag-list": ["/api/v1/tags/?count=true"],
    "sitemap": ["/sitemap.xml"],
    "robots": ["/robots.txt"],
}
NOTHING = {"schema", "docs", "missing", "healthz", "readyz", None}


@pytest.fixture
def clock(db, monkeypatch):
    """Sets what the database's clock and this program's say."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA clock; {CLOCK} SET LOCAL clock.at = '2024-06-01'")
        cursor.execute("SET LOCAL search_path TO clock, public, pg_catalog")

    def to(at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('clock.at', %s, true)", [at.isoformat()])
        monkeypatch.setattr("django.utils.timezone.now", lambda: at)

    return to


@pytest.fixture
def article(clock):
    """A draft with whatever a door may show of it, beside what is public."""
    clock(datetime(2024, 6, 1, tzinfo=UTC))
    wire, cairo, peace = make_source("Wire"), make_entity("Cairo"), make_tag("Peace")
    published = datetime(2024, 5, 1, tzinfo=UTC)
    other = make_article("The neighbour", source=wire, body="In Cairo.", published_at=published)
    draft = make_article(
        f"A {WORD}", source=wire, body=BODY, summary=f"Of a {WORD}.",
        status=ArticleStatus.DRAFT, published_at=published - timedelta(days=1),
    )  # fmt: skip
    for it in (other, draft):
        make_mention(it, cairo)
        make_tagging(it, peace)
    make_mention(draft, make_entity("Xylophant", slug="beast"), WORD)
    declare_duplicates(draft, other, "anna")
    affair = Storyline.objects.create(name="Affair", slug="affair")
    affair.add(other, "anna")
    for storyline in (affair, Storyline.objects.create(name="Alone", slug="alone")):
        storyline.add(draft, "anna")
    Correction.objects.create(article=draft, note=f"The {WORD} it was.")
    connection.check_constraints()
    draft.neighbour = other
    return draft


def addresses(doors, article):
    part = (article.pk - 1) // ADDRESSES + 1
    return [
        path.format(uid=article.uid, other=article.neighbour.uid, part=part)
        for paths in doors.values()
        for path in paths
    ]


def answers(doors, article):
    """What each address answers: status, content and what a cache would compare."""
    found = {}
    for path in addresses(doors, article):
        answer = Client().get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[path] = (answer.status_code, content, answer.headers.get("ETag"))
    return found


def test_every_door_is_walked():
    names = set()

    def collect(patterns):
        for pattern in patterns:
            if str(getattr(pattern, "namespace", "")) == "admin":
                continue
            if hasattr(pattern, "url_patterns"):
                collect(pattern.url_patterns)
            else:
                names.add(pattern.name)

    collect(get_resolver().url_patterns)
    assert names == DOORS.keys() | OF_OTHERS.keys() | NOTHING


def set_publication(article, status, at=None):
    """Without a trace in what else the doors compare: as an editor, with its own time of change."""
    article.status, article.publish_at = status, at
    article.save(update_fields=["status", "publish_at"])
    connection.check_constraints()


def test_an_embargo_keeps_an_article_out_of_every_door_until_its_second(article, clock):
    clock(END - SECOND)
    as_draft = answers({**DOORS, **OF_OTHERS}, article)
    set_publication(article, ArticleStatus.PUBLISHED, END)
    announce_due()
    under_embargo = answers({**DOORS, **OF_OTHERS}, article)
    for path, answer in as_draft.items():
        assert under_embargo[path] == answer, path
        assert f"A {WORD}".encode() not in answer[1], path
        assert f"The {WORD}".encode() not in answer[1], path
    assert Client().get(f"/api/v1/articles/{article.uid}/").status_code == 404

    clock(END)
    announce_due()
    after = answers({**DOORS, **OF_OTHERS}, article)
    unchanged = [path for path in addresses(DOORS, article) if after[path] == as_draft[path]]
    assert unchanged == []
    for path in addresses(OF_OTHERS, article):
        assert after[path] == as_draft[path], path
    shown = after[f"/api/v1/articles/{article.uid}/"]
    assert shown[0] == 200
    assert WORD.encode() in shown[1]


def test_a_withdrawn_article_leaves_a_tombstone_and_nothing_else(article, clock):
    own = [path for path in addresses(DOORS, article) if str(article.uid) in path]
    as_draft = answers({**DOORS, **OF_OTHERS}, article)
    set_publication(article, ArticleStatus.PUBLISHED)
    article.withdraw("It was made up.", note="a lawyer called")
    connection.check_constraints()
    for path, (status, content, _) in answers({**DOORS, **OF_OTHERS}, article).items():
        assert b"a lawyer called" not in content, path
        if path in own:
            assert status == 410, path
            assert b"It was made up." in content, path
            assert WORD.encode() not in content, path
        elif "/changes/" not in path:
            assert (status, content) == as_draft[path][:2], path
    told = Client().get("/api/v1/changes/?page_size=200").json()["results"]
    last = [row["action"] for row in told if row["key"] == str(article.uid)]
    assert last == ["created", "withdrawn"]
    article.publish()
    connection.check_constraints()
    assert Client().get(own[0]).status_code == 200
