"""Run the engines over what is new or stale: resumable, by many workers, each with its own part."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.db import connection, connections, transaction
from django.utils import timezone

from articles.enrichment import gazetteer, signatures, tagging
from articles.enrichment.annotate import AROUND, Annotated, annotate
from articles.enrichment.curated import (
    Rates,
    acceptance_rates,
    curated_names,
    curated_tags,
    queue_concerned,
    vocabulary_position,
)
from articles.enrichment.gazetteer import Gazetteer
from articles.enrichment.near import pair_texts, sign_texts
from articles.enrichment.suggest_storylines import suggest_storylines
from articles.enrichment.suggest_tags import suggest_tags
from articles.enrichment.tagging import TagWords
from articles.errors import ArchiveError
from articles.models import Article, Enrichment, EnrichmentRun, recording
from articles.models.bulk import AnyOf, expect_many_rows
from articles.models.enrichment_queue import (
    claim,
    finish,
    finish_pairing,
    queue_all,
    queue_changed,
    text_hash,
    unpaired,
)
from articles.vocabulary import Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT_ONCE: Final = 100
ACTOR: Final = "enrich_articles"
ENGINES: Final = {
    gazetteer.ENGINE: gazetteer.VERSION,
    tagging.ENGINE: tagging.VERSION,
    signatures.ENGINE: signatures.VERSION,
}
CONFIGURATION: Final = hashlib.sha256(
    json.dumps([ENGINES, signatures.CONFIGURATION, AROUND], sort_keys=True).encode()
).hexdigest()[:16]
"""Of all that, beside the texts and the curated names, decides what is found."""

# Who queues what changed reads the last run's position and begins the next: one at a time.
BEGIN_LOCK: Final = 7219


class EnrichmentError(ArchiveError):
    """A worker ended before its work did; what it had finished is kept."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What a worker works with, read once."""

    names: Gazetteer
    tags: TagWords
    rates: Rates
    run: EnrichmentRun


def begin(*, everything: bool = False) -> EnrichmentRun:
    """Queue what a run has to read, and note what it knows."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BEGIN_LOCK])
        last = EnrichmentRun.objects.order_by("-pk").first()
        position = vocabulary_position()
        queue_changed(CONFIGURATION)
        if everything:
            queue_all()
        elif last:
            queue_concerned(last.vocabulary)
        return EnrichmentRun.objects.create(
            run=uuid4(), engines=ENGINES, configuration=CONFIGURATION, vocabulary=position
        )


def waiting() -> int:
    return Enrichment.objects.filter(is_stale=True).count()


def enrich(
    run: EnrichmentRun, processes: int = 1, on_batch: Callable[[Annotated], None] = lambda _: None
) -> Counter[str]:
    """Read all that waits, and return counts of rows. Raises EnrichmentError.

    Several of these may run at once, on several machines: none reads what another holds.
    """
    engines = Engines(
        Gazetteer(curated_names()),
        TagWords(curated_tags()),
        acceptance_rates(gazetteer.ENGINE),
        run,
    )
    counts: Counter[str] = Counter()
    for done in _in_processes(engines, processes) if processes > 1 else work(engines):
        counts.update(asdict(done))
        on_batch(done)
    counts["pairs"] = _pair(run)
    counts["storylines"] = suggest_storylines(run)
    run.finished_at, run.counts = timezone.now(), dict(counts)
    run.save(update_fields=["finished_at", "counts"])
    return counts


def work(engines: Engines) -> Iterator[Annotated]:
    """Claim and read a batch a transaction, until nothing waits that nobody holds."""
    last = 0
    while True:
        with recording(Way.COMMAND, actor=ACTOR, run=engines.run.run):
            expect_many_rows()
            keys = claim(last, AT_ONCE)
            if not keys:
                return
            done = read_articles(keys, engines)
        last = keys[-1]
        yield done


def read_articles(keys: list[int], engines: Engines) -> Annotated:
    """Read articles that this transaction has claimed."""
    articles = list(Article.objects.defer("search").filter(AnyOf("pk", keys)).order_by("pk"))
    done = annotate(articles, engines.names, engines.rates, engines.run)
    done.tags = suggest_tags(articles, engines.tags, engines.run)
    texts = {it.pk: text_hash(it.language, it.headline, it.fingerprint) for it in articles}
    finish(texts, CONFIGURATION)
    return done


def _pair(run: EnrichmentRun) -> int:
    """Sign and compare the texts that were read. A transaction each, for their locks have an
    order of their own; what a kill leaves unpaired is paired by the next run."""
    written, last = 0, 0
    while keys := unpaired(last, AT_ONCE):
        sign_texts(keys)
        paired = pair_texts(keys, run.run)
        finish_pairing(keys)
        written += paired.written + paired.gone
        last = keys[-1]
    return written


# ── several processes ────────────────────────────────────────────────────────────────────────────


def _in_processes(engines: Engines, count: int) -> Iterator[Annotated]:
    """Workers that share what was read of the names: they are forked from this process."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    results: Any = fork.SimpleQueue()
    workers = [fork.Process(target=_worker, args=(engines, results)) for _ in range(count)]
    for worker in workers:
        worker.start()
    ended = 0
    while ended < count:
        done = results.get()
        if done is None:
            ended += 1
        elif isinstance(done, str):
            for worker in workers:
                worker.terminate()
            raise EnrichmentError(f"a worker ended early: {done}")
        else:
            yield done
    for worker in workers:
        worker.join()


def _worker(engines: Engines, results: Any) -> None:
    try:
        for done in work(engines):
            results.put(done)
        results.put(None)
    except BaseException as error:
        results.put(f"{type(error).__name__}: {error}")
        raise
    finally:
        connections.close_all()
