"""How words meet rows: matching, the newest matches, and ranking them.

The newest matches are found window by window (see `periods`), in one statement: PostgreSQL reads
the parts of a UNION ALL one after the other, and none once the LIMIT is reached.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from django.contrib.postgres.search import SearchQueryField
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone

from articles.search.periods import Span, Window, windows
from articles.search.planner import BY_INDEX, held, statistics
from articles.search.vector import PREFIX
from articles.search.words import Queries, any_of, own_query_sql, queries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AnyModel = TypeVar("AnyModel", bound=models.Model)

# Ranking reads a vector of every row it ranks: only so many of the newest matches are ranked.
WINDOW: Final = 2000
# So few rows are all compared with the words: the words' index would give many more.
FEW: Final = 5000
EVERYTHING: Final = Span()
AHEAD: Final = 2  # as many rows as wanted stand in the first window, times this

FEWEST: Final = "few AS MATERIALIZED ({rows} LIMIT {few} + 1)"
# The ranking stands outside of the LIMIT and the matches are materialised, or PostgreSQL would
# rank every match. The length of a text is allowed for (1), since a long one repeats every word.
# The window's size is told even if the page is empty.
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
    SELECT (SELECT count(*) FROM matches) > {window}, page.id, page.rank
    FROM (SELECT) AS always LEFT JOIN page ON true
    ORDER BY page.place
"""
PLACE: Final = "(coalesce(%s::timestamptz, '-infinity'), %s::uuid)"


class TextMatch(Func):
    """`vector @@ query`, with the query as PostgreSQL has already written it."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = models.BooleanField()

    def __init__(self, query: str) -> None:
        super().__init__(F("search"), Cast(Value(query), SearchQueryField()))


def _moment(text: str) -> Cast:
    return Cast(Value(text), models.DateTimeField())


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
        self._rows = queryset
        self._sort_key = sort_key
        self._span = span
        self._narrowed = narrowed
        self.queries = queries(queryset.model._meta.db_table, words, queryset.db)
        self.matches = _matched(queryset, self.queries)

    def newest(
        self,
        limit: int,
        *,
        place: Place | None = None,
        ascending: bool = False,
        inclusive: bool = False,
    ) -> list[Any]:
        """Primary keys of at most `limit` matches from a place on, newest or oldest first."""
        way = "ASC" if ascending else "DESC"
        with held(BY_INDEX, self._rows.db):
            try:
                matches, values = self._matches(limit, place, ascending, inclusive)
            except EmptyResultSet:
                return []
            sql = f"{matches} SELECT id FROM matches ORDER BY sort_key {way}, uid {way}"
            return [key for (key,) in self._fetch(sql, values)]

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
            rest = f"(rank, sort_key, uid) {operator} (%s::float4, {PLACE[1:]}"
            bounds = [place.rank, place.published_at, place.uid]
        query, asked = own_query_sql(self.queries, "search_dictionary(language)")
        way = "DESC" if forward else "ASC"
        with held(BY_INDEX, self._rows.db):
            try:
                matches, values = self._matches(WINDOW + 1)
            except EmptyResultSet:
                return [], False
            sql = matches + RANKED.format(window=WINDOW, query=query, rest=rest, way=way)
            rows = self._fetch(sql, [*values, *asked, *bounds, limit])
        return [(key, rank) for _, key, rank in rows if key is not None], rows[0][0]

    # ── the newest matches, window by window ─────────────────────────────────────────────────

    def _matches(
        self,
        limit: int,
        place: Place | None = None,
        ascending: bool = False,
        inclusive: bool = False,
    ) -> tuple[str, list[Any]]:
        """WITH … matches AS the first `limit`; and its values. EmptyResultSet: there are none."""
        if not self.queries.one:
            raise EmptyResultSet
        way, after = ("ASC", ">") if ascending else ("DESC", "<")
        order = f"ORDER BY sort_key {way}, uid {way}"
        rest, bounds = "", []
        if place:
            rest = f" AND (sort_key, uid) {after}{'=' if inclusive else ''} {PLACE}"
            bounds = [place.published_at, place.uid]
        span = _from_place(self._span, place, ascending) if place else self._span
        known = statistics(self._rows.model._meta.db_table, self._rows.db)
        today = timezone.now().date()
        found = windows(known, span, today, limit * AHEAD, newest_first=not ascending)
        if not found:
            raise EmptyResultSet
        tables: list[str] = []
        parts: list[str] = []
        values: list[Any] = []
        asked: list[Any] = []
        many = "true"
        if self._narrowed and len(found) > 1:
            many = f"(SELECT count(*) FROM few) > {FEW}"
            sql, given = self._compiled(self._rows)
            tables.append(FEWEST.format(rows=sql, few=FEW))
            values += given
            parts.append(
                f"(SELECT * FROM few WHERE NOT {many} AND search @@ %s::tsquery{rest} {order})"
            )
            asked += [self.queries.one, *bounds]
        for number, (sql, given) in enumerate(self._windows(found)):
            tables.append(f"w{number} AS MATERIALIZED ({sql})")
            values += given
            parts.append(f"(SELECT * FROM w{number} WHERE {many}{rest} {order})")
            asked += bounds
        union = "\n UNION ALL ".join(parts)
        tables.append(f"matches AS MATERIALIZED ({union}\n LIMIT {limit})")
        return "WITH " + ",\n".join(tables), [*values, *asked]

    def _windows(self, found: Sequence[Window]) -> Iterator[tuple[str, Sequence[Any]]]:
        """Each window's rows as SQL: compiled once, for all but the values are the same."""
        words, since, until = (f"{name} of a window" for name in ("words", "since", "until"))
        of_marks = self._compiled(self._rows.filter(TextMatch(words)))
        of_days = self._compiled(
            self._rows.filter(
                TextMatch(words),
                GreaterThanOrEqual(self._sort_key, _moment(since)),
                LessThan(self._sort_key, _moment(until)),
            )
        )
        one = self.queries.one
        for window in found:
            marked = f"( {one} ) & ( {any_of(window.marks)} )" if window.marks else one
            sql, values = of_days if window.since or window.until else of_marks
            given = {
                words: marked,
                since: f"{window.since or '0001-01-01'} 00:00:00+00",
                until: f"{window.until} 00:00:00+00" if window.until else "infinity",
            }
            yield sql, [given.get(it, it) if isinstance(it, str) else it for it in values]

    def _compiled(self, queryset: models.QuerySet[Any]) -> tuple[str, Sequence[Any]]:
        rows = queryset.order_by().annotate(sort_key=self._sort_key)
        columns = rows.values("id", "uid", "sort_key", "language", "search")
        sql, values = columns.query.get_compiler(self._rows.db).as_sql()
        return sql, values

    def _fetch(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connections[self._rows.db].cursor() as cursor:
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
