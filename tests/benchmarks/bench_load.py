"""What a first load costs: beside a bare COPY of the same rows, and beside loaddata."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core import serializers
from django.core.management import call_command
from django.db import connection, models, transaction

from articles.ingestion.synthetic import records
from articles.models import Alias, Article, Entity, Mention, Source, Tag, Tagging
from articles.models.bulk import stored_fields
from tests.benchmarks.report import Report

COPIED = (Source, Tag, Entity, Alias, Article, Tagging, Mention)
SAMPLE = 1_000
MEGABYTE = 1_000_000
CHUNK = 1_000_000


def run(report: Report, size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines, sample = folder / "articles.jsonl", folder / "sample.json"
        _write_lines(lines, size)
        loaded, memory = _load(lines)
        _check(size)
        _save_rows(folder)
        _empty()
        copied = _copy_rows(folder)
        _check(size)
        last = _load_fixture(sample)
        _check(size)
        first = _load_fixture(sample, is_first=True)
        # A whole load by loaddata begins at the one pace and ends at the other.
        fixed = 2 / (1 / first + 1 / last)
        print(
            f"          {size:,} articles: load_articles {size / loaded:,.0f}/s, bare COPY "
            f"{size / copied:,.0f}/s; loaddata of {min(SAMPLE, size):,} of them "
            f"{first:,.0f}/s as the first, {last:,.0f}/s as the last"
        )
    report.ratio(
        "rate of load_articles / rate of a bare COPY of its rows into all their tables, search"
        " index and triggers live",
        copied / loaded,
        at_least=0.8,
    )
    report.ratio(
        f"rate of load_articles / rate of loaddata, mean of {SAMPLE:,} of the same articles as"
        " the first and as the last of them",
        size / loaded / fixed,
        at_least=10,
    )
    report.ratio("peak memory of load_articles in MB", memory / MEGABYTE, at_most=300)


def _write_lines(path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for record in records(size):
            file.write(json.dumps(record) + "\n")


def _load(path: Path) -> tuple[float, int]:
    """Seconds, start of the process included, and bytes of memory."""
    database = connection.settings_dict["NAME"]
    words = ("load_articles", str(path), "--create-missing", "--quiet")
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.command", database, *words],
        check=True,
        capture_output=True,
        text=True,
    )
    return perf_counter() - start, int(done.stdout.split()[-1])


def _check(size: int) -> None:
    count = Article.objects.count()
    if count != size or not Tagging.objects.exists() or not Mention.objects.exists():
        raise AssertionError(f"{count} articles, not {size}, or none with links")
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Article._meta.db_table)
    if "article_search" not in indexes:
        raise AssertionError("the search index is missing")


def _save_rows(folder: Path) -> None:
    """The rows as COPY gives them, a file a table."""
    for model in COPIED:
        with (
            (folder / model.__name__).open("wb") as file,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {_target(model)} TO STDOUT") as copy,
        ):
            for data in copy:
                file.write(data)


def _copy_rows(folder: Path) -> float:
    """Seconds in which psycopg copies the prepared rows, a statement a table."""
    start = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for model in COPIED:
            with (
                (folder / model.__name__).open("rb") as file,
                cursor.copy(f"COPY {_target(model)} FROM STDIN") as copy,
            ):
                while data := file.read(CHUNK):
                    copy.write(data)
    return perf_counter() - start


def _target(model: type[models.Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in stored_fields(model))
    return f"{model._meta.db_table} ({columns})"


def _load_fixture(path: Path, *, is_first: bool = False) -> float:
    """Articles a second, with their links: into the archive that holds all others, or none."""
    articles = list(Article.objects.order_by("-pk")[:SAMPLE])
    of_them = [row.pk for row in articles]
    links = (model.objects.filter(article__in=of_them) for model in (Tagging, Mention))
    with path.open("w", encoding="utf-8") as file:
        every: list[Any] = [*articles, *(row for rows in links for row in rows)]
        serializers.serialize("json", every, stream=file)
    if is_first:
        _empty(Mention, Tagging, Article)
    else:
        Article.objects.filter(pk__in=of_them).delete()
    connection.close()  # a session of its own, whose plans are made for single rows
    start = perf_counter()
    call_command("loaddata", path, verbosity=0)
    return len(articles) / (perf_counter() - start)


def _empty(*kinds: type[models.Model]) -> None:
    tables = ", ".join(model._meta.db_table for model in kinds or COPIED)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}, articles_ledgerbatch, articles_ledgerentry CASCADE")
        cursor.execute("ANALYZE")
