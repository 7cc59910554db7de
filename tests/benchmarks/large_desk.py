"""A large archive in which every page of the desk has much to show, made by few SQL statements.

It begins with the small world of the accessibility tests, in which there is a row of every kind. A
few thousand synthetic articles follow, and copies of these with all that hangs on them. Triggers,
foreign keys and indexes are taken away meanwhile and come back at the end: the rows are checked by
all of them at once.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from django.db import connection

from articles.models.summaries import refresh
from articles.search.vector import BODY, HEAD
from tests.accessibility import world
from tests.benchmarks.large_desk_sql import STATEMENTS
from tests.benchmarks.synthetic import COLUMNS, rows

FIRST: Final = 1_000
"""Keys of the world's rows are lower."""

SMALL: Final = 10_000
SOURCES: Final = 200
TAGS: Final = 400

_INDEXES: Final = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename LIKE 'articles\\_%'
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
"""
_KEYS: Final = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid::regclass::text LIKE 'articles\\_%'
"""
# The index of words takes its vector from the article that was copied: parsing all of them again
# would take most of the time, and find the same.
_COPIED_WORDS: Final = """
    CREATE OR REPLACE FUNCTION article_search(language text, headline text, summary text,
        bylines text[], body text, published_at timestamptz, uid uuid) RETURNS tsvector
    LANGUAGE sql IMMUTABLE RETURN (
        SELECT words FROM bench_words WHERE bench_words.headline = article_search.headline)
        || search_marks(language, published_at, uid)
"""
_WORDS: Final = """
    CREATE TABLE bench_words AS SELECT headline, min(tsvector_without_marks) AS words FROM (
        SELECT headline, ({head} || {body})::text AS tsvector_without_marks
        FROM articles_article WHERE id >= {first}) AS each
    GROUP BY 1;
    ALTER TABLE bench_words ALTER words TYPE tsvector USING words::tsvector;
    ALTER TABLE bench_words ADD PRIMARY KEY (headline);
    ANALYZE bench_words;
"""


def build(size: int) -> dict[str, Any]:
    """An archive of about so many articles. Returns what addresses name."""
    with TemporaryDirectory() as folder:
        keys = world.build(Path(folder))
    with connection.cursor() as cursor, _unhindered(cursor):
        known = _begin(cursor, size)
        _copy(cursor, known, size)
        for name, statement in STATEMENTS.items():
            _timed(cursor, name, statement.format(**known))
    with connection.cursor() as cursor:
        _timed(cursor, "vacuum", "VACUUM ANALYZE")
    start = perf_counter()
    refresh()
    print(f"          {perf_counter() - start:6.1f} s  summaries", flush=True)
    return keys | known


def _begin(cursor: Any, size: int) -> dict[str, int]:
    """The first articles, and the numbers by which the statements know what there is."""
    known = {
        "first": FIRST,
        "size": size,
        "small": min(SMALL, size),
        "entities": max(size // 20, 100),
        "first_entity": FIRST,
        "tags": TAGS,
        "first_tag": FIRST,
        "sources": SOURCES,
        "first_source": FIRST,
    }
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('articles_article', 'id'), %s)", [FIRST - 1]
    )
    chance, place = random.Random(1), COLUMNS.index("source_id")
    with cursor.copy(f"COPY articles_article ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows(known["small"], FIRST):
            outlet = known["first_source"] + int(SOURCES * chance.random() ** 3)
            copy.write_row((*row[:place], outlet, *row[place + 1 :]))
    return known


def _copy(cursor: Any, known: dict[str, int], size: int) -> None:
    cursor.execute(
        "SELECT pg_get_functiondef(oid) FROM pg_proc"
        " WHERE proname = 'article_search' AND pronargs = 7"
    )
    (original,) = cursor.fetchone()
    cursor.execute(_WORDS.format(head=HEAD, body=BODY, first=known["first"]))
    cursor.execute(_COPIED_WORDS)
    _timed(cursor, "articles", STATEMENTS.pop("articles").format(**known))
    cursor.execute(original)
    cursor.execute("DROP TABLE bench_words")


@contextmanager
def _unhindered(cursor: Any) -> Iterator[None]:
    """Without triggers, foreign keys and those indexes that are no constraints."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'articles\\_%'")
    tables = [name for (name,) in cursor.fetchall()]
    cursor.execute(_KEYS)
    keys = cursor.fetchall()
    cursor.execute(_INDEXES)
    indexes = cursor.fetchall()
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for name, definition in indexes:
        _timed(cursor, name, definition)
    for table, name, definition in keys:
        _timed(cursor, name, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    cursor.execute("RESET maintenance_work_mem")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            if _has_key(cursor, table)
            else "SELECT"
        )


def _has_key(cursor: Any, table: str) -> bool:
    cursor.execute(
        "SELECT FROM information_schema.columns"
        " WHERE table_name = %s AND column_name = 'id' AND is_identity = 'YES'",
        [table],
    )
    return cursor.fetchone() is not None


def _timed(cursor: Any, name: str, statement: str) -> None:
    start = perf_counter()
    cursor.execute(statement)
    if (seconds := perf_counter() - start) > 1:
        print(f"          {seconds:6.1f} s  {name}", flush=True)
