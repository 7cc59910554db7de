"""Uploaded files: planned and applied in steps, so that whoever waits hears of it.

It is the loader that plans and applies; here its run is kept with the upload. A plan writes what it
finds as `PlannedRecord`s. Applying compares each article with its own: what would not be done as it
was shown is told and left out.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Min
from django.db.models.functions import Now

from articles.errors import LoadError
from articles.ingestion.choices import as_loading
from articles.ingestion.document import Fault, Reject
from articles.ingestion.facts import with_facts
from articles.ingestion.inputs import Input
from articles.ingestion.loader import Loading, load
from articles.ingestion.memory import LoadMemory, Memory
from articles.ingestion.plan import BatchPlan, Change
from articles.ingestion.plan_file import row_line
from articles.ingestion.planned import difference
from articles.ingestion.planned_records import COLUMNS, rows_of
from articles.ingestion.readers import read
from articles.ingestion.readers.streams import UnreadableError, opened
from articles.ingestion.report import MOST_TOLD, counted
from articles.ingestion.runs import Refused, Run, option_words
from articles.models import LoadRun, PlannedRecord, Upload
from articles.models.bulk import AnyOf, copy_rows
from articles.vocabulary import LoadState

MOST_UNPACKED: Final = 40_000_000
_CHUNK: Final = 1_000_000
NOT_PLANNED: Final = "was rejected in the plan, or was to be another article"


class UploadMemory(Memory):
    """Of a plan in steps: what it has found so far is its memory."""

    def __init__(self, upload: Upload) -> None:
        self._planned = PlannedRecord.objects.filter(upload=upload).order_by()

    def seen(self, uids: Collection[UUID]) -> set[UUID]:
        rows = self._planned.filter(AnyOf("uid", uids)).exclude(uid=None)
        return {uid for uid in rows.values_list("uid", flat=True) if uid}

    def twins(self, fingerprints: Collection[str]) -> Mapping[str, str]:
        rows = self._planned.filter(AnyOf("fingerprint", fingerprints)).exclude(fingerprint="")
        keys = rows.values("fingerprint").annotate(first=Min("key"))
        return {**dict(keys.values_list("fingerprint", "first")), **super().twins(fingerprints)}


class PlanningRun(Run):
    """A plan that is kept with its upload, batch by batch."""

    def __init__(self, upload: Upload) -> None:
        Run.__init__(
            self, UploadMemory(upload), None, upload.run, upload.records, Counter(upload.counts)
        )
        self.upload = upload

    def hold(self) -> None:
        rows = Upload.objects.select_for_update().filter(pk=self.upload.pk, records=self.records)
        if not rows.filter(planned_at=None).exists():
            raise LoadError("somebody else goes on with this very plan, or has discarded it")

    def record(self, plan: BatchPlan) -> None:
        copy_rows(PlannedRecord, COLUMNS, rows_of(self.upload.pk, plan))
        names = list(dict.fromkeys((*self.upload.names, *plan.names)))[:MOST_TOLD]
        self.upload.names = names
        Upload.objects.filter(pk=self.upload.pk).update(
            records=self.records + plan.records, counts=self.counts + counted(plan), names=names
        )

    def refused(self) -> Refused:
        return Refused(iter(()))

    def finish(self) -> None:
        Upload.objects.filter(pk=self.upload.pk).update(planned_at=Now())


class ApplyingRun(Run):
    """A load in steps, of which each tells what is new."""

    def refused(self) -> Refused:
        return Refused(iter(()))


def check_file(data: bytes, name: str, choices: Mapping[str, Any]) -> None:
    """Raises LoadError for a wrong choice, and for a file that is nothing to load at all: empty, a
    picture, of another encoding, too large when it is unpacked."""
    loading = as_loading(choices, "", True)
    if not data:
        raise LoadError("This file is empty.")
    _check_unpacked(data)
    found = read(BytesIO(data), name, with_facts(loading.options), loading.format)
    first = next(found, None)
    if first is None:
        raise LoadError("There is no record in this file.")
    if isinstance(first, Reject) and all(fault.record is None for fault in first.faults):
        raise LoadError("; ".join(fault.reason for fault in first.faults))


def _check_unpacked(data: bytes) -> None:
    size = 0
    with suppress(UnreadableError):  # told with the records that came before
        _, stream = opened(BytesIO(data))
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > MOST_UNPACKED:
                raise LoadError(f"This file unpacks to more than {MOST_UNPACKED:,} bytes.")


def keep_upload(data: bytes, name: str, choices: Mapping[str, Any], actor: str) -> Upload:
    """A new upload, of which nothing is planned. Raises LoadError for a wrong choice."""
    as_loading(choices, actor, True)
    Upload.objects.clear()
    return Upload.objects.create(
        actor=actor,
        name=name,
        size=len(data),
        sha256=sha256(data).hexdigest(),
        data=data,
        options=dict(choices),
    )


def plan_upload(upload: Upload, seconds: float) -> None:
    """Go on with the plan for about so long. The archive stays as it is.

    Raises LoadError where it cannot be planned at all, or somebody else is at it.
    """
    loading = as_loading(upload.options, upload.actor, True)
    _load(upload, replace(loading, run=PlanningRun(upload), is_enough=_after(seconds)))


def begin_applying(upload: Upload, actor: str) -> None:
    """Raises LoadError where somebody has begun already, or there is no whole plan."""
    loading = as_loading(upload.options, actor, False)
    others = {"format": loading.format, "create_missing": loading.create_missing}
    with transaction.atomic():
        # Without a join: what is joined to a row that was waited for may be of before.
        row = Upload.objects.select_for_update().defer("data").filter(pk=upload.pk).first()
        if row is None or not row.is_planned:
            raise LoadError("There is no whole plan any more. Nothing was changed.")
        if row.load:
            raise LoadError(f"This plan is applied already, by {row.load.actor}.")
        row.load = LoadRun.objects.create(
            run=uuid4(),
            actor=actor,
            options={**option_words(loading.options), **others},
            inputs=[{"name": row.name, "size": row.size, "sha256": row.sha256}],
            digest=sha256(row.run.bytes).hexdigest(),
        )
        row.save(update_fields=["load"])


def apply_upload(upload: Upload, seconds: float) -> None:
    """Go on with applying the plan for about so long.

    Raises LoadError where somebody else is at it.
    """
    row = LoadRun.objects.get(upload=upload)
    loading = as_loading(upload.options, row.actor, False)
    run = ApplyingRun(LoadMemory(row), row, row.run, row.records, Counter(row.counts))
    accept = _only_as_planned(upload)
    _load(upload, replace(loading, run=run, is_enough=_after(seconds), accept_batch=accept))
    if PlannedRecord.objects.filter(upload=upload, detail__redacted=True).exists():
        # What was erased for good is not to be kept in the file that brought it again.
        Upload.objects.filter(pk=upload.pk, load__state=LoadState.FINISHED).update(data=b"")


def _load(upload: Upload, loading: Loading) -> None:
    with _as_file(upload) as item:
        load([item], loading, BytesIO())


@contextmanager
def _as_file(upload: Upload) -> Iterator[Input]:
    with TemporaryDirectory(prefix="newsroom-") as folder:
        path = Path(folder, "upload")
        path.write_bytes(Upload.objects.values_list("data", flat=True).get(pk=upload.pk))
        yield Input(upload.name, path)


def _after(seconds: float) -> Callable[[], bool]:
    """Counted from the first batch: to come by what is done already takes its time each time."""
    start: list[float] = []

    def is_enough() -> bool:
        start.append(monotonic())
        return start[-1] - start[0] > seconds

    return is_enough


def _only_as_planned(upload: Upload) -> Callable[[BatchPlan], None]:
    """Takes out of a batch what was shown otherwise; each such record is a fault."""

    def accept(batch: BatchPlan) -> None:
        rows = PlannedRecord.objects.filter(
            AnyOf("uid", [change.row.uid for change in batch.changes]), upload=upload
        )
        planned = dict(rows.values_list("uid", "plan"))
        faults = {id(c): _why_not(c, planned.get(c.row.uid)) for c in batch.changes}
        batch.rejects += _rejects((c, faults[id(c)]) for c in batch.changes)
        batch.changes = [change for change in batch.changes if not faults[id(change)]]

    return accept


def _why_not(change: Change, planned: Mapping[str, object] | None) -> str:
    now = row_line(change)
    if planned == now:
        return ""
    if planned is not None and planned["outcome"] == now["outcome"] == "unchanged":
        return ""  # nothing is written, as was shown
    reason = difference(planned, now) if planned is not None else NOT_PLANNED
    return f"{reason}: left as it is"


def _rejects(changes: Iterable[tuple[Change, str]]) -> list[Reject]:
    return [
        Reject((Fault(p.file, p.record, "", reason, p.line),), change.document.received)
        for change, reason in changes
        if reason and (p := change.document.place)
    ]
