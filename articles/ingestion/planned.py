"""A load that does exactly what a plan says, or nothing."""

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from articles.errors import LoadError
from articles.ingestion.document import Reject
from articles.ingestion.inputs import Input, received
from articles.ingestion.loader import Loading, load
from articles.ingestion.plan import BatchPlan, Change
from articles.ingestion.plan_file import Line, PlanFile, row_line
from articles.ingestion.report import LoadReport, Progress
from articles.models import LoadRun
from articles.vocabulary import LoadState

_MOST = 10
_REFUSED = "is in the plan, but its record is rejected now"

OnBatch = Callable[[Progress], None]


@contextmanager
def reread(inputs: Iterable[Input], standard_input: BinaryIO) -> Iterator[list[Input]]:
    """Inputs that are files: what can be read only once is kept in one meanwhile.

    Raises LoadError for what cannot be read at all.
    """
    with ExitStack() as kept:
        try:
            files = [_as_file(item, standard_input, kept) for item in inputs]
        except OSError as error:
            raise LoadError(f"{error.filename or 'input'}: {error.strerror or error}") from error
        yield files


def _as_file(item: Input, standard_input: BinaryIO, kept: ExitStack) -> Input:
    if item.path and item.path.is_file():
        return item
    path = Path(kept.enter_context(TemporaryDirectory(prefix="newsroom-")), "input")
    with (
        path.open("wb") as file,
        item.path.open("rb") if item.path else nullcontext(standard_input) as stream,
    ):
        shutil.copyfileobj(stream, file)
    return replace(item, path=path)


def describe_inputs(inputs: Iterable[Input]) -> list[dict[str, object]]:
    """Name, size in bytes and SHA-256 (hex, '' for what cannot be read) of each of these files."""
    with received(inputs, BytesIO()) as items:
        return [{"name": i.name, "size": i.size, "sha256": i.sha256} for i in items]


def check_inputs(plan: PlanFile, inputs: Sequence[Mapping[str, object]]) -> None:
    """Raises LoadError, which names the inputs that are not as planned."""
    planned = plan.header["inputs"]
    if len(planned) != len(inputs):
        names = ", ".join(str(item["name"]) for item in planned[:_MOST])
        raise LoadError(
            f"the plan {plan.path} is of {len(planned)} inputs ({names}), here are {len(inputs)}"
        )
    changed = [
        f"{now['name']} has changed since it was planned (its SHA-256 differs)"
        for then, now in zip(planned, inputs, strict=True)
        if then["sha256"] != now["sha256"]
    ]
    _refuse(changed, "Nothing was changed")


def check_plan(
    plan: PlanFile, inputs: Sequence[Input], loading: Loading, on_batch: OnBatch
) -> None:
    """Plan the load anew, and compare. Nothing is written.

    The inputs are files. Raises LoadError, which names the articles, sources, tags and entities
    that are not as planned.
    """
    comparison = Comparison(plan)
    names: set[str] = set()
    found: list[str] = []
    done = _what_is_done(plan)

    def compare(progress: Progress) -> None:
        names.update(progress.plan.names)
        found.extend(comparison.differences(progress.plan.changes))
        if len(found) > _MOST or comparison.is_lost:
            _refuse(found, done)
        comparison.advance(len(progress.plan.changes))
        on_batch(progress)

    load(inputs, replace(loading, is_plan=True), BytesIO(), on_batch=compare)
    found += [*comparison.rest(), *_names_differ(plan, names)]
    _refuse(found, done)


def apply_plan(
    plan: PlanFile,
    inputs: Sequence[Input],
    loading: Loading,
    on_reject: Callable[[Reject], None],
    on_batch: OnBatch,
) -> LoadReport:
    """Load what a plan says, which has just been checked.

    The inputs are files. Raises LoadError before the first batch that something was changed for
    since the check; the batches before it stay.
    """
    comparison = Comparison(plan)

    def accept(batch: BatchPlan) -> None:
        _refuse(comparison.differences(batch.changes), "What came before was loaded")

    def keep(progress: Progress) -> None:
        comparison.advance(len(progress.plan.changes))
        on_batch(progress)

    report = load(inputs, replace(loading, accept_batch=accept), BytesIO(), on_reject, keep)
    _refuse(comparison.rest(), "All else was loaded")
    return report


def _what_is_done(plan: PlanFile) -> str:
    """What a refusal says: also that an earlier application of these inputs was cut short."""
    sums = [{"sha256": item["sha256"]} for item in plan.header["inputs"]]
    running = LoadRun.objects.filter(state=LoadState.RUNNING, inputs__contains=sums)
    row = running.order_by("-started_at").first()
    if row is None or not row.records:
        return "Nothing was changed"
    return (
        f"A load of these inputs was interrupted after {row.records:,} records, which stay and "
        "will be unchanged in a new plan. Nothing was changed now"
    )


def _names_differ(plan: PlanFile, names: set[str]) -> Iterator[str]:
    """Of the names to create those that are no longer to be created, and the others that are."""
    planned: set[str] = {line["key"] for line in plan.lines("name")}
    for key in islice(sorted(planned - names), _MOST):
        yield f"{key} exists now, and was to be created"
    for key in islice(sorted(names - planned), _MOST):
        yield f"{key} was deleted since it was planned"


def _refuse(differences: Sequence[str], what_is_done: str) -> None:
    if not differences:
        return
    shown = [f"  {line}" for line in differences[:_MOST]]
    if len(differences) > _MOST:
        shown.append("  …")
    raise LoadError(
        "\n".join(("The plan no longer fits:", *shown, f"{what_is_done}; make a new plan."))
    )


class Comparison:
    """What a load would do now, batch by batch, beside what a plan says that it does."""

    def __init__(self, plan: PlanFile) -> None:
        self.is_lost = False
        self._plan = plan
        self._rows = plan.lines("row")
        self._ahead: deque[Line] = deque()

    def differences(self, changes: Sequence[Change]) -> list[str]:
        """Where these changes, which come next, are not those of the plan.

        A row too many or too few ends the comparison, which `is_lost` then.
        """
        found: list[str] = []
        for index, change in enumerate(changes):
            planned, now = self._planned(index), row_line(change)
            if planned is None or planned["key"] != now["key"]:
                self.is_lost = True
                return [*found, self._displaced(planned, str(now["key"]))]
            if planned != now:
                found.append(f"{now['key']} {difference(planned, now)}")
        return found

    def advance(self, count: int) -> None:
        """So many rows are done."""
        self._planned(count - 1)
        for _ in range(count):
            self._ahead.popleft()

    def rest(self) -> list[str]:
        """The first rows of the plan that have not come."""
        rows = islice((*self._ahead, *islice(self._rows, _MOST + 1)), _MOST + 1)
        return [f"{row['key']} {_REFUSED}" for row in rows]

    def _planned(self, index: int) -> Line | None:
        self._ahead.extend(islice(self._rows, max(0, index + 1 - len(self._ahead))))
        return self._ahead[index] if 0 <= index < len(self._ahead) else None

    def _displaced(self, planned: Line | None, key: str) -> str:
        """Which of two keys has no business here: the row comes later, or it is none of the plan"""
        if planned is not None and any(row["key"] == key for row in self._plan.lines("row")):
            return f"{planned['key']} {_REFUSED}"
        return f"{key} is not in the plan: its record was rejected then"


def difference(planned: Line, now: Line) -> str:
    """Why a row is not as planned; the two lines are of one article and not the same."""
    if planned["before"] is None and now["before"] is not None:
        return "exists now, and was to be created"
    if planned["before"] is not None and now["before"] is None:
        return "was deleted since it was planned"
    if planned["before"] != now["before"]:
        return "has changed since it was planned"
    if planned["outcome"] != now["outcome"]:
        return f"was planned as {planned['outcome']} and would be {now['outcome']} now"
    return "would be changed otherwise now: its source, tags or entities are not as planned"
