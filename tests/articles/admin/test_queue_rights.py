"""What each kind of group of the review queue offers to whom: a button that is there may be
pressed, and what may not be judged is shown with a sentence in its place.
"""

import re
from datetime import UTC, datetime
from html import unescape
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin.queue import KINDS
from articles.models import (
    Article,
    DuplicatePair,
    Entity,
    LoadConflict,
    Mention,
    RawText,
    Storyline,
    StorylineArticle,
    UnknownName,
)
from articles.models.groups import make_groups
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import query_names
from tests.articles.admin.test_matrix import login
from tests.articles.admin.test_queue import conflict
from tests.articles.enrichment.archives import run
from tests.factories import make_article, make_entity, make_mention, make_source, make_tag
from tests.factories import make_tagging as tag_it

QUEUE = reverse("admin:articles_queue")
GIVEN = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
REFUSAL = "It concerns articles that readers see or have seen, and waits for an editor."
DAY = datetime(2024, 3, 31, 10, tzinfo=UTC)
PLACES = ("Qatar", "Georgia", "Oman", "Peru", "Chad", "Niger")
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def people(db):
    make_groups(apps)


def mentions(articles: list[Article], *, are_sure: bool = False) -> None:
    entity = make_entity(PLACES[Entity.objects.count()])
    rows = Article.objects.filter(pk__in=[it.pk for it in articles])
    rows.update(body=f"Talks in {entity.name} went on.")
    if not are_sure:
        for article in rows:
            make_mention(article, entity, **GIVEN)
        return
    for number in range(10):
        make_article(body=f"In {entity.name} on day {number}.")
    run()
    for mention in Mention.objects.filter(entity=entity).exclude(article__in=rows):
        mention.accept("lea")


def sure(articles: list[Article]) -> None:
    mentions(articles, are_sure=True)


def taggings(articles: list[Article]) -> None:
    tag = make_tag()
    for article in articles:
        tag_it(article, tag, **GIVEN)


def names(articles: list[Article]) -> None:
    place = {"before": "", "quote": "Rosa", "after": ""}
    UnknownName.objects.create(
        key=f"rosa {articles[0].pk}", quote="Rosa", articles=len(articles), finds=1, confidence=1,
        rank=1, evidence=[{"article": str(it.uid), **place} for it in articles],
    )  # fmt: skip


def duplicates(articles: list[Article]) -> None:
    for article in articles:
        other = make_article(source=article.source, status=article.status)
        first, second = sorted((article, other), key=lambda it: it.pk)
        DuplicatePair.objects.create(
            first=first, second=second, first_share=0.9, second_share=0.8, passages=[],
            first_fingerprint=article.fingerprint, second_fingerprint=other.fingerprint,
            engine="shingles", version="1", configuration="x", run=uuid4(),
        )  # fmt: skip


def storylines(articles: list[Article]) -> None:
    storyline = Storyline.objects.create(name="New", slug=f"new-{articles[0].pk}", **GIVEN)
    for article in articles:
        StorylineArticle.objects.create(storyline=storyline, article=article, **GIVEN)


MAKE = {it.__name__: it for it in (mentions, sure, taggings, names, duplicates, storylines)}


def waiting(kind: str, articles: list[Article]) -> None:
    """One group of this kind that has one row of each article."""
    if kind in MAKE:
        MAKE[kind](articles)
        return
    for article in articles:
        of_article(kind, article)


def of_article(kind: str, article: Article) -> None:
    rows = Article.objects.filter(pk=article.pk)
    if kind == "headlines":
        rows.update(headline_derived=True)
    elif kind == "undated":
        rows.update(published_at=None, published_precision="unknown")
    elif kind == "conflicts":
        rows.update(edited_fields=["summary"])
        conflict(article, "summary", "Theirs")
    else:
        article.refresh_from_db()
        RawText.objects.create(
            article=article, text=f"{'Furniture. ' * 90}{article.pk} {article.body}",
            clean_fingerprint=article.fingerprint,
        )  # fmt: skip


def group(kind: str, *statuses: str) -> list[Article]:
    source = make_source()
    articles = [
        make_article(source=source, status=it, published_at=DAY, body="Words here.")
        for it in statuses
    ]
    waiting(kind, articles)
    return articles


def page(client: Client, kind: str, **asked: str):
    return client.get(QUEUE, {"show": kind, **asked})


def shown(response) -> list[str]:
    """The groups of the page, each as its HTML."""
    found = re.findall(r'<section class="queue-group".*?</section>', response.text, re.DOTALL)
    return [unescape(it) for it in found]


def offered(html: str) -> list[str]:
    """The buttons of a group and of its examples."""
    return re.findall(r'name="(?:verb|one)" value="(\w+)', html)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", ["draft", "published"])
@pytest.mark.parametrize("letter", "ECV")
def test_a_button_that_is_there_may_be_pressed(kind: str, status: str, letter: str):
    group(kind, status, status)
    client = login(letter)
    response = page(client, kind)
    (html,) = shown(response)
    (one,) = response.context["groups"]
    # A name concerns no article by itself: whoever judges may say that it is none.
    may = letter == "E" or (letter == "C" and (status == "draft" or kind == "names"))
    assert bool(offered(html)) == may
    assert (REFUSAL in html) == (letter == "C" and not may)
    verb = "reject" if kind == "names" else "accept"
    values = {**one.key, "until": str(one.until), "verb": verb, "is_correction": "minor"}
    answer = client.post(f"{QUEUE}?show={kind}", values, headers=JSON)
    if letter == "V":
        assert answer.status_code == 403
    else:
        told = answer.json()
        assert (not told["warning"] and bool(told["run"])) == may, told


@pytest.mark.parametrize("kind", [it for it in KINDS if it not in {"names", "storylines"}])
def test_of_a_group_a_contributor_is_shown_what_concerns_drafts(kind: str):
    articles = group(kind, "published", "draft", "published", "draft", "published", "published")
    client = login("C")
    (one,) = page(client, kind).context["groups"]
    (html,) = shown(page(client, kind))
    assert (one.size, len(one.items)) == (2, 2)
    assert "of 6: the rest waits for an editor" in html
    for article in articles:
        mine = article.status == "draft"
        assert (reverse("admin:articles_article_change", args=[article.pk]) in html) == mine
    (opened,) = page(client, kind, **one.key).context["groups"]
    assert {it.key for it in opened.items} == {it.key for it in one.items}
    values = {**one.key, "until": str(one.until), "verb": "accept"}
    told = client.post(f"{QUEUE}?show={kind}", values, headers=JSON).json()
    assert told["run"]
    # what is left has no button, at once and anew
    assert offered(unescape(told["html"])) == []
    assert REFUSAL in unescape(told["html"])
    (one,) = page(login("E"), kind).context["groups"]
    assert one.size == 4


def test_a_storyline_is_judged_whole_or_not_at_all():
    group("storylines", "published", "draft")
    (html,) = shown(page(login("C"), "storylines"))
    assert REFUSAL in html
    assert offered(html) == []


@pytest.mark.parametrize(
    ("kind", "more"), [("mentions", {"relink"}), ("names", set()), ("taggings", set())]
)
def test_what_takes_a_right_elsewhere_takes_it_here(kind: str, more: set[str]):
    group(kind, "draft", "draft")
    (html,) = shown(page(login("C"), kind))
    verdicts = {"reject"} if kind == "names" else {"accept", "reject"}
    assert set(offered(html)) == verdicts | more
    (html,) = shown(page(login("E"), kind))
    extra = {"mentions": {"relink", "never", "create"}, "names": {"relink", "create"}}
    assert set(offered(html)) == verdicts | extra.get(kind, set())


def test_theirs_of_a_status_is_offered_to_who_may_publish():
    (article,) = group("conflicts", "draft")
    LoadConflict.objects.update(field="status", theirs="published")
    Article.objects.filter(pk=article.pk).update(edited_fields=["status"])
    for letter, verbs in (("E", {"accept", "reject"}), ("C", {"reject"})):
        (html,) = shown(page(login(letter), "conflicts"))
        assert set(offered(html)) == verbs


def test_all_at_once_is_of_what_is_offered():
    for _ in range(2):
        group("sure", "draft", "published")
    group("sure", "published")
    client = login("C")
    response = page(client, "sure")
    assert "Accept all 2 mentions in these 2 groups" in response.text
    sent = [unescape(it) for it in re.findall(r'name="shown" value="([^"]*)"', response.text)]
    values = {"accept_all": "1", "shown": sent}
    told = client.post(f"{QUEUE}?show=sure", values, headers=JSON).json()
    assert told["message"] == "Accepted 2 mentions in 2 groups."


@pytest.mark.parametrize("kind", KINDS)
def test_a_contributor_asks_as_often_however_much_waits(kind: str):
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert page(client, kind).status_code == 200
        return query_names(captured)

    client = login("C")
    group(kind, "draft", "published")
    queries()  # what is remembered is asked once
    few = queries()
    for _ in range(3):
        group(kind, "draft", "published", "published", "draft", "draft")
    assert queries() == few
    assert len(few) <= 24
