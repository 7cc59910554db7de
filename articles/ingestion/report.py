"""What a load did, or would do: counted while it runs, handed out when it is through."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from articles.ingestion.document import Fault, Reject
from articles.ingestion.plan import BatchPlan, Change, key_of

LOADED = ("created", "updated", "unchanged")
LEFT = ("conflict", "deleted", "rejected")
OUTCOMES = (*LOADED, *LEFT)
MOST_TOLD = 1_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Note:
    """What became of one article, where it is more than a number: which fields, or why."""

    outcome: str
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """`counts` by outcome: `conflict` are records of which an editor keeps a field (others of its
    fields may be updated), `deleted` those whose article an editor deleted or redacted.

    `derived` records of those loaded got an id from their text: edited, they are new articles.
    `names` are the sources, tags and entities that the load created. Of faults, notes and names
    there are only the first 1,000 each; `untold` faults and notes are left out. A load that goes
    on after a kill has all counts and faults, and the notes and names from there on.
    """

    run: UUID
    is_plan: bool
    counts: Mapping[str, int]
    derived: int
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    names: tuple[str, ...]
    untold: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether the archive says all that the records say."""
        return not any(self.counts[outcome] for outcome in LEFT)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is, after a batch that is kept.

    `records` are done, good and bad, those of an earlier, killed run included. `counts` by outcome.
    `bytes_read` of `bytes_total` as they stand in the inputs, packed ones packed; 0: not known.
    `plan` is that of the batch: its changes, and all its rejects in the order of the input.
    """

    records: int
    counts: Mapping[str, int]
    bytes_read: int
    bytes_total: int
    plan: BatchPlan


def counted(plan: BatchPlan) -> Counter[str]:
    """How many records of a batch came to what; `derived` stands beside the outcomes."""
    counts = Counter({"rejected": len(plan.rejects)})
    for change in plan.changes:
        document = change.document
        counts[change.outcome] += 1
        counts["conflict"] += bool(change.theirs)
        counts["derived"] += document.external_id_derived and not document.url
    return counts


@dataclass(slots=True)
class Tally:
    """What is told of a run beside its counts, the first of each kind. A plan notes what it would
    create, too."""

    is_plan: bool
    on_reject: Callable[[Reject], None]
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    untold: int = 0

    def reject(self, reject: Reject) -> None:
        self._tell(self.faults, reject.faults)
        self.on_reject(reject)

    def add(self, plan: BatchPlan) -> None:
        for rejected in plan.rejects:
            self.reject(rejected)
        for name in plan.names:
            if len(self.names) < MOST_TOLD:
                self.names[name] = None
        for change in plan.changes:
            self._note(change)

    def _note(self, change: Change) -> None:
        details = {
            "created": change.row.headline if self.is_plan else "",
            "updated": ", ".join(change.fields),
            "deleted": "it was redacted" if change.is_redacted else "an editor deleted it",
        }
        notes = {
            change.outcome: details.get(change.outcome, ""),
            "conflict": ", ".join(change.theirs),
            "likely duplicate": change.twin and f"the same text as {change.twin}",
            "left out": ", ".join(f"{name}, which an editor deleted" for name in change.left_out),
        }
        key = key_of(change.row)
        self._tell(
            self.notes, [Note(outcome, key, detail) for outcome, detail in notes.items() if detail]
        )

    def _tell(self, told: list[T], more: Sequence[T]) -> None:
        room = MOST_TOLD - len(told)
        told.extend(more[:room])
        self.untold += max(len(more) - room, 0)

    def report(self, run: UUID, counts: Mapping[str, int]) -> LoadReport:
        return LoadReport(
            run,
            self.is_plan,
            MappingProxyType({outcome: counts.get(outcome, 0) for outcome in OUTCOMES}),
            counts.get("derived", 0),
            tuple(self.faults),
            tuple(self.notes),
            tuple(self.names),
            self.untold,
        )
