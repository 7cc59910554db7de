"""Related articles: what is shared, what is rare, and what nobody may see."""

from datetime import UTC, datetime, timedelta
from math import log

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Mention
from articles.models.related import MOST_LINKS
from articles.vocabulary import ArticleStatus, Origin
from tests.articles.api.conforming import ROOT, ask, refused
from tests.factories import make_article, make_entity, make_tag, make_tagging

pytestmark = pytest.mark.django_db


def related(article, query=""):
    return ask(f"articles/{article.uid}/related/{query}")["results"]


def about(*things, **fields):
    """An article about entities and tags, one of the entities named twice."""
    article = make_article(**fields)
    for thing in things:
        if thing._meta.model_name == "tag":
            make_tagging(article, thing)
        else:
            Mention.objects.create(article=article, entity=thing)
            Mention.objects.create(article=article, entity=thing, start=0, end=4, quote="Body")
    return article


def test_what_is_rare_says_more():
    common, rare, peace = make_entity("Cairo"), make_entity("Giza"), make_tag("Peace")
    article = about(common, rare, peace)
    both = about(common, rare, peace, headline="All three")
    seldom = about(rare, headline="The rare one")
    often = [about(common, headline=f"The common one {n}") for n in range(4)]
    make_article("Nothing in common")
    told = related(article)
    assert [it["headline"] for it in told[:2]] == ["All three", "The rare one"]
    assert len(told) == 2 + len(often)
    assert told[0]["uid"] == str(both.uid)
    assert told[0]["shared_entities"] == [
        {"slug": "cairo", "name": "Cairo", "kind": "place"},
        {"slug": "giza", "name": "Giza", "kind": "place"},
    ]
    assert told[0]["shared_tags"] == [{"slug": "peace", "name": "Peace"}]
    # Cairo stands in 6 articles, Giza in 3, Peace in 2.
    scores = [sum(log(1 + 1000 / n) for n in counts) for counts in ((6, 3, 2), (3,), (6,))]
    assert [it["score"] for it in told[:3]] == pytest.approx(scores, abs=1e-4)
    assert told[1]["uid"] == str(seldom.uid)
    (listed,) = [it for it in ask("articles/")["results"] if it["uid"] == told[0]["uid"]]
    assert {name: told[0][name] for name in listed} == listed


def test_of_equals_the_newest_and_no_more_than_asked_for():
    tag = make_tag("Peace")
    article = about(tag)
    for day in (2, 1, 3):
        about(tag, headline=f"Day {day}", published_at=datetime(2024, 1, day, tzinfo=UTC))
    about(tag, headline="Undated")
    told = [it["headline"] for it in related(article)]
    assert told == ["Day 3", "Day 2", "Day 1", "Undated"]
    assert [it["headline"] for it in related(article, "?page_size=2")] == told[:2]
    path = f"articles/{article.uid}/related/"
    assert refused(f"{path}?page_size=51")["parameter"] == "page_size"
    assert refused(f"{path}?cursor=x")["parameter"] == "cursor"


def test_what_is_not_public_counts_for_nothing():
    entity, tag = make_entity(), make_tag()
    article = about(entity, tag)
    about(entity, tag, status=ArticleStatus.DRAFT)
    about(entity, publish_at=timezone.now() + timedelta(days=1))
    about(tag).withdraw("It was wrong.")
    other = make_article("Suggested only")
    make_tagging(other, tag, origin=Origin.MACHINE, state="suggested")
    assert related(article) == []
    shown = about(entity)
    (only,) = related(article)
    assert only["uid"] == str(shown.uid)
    assert only["score"] == pytest.approx(log(1 + 1000 / 2), abs=1e-4)
    assert related(make_article("Without links")) == []


def test_of_very_many_links_the_rarest_are_looked_at():
    common = [make_entity(f"Common {n}") for n in range(MOST_LINKS)]
    rare = make_entity("Rare")
    article = about(*common, rare)
    for entity in common:
        about(entity)
        about(entity)
    shown = about(rare, headline="The rare one")
    told = related(article, "?page_size=50")
    assert told[0]["uid"] == str(shown.uid)
    assert len(told) == 1 + 2 * (MOST_LINKS - 1)


@pytest.mark.parametrize("count", [1, 8])
def test_related_cost_the_same_however_many_they_are(count):
    things = [make_entity(), make_entity(), make_tag()]
    article = about(*things)
    for _ in range(count):
        about(*things)
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(f"{ROOT}articles/{article.uid}/related/").json()["results"]
    # the article · the related · their rows · the shared entities · tags
    assert len(captured) == 5
