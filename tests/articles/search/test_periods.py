"""Windows of time: together they hold every row once, in order, whatever the statistics say."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from articles.search.periods import PREFIXES, Span, Statistics, Window, cover, windows
from tests.examples import examples

TODAY = date(2026, 11, 22)
days = st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.dates(date(2020, 1, 1), date(2026, 12, 31))
moments = days.map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC))


@st.composite
def statistics(draw):
    undated = draw(st.sampled_from([0.0, 0.1, 1.0]) | st.floats(0, 1))
    common = draw(st.lists(st.tuples(moments, st.floats(0, 0.01)), max_size=5))
    bounds = sorted(draw(st.lists(moments, max_size=20).filter(lambda it: len(it) != 1)))
    rows = draw(st.sampled_from([1.0, 300.0, 1e6, 1e9]))
    return Statistics(rows, undated, tuple(bounds), tuple(common))


def marks_of(day):
    return {f"{day.year}", f"{day.year}-{day.month}", f"{day.year}-{day.month}-{day.day}"}


def holds(window: Window, day: date) -> bool:
    if window.since or window.until:
        return (window.since or date.min) <= day and (not window.until or day < window.until)
    return bool(marks_of(day) & set(window.marks))


def holds_undated(window: Window, prefix: int) -> bool:
    text = f"{prefix:03x}"
    return bool({"undated", f"undated-{text[0]}", f"undated-{text}"} & set(window.marks))


def places(found, holding, things):
    """In which window each thing lies."""
    for thing in things:
        where = [number for number, window in enumerate(found) if holding(window, thing)]
        assert len(where) == 1, (thing, where, found)
        yield where[0]


@settings(max_examples=examples(300), deadline=None)
@given(statistics(), st.lists(days, max_size=20), st.integers(1, 5000), st.booleans())
def test_every_day_lies_in_one_window_and_they_are_in_order(known, some, rows, newest_first):
    found = windows(known, Span(), TODAY, rows, newest_first=newest_first)
    some += [at.astimezone(UTC).date() for at in known.bounds]
    numbers = list(places(found, holds, sorted(some, reverse=newest_first)))
    assert numbers == sorted(numbers)
    prefixes = sorted([0, 1, 15, 16, 255, 256, 257, 1000, PREFIXES - 1], reverse=newest_first)
    undated = list(places(found, holds_undated, prefixes))
    assert undated == sorted(undated)
    if numbers:
        assert (max(numbers) < min(undated)) == newest_first


@settings(max_examples=examples(300), deadline=None)
@given(
    statistics(), days, days, days, st.integers(0, PREFIXES - 1), st.booleans()
)  # fmt: skip
def test_a_span_is_left_out_of_no_window(known, one, other, day, prefix, newest_first):
    since, until = sorted((one, other))
    span = Span(since, until, undated=(prefix, PREFIXES - 1))
    found = windows(known, span, TODAY, 100, newest_first=newest_first)
    if since <= day < until:
        list(places(found, holds, [day]))
    list(places(found, holds_undated, [prefix, PREFIXES - 1]))
    only = windows(known, Span(dated=False), TODAY, 100, newest_first=newest_first)
    assert not any(holds(window, day) for window in only)


def test_without_statistics_there_is_one_window():
    assert windows(None, Span(), TODAY, 100, newest_first=True) == [Window()]


@given(st.dates(date(1, 1, 1), date(9998, 12, 31)), st.integers(0, 3000))
def test_a_cover_is_whole_years_months_and_days(since, length):
    until = min(since + timedelta(length), date.max)
    marks = cover(since, until)
    assert len(set(marks)) == len(marks) <= 31 + 12 + 10 + 12 + 31
    for day in (since, until - timedelta(days=min(length, 1)), since + (until - since) / 2):
        if since <= day < until:
            assert len(marks_of(day) & set(marks)) == 1
    if length:
        for day in (since - timedelta(days=1) if since > date.min else until, until):
            assert not marks_of(day) & set(marks)


def test_windows_grow_and_the_first_is_about_as_large_as_asked():
    start = datetime(2015, 1, 1, tzinfo=UTC)
    bounds = tuple(start + timedelta(days=30 * number) for number in range(101))
    known = Statistics(1_000_000, 0, bounds, ())
    found = windows(known, Span(undated=None), TODAY, 4000, newest_first=True)
    lengths = [
        sum(holds(window, (start + timedelta(days=n)).date()) for n in range(3001))
        for window in found
    ]
    assert 8 <= lengths[1] <= 20  # 333 articles a day
    assert all(len(window.marks) < 80 for window in found)
    grown = [length for length in lengths if length]  # edges hold none
    assert all(1.4 <= after / before <= 5 for before, after in pairwise(grown))
