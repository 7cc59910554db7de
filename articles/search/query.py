"""How words meet rows: each row is matched with its own language's query, and ranked with it.

The words are a person's: words, "a phrase", `or`, -word. No input is refused.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from django.contrib.postgres.search import SearchQueryField
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import In

AnyModel = TypeVar("AnyModel", bound=models.Model)

# Ranking reads a vector of every row it ranks: only so many of the newest matches are ranked.
WINDOW: Final = 2000

# A loose index scan over the languages that rows have: a lookup for each, not a scan of all.
PRESENT = """
    WITH RECURSIVE present(language) AS (
        (SELECT min(language) FROM {table})
        UNION ALL
        SELECT (SELECT min(language) FROM {table} WHERE language > present.language)
        FROM present WHERE present.language IS NOT NULL
    )
"""
LANGUAGES = PRESENT + "SELECT language FROM present WHERE language IS NOT NULL"
QUERIES = (
    PRESENT
    + """
    SELECT DISTINCT search_configuration(language)::text,
        websearch_to_tsquery(search_configuration(language), %s)::text
    FROM present WHERE language IS NOT NULL
    ORDER BY 1
"""
)
# The ranking stands outside of the LIMIT and the matches are materialised, or PostgreSQL would
# rank every match; Django's ORM can say neither. The length of a text is allowed for (1), since a
# long one repeats every word. The window's size is told even if the page is empty.
RANKED = """
    WITH matches AS MATERIALIZED ({matches} LIMIT {window} + 1),
    newest AS (SELECT * FROM matches ORDER BY sort_key DESC, uid DESC LIMIT {window}),
    ranked AS (SELECT id, uid, sort_key, ts_rank(search, query, 1) AS rank FROM newest),
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


class TextMatch(Func):
    """`vector @@ query`, with the query as PostgreSQL has already written it."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = models.BooleanField()

    def __init__(self, query: str) -> None:
        super().__init__(F("search"), text_query(query))


class Configuration(Func):
    """The name of the configuration with which a row is indexed."""

    function = "search_configuration"
    template = "%(function)s(%(expressions)s)::text"
    output_field = models.TextField()

    def __init__(self) -> None:
        super().__init__(F("language"))


def text_query(query: str) -> Cast:
    return Cast(Value(query), SearchQueryField())


def languages_present(queryset: models.QuerySet[AnyModel]) -> list[str]:
    """The different languages of the queryset's table, in order."""
    connection = connections[queryset.db]
    table = connection.ops.quote_name(queryset.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(LANGUAGES.format(table=table))
        return [language for (language,) in cursor.fetchall()]


def queries_by_text(table: str, words: str, using: str) -> dict[str, list[str]]:
    """Each different query for the words, with the configurations of present rows that give it."""
    connection = connections[using]
    clean = words.replace("\0", " ").encode(errors="replace").decode()
    with connection.cursor() as cursor:
        cursor.execute(QUERIES.format(table=connection.ops.quote_name(table)), [clean])
        found: dict[str, list[str]] = defaultdict(list)
        for configuration, query in cursor.fetchall():
            found[query].append(configuration)
    return dict(found)


def matching(queryset: models.QuerySet[AnyModel], words: str) -> models.QuerySet[AnyModel]:
    """The rows that match the words. Words that say nothing (“the”) match nothing."""
    return _matched(queryset, queries_by_text(queryset.model._meta.db_table, words, queryset.db))


def _matched(
    queryset: models.QuerySet[AnyModel], queries: dict[str, list[str]]
) -> models.QuerySet[AnyModel]:
    if len(queries) == 1:
        query = next(iter(queries))
        return queryset.filter(TextMatch(query)) if query else queryset.none()
    found = Q()
    for query, configurations in queries.items():
        if query:
            found |= Q(TextMatch(query), In(Configuration(), configurations))
    return queryset.filter(found) if found else queryset.none()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in a ranking: best rank first, then the newest, then the highest uid."""

    rank: float
    published_at: datetime | None
    uid: str


class Ranking(Generic[AnyModel]):
    """The rows that match the words, in the order of their relevance.

    Bounded: no more than WINDOW rows are ranked, the first ones by `sort_key` and uid descending.
    `matches` holds all, unranked. Making one asks the database once for the words' queries.
    """

    def __init__(self, queryset: models.QuerySet[AnyModel], words: str, sort_key: Func) -> None:
        self._queries = queries_by_text(queryset.model._meta.db_table, words, queryset.db)
        self._sort_key = sort_key
        self.matches = _matched(queryset, self._queries)

    def page(
        self,
        limit: int,
        *,
        place: Place | None = None,
        forward: bool = True,
        inclusive: bool = False,
    ) -> tuple[list[tuple[Any, float]], bool]:
        """(primary key, rank) of at most `limit` rows from a place on, and whether the window is
        smaller than the matches. Backwards the rows come in reverse. One query."""
        connection = connections[self.matches.db]
        try:
            matches, values = self._newest().query.get_compiler(self.matches.db).as_sql()
        except EmptyResultSet:
            return [], False
        rest, bounds = "true", []
        if place:
            operator = ("<" if forward else ">") + ("=" if inclusive else "")
            rest = (
                f"(rank, sort_key, uid) {operator}"
                " (%s::float4, coalesce(%s::timestamptz, '-infinity'), %s::uuid)"
            )
            bounds = [place.rank, place.published_at, place.uid]
        way = "DESC" if forward else "ASC"
        sql = RANKED.format(matches=matches, window=WINDOW, rest=rest, way=way)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, *bounds, limit])
            rows = cursor.fetchall()
        return [(key, rank) for _, key, rank in rows if key is not None], rows[0][0]

    def _newest(self) -> models.QuerySet[Any, Any]:
        return (
            self.matches.order_by(self._sort_key.desc(), F("uid").desc())
            .annotate(sort_key=self._sort_key, query=self._row_query())
            .values("id", "uid", "sort_key", "search", "query")
        )

    def _row_query(self) -> Cast | Case:
        """Each row's own query."""
        if len(self._queries) == 1:
            return text_query(next(iter(self._queries)))
        cases = [
            When(In(Configuration(), configurations), then=text_query(query))
            for query, configurations in self._queries.items()
            if query
        ]
        return Case(*cases, output_field=SearchQueryField())
