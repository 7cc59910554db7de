"""How words meet rows: matching, the newest matches, and ranking them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.utils import timezone

from articles.search.facets import IsAnyOf
from articles.search.newest import Newest, Order, TextMatch, without_phrases
from articles.search.periods import Span, Window, windows
from articles.search.planner import BY_INDEX, expected, held, prefers_rows, statistics
from articles.search.vector import PREFIX
from articles.search.words import Queries, own_query_sql, queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Func

AnyModel = TypeVar("AnyModel", bound=models.Model)

# Ranking reads a vector of every row it ranks: only so many of the newest matches are ranked.
WINDOW: Final = 2000
EVERYTHING: Final = Span()
RARE: Final = 10_000
# The first window has as many rows as hold the matches wanted, times this; but no words are taken
# for rarer than so: of words that stand together more often than by chance (“prime minister”), or
# are not among the most common, the planner expects too few.
AHEAD: Final = 1.3
RAREST: Final = 0.008

# The ranking stands outside of the LIMIT and the matches are materialised, or PostgreSQL would
# rank every match. The length of a text is allowed for (1), since a long one repeats every word.
# Whether there were more is told even if the page is empty.
RANKED: Final = """,
    newest AS (SELECT * FROM matches ORDER BY sort_key DESC, uid DESC LIMIT {window}),
    ranked AS (SELECT id, uid, sort_key, ts_rank(search, {query}, 1) AS rank FROM newest),
    page AS (
        SELECT id, rank, row_number() OVER (ORDER BY rank {way}, sort_key {way}, uid {way}) AS place
        FROM ranked
        WHERE {rest}
        ORDER BY place
        LIMIT %s
    )
    SELECT (SELECT count(*) FROM matches) > {window} OR {left_out}, page.id, page.rank
    FROM (SELECT) AS always LEFT JOIN page ON true
    ORDER BY page.place
"""
PLACE: Final = "coalesce(%s::timestamptz, '-infinity'), %s::uuid"


def matching(queryset: models.QuerySet[AnyModel], words: str) -> models.QuerySet[AnyModel]:
    """The rows that match the words. Words that say nothing (“the”) match nothing."""
    return _matched(queryset, queries(queryset.model._meta.db_table, words, queryset.db))


def _matched(queryset: models.QuerySet[AnyModel], queries: Queries) -> models.QuerySet[AnyModel]:
    return queryset.filter(TextMatch(queries.one)) if queries.one else queryset.none()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: by rank if there is one, then by date, then by uid."""

    published_at: datetime | None
    uid: str
    rank: float = 0


class Search(Generic[AnyModel]):
    """The rows of a queryset that match the words; `matches` holds all of them.

    `sort_key` is the date with −infinity for undated rows. `span` says where the queryset's dates
    can lie, `narrowed` whether it may be much smaller than its table: both only to be faster.
    Making one asks the database once for the words' queries.
    """

    def __init__(
        self,
        queryset: models.QuerySet[AnyModel],
        words: str,
        sort_key: Func,
        *,
        span: Span = EVERYTHING,
        narrowed: bool = False,
    ) -> None:
        self.words = words
        self.queries = queries(queryset.model._meta.db_table, words, queryset.db)
        self.matches = _matched(queryset, self.queries)
        self._span = span
        self._narrowed = narrowed
        self._rows = queryset
        self._sort_key = sort_key

    def newest(
        self,
        limit: int,
        *,
        place: Place | None = None,
        ascending: bool = False,
        inclusive: bool = False,
    ) -> list[Any]:
        """Primary keys of at most `limit` matches from a place on, newest or oldest first."""
        order = Order(ascending)
        if place:
            way = (">" if ascending else "<") + ("=" if inclusive else "")
            after = f"(sort_key, uid) {way} ({PLACE})"
            order = Order(ascending, after, [place.published_at, place.uid])
        rows = self._first(limit, order, f"SELECT id FROM matches {order.sql}", place)
        return [key for (key,) in rows]

    def count(self, limit: int) -> int:
        """How many matches there are, counting no further than the limit."""
        rows = self._first(limit, Order(), "SELECT count(*) FROM matches")
        return int(rows[0][0]) if rows else 0

    def _first(
        self, limit: int, order: Order, select: str, place: Place | None = None
    ) -> list[tuple[Any, ...]]:
        with held(BY_INDEX, self.matches.db):
            try:
                newest, found = self._newest(limit, place, order.ascending)
                sql, values = newest.first(limit, found, order)
            except EmptyResultSet:
                return []
            return self._fetch(f"{sql} {select}", values)

    def ranked(
        self,
        limit: int,
        *,
        place: Place | None = None,
        forward: bool = True,
        inclusive: bool = False,
    ) -> tuple[list[tuple[Any, float]], bool]:
        """(primary key, rank) of at most `limit` of the newest WINDOW matches from a place on,
        best first, and whether there are more matches. Backwards the rows come in reverse."""
        rest, bounds = "true", []
        if place:
            operator = ("<" if forward else ">") + ("=" if inclusive else "")
            rest = f"(rank, sort_key, uid) {operator} (%s::float4, {PLACE})"
            bounds = [place.rank, place.published_at, place.uid]
        query, asked = own_query_sql(self.queries, "search_dictionary(language)")
        way = "DESC" if forward else "ASC"
        with held(BY_INDEX, self.matches.db):
            try:
                newest, found = self._newest(WINDOW + 1)
                matches, values, left_out = newest.looked_into(WINDOW + 1, found)
            except EmptyResultSet:
                return [], False
            sql = matches + RANKED.format(
                window=WINDOW, query=query, rest=rest, way=way, left_out=left_out
            )
            rows = self._fetch(sql, [*values, *asked, *bounds, limit])
        return [(key, rank) for _, key, rank in rows if key is not None], rows[0][0]

    def to_sort(self) -> models.QuerySet[AnyModel]:
        """The matches, to be read in an order of which the words' index knows nothing: rare ones
        by their keys, all others in that order until there are enough."""
        if without_phrases(self.queries.one) or expected(self.matches) > RARE:
            return self.matches
        keys = self.newest(RARE + 1)
        return self._rows.filter(IsAnyOf("id", keys)) if len(keys) <= RARE else self.matches

    def _newest(
        self, limit: int, place: Place | None = None, ascending: bool = False
    ) -> tuple[Newest, list[Window]]:
        """EmptyResultSet: nothing can be found."""
        span = _from_place(self._span, place, ascending) if place else self._span
        if not self.queries.one:
            raise EmptyResultSet
        known = statistics(self.matches.model._meta.db_table, self.matches.db)
        rows, by_rows = int(limit * AHEAD), False
        if known:
            every = self.matches.model._base_manager.using(self.matches.db)
            words = expected(every.filter(TextMatch(self.queries.one)))
            rows = int(rows / min(max(words / known.rows, RAREST), 1))
            by_rows = self._narrowed and prefers_rows(self._rows, words, known.rows, limit)
        today = timezone.now().date()
        found = windows(known, span, today, rows, newest_first=not ascending)
        if not found:
            raise EmptyResultSet
        return Newest(self._rows, self._sort_key, self.queries.one, by_rows), found

    def _fetch(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connections[self.matches.db].cursor() as cursor:
            cursor.execute(sql, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def _from_place(span: Span, place: Place, ascending: bool) -> Span:
    """What of the span can lie at or after the place, in the direction of reading."""
    if place.published_at is None:
        prefix = int(place.uid.replace("-", "")[:PREFIX], 16)
        low, high = span.undated or (1, 0)
        if ascending:
            return replace(span, undated=(max(low, prefix), high))
        return replace(span, dated=False, undated=(low, min(high, prefix)))
    day = place.published_at.astimezone(UTC).date()
    if ascending:
        return replace(span, since=max(day, span.since or day), undated=None)
    if day.year == 9999:
        return span
    until = day + timedelta(days=1)
    return replace(span, until=min(until, span.until or until))
