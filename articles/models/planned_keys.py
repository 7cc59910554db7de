"""The articles that a plan has come by: in a temporary table, since a plan writes nothing.

In SQL, for the ORM has no temporary tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

TABLE = "newsroom_planned_key"


class PlannedKeys:
    """Of each article its uid, the fingerprint of its text, and its key for messages.

    One plan at a time in a session: a new one forgets what an earlier one left.
    """

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {TABLE}"
                " (uid uuid PRIMARY KEY, fingerprint text NOT NULL, key text NOT NULL)"
            )
            cursor.execute(f"CREATE INDEX ON {TABLE} (fingerprint)")

    def close(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")

    def add(self, keys: Iterable[tuple[UUID, str, str]]) -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {TABLE} (uid, fingerprint, key) FROM STDIN") as copy,
        ):
            for key in keys:
                copy.write_row(key)

    def seen(self, uids: Collection[UUID]) -> set[UUID]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT uid FROM {TABLE} WHERE uid = ANY(%s)", [list(uids)])
            return {uid for (uid,) in cursor.fetchall()}

    def twins(self, fingerprints: Collection[str]) -> dict[str, str]:
        """By fingerprint the key of an article with that text, the same each time."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT fingerprint, min(key) FROM {TABLE}"
                " WHERE fingerprint = ANY(%s) GROUP BY fingerprint",
                [list(fingerprints)],
            )
            return dict(cursor.fetchall())
