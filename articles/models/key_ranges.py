"""Rows cut into ranges of their keys: pieces that stay the same while rows come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import F

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

# The ORM has no recursive query. Each step asks an index for the first row beyond a range: what is
# in a range is never read, and empty ranges are never asked for.
_OCCUPIED: Final = """
    WITH RECURSIVE occupied(number) AS (
        (SELECT (found.id - 1) / %s FROM ({rows} ORDER BY id LIMIT 1) AS found (id))
        UNION ALL
        SELECT (
            SELECT (found.id - 1) / %s FROM
            ({rows} AND {table}.id > (occupied.number + 1) * %s ORDER BY id LIMIT 1) AS found (id))
        FROM occupied WHERE occupied.number IS NOT NULL
    )
    SELECT number FROM occupied WHERE number IS NOT NULL
"""


def occupied_ranges(rows: QuerySet[Any], size: int) -> list[int]:
    """The numbers of the ranges, from 0, that hold a row. One query, a look-up for each."""
    table = rows.model._meta.db_table
    some = rows.order_by().filter(pk__gt=0).values_list("pk")
    sql, parameters = some.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _OCCUPIED.format(rows=sql, table=f'"{table}"'),
            [size, *parameters, size, *parameters, size],
        )
        return [number for (number,) in cursor.fetchall()]


def in_range(rows: QuerySet[Model], number: int, size: int) -> QuerySet[Model]:
    """The rows of one range, in the order of their keys; at most `size`."""
    return rows.filter(pk__gt=number * size, pk__lte=(number + 1) * size).order_by(F("pk"))
