"""Keyset pages: all rows once, in order, forward and back, while rows come and go."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, product, zip_longest
from time import sleep
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.api import plain_pages
from articles.api.pagination import ORDERS, Cursor
from articles.api.representations import with_links
from articles.models import Article
from articles.search import query
from tests.articles.api.conforming import ask, glance, refused
from tests.examples import examples
from tests.factories import make_article, make_source, make_tag

pytestmark = pytest.mark.django_db
database_examples = settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
numbers = count(1)
TIME = datetime(2024, 3, 31, 12, tzinfo=UTC)
few_times = st.none() | st.integers(0, 3).map(lambda days: TIME + timedelta(days=days))


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def load(times, bodies=()):
    """Articles in an order of uids that is not that of their creation."""
    source = make_source()
    Article.objects.bulk_create(
        Article(
            uid=UUID(int=next(numbers) * 7919 % 100_003),
            origin=source.slug,
            external_id=f"{at}-{number}",
            source=source,
            headline="Words.",
            body=body,
            language="en",
            published_at=at or None,
            published_precision="exact" if at else "unknown",
            status="published",
        )
        for number, (at, body) in enumerate(zip_longest(times, bodies, fillvalue=""))
    )


def uids(answer):
    return [article["uid"] for article in answer["results"]]


def walk(answer, step="next"):
    """The answers from one on, in the direction of the step; none leads round in a circle."""
    answers = [answer]
    while answer[step]:
        answer = glance(answer[step])
        answers.append(answer)
        assert len(answers) < 50
    return answers


def in_order(ordering):
    key = "updated_at" if "updated_at" in ordering else "published_at"
    first = datetime.min.replace(tzinfo=UTC)
    rows = sorted(
        Article.objects.all(),
        key=lambda it: (getattr(it, key) or first, it.uid),
        reverse=ordering.startswith("-"),
    )
    return [str(it.uid) for it in rows]


@database_examples
@given(
    times=st.lists(few_times, max_size=9),
    size=st.integers(1, 4),
    ordering=st.sampled_from(["-published_at", "published_at", "-updated_at", "updated_at"]),
)
def test_the_pages_are_the_sorted_list(times, size, ordering):
    with undone():
        load(times)
        expected = in_order(ordering)
        pages = walk(glance(f"articles/?ordering={ordering}&page_size={size}"))
        assert [uid for page in pages for uid in uids(page)] == expected
        assert all(len(uids(page)) == size for page in pages[:-1])
        back = walk(pages[-1], "previous")
        assert [uid for page in reversed(back) for uid in uids(page)] == expected
        assert bool(back[-1]["next"]) == (len(back) > 1)


@database_examples
@given(
    times=st.lists(few_times, min_size=3, max_size=8),
    removed=st.sets(st.integers(0, 7)),
    added=st.lists(few_times, max_size=3),
    size=st.integers(1, 3),
)
def test_what_stays_is_shown_once_while_others_come_and_go(times, removed, added, size):
    with undone():
        load(times)
        stay = [it for number, it in enumerate(in_order("-published_at")) if number not in removed]
        answer = glance(f"articles/?page_size={size}")
        shown = uids(answer)
        Article.objects.exclude(uid__in=stay).delete()
        load(added)
        if answer["next"]:
            shown += [uid for page in walk(glance(answer["next"])) for uid in uids(page)]
        assert [uid for uid in shown if uid in stay] == stay


def test_the_way_back_from_an_empty_page_misses_nothing():
    load([TIME + timedelta(days=day) for day in range(4)])
    first = glance("articles/?page_size=2")
    Article.objects.exclude(uid__in=uids(first)).delete()
    empty = glance(first["next"])
    assert (empty["results"], empty["next"]) == ([], None)
    assert uids(glance(empty["previous"])) == uids(first)


def test_the_way_on_from_an_empty_page_misses_nothing():
    load([TIME + timedelta(days=day) for day in range(4)])
    second = glance(glance("articles/?page_size=2")["next"])
    Article.objects.exclude(uid__in=uids(second)).delete()
    empty = glance(second["previous"])
    assert (empty["results"], empty["previous"]) == ([], None)
    assert uids(glance(empty["next"])) == uids(second)


@database_examples
@given(
    repeats=st.lists(st.integers(1, 3), min_size=1, max_size=8),
    size=st.integers(1, 3),
    window=st.integers(1, 9),
)
def test_a_search_is_paged_by_relevance_within_its_window(repeats, size, window):
    with undone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "WINDOW", window)
        times = [
            TIME + timedelta(days=number % 3) if number % 4 else None
            for number in range(len(repeats))
        ]
        load(times, ["peace " * times + "filler " * (10 - times) for times in repeats])
        newest = in_order("-published_at")[:window]
        pages = walk(glance(f"articles/?q=peace&page_size={size}"))
        shown = [uid for page in pages for uid in uids(page)]
        assert sorted(shown) == sorted(newest)
        counts = {str(it.uid): it.body.count("peace") for it in Article.objects.all()}
        order = sorted(newest, key=lambda uid: (-counts[uid], newest.index(uid)))
        assert shown == order
        mode = "exact" if len(repeats) <= window else "bounded"
        assert all(page["search"]["mode"] == mode for page in pages)
        back = walk(pages[-1], "previous")
        assert [uid for page in reversed(back) for uid in uids(page)] == order


# ── cursors ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cursor():
    load([TIME, None, TIME])
    make_tag("Peace")
    return ask("articles/?page_size=1&language=en")["next"].partition("cursor=")[2]


@pytest.mark.parametrize(
    "others",
    [
        "page_size=1",
        "page_size=2&language=en",
        "page_size=1&language=fr",
        "page_size=1&language=en&ordering=published_at",
        "page_size=1&language=en&q=words",
        "page_size=1&language=en&count=true",
    ],
)
def test_a_cursor_belongs_to_its_parameters(cursor, others):
    assert refused(f"articles/?{others}&cursor={cursor}")["parameter"] == "cursor"


def test_the_order_of_the_parameters_does_not_matter(cursor):
    assert ask(f"articles/?cursor={cursor}&language=en&page_size=1")["results"]
    assert ask(f"articles/?format=json&language=en&page_size=1&cursor={cursor}")["results"]


@pytest.mark.parametrize(
    "spoil", [lambda it: it[:-1], lambda it: "x" + it, lambda it: "", lambda it: "é.\0"]
)
def test_an_altered_cursor_is_refused(cursor, spoil):
    path = f"articles/?page_size=1&language=en&cursor={spoil(cursor)}"
    assert refused(path)["parameter"] == "cursor"


def test_a_cursor_belongs_to_its_address():
    for name in ("a", "b"):
        make_tag(name)
        make_source(name)
    following = ask("tags/?page_size=1")["next"]
    assert refused(following.replace("/tags/", "/sources/"))["parameter"] == "cursor"


# ── counts ───────────────────────────────────────────────────────────────────────────────────────


def test_results_are_counted_when_asked():
    load([TIME, None, TIME])
    assert ask("articles/?count=true&page_size=1")["count"] == {"value": 3, "relation": "eq"}
    assert ask("articles/?count=false")["count"] is None
    assert ask("articles/?count=true&q=words")["count"] == {"value": 3, "relation": "eq"}
    assert ask("articles/?count=true&q=nothing")["count"] == {"value": 0, "relation": "eq"}


def test_counting_stops(monkeypatch):
    monkeypatch.setattr("articles.api.pagination.MOST_COUNTED", 2)
    load([TIME, None])
    assert ask("articles/?count=true")["count"] == {"value": 2, "relation": "eq"}
    load([TIME])
    assert ask("articles/?count=true")["count"] == {"value": 2, "relation": "gte"}


@pytest.mark.parametrize("order", list(ORDERS))
def test_plain_pages_are_those_of_the_orders(order):
    """The kept queries give what the ORM's own give, from every place, onwards and back."""
    day = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(6):
        make_article(published_at=day + timedelta(days=number // 2) if number < 4 else None)
    make_article(publish_at=timezone.now() + timedelta(days=1))
    make_article(status="draft")
    columns = ("pk", "uid", "published_at", "updated_at", "source__name", "bylines", "shown_tags")
    keyset = ORDERS[order]

    def asked(cursor, limit):
        return keyset.rows(with_links(Article.objects.published(), columns), cursor, limit)

    every = asked(None, 20)
    assert len(every) == 6
    assert plain_pages.rows(order, columns, None, 20) == every
    assert plain_pages.rows(order, columns, None, 2) == every[:2]
    for row, forward, inclusive in product(every, (True, False), (True, False)):
        cursor = Cursor(keyset.place(row), forward, inclusive)
        found = plain_pages.rows(order, columns, cursor, 3)
        assert found == asked(cursor, 3)
        assert len(found) > 0 or not inclusive


def test_a_kept_query_knows_the_present_moment():
    """The moment is the database's own, of the statement."""
    make_article("Awaited", publish_at=datetime.now(UTC) + timedelta(seconds=1))
    assert ask("articles/?page_size=7")["results"] == []
    sleep(1.2)
    assert len(ask("articles/?page_size=7")["results"]) == 1
