"""What PostgreSQL's planner knows of the rows, and how it is held to a plan."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connections, models, transaction

from articles.search.periods import Statistics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATISTICS: Final = """
    SELECT reltuples, coalesce(null_frac, 0),
        histogram_bounds::text::timestamptz[], most_common_vals::text::timestamptz[],
        most_common_freqs
    FROM pg_class LEFT JOIN pg_stats ON tablename = relname AND attname = 'published_at'
        AND schemaname = relnamespace::regnamespace::text
    WHERE pg_class.oid = %s::regclass
"""
# The planner cannot know how seldom two frequent words meet, and to read every vector instead of
# the index takes minutes. What it expects of windows that are never reached would make it compile
# the statement.
BY_INDEX: Final = {"enable_seqscan": "off", "jit": "off"}
# What it costs to gather a row with its filters, and to read its vector, in microseconds; windows
# read more matches than are wanted.
GATHERED: Final = 3
READ: Final = 20
WINDOWED: Final = 2


def statistics(table: str, using: str) -> Statistics | None:
    """None for a table that was never analysed, or when it was empty."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS, [connection.ops.quote_name(table)])
        rows, undated, bounds, common, shares = cursor.fetchone()
    if rows <= 0:
        return None
    moments = tuple(zip(common or (), shares or (), strict=True))
    return Statistics(rows, undated, tuple(bounds or ()), moments)


def expected(queryset: models.QuerySet[Any]) -> float:
    """How many rows the planner expects; 0 where it knows that there are none."""
    try:
        sql, values = queryset.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connections[queryset.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        ((plan,),) = cursor.fetchall()
    found = json.loads(plan) if isinstance(plan, str) else plan
    return float(found[0]["Plan"]["Plan Rows"])


def prefers_rows(rows: models.QuerySet[Any], matches: float, total: float, limit: int) -> bool:
    """Whether it is faster to look through the rows in order than through the words' `matches`
    among all rows in order, each until there are enough of both."""
    own = expected(rows)
    share, of_words = max(own, 1) / max(total, 1), max(matches, 1) / max(total, 1)
    by_rows = own * GATHERED + min(own, limit / of_words) * READ
    by_words = min(matches, limit / share) * GATHERED * WINDOWED
    return by_rows < by_words


@contextmanager
def held(settings: Mapping[str, str], using: str) -> Iterator[None]:
    """A transaction with settings of PostgreSQL. One of the caller has its own back afterwards,
    unless it failed."""
    is_inner = connections[using].in_atomic_block
    with transaction.atomic(using=using, savepoint=False), connections[using].cursor() as cursor:
        before = _set(cursor, settings)
        yield
        if is_inner:
            _set(cursor, before)


def _set(cursor: Any, settings: Mapping[str, str]) -> dict[str, str]:
    """Set them until the transaction ends; what they were before."""
    parts = ", ".join(["current_setting(%s, true), set_config(%s, %s, true)"] * len(settings))
    cursor.execute(f"SELECT {parts}", [it for each in settings.items() for it in (each[0], *each)])
    return dict(zip(settings, cursor.fetchone()[::2], strict=True))
