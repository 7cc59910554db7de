"""Statements that the ORM made before, asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence


def ask(sql: str, parameters: Sequence[Any], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Rows as `QuerySet.values()` of these columns gives them, for columns that psycopg itself
    turns into Python's values."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
