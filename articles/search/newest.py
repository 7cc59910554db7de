"""The SQL that finds the newest (or oldest) matches, window by window, in one statement.

PostgreSQL reads the parts of a UNION ALL one after the other, and none once the LIMIT is reached:
a materialised table that nobody asks for is never made. Django's ORM can say none of this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.search import SearchQueryField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from articles.search.words import any_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from articles.search.periods import Window

# Whether words stand beside each other the index does not say, but only the vector of each row
# that has them all: ranking a phrase looks into no more of the newest than these.
LOOKED_INTO: Final = 2000

# In order, so that the vectors of no more rows are read than it takes.
IN_ORDER: Final = """rows AS MATERIALIZED ({rows}),
    {name} AS MATERIALIZED (
        SELECT * FROM (SELECT * FROM rows WHERE {after} {order} OFFSET 0) AS ordered
        WHERE search @@ %s::tsquery LIMIT {limit}
    )"""
PHRASE: Final = re.compile(r"(?P<lexeme>'(?:[^'\\]|\\.|'')*')|(?P<beside><(?:-|\d+)>)")
EPOCH: Final = "0001-01-01"  # no row is older


class TextMatch(Func):
    """`vector @@ query`, with the query as PostgreSQL has already written it."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = models.BooleanField()

    def __init__(self, query: str) -> None:
        super().__init__(F("search"), Cast(Value(query), SearchQueryField()))


@dataclass(frozen=True, slots=True)
class Order:
    """In which order matches are read, and after which row: none, or its SQL and values."""

    ascending: bool = False
    after: str = "true"
    bounds: Sequence[Any] = ()

    @property
    def sql(self) -> str:
        way = "ASC" if self.ascending else "DESC"
        return f"ORDER BY sort_key {way}, uid {way}"


@dataclass(frozen=True, slots=True)
class Newest:
    """Matches of a tsquery among the rows of a queryset.

    `by_rows`: the rows are looked through in order, instead of what the words' index gives.
    """

    rows: models.QuerySet[Any]
    sort_key: Func
    query: str
    by_rows: bool = False

    def first(self, limit: int, windows: Sequence[Window], order: Order) -> tuple[str, list[Any]]:
        """WITH … matches AS the first `limit` of them; and the values."""
        tables, values = self._tables("matches", self.query, limit, windows, order)
        return f"WITH {tables}", values

    def looked_into(self, limit: int, windows: Sequence[Window]) -> tuple[str, list[Any], str]:
        """As `first`, without looking into too many rows; and SQL that tells whether some were
        left out."""
        words = without_phrases(self.query)
        if not words or self.by_rows:
            sql, values = self.first(limit, windows, Order())
            return sql, values, "false"
        tables, values = self._tables("candidates", words, LOOKED_INTO + 1, windows, Order())
        matches = (
            "matches AS MATERIALIZED"
            f" (SELECT * FROM (SELECT * FROM candidates LIMIT {LOOKED_INTO}) AS looked_into"
            f" WHERE search @@ %s::tsquery LIMIT {limit})"
        )
        left_out = f"(SELECT count(*) FROM candidates) > {LOOKED_INTO}"
        return f"WITH {tables},\n{matches}", [*values, self.query], left_out

    def _tables(
        self, name: str, query: str, limit: int, windows: Sequence[Window], order: Order
    ) -> tuple[str, list[Any]]:
        if self.by_rows:
            sql, given = self._compiled(self.rows)
            order_by = {"after": order.after, "order": order.sql}
            tables_sql = IN_ORDER.format(rows=sql, name=name, limit=limit, **order_by)
            return tables_sql, [*given, *order.bounds, query]
        tables: list[str] = []
        parts: list[str] = []
        values: list[Any] = []
        asked: list[Any] = []
        for number, (sql, given, by_date) in enumerate(self._windows(query, windows)):
            tables.append(f"w{number} AS MATERIALIZED ({sql})")
            values += given
            words = "search @@ %s::tsquery AND " if by_date else ""
            parts.append(f"w{number} WHERE {words}{order.after}")
            asked += [query, *order.bounds] if by_date else order.bounds
        union = "\n UNION ALL ".join(f"(SELECT * FROM {part} {order.sql})" for part in parts)
        tables.append(f"{name} AS MATERIALIZED ({union}\n LIMIT {limit})")
        return ",\n".join(tables), [*values, *asked]

    def _windows(
        self, query: str, windows: Sequence[Window]
    ) -> Iterator[tuple[str, list[Any], bool]]:
        """Each window's rows as SQL with values, and whether they are those of dates, of which the
        words are still to be asked. Compiled once, for all but the values are the same."""
        words, since, until = (f"{name} of a window" for name in ("words", "since", "until"))
        marked = self._compiled(self.rows.filter(TextMatch(words)))
        dated = self._compiled(
            self.rows.filter(
                GreaterThanOrEqual(F("published_at"), _moment(since)),
                LessThan(F("published_at"), _moment(until)),
            )
        )
        for window in windows:
            by_date = bool(window.since or window.until)
            sql, values = dated if by_date else marked
            given = {
                words: f"( {query} ) & ( {any_of(window.marks)} )" if window.marks else query,
                since: f"{window.since or EPOCH} 00:00:00+00",
                until: f"{window.until} 00:00:00+00" if window.until else "infinity",
            }
            found = [given.get(it, it) if isinstance(it, str) else it for it in values]
            yield sql, found, by_date

    def _compiled(self, queryset: models.QuerySet[Any]) -> tuple[str, Sequence[Any]]:
        rows = queryset.order_by().annotate(sort_key=self.sort_key)
        columns = rows.values("id", "uid", "sort_key", "language", "search")
        sql, values = columns.query.get_compiler(self.rows.db).as_sql()
        return sql, values


def without_phrases(query: str) -> str:
    """The query that asks only for the words of its phrases; empty if it has none, or excludes
    something, of which less would be asked then."""
    found = list(PHRASE.finditer(query))
    if not any(it["beside"] for it in found) or "!" in PHRASE.sub("", query):
        return ""
    return PHRASE.sub(lambda match: match["lexeme"] or "&", query)


def _moment(text: str) -> Cast:
    return Cast(Value(text), models.DateTimeField())
