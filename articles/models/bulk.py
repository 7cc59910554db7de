"""Rows in bulk: new ones by COPY straight into their table, changed ones by one UPDATE.

In SQL, for the ORM has no COPY, and many times as slow an INSERT. Triggers, constraints and the
ledger see these rows as any others.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import F, Value
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    AnyField = models.Field[Any, Any]

STAGING = "newsroom_staging"
STATEMENT_MEMORY = "32MB"


def stored_fields(model: type[models.Model]) -> list[AnyField]:
    """The fields that have a column of their own which a writer may fill."""
    return [field for field in model._meta.concrete_fields if not field.generated]


class AnyOf(models.Func):
    """`column = ANY(values)`: one parameter, where `column__in` has one a value."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()

    def __init__(self, column: str, values: Iterable[object]) -> None:
        super().__init__(F(column), Value(list(values)))


def expect_many_rows() -> None:
    """Tune the transaction for large statements on small parts of large tables.

    The ledger's triggers join what a statement wrote with the articles: by their index, not by
    reading all of them each time. To the planner, before PostgreSQL 18, a forbidden join costs so
    much that it would compile the statement, in every transaction of the session: the triggers'
    plans are kept. And what a statement wrote is held in memory for the triggers.
    Nobody waits for the disk at the end of each transaction: whoever loses the last of them has
    lost with them that they were done, and the writer's own last commit makes all of them safe.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('enable_hashjoin', 'off', true),"
            " set_config('enable_mergejoin', 'off', true),"
            " set_config('jit', 'off', true),"
            " set_config('synchronous_commit', 'off', true),"
            " set_config('work_mem', %s, true)",
            [STATEMENT_MEMORY],
        )


def give_keys(rows: Sequence[models.Model]) -> None:
    """Number new rows of one model from its sequence, so that others can refer to them."""
    if rows:
        for row, key in zip(rows, new_keys(type(rows[0]), len(rows)), strict=True):
            row.pk = key


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys for so many new rows, from the model's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_objects(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model; what the first of them leaves to the database stays so."""
    if not rows:
        return
    model = type(rows[0])
    given = {field.attname: getattr(rows[0], field.attname) for field in stored_fields(model)}
    fields = [f for f in stored_fields(model) if not _is_left(f, given[f.attname])]
    values = attrgetter(*(field.attname for field in fields))
    _copy(model._meta.db_table, fields, map(values, rows))
    for row in rows:
        row._state.adding = False


def _is_left(field: AnyField, value: object) -> bool:
    """Whether a row leaves it to the database to fill the column."""
    return isinstance(value, DatabaseDefault) or (field.primary_key and value is None)


def delete_rows(model: type[models.Model], column: str, values: Sequence[int]) -> int:
    """Delete by one column, in one statement. Nothing that refers to the rows may be left."""
    if not values:
        return 0
    table, name = _quoted(model._meta.db_table), _quoted(column)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {name} = ANY(%s)", [list(values)])
        return int(cursor.rowcount)


def copy_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Write new rows, given as the values of two or more columns (`article_id`, …), in order.

    Every other column gets its field's default, so none can be forgotten.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    by_name = {field.attname: field for field in stored_fields(model)}
    others = [f for n, f in by_name.items() if n not in names and not _has_default(f)]
    defaults = tuple(field.get_default() for field in others)
    fields = [*(by_name[name] for name in names), *others]
    _copy(model._meta.db_table, fields, (row + defaults for row in chain([first], rows)))


def _has_default(field: AnyField) -> bool:
    """Whether the database itself fills the column."""
    return field.primary_key or field.has_db_default()


def _copy(table: str, fields: Sequence[AnyField], rows: Iterable[tuple[Any, ...]]) -> None:
    """psycopg takes every value as it is but JSON: to ask each field costs more than to write."""
    json = [index for index, field in enumerate(fields) if isinstance(field, models.JSONField)]
    statement = f"COPY {_quoted(table)} ({_columns(fields)}) FROM STDIN"
    # What fails at the end of the block is not the cursor's to translate.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(_with_json(row, json) if json else row)


def _with_json(row: tuple[Any, ...], json: Iterable[int]) -> list[Any]:
    values = list(row)
    for index in json:
        values[index] = Jsonb(values[index])
    return values


def update_rows(changes: Sequence[tuple[models.Model, Mapping[str, Any]]]) -> int:
    """Give rows of one model new values by field, where they are as they were read.

    Returns how many were: a row whose `updated_at` has moved on since is left alone.
    """
    if not changes:
        return 0
    model = type(changes[0][0])
    names = {name for _, values in changes for name in values}
    fields = [field for field in stored_fields(model) if field.name in names]
    same = [field for field in stored_fields(model) if field.name in {"id", "updated_at"}]
    table = _quoted(model._meta.db_table)
    columns = _columns([*same, *fields])
    settings = ", ".join(f"{column} = s.{column}" for column in map(_column, fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {STAGING} AS SELECT {columns} FROM {table} WITH NO DATA"
        )
        _copy(STAGING, [*same, *fields], _changed(changes, [*same, *fields]))
        cursor.execute(
            f"UPDATE {table} t SET {settings} FROM {STAGING} s"
            " WHERE t.id = s.id AND t.updated_at = s.updated_at"
        )
        done: int = cursor.rowcount
        cursor.execute(f"DROP TABLE {STAGING}")
    return done


def _changed(
    changes: Iterable[tuple[models.Model, Mapping[str, Any]]], fields: Sequence[AnyField]
) -> Iterator[tuple[Any, ...]]:
    for row, values in changes:
        yield tuple(values.get(f.name, getattr(row, f.attname)) for f in fields)


def _columns(fields: Iterable[AnyField]) -> str:
    return ", ".join(map(_column, fields))


def _column(field: AnyField) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
