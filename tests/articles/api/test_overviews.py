"""Sources, entities and tags as a reader's way in: years, companions, newest articles."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.api import overviews
from articles.models import Entity, Mention, Redirect, Tag
from articles.vocabulary import ArticleStatus, NounKind, Origin
from tests.articles.api.conforming import ROOT, ask
from tests.factories import make_article, make_entity, make_source, make_tag, make_tagging

pytestmark = pytest.mark.django_db


@pytest.fixture
def cairo():
    """Cairo, named by three public articles; what else is there must not count."""
    cairo, giza, nile = make_entity("Cairo"), make_entity("Giza"), make_entity("Nile")
    peace, talks = make_tag("Peace"), make_tag("Talks", parent=make_tag("Politics"))
    wire = make_source("Wire", slug="wire")
    days = [datetime(2023, 12, 31, 23, 59, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), None]
    for number, day in enumerate(days):
        article = make_article(f"Article {number}", source=wire, published_at=day)
        for start in (0, 1, 2):  # named three times, it is still one article
            link(article, cairo, start=start, end=start + 1, quote="x")
        link(article, giza)
        make_tagging(article, peace)
        make_tagging(article, talks)
        if number == 0:
            link(article, nile)
    hidden = make_entity("Hidden")
    for fields in (
        {"status": ArticleStatus.DRAFT},
        {"publish_at": timezone.now() + timedelta(days=1)},
    ):
        article = make_article("Unseen", source=wire, **fields)
        for entity in (cairo, hidden):
            link(article, entity)
        make_tagging(article, peace)
    suggested = make_article("Suggested", source=make_source("Other"))
    link(suggested, cairo, origin=Origin.MACHINE, state="suggested")
    link(suggested, hidden)
    return cairo


def link(article, entity, **fields):
    Mention.objects.create(article=article, entity=entity, **fields)


@pytest.mark.parametrize("path", ["entities/cairo/", "tags/peace/", "sources/wire/"])
def test_an_overview(cairo, path):
    shown = ask(path)
    assert shown["article_count"] == {"value": 3, "relation": "eq"}
    assert shown["scope"] == {"mode": "exact", "window": 2_000}
    assert shown["years"] == [{"year": 2024, "count": 1}, {"year": 2023, "count": 1}]
    assert shown["undated"] == 1
    companions = [(it["slug"], it["count"]) for it in shown["companions"]]
    whole = [("cairo", 3), ("giza", 3), ("nile", 1)]
    assert companions == (whole[1:] if path.startswith("entities") else whole)
    assert ask(shown["companions"][-1]["url"])["name"] == "Nile"
    assert [it["headline"] for it in shown["newest"]] == ["Article 1", "Article 0", "Article 2"]
    listed = ask(shown["articles"])["results"]
    assert [it["uid"] for it in listed] == [it["uid"] for it in shown["newest"]]
    for whole_one, short in zip(listed, shown["newest"], strict=True):
        assert {name: whole_one[name] for name in short} == short


def test_tags_above_and_below(cairo):
    assert ask("tags/politics/")["children"] == [{"slug": "talks", "name": "Talks"}]
    assert ask("tags/talks/")["children"] == []
    assert ask("tags/talks/")["parent"] == {"slug": "politics", "name": "Politics"}


def test_what_leads_nowhere():
    for path in ("entities/nobody/", "tags/nothing/", "sources/none/"):
        make_entity("Nobody")
        make_tag("Nothing", slug=Tag.free_slug("Nothing"))
        make_source("None", slug="none") if "sources" in path else None
        shown = ask(path)
        assert (shown["years"], shown["undated"]) == ([], 0)
        assert (shown["companions"], shown["newest"]) == ([], [])


def test_more_than_the_window_is_told(cairo, monkeypatch):
    monkeypatch.setattr(overviews, "WINDOW", 2)
    shown = ask("entities/cairo/")
    assert shown["article_count"] == {"value": 3, "relation": "eq"}
    assert shown["scope"] == {"mode": "bounded", "window": 2}
    assert shown["years"] == [{"year": 2024, "count": 1}, {"year": 2023, "count": 1}]
    assert shown["undated"] == 0
    assert len(shown["newest"]) == 3


def test_at_most_twenty_companions_and_ten_articles():
    tag = make_tag("Busy")
    entities = [make_entity(f"Entity {n:02}", slug=f"entity-{n:02}") for n in range(25)]
    for number in range(12):
        article = make_article()
        make_tagging(article, tag)
        for entity in entities[number:]:
            link(article, entity)
    shown = ask("tags/busy/")
    assert len(shown["newest"]) == 10
    assert [it["slug"] for it in shown["companions"][:15]] == [
        f"entity-{n:02}" for n in (*range(11, 25), 10)
    ]
    assert len(shown["companions"]) == 20


def test_a_chain_of_renamings_and_merges_is_one_step(client):
    """Renamed twice, and then merged into another: each former slug leads to the survivor."""
    entity = make_entity("First", slug="first")
    for slug in ("second", "third"):
        entity.slug = slug
        entity.save()
    survivor = make_entity("Survivor")
    Redirect.objects.filter(kind=NounKind.ENTITY, entity=entity).update(entity=survivor)
    Entity.objects.filter(pk=entity.pk).delete()
    Redirect.objects.create(kind=NounKind.ENTITY, old_slug="third", entity=survivor)
    for slug in ("first", "second", "third"):
        answer = client.get(f"{ROOT}entities/{slug}/")
        assert answer.status_code == 301
        assert answer.headers["Location"] == "http://testserver/api/v1/entities/survivor/"
    assert ask(answer.headers["Location"])["name"] == "Survivor"


# ── the page for people ──────────────────────────────────────────────────────────────────────────


def page(path):
    answer = Client(headers={"accept": "text/html"}).get(ROOT + path)
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.text


def test_a_person_reads_a_page(cairo):
    Entity.objects.filter(pk=cairo.pk).update(description="The capital of <Egypt>.")
    cairo.aliases.create(spelling="القاهرة")
    text = page("entities/cairo/")
    assert "The capital of &lt;Egypt&gt;." in text
    assert "القاهرة" in text
    assert "Article 1</a>" in text
    assert 'href="http://testserver/api/v1/entities/giza/"' in text
    assert 'published_at__gte=2023-01-01&amp;published_at__lte=2023-12-31"' in text
    assert '<link rel="canonical" href="http://testserver/api/v1/entities/cairo/">' in text
    assert "noindex" not in text
    assert "noindex" in page("entities/")
    assert "noindex" in page("entities/?q=cairo")
    assert "style=" not in text
    assert "<script" not in text
    assert "Talks</bdi></a>" in page("tags/politics/")
    assert "No published article leads here yet." in page("tags/politics/")
