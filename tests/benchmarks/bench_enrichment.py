"""Articles enriched a second, end to end, and what a worker needs of memory.

The bars with a million aliases are held where a million articles are asked for (N=1000000), for to
write so many aliases takes long: `make bench N=1000000 ARGS=enrichment`.
"""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from itertools import islice
from random import Random
from time import perf_counter
from typing import Any, Final

from django.db import connection
from django.db.models import Model

from articles.enrichment.enrich import begin, enrich
from articles.models import (
    Alias,
    Article,
    Change,
    Decision,
    DuplicateCluster,
    DuplicateMember,
    DuplicatePair,
    Enrichment,
    EnrichmentRun,
    Entity,
    Furniture,
    LedgerBatch,
    LedgerEntry,
    Mention,
    ModelReading,
    Salience,
    Signature,
    Source,
    Storyline,
    StorylineArticle,
    Suggestion,
    Tag,
    Tagging,
)
from articles.models.bulk import copy_rows
from tests.benchmarks.bench_names import MEGABYTE, NAMED, names
from tests.benchmarks.report import Report
from tests.benchmarks.synthetic import COLUMNS, rows

ALIASES: Final = 10_000
MANY: Final = 100_000
MOST: Final = 1_000_000
ARTICLES: Final = 5_000
SUBJECTS: Final = 40
PROCESSES: Final = os.cpu_count() or 1
# All that enrichment may write, and what the database writes by its triggers.
TABLES: Final = (
    Mention,
    Suggestion,
    Tagging,
    Salience,
    Signature,
    Furniture,
    DuplicatePair,
    DuplicateCluster,
    DuplicateMember,
    Storyline,
    StorylineArticle,
    ModelReading,
    Decision,
    LedgerEntry,
    LedgerBatch,
    Change,
    Enrichment,
    EnrichmentRun,
)
NOTES: Final = (Enrichment, EnrichmentRun)
"""That an article was read again, and the run that read it."""


def run(report: Report, size: int) -> None:
    _fill(min(size, ARTICLES))
    _curate(0, ALIASES)
    report.ratio(
        f"articles enriched a second with {ALIASES:,} aliases, {PROCESSES} processes",
        _enrich(),
        at_least=250,
    )
    before = _written(TABLES)
    if begin().run:
        raise AssertionError("something waits that was read")
    report.ratio("rows written by an identical second run", _written(TABLES) - before, at_most=0)
    found = [it for it in TABLES if it not in NOTES]
    before = _written(found)
    _enrich(everything=True)
    report.ratio("rows written by reading all anew", _written(found) - before, at_most=0)
    _curate(ALIASES, MANY)
    rate, megabytes = _command("--processes", "1")
    print(f"          {rate:,.0f} articles/s by one process with {MANY:,} aliases")
    report.ratio(f"MB, peak memory of a worker with {MANY:,} aliases", megabytes, at_most=300)
    if size >= MOST:
        _curate(MANY, MOST)
        report.ratio(
            f"articles enriched a second with {MOST:,} aliases, {PROCESSES} processes",
            _enrich(),
            at_least=100,
        )
        rate, megabytes = _command("--processes", "1")
        print(f"          {rate:,.0f} articles/s by one process with {MOST:,} aliases")
        report.ratio(f"MB, peak memory of a worker with {MOST:,} aliases", megabytes, at_most=600)
    else:
        for name in (
            f"articles enriched a second with {MOST:,} aliases, {PROCESSES} processes",
            f"MB, peak memory of a worker with {MOST:,} aliases",
        ):
            report.unmeasured(name, size, MOST, "enrichment")


def _fill(count: int) -> None:
    """Synthetic articles into which names have been sown, and the name of a tag."""
    source = Source.objects.create(slug="synthetic", name="Synthetic", language="en")
    for number in range(SUBJECTS):
        Tag.objects.create(slug=f"subject-{number}", name=f"Subject {number}")
    chance = Random("texts")
    sown = [name.spelling for name in islice(names(ALIASES), 1_000)]
    body = COLUMNS.index("body")
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY articles_article ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        for row in rows(count, source.pk):
            words = row[body].split(" ")
            for _ in range(NAMED):
                words.insert(chance.randrange(len(words)), chance.choice(sown))
            words.insert(0, f"Subject {chance.randrange(SUBJECTS)}:")
            copy.write_row((*row[:body], " ".join(words), *row[body + 1 :]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _curate(start: int, stop: int) -> None:
    """Two aliases an entity, every tenth of them accepted by rule."""
    entities = Entity.objects.count()
    copy_rows(Entity, ("slug", "name"), _entities(start // 2, stop // 2))
    keys = dict(Entity.objects.values_list("slug", "pk"))
    if len(keys) != entities + (stop - start) // 2:
        raise AssertionError(f"{len(keys)} entities")
    columns = ("entity_id", "spelling", "kind", "case_rule", "standing")
    copy_rows(Alias, columns, _aliases(start, stop, keys))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _entities(start: int, stop: int) -> Iterator[tuple[Any, ...]]:
    for number in range(start, stop):
        yield (f"entity-{number}", f"Entity {number}")


def _aliases(start: int, stop: int, keys: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    seen: set[tuple[int, str]] = set()
    for number, name in enumerate(islice(names(stop), start, stop)):
        entity = keys[name.slug]
        if (entity, name.spelling) not in seen:
            seen.add((entity, name.spelling))
            standing = "accept" if number % 10 == 0 else "review"
            yield (entity, name.spelling, name.kind.value, name.case_rule.value, standing)


def _enrich(*, everything: bool = False) -> float:
    """Articles a second, from the looking for what is stale to the last pair."""
    if not everything:
        _forget()
    start = perf_counter()
    begun = begin(everything=everything)
    if not begun.run:
        raise AssertionError("nothing waits")
    counts = enrich(begun.run, PROCESSES)
    seconds = perf_counter() - start
    if counts["articles"] != Article.objects.count() or counts["failed"]:
        raise AssertionError(f"{counts}")
    print(f"          {dict(counts)} in {seconds:.1f} s")
    return counts["articles"] / seconds


def _forget() -> None:
    """Nothing has been read."""
    tables = (Suggestion, Mention, Tagging, Salience, Signature, Enrichment)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in tables)}")


def _written(tables: Collection[type[Model]]) -> int:
    """Rows that were written into these since the tables were made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
            " WHERE relname = ANY (%s)",
            [[it._meta.db_table for it in tables]],
        )
        return int(cursor.fetchone()[0])


def _command(*arguments: str) -> tuple[float, float]:
    """Articles a second and megabytes of the command in a process of its own."""
    _forget()
    name = connection.settings_dict["NAME"]
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.command", name, "enrich_articles", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = perf_counter() - start
    return Article.objects.count() / seconds, int(done.stdout.split()[-1]) / MEGABYTE
