"""The runs that took on what an undo would give back. They are undone first, the newest of them
before all others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from articles.models.ledger import LedgerEntry, kind_of
from articles.models.ledger_words import counted, kind_words
from articles.models.redirects import Redirect
from articles.vocabulary import LedgerAction, NounKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from articles.models.ledger import LedgerBatch
    from articles.models.reversal_reports import Left

READ: Final = 1_000
"""Of so many rows that the runs deleted it is asked whether they were merged into others."""
NAMED: Final = 3


class Merged(NamedTuple):
    """A row that was merged into another, and as what it lives on today."""

    noun: str
    name: str
    now: str

    def __str__(self) -> str:
        return f"the {self.noun} “{self.name}”" + (f" (“{self.now}” now)" if self.now else "")


@dataclass(frozen=True, slots=True)
class LaterRun:
    """What stands in the way of an undo: how many rows by their kind, and the rows that the run
    merged into others."""

    run: UUID
    batch: LedgerBatch
    rows: Counter[str]
    merged: tuple[Merged, ...]

    def __str__(self) -> str:
        merged = ", ".join(map(str, self.named)) + (f", {self.more} more" if self.more else "")
        deed = f"merged {merged}, with" if merged else "changed"
        at = f"{self.batch.at:%Y-%m-%d %H:%M} UTC"
        return f"{self.batch.actor} {deed} {self.held} ({at})"

    @property
    def named(self) -> tuple[Merged, ...]:
        return self.merged[:NAMED]

    @property
    def more(self) -> int:
        return max(0, len(self.merged) - NAMED)

    @property
    def held(self) -> str:
        """What of it an undo would have given back."""
        return counted(self.rows)


def later_runs(left: Iterable[Left]) -> list[LaterRun]:
    """The runs by which rows were left, newest first. Three queries at most."""
    rows: dict[UUID, Counter[str]] = defaultdict(Counter)
    last: dict[UUID, LedgerBatch] = {}
    for one in left:
        batch = one.later
        if batch is None or batch.run is None or batch.is_redaction:
            continue
        rows[batch.run][one.kind] += 1
        if batch.run not in last or last[batch.run].pk < batch.pk:
            last[batch.run] = batch
    merged = _merged(last)
    newest = sorted(last.items(), key=lambda it: it[1].pk, reverse=True)
    return [LaterRun(run, batch, rows[run], tuple(merged[run])) for run, batch in newest]


def _merged(runs: Collection[UUID]) -> dict[UUID | None, list[Merged]]:
    """By run what it merged: it deleted a row, and made the slug of that lead to another."""
    found: dict[UUID | None, list[Merged]] = defaultdict(list)
    if not runs:
        return found
    told = LedgerEntry.objects.filter(batch__run__in=list(runs)).order_by("-batch__at", "-id")
    deleted = told.filter(kind__in=NounKind.values, action=LedgerAction.DELETE)
    gone = list(deleted.values_list("batch__run", "kind", "key", "before__name")[:READ])
    if not gone:
        return found
    led = told.filter(kind=kind_of(Redirect), action=LedgerAction.INSERT)
    leading = set(led.values_list("batch__run", "key")[: 2 * READ])
    merged = [it for it in gone[::-1] if (it[0], f"{it[1]}/{it[2]}") in leading]
    now = _survivors(slug for _, _, slug, _ in merged)
    for run, kind, slug, name in merged:
        found[run].append(Merged(kind_words(kind), name, str(now.get((kind, slug), ""))))
    return found


def _survivors(slugs: Iterable[str]) -> dict[tuple[str, str], Any]:
    """By kind and former slug the rows to which they lead today."""
    redirects = Redirect.objects.filter(old_slug__in=set(slugs))
    redirects = redirects.select_related(*NounKind.values)
    return {(it.kind, it.old_slug): it.target for it in redirects}
