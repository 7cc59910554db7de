"""The loader: inputs in, articles written batch by batch, one report out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import DatabaseError, DataError, IntegrityError, OperationalError

from articles.errors import LoadError
from articles.ingestion.apply import ChangedMeanwhileError, apply_changes
from articles.ingestion.document import Document, Fault, Options, Reject, SourceFacts
from articles.ingestion.inputs import Input, opened_input
from articles.ingestion.matching import reject
from articles.ingestion.names import Name, NameTable
from articles.ingestion.plan import BatchPlan, Memory, plan_batch
from articles.ingestion.readers import READERS, read
from articles.ingestion.rejects import FAULTS
from articles.ingestion.report import LoadReport, Tally
from articles.models import Redirect, Source, recording
from articles.text import slugify
from articles.vocabulary import NounKind, Way

BATCH = 500
BATCH_CHARACTERS = 20_000_000

_TOO_LARGE = "54"  # the class of SQLSTATE for what exceeds a limit of the database


@dataclass(frozen=True, slots=True)
class Loading:
    """How a load runs: what stands in for silent records, and what it may do."""

    options: Options = field(default_factory=Options)
    format: str = "auto"
    create_missing: bool = False
    is_plan: bool = False
    actor: str = "loader"


def load(
    inputs: Iterable[Input],
    loading: Loading,
    standard_input: BinaryIO,
    on_reject: Callable[[Reject], None] = lambda _: None,
) -> LoadReport:
    """Load good records and report the bad ones, which go to `on_reject`; or plan to.

    Each batch is a transaction of its own. Raises LoadError where the load cannot run at all.
    """
    if loading.format not in {"auto", *READERS}:
        raise LoadError(f"--format: {loading.format!r} is none of auto, {', '.join(READERS)}")
    _check_default_source(loading)
    loading = replace(loading, options=_with_facts(loading.options))
    tally = Tally(uuid4(), loading.is_plan, on_reject)
    memory = Memory()
    # A plan remembers the names that it would have created; a load finds them in the archive.
    table = NameTable(loading.create_missing) if loading.is_plan else None
    for batch in _batches(_records(inputs, loading, standard_input), tally.reject):
        _load_batch(batch, loading, memory, tally, table)
    return tally.report()


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


def _with_facts(options: Options) -> Options:
    """Known time zones by every slug that a record may call a source by."""
    facts: dict[str, SourceFacts] = {}
    for source in Source.objects.exclude(timezone=""):
        fact = SourceFacts(ZoneInfo(source.timezone))
        facts |= {slugify(source.name): fact, source.slug: fact}
    for redirect in Redirect.objects.filter(kind=NounKind.SOURCE).select_related("source"):
        if redirect.target.slug in facts:
            facts[redirect.old_slug] = facts[redirect.target.slug]
    return replace(options, sources=facts, mapping={**options.mapping, FAULTS: ""})


def _records(
    inputs: Iterable[Input], loading: Loading, standard_input: BinaryIO
) -> Iterator[Document | Reject]:
    for item in inputs:
        try:
            with opened_input(item, standard_input) as stream:
                yield from read(stream, item.name, loading.options, loading.format)
        except OSError as error:
            yield Reject((Fault(item.name, None, "", error.strerror or str(error)),))


def _batches(
    records: Iterable[Document | Reject], on_reject: Callable[[Reject], None]
) -> Iterator[list[Document]]:
    batch: list[Document] = []
    characters = 0
    for record in records:
        if isinstance(record, Reject):
            on_reject(record)
            continue
        batch.append(record)
        characters += len(record.body)
        if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _load_batch(
    documents: Sequence[Document],
    loading: Loading,
    memory: Memory,
    tally: Tally,
    table: NameTable | None,
    *,
    is_last_try: bool = False,
) -> None:
    """Plan and apply in one transaction; what the database refuses is halved until it is found."""
    try:
        with recording(Way.LOAD, actor=loading.actor, run=tally.run):
            plan = plan_batch(documents, table or NameTable(loading.create_missing), memory)
            if not loading.is_plan:
                apply_changes(plan.changes)
    except (DatabaseError, ChangedMeanwhileError) as error:
        if not _is_about_rows(error):
            raise
        if not is_last_try:
            middle = len(documents) // 2
            for part in filter(None, (documents[:middle], documents[middle:])):
                is_last = len(documents) == 1  # planned anew, a row may have come in between
                _load_batch(part, loading, memory, tally, table, is_last_try=is_last)
            return
        plan = BatchPlan([], [reject(documents[0], [("", _reason(error))])])
    memory.remember(plan)
    tally.add(plan)


def _is_about_rows(error: Exception) -> bool:
    """Whether the data of a row is at fault, and not the connection or the server."""
    if isinstance(error, OperationalError):
        return (getattr(error.__cause__, "sqlstate", None) or "").startswith(_TOO_LARGE)
    return isinstance(error, IntegrityError | DataError | ChangedMeanwhileError)


def _reason(error: Exception) -> str:
    message = getattr(getattr(error.__cause__, "diag", None), "message_primary", None)
    return f"the database refuses it: {message}" if message else str(error)
