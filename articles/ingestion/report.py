"""What a load did, or would do: counted while it runs, handed out when it is through."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from articles.ingestion.document import Fault, Reject
from articles.ingestion.plan import BatchPlan, Change, key_of

LOADED = ("created", "updated", "unchanged")
LEFT = ("conflict", "deleted", "rejected")
OUTCOMES = (*LOADED, *LEFT)


@dataclass(frozen=True, slots=True)
class Note:
    """What became of one article, where it is more than a number: which fields, or why."""

    outcome: str
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """`counts` by outcome: `conflict` are records of which an editor keeps a field (others of its
    fields may be updated), `deleted` those whose article an editor deleted.

    `derived` records of those loaded got an id from their text: edited, they are new articles.
    `names` are the sources, tags and entities that the load created.
    """

    run: UUID
    is_plan: bool
    counts: Mapping[str, int]
    derived: int
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    names: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the archive says all that the records say."""
        return not any(self.counts[outcome] for outcome in LEFT)


@dataclass(slots=True)
class Tally:
    """Counts a run. A plan notes what it would create, too."""

    run: UUID
    is_plan: bool
    on_reject: Callable[[Reject], None]
    counts: Counter[str] = field(default_factory=Counter)
    derived: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)

    def reject(self, reject: Reject) -> None:
        self.counts["rejected"] += 1
        self.faults += reject.faults
        self.on_reject(reject)

    def add(self, plan: BatchPlan) -> None:
        for rejected in plan.rejects:
            self.reject(rejected)
        self.names.update(dict.fromkeys(plan.names))
        for change in plan.changes:
            self.counts[change.outcome] += 1
            self.counts["conflict"] += bool(change.conflicts)
            document = change.document
            self.derived += document.external_id_derived and not document.url
            self._note(change)

    def _note(self, change: Change) -> None:
        details = {
            "created": change.row.headline if self.is_plan else "",
            "updated": ", ".join(change.fields),
            "deleted": "an editor deleted it",
        }
        notes = {
            change.outcome: details.get(change.outcome, ""),
            "conflict": ", ".join(change.conflicts),
            "likely duplicate": change.twin and f"the same text as {change.twin}",
            "left out": ", ".join(f"{name}, which an editor deleted" for name in change.left_out),
        }
        key = key_of(change.row)
        self.notes += [Note(outcome, key, detail) for outcome, detail in notes.items() if detail]

    def report(self) -> LoadReport:
        return LoadReport(
            self.run,
            self.is_plan,
            MappingProxyType({outcome: self.counts[outcome] for outcome in OUTCOMES}),
            self.derived,
            tuple(self.faults),
            tuple(self.notes),
            tuple(self.names),
        )
