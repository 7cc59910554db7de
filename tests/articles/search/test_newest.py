"""The newest matches by windows are the newest of all matches, whatever is known of the rows."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, SortKey
from articles.search import planner
from articles.search.periods import Span
from articles.search.query import Place, Search
from tests.articles.search.test_periods import statistics
from tests.examples import examples
from tests.factories import make_article, make_source

LANGUAGES = ("en", "fr", "pt-BR", "ja", "und", "ar")
EDGES = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2024, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2025, 1, 1, 0, 30, tzinfo=UTC),
)
SPACED = ("talk", "talks or peace", "peace -rare", '"peace talks"', "rare", "-rare", "the")
WORDS = (*SPACED, "京都", "都")


def random_date(chance: random.Random) -> datetime | None:
    kind = chance.randrange(5)
    if kind == 0:
        return None
    if kind == 1:
        return chance.choice(EDGES)
    start, length = (datetime(1, 1, 2, tzinfo=UTC), 3_600_000) if kind == 2 else (
        datetime(2024, 1, 1, tzinfo=UTC), 1200,
    )  # fmt: skip
    return start + timedelta(days=chance.randrange(length), seconds=chance.randrange(86_400))


@pytest.fixture
def archive(db):
    chance = random.Random(5)
    sources = [make_source(), make_source()]
    for number in range(150):
        at = random_date(chance)
        day = {"published_precision": "day"} if at and number % 7 == 0 else {}
        if at and day:
            at = at.replace(hour=0, minute=0, second=0, microsecond=0)
        make_article(
            f"{chance.choice(['東京都の話', '京都', 'Peace', 'Talks'])} {number}",
            body=" ".join(chance.sample(["peace talks", "talking", "rare", "the", "peace"], 2)),
            language=chance.choice(LANGUAGES),
            published_at=at,
            source=sources[number % 5 == 0],
            **day,
        )  # fmt: skip


@st.composite
def spans(draw):
    """A filter of dates and the span that belongs to it."""
    kind = draw(st.sampled_from(["all", "undated", "dated", "range"]))
    if kind == "undated":
        return Q(published_at=None), Span(dated=False)
    if kind == "dated":
        return Q(published_at__isnull=False), Span(undated=None)
    if kind == "all":
        return Q(), Span()
    since, until = sorted(draw(st.tuples(*[st.dates(date(2023, 1, 1), date(2028, 1, 1))] * 2)))
    low, high = (datetime(it.year, it.month, it.day, tzinfo=UTC) for it in (since, until))
    return Q(published_at__gte=low, published_at__lt=high), Span(since, until, undated=None)


@settings(
    max_examples=examples(250),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    words=st.sampled_from(WORDS),
    known=st.none() | statistics(),
    span=spans(),
    limit=st.integers(1, 40),
    place=st.none() | st.integers(0, 149),
    way=st.tuples(st.booleans(), st.booleans()),
    by_rows=st.none() | st.booleans(),
)
def test_windows_give_what_plain_matching_gives(
    archive, words, known, span, limit, place, way, by_rows
):
    (condition, about), (ascending, inclusive) = span, way
    rows = Article.objects.filter(condition)
    if by_rows is not None:
        rows = rows.filter(source=Article.objects.first().source)
    order = [SortKey().asc(), "uid"] if ascending else [SortKey().desc(), "-uid"]
    behind, at = list(Article.objects.order_by(*order).values_list("pk", flat=True)), None
    if place is not None:
        row = Article.objects.order_by("pk")[place]
        at = Place(row.published_at, str(row.uid))
        behind = behind[behind.index(row.pk) + (not inclusive) :]
    chosen = patch("articles.search.query.prefers_rows", lambda *_: by_rows)
    with transaction.atomic(), chosen:
        search = Search(rows, words, SortKey(), span=about, narrowed=by_rows is not None)
        with patch("articles.search.query.statistics", lambda *_: known):
            found = search.newest(limit, place=at, ascending=ascending, inclusive=inclusive)
    ordered = rows.search(words).filter(pk__in=behind).order_by(*order)
    assert found == list(ordered.values_list("pk", flat=True)[:limit])


def test_the_archives_own_statistics_are_read(archive):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    known = planner.statistics("articles_article", "default")
    assert known.rows == 150
    undated = Article.objects.filter(published_at=None).count()
    assert known.undated == pytest.approx(undated / 150)
    assert known.bounds == tuple(sorted(known.bounds))
    assert known.bounds[0].year < 1000
    found = Search(Article.objects.all(), "peace", SortKey()).newest(1000)
    plain = Article.objects.search("peace").order_by(SortKey().desc(), F("uid").desc())
    assert found == list(plain.values_list("pk", flat=True))
    assert replace(known, undated=0) != known


PER_ROW = """
    SELECT id FROM articles_article
    WHERE search @@ websearch_to_tsquery(search_configuration(language), %s)
"""


@pytest.mark.parametrize("words", SPACED)
def test_one_query_for_all_languages_gives_what_each_rows_own_gives(archive, words):
    with connection.cursor() as cursor:
        cursor.execute(PER_ROW, [words])
        expected = {key for (key,) in cursor.fetchall()}
    assert set(Article.objects.search(words).values_list("pk", flat=True)) == expected
    assert expected


@settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.characters() | st.sampled_from("\1\2 '\"-2024undated京english"), max_size=60))
def test_no_text_reaches_the_marks_and_grams(db, text):
    """They begin with characters with which no word of a text or of a query begins."""
    clean = text.replace("\0", "").encode(errors="replace").decode()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_tsvector('newsroom_simple', %s)::text,"
            " websearch_to_tsquery('newsroom_simple', %s)::text",
            [clean, clean],
        )
        vector, query = cursor.fetchone()
    assert "'\1" not in vector + query
    assert "'\2" not in vector + query


@pytest.mark.parametrize("words", ["\1english", "'\1english'", "\1\x31", "\1undated", '"\1 2024"'])
def test_a_mark_that_is_asked_for_is_a_word(db, words):
    make_article("Peace", published_at=datetime(2024, 3, 1, tzinfo=UTC))
    make_article("Peace", body="京")
    assert not Article.objects.search(words).exists()
