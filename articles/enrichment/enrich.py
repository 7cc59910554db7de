"""Run the engines over what is new or stale: resumable, by many workers, each with its own part."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from articles.enrichment import gazetteer, signatures, spacy_model, storylines, tagging
from articles.enrichment.anchoring import AROUND
from articles.enrichment.annotate import Annotated
from articles.enrichment.concerned import Since, changes_since, concerned, concerns_all
from articles.enrichment.configuration import hash_of_rules
from articles.enrichment.curated import (
    curated_names,
    curated_tags,
    vocabulary_position,
)
from articles.enrichment.gazetteer import Gazetteer
from articles.enrichment.processes import in_processes
from articles.enrichment.suggest_storylines import CONFIGURATION as GROUPING
from articles.enrichment.suggest_storylines import suggest_storylines
from articles.enrichment.tagging import TagWords
from articles.enrichment.work import Engines, patiently, read_batch, work
from articles.models import Alias, EnrichmentRun, LedgerEntry
from articles.models.enrichment_queue import (
    is_unpaired,
    queue_articles,
    queue_changed,
    queue_pairing,
    waiting,
)
from articles.models.model_readings import forget_readings, queue_for_model, waiting_for_model
from articles.models.near_tags import near_changed
from articles.models.storyline_queue import is_ungrouped, queue_grouping

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from uuid import UUID

    from articles.enrichment.spacy_model import Model

ENGINES: Final = {
    gazetteer.ENGINE: gazetteer.VERSION,
    tagging.ENGINE: tagging.VERSION,
    signatures.ENGINE: signatures.VERSION,
    storylines.ENGINE: storylines.VERSION,
}
CONFIGURATION: Final = hash_of_rules(
    gazetteer.ENGINE, gazetteer.VERSION, tagging.ENGINE, tagging.VERSION, AROUND
)
"""Of all that, beside the texts and the curated names, decides which names and tags are found."""

MOST_NOW: Final = 200
MOST_NAMES_NOW: Final = 50_000

# Who queues what changed reads the last run's position and begins the next: one at a time.
BEGIN_LOCK: Final = 7219


@dataclass(frozen=True, slots=True)
class Begun:
    """A run, None where nothing waits; how many articles do; and the ledger's position up to which
    changes have been queued, from which the next may go on; how many texts a model has to read."""

    run: EnrichmentRun | None
    articles: int
    position: int
    texts: int = 0


@transaction.atomic
def begin(
    *, everything: bool = False, since: int | None = None, model: Model | None = None
) -> Begun:
    """Queue what is to be read, and note what the run knows. Where nothing waits, write nothing.

    All texts are looked through; with `since`, a position that a former `begin` has told, what
    changed after it. With a model, that reads too what it has not read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BEGIN_LOCK])
    last = EnrichmentRun.objects.filter(is_partial=False).order_by("-pk").first()
    position = vocabulary_position()
    known = since if since is not None else last.vocabulary if last else position
    everything = everything or (known < position and concerns_all(known))
    changes = changes_since(known) if known < position and not everything else Since()
    if since is None or everything:
        queue_changed(CONFIGURATION, position)
        queue_pairing(signatures.CONFIGURATION)
        queue_grouping(GROUPING)
    else:
        queue_changed(CONFIGURATION, position, changes.articles)
    if everything:
        queue_articles(None, position)
    elif known < position:
        queue_articles(concerned(changes) | near_changed(known), position)
    texts = _queue_for_model(model, None if since is None or everything else changes.articles)
    count = waiting(position)
    is_waiting = count or texts or is_unpaired() or is_ungrouped()
    run = _new_run(position, model) if is_waiting else None
    return Begun(run, count, position, texts)


def _queue_for_model(model: Model | None, articles: Collection[int] | None) -> int:
    if model is None:
        return 0
    queue_for_model(model.configuration, articles)
    return waiting_for_model()


def _new_run(
    position: int, model: Model | None = None, *, is_partial: bool = False
) -> EnrichmentRun:
    """With what it is to be known by for ever: engines, their versions, the hash of it all."""
    engines, configuration = dict(ENGINES), CONFIGURATION
    if model:
        engines[spacy_model.ENGINE] = model.version
        both = f"{CONFIGURATION} {model.configuration}"
        configuration = hashlib.sha256(both.encode()).hexdigest()[:16]
    return EnrichmentRun.objects.create(
        run=uuid4(),
        engines=engines,
        configuration=configuration,
        vocabulary=position,
        is_partial=is_partial,
    )


def enrich(
    run: EnrichmentRun,
    processes: int = 1,
    on_batch: Callable[[Annotated], None] = lambda _: None,
    model: Model | None = None,
) -> Counter[str]:
    """Read all that waits, and return counts of rows. Raises EnrichmentError, ModelError.

    Several of these may run at once, on several machines: none reads what another holds.
    """
    engines = _engines(run, model)
    batches = in_processes(engines, processes) if processes > 1 else work(engines)
    return _read_all(batches, engines, on_batch)


def _read_all(
    batches: Iterable[Annotated],
    engines: Engines,
    on_batch: Callable[[Annotated], None],
) -> Counter[str]:
    counts: Counter[str] = Counter()
    failures: list[tuple[str, str]] = []
    for done in batches:
        failures += done.failed
        counts.update(_counts(done))
        on_batch(done)
    counts["failed"] = len(failures)
    grouped = suggest_storylines(engines.run, engines.tags)
    counts["storylines"], counts["tags"] = grouped.written, counts["tags"] + grouped.tags
    _finish(engines.run, counts)
    return counts


def enrich_now(articles: Collection[int]) -> int:
    """Read these articles (keys) again at once, as long as somebody may wait for it.

    Returns how many were read. More than 200, or with so many names that reading these takes
    longer than the articles, are queued for the next run; so is the search for near-duplicates.
    """
    with transaction.atomic():
        position = vocabulary_position()
        queue_changed(CONFIGURATION, position, articles)
        queue_articles(articles, position)
    if len(articles) > MOST_NOW or Alias.objects.count() > MOST_NAMES_NOW:
        return 0
    run = _new_run(position, is_partial=True)
    engines = _engines(run)
    done = patiently(lambda: read_batch(engines, [], 0, MOST_NOW, articles))
    _finish(run, Counter(_counts(done)))
    return done.articles


def enrich_loaded(
    load: UUID,
) -> tuple[Begun, Callable[[Callable[[Annotated], None]], Counter[str]]]:
    """Queue what a load (its run) has made or changed, and nothing else that waits.

    Returns what was begun, and what reads it, in this process.
    """
    with transaction.atomic():
        position = vocabulary_position()
        entries = LedgerEntry.objects.filter(batch__run=load, kind="article")
        articles = sorted(set(entries.values_list("row", flat=True).iterator()))
        queue_changed(CONFIGURATION, position, articles)
        count = waiting(position, articles)
        run = _new_run(position, is_partial=True) if count else None
    begun = Begun(run, count, position)

    def read(on_batch: Callable[[Annotated], None]) -> Counter[str]:
        if run is None:
            return Counter()
        engines = _engines(run)
        return _read_all(work(engines, articles), engines, on_batch)

    return begun, read


def _counts(done: Annotated) -> dict[str, int]:
    return {name: count for name, count in asdict(done).items() if isinstance(count, int)}


def _finish(run: EnrichmentRun, counts: Counter[str]) -> None:
    run.finished_at, run.counts = timezone.now(), dict(counts)
    run.save(update_fields=["finished_at", "counts"])


def forget_model() -> int:
    """Forget what a model said, so that nothing rests on it any longer. Returns how many articles
    wait to be read for that."""
    with transaction.atomic():
        return forget_readings(vocabulary_position())


def _engines(run: EnrichmentRun, model: Model | None = None) -> Engines:
    """What was curated; no names where only texts have still to be compared."""
    has_to_read = model is not None or waiting(run.vocabulary) > 0
    return Engines(
        Gazetteer(curated_names() if has_to_read else ()),
        TagWords(curated_tags()),
        run,
        CONFIGURATION,
        has_to_read,
        model,
    )
