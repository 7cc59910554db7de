"""Rows as the ledger kept them, put back into their tables: whole ones, single columns.

In SQL, for PostgreSQL itself reads the JSON that it wrote, each column by its own type.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from articles.models.triggers import recorded_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from articles.models.ledger_states import Deed, State


def insert_states(model: type[models.Model], states: Mapping[int, State]) -> None:
    """Make rows again, with the keys that they had. Their clocks begin anew, so that whoever asks
    for what is new gets them."""
    filled = [{"id": key, **_filled(model, state)} for key, state in states.items()]
    columns = ", ".join(f'"{column}"' for column in ("id", *recorded_columns(model)))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns}"
            f" FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) ORDER BY id",
            [json.dumps(filled)],
        )


def _filled(model: type[models.Model], state: State) -> State:
    """All columns: one that was added since the row was kept gets its default."""
    columns = {str(field.column): field for field in model._meta.concrete_fields}
    return {
        column: state[column] if column in state else columns[column].get_default()
        for column in recorded_columns(model)
    }


def update_columns(model: type[models.Model], changes: Mapping[int, State]) -> None:
    """Give rows other values, each in columns of its own: one statement for each set of columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for key, state in changes.items():
        alike[tuple(sorted(state))].append({"id": key, **state})
    table = connection.ops.quote_name(model._meta.db_table)
    for names, rows in alike.items():
        settings = ", ".join(f'"{name}" = r."{name}"' for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} t SET {settings}"
                f" FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS r WHERE t.id = r.id",
                [json.dumps(rows)],
            )


def edited_fields(model: type[models.Model], deed: Deed, found: State) -> State:
    """`edited_fields` as far as it speaks of the columns that are restored."""
    names = {str(f.column): f.name for f in model._meta.concrete_fields}
    restored = {names[column] for column in found}
    before, now = (set((side or {})["edited_fields"]) for side in (deed.before, deed.now))
    fields = sorted((now - restored) | (before & restored))
    return {"edited_fields": fields} if fields != sorted(now) else {}
