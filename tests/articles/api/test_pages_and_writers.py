"""A reader turns pages while writers commit and roll back: what stayed is shown once, in order."""

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, Source
from tests.articles.api.conforming import glance
from tests.examples import examples
from tests.factories import make_source

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 2
TIME = datetime(2024, 3, 31, 12, tzinfo=UTC)
few_times = st.none() | st.integers(0, 3).map(lambda days: TIME + timedelta(days=days))
ADD = """
    INSERT INTO articles_article (uid, origin, external_id, source_id, headline, language,
        published_at, published_precision, status, original_url, body)
    VALUES (%s, 'wire', %s, %s, 'Words.', 'en', %s, %s, 'published', '', '')
"""
ACTS = {
    "delete": "DELETE FROM articles_article WHERE uid = %(uid)s",
    "withdraw": "UPDATE articles_article SET status = 'withdrawn', withdrawn_at = now(),"
    " withdrawn_reason = 'An error.' WHERE uid = %(uid)s",
    "redate": "UPDATE articles_article SET published_at = %(at)s,"
    " published_precision = %(precision)s WHERE uid = %(uid)s",
    "edit": "UPDATE articles_article SET headline = headline || '!' WHERE uid = %(uid)s",
}
WRITE = st.tuples(
    st.integers(0, WRITERS - 1), st.sampled_from(sorted(ACTS)), st.integers(0, 9), few_times
)
ADDITION = st.tuples(st.integers(0, WRITERS - 1), st.just("add"), st.integers(0, 99), few_times)
END = st.tuples(
    st.integers(0, WRITERS - 1),
    st.sampled_from(["commit", "commit", "rollback"]),
    st.just(0),
    st.none(),
)
TURN = st.just((0, "turn", 0, None))
STEPS = st.lists(WRITE | ADDITION | END | TURN, max_size=30)


def place(number):
    """Uids in an order that is not that of the numbers; a writer has every other of them."""
    return UUID(int=(number + 1) * 7919 % 100_003)


class Reader:
    """Turns pages, each time the one that the page before named."""

    def __init__(self, ordering, size):
        self.following = f"articles/?ordering={ordering}&page_size={size}"
        self.shown = []

    def turn(self):
        if self.following:
            answer = glance(self.following)
            self.shown += [article["uid"] for article in answer["results"]]
            self.following = answer["next"]
            self.last = answer

    def back(self):
        """All from the last page back to the first, in their order."""
        found, answer = [], self.last
        while answer:
            found = [article["uid"] for article in answer["results"]] + found
            answer = glance(answer["previous"]) if answer["previous"] else None
        return found


class Writer:
    """A session of its own; what it did to which article counts when it commits.

    It has every other article: two that wrote the same one would wait for each other.
    """

    def __init__(self, stack, who, source, there):
        self.session = stack.enter_context(psycopg.connect(**connection.get_connection_params()))
        stack.callback(self.session.rollback)
        self.who, self.source, self.there = who, source, there
        self.doing, self.done = set(), set()

    def do(self, act, number, at):
        if act in ("commit", "rollback"):
            self.end(act)
        elif act == "add":
            self.add(place(100 + number * WRITERS + self.who), at)
        elif number % WRITERS == self.who and number < self.there:
            self.change(act, place(number), at)

    def change(self, act, uid, at):
        words = {"uid": uid, "at": at, "precision": "exact" if at else "unknown"}
        self.session.execute(ACTS[act], words)
        if act != "edit":
            self.doing.add(str(uid))

    def add(self, uid, at):
        found = self.session.execute("SELECT FROM articles_article WHERE uid = %s", [uid])
        if not found.fetchall():
            precision = "exact" if at else "unknown"
            self.session.execute(ADD, [uid, str(uid), self.source, at, precision])

    def end(self, act):
        getattr(self.session, act)()
        if act == "commit":
            self.done |= self.doing
        self.doing = set()


def start_archive(times):
    """The key of its source, and of each article the uid and the time."""
    Article.objects.all().delete()
    source = (Source.objects.first() or make_source("Wire")).pk
    with connection.cursor() as cursor:
        for number, at in enumerate(times):
            uid, precision = place(number), "exact" if at else "unknown"
            cursor.execute(ADD, [uid, str(uid), source, at, precision])
    return source, {str(uid): at for uid, at in Article.objects.values_list("uid", "published_at")}


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    times=st.lists(few_times, min_size=1, max_size=9),
    steps=STEPS,
    size=st.integers(1, 3),
    ordering=st.sampled_from(["-published_at", "published_at"]),
)
def test_what_stays_is_shown_once_and_in_order(times, steps, size, ordering):
    source, before = start_archive(times)
    reader = Reader(ordering, size)
    reader.turn()
    with ExitStack() as stack:
        writers = [Writer(stack, who, source, len(times)) for who in range(WRITERS)]
        for who, act, number, at in steps:
            if act == "turn":
                reader.turn()
            else:
                writers[who].do(act, number, at)
        for writer in writers:
            writer.end("commit")
        while reader.following:
            reader.turn()
    touched = set().union(*(writer.done for writer in writers))
    first = datetime.min.replace(tzinfo=UTC)
    stayed = sorted(
        before.keys() - touched,
        key=lambda uid: (before[uid] or first, UUID(uid)),
        reverse=ordering.startswith("-"),
    )
    for shown in (reader.shown, reader.back()):
        assert [uid for uid in shown if uid in before and uid not in touched] == stayed
        times = Counter(shown)
        assert all(times[uid] == 1 for uid in shown if uid not in touched)
