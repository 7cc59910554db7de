"""The run that the present transaction is part of."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def current_run() -> UUID | None:
    """By which its changes are found in the ledger, and undone; None outside `recording`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('newsroom.run', true)")
        [run] = cursor.fetchone()
    return UUID(run) if run else None
