"""Where tests work: on databases made from one that all migrations have made.

To migrate takes ten seconds, and each process of a suite would do it: a copy takes a tenth of one.
It stays with the embedded server until the code is another; on somebody's own server nothing stays,
and there each test database is migrated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
EMBEDDED = "newsroom.embedded_postgres.backend"
# What Django keeps of the models stays as migrations left it.
TABLES = r"""relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname ~ %s
    AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"""
OURS, ALL = "^articles_", "^(articles|auth|django)_"
LOCK = 7_405_122  # of ours only, in the server's database `postgres`


def use_template() -> None:
    """Have Django make the test database from the template, which is made where it is not yet."""
    if connection.settings_dict["ENGINE"] == EMBEDDED:
        connection.settings_dict["TEST"]["TEMPLATE"] = _made(f"migrated_{_digest()}")


def leave_alone() -> None:
    """Plans follow from what tests did, not from when the server found time to look at a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT oid::regclass::text FROM pg_class WHERE {TABLES}", [OURS])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")


def empty(tables: str = ALL, more_than: int = 0) -> None:
    """Truncate those that hold more bytes, of rows or of what is left of them, or were analyzed.

    An empty table is as it was made. To truncate it costs as much as to truncate a full one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE {TABLES}"
            " AND (reltuples >= 0 OR pg_relation_size(oid) > %s)",
            [tables, more_than],
        )
        if worn := cursor.fetchone()[0]:
            cursor.execute(f"TRUNCATE {worn} CASCADE")


def _made(name: str) -> str:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # until this connection ends
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'migrated\\_%'")
        known = [datname for (datname,) in cursor.fetchall()]
        if name not in known:
            for older in known:
                cursor.execute(f'DROP DATABASE "{older}" WITH (FORCE)')
            cursor.execute('CREATE DATABASE "migrated_half"')
            with at("migrated_half"):
                call_command("migrate", verbosity=0)
            cursor.execute(f'ALTER DATABASE "migrated_half" RENAME TO "{name}"')
    return name


def _digest() -> str:
    """Of all that decides what the migrations make: our code, and the packages that it uses."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "articles").rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def at(database: str) -> Iterator[None]:
    """This process works on another database."""
    here = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
