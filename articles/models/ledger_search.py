"""What somebody did, of one kind, in some days: found in the ledger by the batches, which know who
and when, and of which there are few beside the entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef

from articles.models.ledger import LedgerEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from articles.models.ledger import LedgerBatch


def touching(
    batches: QuerySet[LedgerBatch], kind: str = "", action: str = ""
) -> QuerySet[LedgerBatch]:
    """Batches with an entry of the kind and the action; empty: of any."""
    of_them = LedgerEntry.objects.filter(batch=OuterRef("pk"), **_narrowed(kind, action))
    return batches.filter(Exists(of_them)) if kind or action else batches


def newest_entries(batches: QuerySet[LedgerBatch], kind: str, action: str, most: int) -> list[int]:
    """The keys of the last entries of some batches. One query.

    The batches come first, newest first, and those of each by their index: a join that PostgreSQL
    orders itself may walk through all entries until it meets those of a rare person.
    """
    rows = touching(batches, kind, action).order_by("-pk").values_list("pk")[:most]
    sql, parameters = rows.query.get_compiler(rows.db, elide_empty=False).as_sql()
    narrowed = _narrowed(kind, action)
    also = "".join(f" AND {column} = %s" for column in narrowed)
    with connection.cursor() as cursor:
        cursor.execute(
            # The sum keeps the order from being taken from the primary key, through all entries.
            f"SELECT entry.id FROM ({sql}) AS batch (id) CROSS JOIN LATERAL ("
            f" SELECT id FROM {LedgerEntry._meta.db_table} WHERE batch_id = batch.id{also}"
            " ORDER BY id + 0 DESC LIMIT %s) AS entry ORDER BY batch.id DESC LIMIT %s",
            [*parameters, *narrowed.values(), most, most],
        )
        return [key for (key,) in cursor.fetchall()]


def _narrowed(kind: str, action: str) -> dict[str, str]:
    given = {"kind": kind, "action": action}
    return {column: value for column, value in given.items() if value}
