"""Write the suggestions of new entities: what differs of them, by one writer at a time.

What an editor judged stays. A name that stands as it would be written keeps the run that wrote it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from articles.enrichment.work import patiently
from articles.models import Alias, EnrichmentRun, UnknownName, recording
from articles.models.bulk import AnyOf
from articles.vocabulary import LinkState, Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Two may suggest the same name, and each would take the other's for gone. Only the number's
# sameness matters.
NAMES_LOCK: Final = 7222

ACTOR: Final = "suggest_entities"
_LONGEST: Final = 100  # characters of a version; several models may have read
_LATER: Final = ("quote", "articles", "finds", "confidence", "rank", "kind", "evidence", "engine")


@dataclass(frozen=True, slots=True)
class Origins:
    """Whence names come: versions by engine, the hash of the rules, and the position in the ledger
    up to which the curated names were known."""

    engines: Mapping[str, str]
    configuration: str
    vocabulary: int


@dataclass(frozen=True, slots=True)
class Written:
    """How many articles were read, and how many suggestions are new, changed or gone."""

    articles: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0


def write_names(rows: Sequence[dict[str, Any]], origins: Origins, read: int) -> Written:
    """Let these and no others wait, of what no editor has judged. An editor who judges several at
    the same moment may be given way."""
    return patiently(lambda: _write(rows, origins, read))


def _write(rows: Sequence[dict[str, Any]], origins: Origins, read: int) -> Written:
    run = uuid4()
    with recording(Way.COMMAND, actor=ACTOR, run=run):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NAMES_LOCK])
        curated = _curated(row["quote"] for row in rows)
        wanted = {row["key"]: row for row in rows if row["quote"] not in curated}
        stored = {row.key: row for row in UnknownName.objects.order_by("pk").select_for_update()}
        waiting = [row for row in stored.values() if row.state == LinkState.SUGGESTED]
        new = [UnknownName(**values) for key, values in wanted.items() if key not in stored]
        changed = [
            UnknownName(pk=row.pk, **wanted[row.key])
            for row in waiting
            if row.key in wanted and _differ(row, wanted[row.key])
        ]
        gone = [row.pk for row in waiting if row.key not in wanted]
        done = Written(read, len(new), len(changed), len(gone))
        if new or changed or gone:
            _sign([*new, *changed], EnrichmentRun(run=run), origins, done)
        UnknownName.objects.bulk_create(new)
        UnknownName.objects.bulk_update(changed, [*_LATER, "version", "run"], batch_size=500)
        UnknownName.objects.filter(AnyOf("id", gone)).delete()
        return done


def _sign(
    names: Iterable[UnknownName], run: EnrichmentRun, origins: Origins, done: Written
) -> None:
    """Keep the run, and say in each name that it is its own. It reads for itself alone: what else
    has changed since the last one is still to be looked for."""
    run.engines, run.configuration = dict(origins.engines), origins.configuration
    run.vocabulary, run.is_partial = origins.vocabulary, True
    run.finished_at, run.counts = timezone.now(), asdict(done)
    run.save()
    for name in names:
        name.run, name.version = run, origins.engines[name.engine][:_LONGEST]


def _differ(row: UnknownName, values: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _curated(quotes: Iterable[str]) -> set[str]:
    """Which of them are spellings of entities by now: their articles wait for `enrich_articles`."""
    known = Alias.objects.filter(AnyOf("spelling", sorted(set(quotes))))
    return set(known.values_list("spelling", flat=True))
