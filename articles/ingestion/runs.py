"""Loads that are written down as they go, so that one that was killed can be taken up again."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models.functions import Now

from articles.errors import LoadError
from articles.ingestion.document import Fault, Options, Place, Reject
from articles.ingestion.drafts import Draft
from articles.ingestion.inputs import Received
from articles.ingestion.memory import LoadMemory, Memory, PlanMemory
from articles.ingestion.plan import BatchPlan
from articles.ingestion.report import counted
from articles.models import LoadConflict, LoadFault, LoadKey, LoadRun
from articles.models.bulk import copy_rows
from articles.vocabulary import LoadState


@dataclass(slots=True)
class Run:
    """How far a load or a plan is. `row` is that of a load, None for a plan.

    `records` are done, good and bad; `counts` by outcome.
    """

    memory: Memory
    row: LoadRun | None = None
    id: UUID = field(default_factory=uuid4)
    records: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def hold(self) -> None:
        """Keep others from going on with this load until the transaction ends.

        Raises LoadError where another process has done so already.
        """
        if self.row is None:
            return
        rows = LoadRun.objects.select_for_update().filter(pk=self.row.pk, records=self.records)
        if not rows.filter(state=LoadState.RUNNING).exists():
            raise LoadError("another process goes on with this very load; this one has ended")

    def record(self, plan: BatchPlan) -> None:
        """Write down what became of a batch, within its transaction."""
        self.memory.remember(plan.changes)
        if self.row is None:
            return
        key = self.row.pk
        faults = (_fault_row(key, f) for r in plan.rejects for f in r.faults)
        copy_rows(LoadFault, ("load_id", "file", "record", "line", "field", "reason"), faults)
        copy_rows(
            LoadConflict,
            ("load_id", "article_id", "field", "theirs"),
            (
                (key, c.row.pk, name, _plain(value))
                for c in plan.changes
                for name, value in c.theirs.items()
            ),
        )
        LoadRun.objects.filter(pk=key).update(
            records=self.records + plan.records, counts=self.counts + counted(plan)
        )

    def advance(self, plan: BatchPlan) -> None:
        """The transaction of a batch has been kept."""
        self.records += plan.records
        self.counts += counted(plan)

    def refused(self) -> "Refused":
        """The records that were refused so far."""
        rows = LoadFault.objects.filter(load=self.row).order_by("id")
        return Refused(
            Fault(row.file, row.record, row.field, row.reason, row.line)
            for row in rows.iterator(chunk_size=1_000)
        )

    def finish(self) -> None:
        """All records are done."""
        self.memory.forget()
        if self.row:
            LoadRun.objects.filter(pk=self.row.pk).update(
                state=LoadState.FINISHED, finished_at=Now()
            )


def begin(
    inputs: Sequence[Received], options: Mapping[str, Any], actor: str, *, anew: bool = False
) -> Run:
    """A new run, or the one of the same inputs and options that was killed.

    `anew`: that one starts from its first record again.
    """
    files = [{"name": i.name, "size": i.size, "sha256": i.sha256} for i in inputs]
    digest = sha256(json.dumps([files, options], sort_keys=True).encode()).hexdigest()
    new = {"run": uuid4(), "actor": actor, "options": options, "inputs": files}
    with transaction.atomic():
        # Waits for what a killed process may still have on its way to the database.
        running = LoadRun.objects.select_for_update().filter(state=LoadState.RUNNING)
        row, is_new = running.get_or_create(digest=digest, state=LoadState.RUNNING, defaults=new)
        if anew and not is_new:
            _start_again(row)
    return Run(LoadMemory(row), row, row.run, row.records, Counter(row.counts))


def option_words(options: Options) -> dict[str, Any]:
    """The options as JSON can hold them, all but what the archive knows of sources."""
    words: dict[str, Any] = {}
    for option in fields(options):
        value = getattr(options, option.name)
        if isinstance(value, frozenset):
            value = sorted(value)
        elif not isinstance(value, Mapping):
            value = "" if value is None else str(value)
        words[option.name] = value
    del words["sources"]
    return words


def _start_again(row: LoadRun) -> None:
    for model in (LoadFault, LoadConflict, LoadKey):
        model._base_manager.filter(load=row).delete()
    row.records, row.counts = 0, {}
    row.save(update_fields=["records", "counts"])


def begin_plan() -> Run:
    return Run(PlanMemory())


class Refused:
    """What an earlier run refused, found again among the records that it has done."""

    def __init__(self, faults: Iterator[Fault]) -> None:
        """`faults` of all of them, in the order of the records."""
        self._faults = faults
        self._ahead = next(faults, None)

    def among(self, records: Iterable[Draft | Reject]) -> Iterator[Reject]:
        """Of the records that come next those that were refused, as was said then."""
        for record in records:
            faults: list[Fault] = []
            while self._ahead and _place(self._ahead) == place_of(record):
                faults.append(self._ahead)
                self._ahead = next(self._faults, None)
            if faults:
                received = record if isinstance(record, Reject) else record.document
                yield Reject(tuple(faults), received.received)


def place_of(record: Draft | Reject) -> Place:
    return record.document.place if isinstance(record, Draft) else _place(record.faults[0])


def _place(fault: Fault) -> Place:
    return Place(fault.file, fault.record, fault.line)


def _fault_row(load: int, fault: Fault) -> tuple[object, ...]:
    file, field, reason = map(_storable, (fault.file, fault.field, fault.reason))
    return load, file, fault.record, fault.line, field, reason


def _storable(text: str) -> str:
    """What a fault quotes may hold what no text of PostgreSQL can."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.datetime) else value
