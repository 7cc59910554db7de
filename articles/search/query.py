"""How words meet rows: each row is matched with its own language's query.

The words are a person's: words, "a phrase", `or`, -word. No input is refused.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TypeVar

from django.contrib.postgres.search import SearchQueryField
from django.db import connections, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast
from django.db.models.lookups import In

AnyModel = TypeVar("AnyModel", bound=models.Model)

# A loose index scan over the languages that rows have: a lookup for each, not a scan of all.
QUERIES = """
    WITH RECURSIVE present(language) AS (
        (SELECT min(language) FROM {table})
        UNION ALL
        SELECT (SELECT min(language) FROM {table} WHERE language > present.language)
        FROM present WHERE present.language IS NOT NULL
    )
    SELECT DISTINCT search_configuration(language)::text,
        websearch_to_tsquery(search_configuration(language), %s)::text
    FROM present WHERE language IS NOT NULL
    ORDER BY 1
"""


class TextMatch(Func):
    """`vector @@ query`, with the query as PostgreSQL has already written it."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = models.BooleanField()

    def __init__(self, query: str) -> None:
        super().__init__(F("search"), Cast(Value(query), SearchQueryField()))


class Configuration(Func):
    """The name of the configuration with which a row is indexed."""

    function = "search_configuration"
    template = "%(function)s(%(expressions)s)::text"
    output_field = models.TextField()

    def __init__(self) -> None:
        super().__init__(F("language"))


def queries_by_text(table: str, words: str, using: str) -> dict[str, list[str]]:
    """Each different query for the words, with the configurations of present rows that give it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            QUERIES.format(table=connection.ops.quote_name(table)), [words.replace("\0", " ")]
        )
        found: dict[str, list[str]] = defaultdict(list)
        for configuration, query in cursor.fetchall():
            found[query].append(configuration)
    return dict(found)


def matching(queryset: models.QuerySet[AnyModel], words: str) -> models.QuerySet[AnyModel]:
    """The rows that match the words. Words that say nothing (“the”) match nothing."""
    queries = queries_by_text(queryset.model._meta.db_table, words, queryset.db)
    if len(queries) == 1:
        return queryset.filter(TextMatch(next(iter(queries))))
    found = Q()
    for query, configurations in queries.items():
        if query:
            found |= Q(TextMatch(query), In(Configuration(), configurations))
    return queryset.filter(found) if found else queryset.none()
