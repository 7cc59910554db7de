"""Time cut into windows, so that the newest matches are found without finding all.

A window is a set of marks (see `vector`): an index lookup for words and marks together costs as
much as the rarer of the two. Windows grow, so that a rare word needs few of them and a frequent one
ends in the first. Together they hold every row exactly once, in order: what the statistics say of
the rows decides how fast an answer is, never what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from articles.search.vector import PREFIX, UNDATED

GROWTH: Final = 3
STEPS: Final = 16  # into which a bucket of the statistics is cut
MOST_YEARS: Final = 400  # that have marks in windows; the few rows beyond are read by date
PREFIXES: Final = 16**PREFIX
TO_MONTHS, TO_YEARS = timedelta(days=90), timedelta(days=400)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What PostgreSQL knows of `published_at`: rows in all, the undated share, bounds between
    which equally many rows lie, and the most common moments with their shares."""

    rows: float
    undated: float
    bounds: tuple[datetime, ...]
    common: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where rows are wanted: days in UTC, the later one exclusive; open with None.

    Of undated rows: none, or those whose uid begins with a prefix from `low` to `high` inclusive.
    """

    since: date | None = None
    until: date | None = None
    dated: bool = True
    undated: tuple[int, int] | None = (0, PREFIXES - 1)


@dataclass(frozen=True, slots=True)
class Window:
    """Rows with any of the marks; or, without marks, those from a day on and before another."""

    marks: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


def windows(
    statistics: Statistics | None, span: Span, today: date, rows: int, *, newest_first: bool
) -> list[Window]:
    """The span's rows window by window, the first with about so many `rows`.

    Without statistics there is one: all rows at once.
    """
    if statistics is None:
        return [Window()]
    dated: list[Window] = []
    if span.dated:
        dated = list(_dated(statistics, span, today, rows, newest_first))
    undated: list[Window] = []
    if span.undated:
        undated = list(_undated(statistics, span.undated, rows, newest_first))
    return dated + undated if newest_first else undated + dated


def _dated(
    statistics: Statistics, span: Span, today: date, rows: int, newest_first: bool
) -> Iterator[Window]:
    points = _points(statistics)
    days = [day for day, _ in points] or [today]
    top = _years(max(today, min(days[-1], _years(today, 100))), 1)
    bottom = max(_years(min(days[0], today), 0), _years(top, -MOST_YEARS))
    upper = top if span.until is None else min(top, span.until)
    lower = bottom if span.since is None else max(bottom, span.since)
    above = span.until is None or span.until > top
    below = span.since is None or span.since < bottom
    found = list(_cut(points, lower, upper, rows, newest_first)) if lower < upper else []
    edges = [
        Window(since=max(top, span.since or top), until=span.until) if above else None,
        Window(since=span.since, until=min(bottom, span.until or bottom)) if below else None,
    ]
    first, last = edges if newest_first else reversed(edges)
    yield from (it for it in (first, *found, last) if it)


def _cut(
    points: Sequence[tuple[date, float]], lower: date, upper: date, first: int, newest_first: bool
) -> Iterator[Window]:
    """Windows of growing population that together are the days from `lower` to before `upper`."""
    ways = reversed(points) if newest_first else points
    at = upper if newest_first else lower
    wanted, have = float(first), 0.0
    for day, rows in ways:
        if not lower < day < upper:
            continue
        have += rows
        if have < wanted:
            continue
        cut = _rounded(day, min(max(at, points[0][0]), points[-1][0]))
        if newest_first and lower < cut < at:
            yield Window(cover(cut, at))
        elif not newest_first and at < cut < upper:
            yield Window(cover(at, cut))
        else:
            continue
        at, wanted, have = cut, wanted * GROWTH, 0.0
    last = (lower, at) if newest_first else (at, upper)
    yield Window(cover(*last))


def _rounded(day: date, other: date) -> date:
    """The beginning of its year or month if the window to the other end is long: few marks."""
    length = abs(other - day)
    if length > TO_YEARS:
        return day.replace(month=1, day=1)
    return day.replace(day=1) if length > TO_MONTHS else day


def cover(since: date, until: date) -> tuple[str, ...]:
    """The marks of the days from `since` to before `until`: as few as whole years, months allow."""
    marks = []
    day = since
    while day < until:
        year, month = _first_of_next(day, year=True), _first_of_next(day)
        if day.day == 1 and day.month == 1 and year and year <= until:
            marks.append(f"{day.year}")
            day = year
        elif day.day == 1 and month and month <= until:
            marks.append(f"{day.year}-{day.month}")
            day = month
        else:
            marks.append(f"{day.year}-{day.month}-{day.day}")
            day += DAY
    return tuple(marks)


def _first_of_next(day: date, *, year: bool = False) -> date | None:
    """The first day of the next month or year; None where the calendar ends."""
    if day.year == date.max.year and (year or day.month == 12):
        return None
    return date(day.year + (year or day.month == 12), 1 if year else day.month % 12 + 1, 1)


def _years(day: date, years: int) -> date:
    return date(min(max(day.year + years, 1), date.max.year - 1), 1, 1)


@lru_cache(maxsize=8)
def _points(statistics: Statistics) -> list[tuple[date, float]]:
    """Days with the number of rows that lie about there, in order."""
    shares = 1 - statistics.undated - sum(share for _, share in statistics.common)
    found = [(_day(at), share * statistics.rows) for at, share in statistics.common]
    buckets = list(pairwise(statistics.bounds))
    for low, high in buckets:
        rows = max(shares, 0) * statistics.rows / len(buckets)
        steps = min(STEPS, (high - low) // DAY + 1)
        found += [(_day(low + (high - low) * step / steps), rows / steps) for step in range(steps)]
    if buckets:
        found.append((_day(statistics.bounds[-1]), 0.0))
    return sorted(found)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


# ── undated rows ─────────────────────────────────────────────────────────────────────────────────


def _undated(
    statistics: Statistics, span: tuple[int, int], rows: int, newest_first: bool
) -> Iterator[Window]:
    """Windows over how uids begin, which are as good as random: highest first, or lowest."""
    low, high = span
    each = statistics.undated * statistics.rows / PREFIXES
    wanted = float(rows)
    while low <= high:
        many = max(1, int(min(wanted / each, PREFIXES))) if each else PREFIXES
        unit = PREFIXES // 16 if many > 16 else 1  # whole first digits have marks of their own
        if newest_first:
            first = max(low, (high + 1 - many) // unit * unit)
            yield Window(tuple(_prefixes(first, high)))
            high = first - 1
        else:
            last = min(high, -(-(low + many) // unit) * unit - 1)
            yield Window(tuple(_prefixes(low, last)))
            low = last + 1
        wanted *= GROWTH


def _prefixes(first: int, last: int) -> Iterator[str]:
    if (first, last) == (0, PREFIXES - 1):
        yield UNDATED
        return
    unit = PREFIXES // 16
    while first <= last:
        whole = first % unit == 0 and first + unit - 1 <= last
        yield f"{UNDATED}-{first // unit:x}" if whole else f"{UNDATED}-{first:0{PREFIX}x}"
        first += unit if whole else 1
