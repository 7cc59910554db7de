"""The loader: inputs in, articles written batch by batch, one report out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from django.db import DatabaseError, DataError, IntegrityError, OperationalError

from articles.errors import LoadError
from articles.ingestion.ahead import Ahead, rare_collections
from articles.ingestion.apply import ChangedMeanwhileError, apply_changes
from articles.ingestion.batches import read_batches
from articles.ingestion.document import Options, Reject
from articles.ingestion.drafts import Draft
from articles.ingestion.facts import with_facts
from articles.ingestion.inputs import Input, Received, received
from articles.ingestion.matching import reject
from articles.ingestion.names import Name, NameCache, NameTable
from articles.ingestion.plan import BatchPlan, plan_batch
from articles.ingestion.readers import READERS
from articles.ingestion.report import LoadReport, Progress, Tally
from articles.ingestion.runs import Run, begin, begin_plan, option_words, place_of
from articles.models import recording
from articles.models.bulk import expect_many_rows
from articles.models.search_index import (
    complete_search_index,
    drop_search_index,
    has_search_index,
)
from articles.vocabulary import NounKind, Way

# SQLSTATE of what may be the fault of rows: classes of limits that are exceeded, and of
# transactions that got into each other's way.
_ABOUT_ROWS = ("54", "40")


@dataclass(frozen=True, slots=True)
class Loading:
    """How a load runs: what stands in for silent records, and what it may do.

    `accept_batch` is called within the transaction of a batch, before anything of it is written;
    what it raises ends the load, and batches before it stay. A load with it hears of every record:
    one that was killed starts from the first. It may take changes out of the batch.

    `run` is one that the caller has begun; None: begin one. `is_enough` is asked after each batch
    whether to stop there: such a run can be gone on with, as one that was killed.
    """

    options: Options = field(default_factory=Options)
    format: str = "auto"
    create_missing: bool = False
    is_plan: bool = False
    actor: str = "loader"
    accept_batch: Callable[[BatchPlan], None] | None = None
    run: Run | None = None
    is_enough: Callable[[], bool] = lambda: False


def load(
    inputs: Iterable[Input],
    loading: Loading,
    standard_input: BinaryIO,
    on_reject: Callable[[Reject], None] = lambda _: None,
    on_batch: Callable[[Progress], None] = lambda _: None,
) -> LoadReport:
    """Load good records and report the bad ones, which go to `on_reject`; or plan to.

    `on_batch` is called after each batch that is kept. Each batch is a transaction of its own;
    the same load after a kill goes on where it ended. Raises LoadError where it cannot run at all.
    """
    if loading.format not in {"auto", *READERS}:
        raise LoadError(f"--format: {loading.format!r} is none of auto, {', '.join(READERS)}")
    _check_default_source(loading)
    told = Tally(loading.is_plan, on_reject)
    with rare_collections(), received(inputs, standard_input) as files:
        run = _begin(files, loading)
        if not loading.is_plan:
            drop_search_index()
        loading = replace(loading, options=with_facts(loading.options))
        is_through = _run(files, loading, run, told, on_batch)
    if not loading.is_plan:
        complete_search_index()
    if is_through:
        run.finish()
    return told.report(run.id, run.counts)


def _check_default_source(loading: Loading) -> None:
    source = loading.options.source
    if not source:
        return
    table, name = NameTable(loading.create_missing), Name(NounKind.SOURCE, source)
    table.find([name])
    try:
        if table.row(name) is None:
            raise ValueError(f"an editor deleted {name}")
    except ValueError as error:
        raise LoadError(f"--source: {error}") from None


def _begin(files: Sequence[Received], loading: Loading) -> Run:
    if loading.run:
        return loading.run
    if loading.is_plan:
        return begin_plan()
    others = {"format": loading.format, "create_missing": loading.create_missing}
    return begin(
        files,
        {**option_words(loading.options), **others},
        loading.actor,
        anew=loading.accept_batch is not None,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """A run with what it works with. `on_write` is called when a batch goes to the database."""

    loading: Loading
    run: Run
    names: NameCache
    on_write: Callable[[], None]


def _run(
    files: Sequence[Received],
    loading: Loading,
    run: Run,
    told: Tally,
    on_batch: Callable[[Progress], None],
) -> bool:
    """Whether all records are done."""
    size = sum(file.size for file in files)
    names = NameCache(loading.create_missing, run.id, is_plan=loading.is_plan)
    skip, refused = run.records, run.refused()
    batches = read_batches(files, loading.options, loading.format, are_new=not has_search_index())
    with Ahead(batches) as ahead:
        work = _Work(loading, run, names, ahead.start)
        for batch in ahead:
            done, rest = batch.records[:skip], batch.records[skip:]
            skip -= len(done)
            for rejected in refused.among(done):
                told.reject(rejected)
            for plan in _load_batch(rest, work) if rest else [BatchPlan()]:
                told.add(plan)
                on_batch(Progress(run.records, dict(run.counts), batch.bytes_read, size, plan))
            if rest and loading.is_enough():
                return False
    return True


def _load_batch(
    records: Sequence[Draft | Reject], work: _Work, *, is_last_try: bool = False
) -> Iterator[BatchPlan]:
    """Plan and apply in one transaction; what the database refuses is halved until it is found."""
    try:
        plan = _load_at_once(records, work)
    except (DatabaseError, ChangedMeanwhileError) as error:
        work.names.forget()
        if not _is_about_rows(error):
            raise
        if not is_last_try:
            middle = len(records) // 2
            for part in filter(None, (records[:middle], records[middle:])):
                is_last = len(records) == 1  # planned anew, a row may have come in between
                yield from _load_batch(part, work, is_last_try=is_last)
            return
        reason = [("", _reason(error))]
        refused = [reject(r.document, reason) for r in records if isinstance(r, Draft)]
        plan = _load_at_once(refused, work)
    yield plan


def _load_at_once(records: Sequence[Draft | Reject], work: _Work) -> BatchPlan:
    loading, run = work.loading, work.run
    drafts = [record for record in records if isinstance(record, Draft)]
    with recording(Way.LOAD, actor=loading.actor, run=run.id):
        expect_many_rows()
        run.hold()
        plan = plan_batch(drafts, work.names.table(), run.memory)
        plan.rejects = _in_order(records, plan.rejects)
        if loading.accept_batch and not loading.is_plan:
            loading.accept_batch(plan)
        work.on_write()
        if not loading.is_plan:
            apply_changes(plan.changes)
        run.record(plan)
    run.advance(plan)
    return plan


def _in_order(records: Sequence[Draft | Reject], rejects: Iterable[Reject]) -> list[Reject]:
    """The rejects of the reader and of the plan, as their records stand in the input."""
    refused = {place_of(reject): reject for reject in rejects}
    found = (r if isinstance(r, Reject) else refused.get(place_of(r)) for r in records)
    return [reject for reject in found if reject]


def _is_about_rows(error: Exception) -> bool:
    """Whether the data of a row is at fault, and not the connection or the server."""
    if isinstance(error, OperationalError):
        return (getattr(error.__cause__, "sqlstate", None) or "").startswith(_ABOUT_ROWS)
    return isinstance(error, IntegrityError | DataError | ChangedMeanwhileError)


def _reason(error: Exception) -> str:
    message = getattr(getattr(error.__cause__, "diag", None), "message_primary", None)
    return f"the database refuses it: {message}" if message else str(error)
