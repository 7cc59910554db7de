"""The search index of articles, left out while an empty archive takes its first load.

Built row by row it makes a large load several times as slow as built once at its end.
"""

from __future__ import annotations

from typing import Final

from django.db import OperationalError, connection, transaction

from articles.models.articles import Article

NAME: Final = "article_search"
# Nobody waits for the index of an empty archive; who holds the table keeps it.
PATIENCE: Final = "2s"
# GIN is built in as few passes as fit in memory; the default is meant for small tables.
MEMORY: Final = "256MB"
BUILD_LOCK: Final = 7216  # one builder at a time; the number only has to be the same everywhere


def drop_search_index() -> bool:
    """Take the index from an archive without articles. Returns whether it is gone.

    It stays where the role does not own the table, somebody else holds it, or a transaction is
    under way, which the index could not come back in.
    """
    if connection.in_atomic_block or not _owns_table() or Article.objects.exists():
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(f"DROP INDEX IF EXISTS {NAME}")
    except OperationalError:
        return False
    return True


def complete_search_index() -> bool:
    """Build the index where it is missing, after a load or after one that was killed.

    Readers go on meanwhile, writers wait. Returns whether it was missing.
    """
    if connection.in_atomic_block or has_search_index() or not _owns_table():
        return False
    index = next(index for index in Article._meta.indexes if index.name == NAME)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BUILD_LOCK])
        if has_search_index():
            return False
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY}'")
        with connection.schema_editor(atomic=False) as editor:
            editor.add_index(Article, index)
    return True


def has_search_index() -> bool:
    """Whether it is there: an archive that is at its first load has none."""
    return bool(_value("SELECT to_regclass(%s) IS NOT NULL", NAME))


def _owns_table() -> bool:
    """Only a table's owner may give it an index."""
    owner = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass"
    return bool(_value(owner, Article._meta.db_table))


def _value(sql: str, parameter: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        row: tuple[object] = cursor.fetchone()
        return row[0]
