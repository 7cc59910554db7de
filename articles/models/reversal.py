"""Undo: take back what a run did, row by row, as far as nothing has changed since.

One function for a bulk action, a load, a merge and an undo itself. What others changed meanwhile
stays, and is listed. Decisions are never taken out of the record: where a run judged links, the
undo adds the verdict that stood before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.db import IntegrityError, transaction

from articles.errors import ArchiveError
from articles.models.articles import Article
from articles.models.asides import put_back
from articles.models.duplicate_clusters import DuplicateCluster, DuplicateMember
from articles.models.entities import Entity
from articles.models.judging import JUDGED, judge
from articles.models.ledger import LedgerEntry, kind_of, recording
from articles.models.ledger_states import Deed, deeds, is_same, is_same_row, ledgered_models
from articles.models.obstacles import held_by, leads_already, missing_references, rule, since
from articles.models.restoring import insert_states, update_columns
from articles.models.sources import Source
from articles.models.storylines import Storyline
from articles.models.tags import Tag
from articles.vocabulary import LedgerAction, LinkState, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from django.db.models import Model

    from articles.models.ledger import LedgerEntryQuerySet
    from articles.models.ledger_states import State

AT_A_TIME: Final = 500
# Others refer to these: they are made before all else and go last.
HELD: Final = (Source, Tag, Entity, Article, Storyline)
# By their slugs and codes only one row at a time; what a run gave to another is freed first.
NAMED: Final = (Source, Tag, Entity)
# Which articles hang together follows from the accepted pairs; only an editor's choice is said.
FOLLOWING: Final = (DuplicateCluster, DuplicateMember)
# What was public once was: an undo takes nothing out of the readers' memory.
FOR_EVER: Final = frozenset({"was_public"})


@dataclass(frozen=True, slots=True)
class Left:
    """What an undo left as it is, and why. `field` is empty where it is the whole row."""

    kind: str
    row: int
    key: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}{self.field and ' ' + self.field}: {self.reason}"


@dataclass(slots=True)
class Reversal:
    """What an undo did (or would do), by kind of row. `run` is its own, by which it can itself be
    undone."""

    undoes: UUID | None
    run: UUID
    restored: Counter[str] = field(default_factory=Counter)  # rows that got earlier values
    made: Counter[str] = field(default_factory=Counter)  # rows that were deleted and are back
    deleted: Counter[str] = field(default_factory=Counter)  # rows that the run had made
    left: list[Left] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(sum(each.values()) for each in (self.restored, self.made, self.deleted))

    def leave(self, model: type[Model], deed: Deed, reason: str, column: str = "") -> None:
        self.left.append(Left(kind_of(model), deed.row, deed.key, column, reason))


def revert(run: UUID, *, editor: str, note: str = "", is_plan: bool = False) -> Reversal:
    """Undo what a run did, and say what of it could not be undone.

    With `is_plan` nothing stays done: the report says what would be. Raises ArchiveError where
    there is no such run, or where it erased what may not come back.
    """
    entries = LedgerEntry.objects.filter(batch__run=run)
    if not entries.exists():
        raise ArchiveError(f"There is no run {run} in the ledger, or it changed nothing.")
    return _take_back(entries, editor, note or f"undo of run {run}", run, is_plan)


def revert_to(entry: LedgerEntry, *, editor: str, note: str = "") -> Reversal:
    """Give one row the state that it had just before an entry of it."""
    entries = LedgerEntry.objects.filter(kind=entry.kind, row=entry.row, pk__gte=entry.pk)
    return _take_back(entries, editor, note or f"{entry.kind} {entry.key} as it was", None, False)


def _take_back(
    entries: LedgerEntryQuerySet, editor: str, note: str, undoes: UUID | None, is_plan: bool
) -> Reversal:
    if entries.filter(batch__is_redaction=True).exists():
        raise ArchiveError("A redaction is not undone: what it erased is gone for good.")
    report = Reversal(undoes, uuid4())
    # One row that gets an earlier state undoes no run; for the triggers it is an undo as well.
    of_run = undoes or report.run
    with transaction.atomic():
        with recording(Way.ADMIN, actor=editor, run=report.run, note=note, undoes=of_run):
            _Undo(entries, editor, note, report).go()
            if undoes:
                put_back(undoes)
        if is_plan:
            transaction.set_rollback(True)
    return report


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with rows of a kind, and where those are counted with whom it was done."""

    model: type[Model]
    deeds: list[Deed]
    do: Callable[[list[Deed]], Any]
    counter: Counter[str]


class _Undo:
    """The steps of one undo. Each row is treated in exactly one of them."""

    def __init__(
        self, entries: LedgerEntryQuerySet, editor: str, note: str, report: Reversal
    ) -> None:
        self.entries, self.editor, self.note, self.report = entries, editor, note, report
        self.refused: list[Act] = []

    def go(self) -> None:
        models = [model for model in ledgered_models() if model not in FOLLOWING]
        others = [model for model in models if model not in HELD]
        self._each(reversed(others), LedgerAction.INSERT, self._delete)
        self._each(NAMED, LedgerAction.UPDATE, self._restore)
        self._each(models, LedgerAction.DELETE, self._make)
        rest = [model for model in models if model not in NAMED]
        self._each(rest, LedgerAction.UPDATE, self._restore)
        self._each(FOLLOWING[::-1], LedgerAction.UPDATE, self._restore)
        held = [model for model in models if model in HELD]
        self._each(reversed(held), LedgerAction.INSERT, self._delete)
        self._try_again()

    def _each(
        self,
        models: Iterable[type[Model]],
        action: LedgerAction,
        act: Callable[[type[Model], list[Deed]], None],
    ) -> None:
        for model in models:
            of_kind = self.entries.filter(kind=kind_of(model))
            rows = sorted(of_kind.filter(action=action).values_list("row", flat=True).distinct())
            for some in _some_of(rows):
                told = of_kind.filter(row__in=some).order_by("id")
                by_row: dict[int, list[LedgerEntry]] = {row: [] for row in some}
                for entry in told:
                    by_row[entry.row].append(entry)
                act(model, [d for d in deeds(model, by_row) if self._is_open(model, d)])

    def _is_open(self, model: type[Model], deed: Deed) -> bool:
        if any(entry.batch.is_redaction for entry in deed.later):
            self.report.leave(model, deed, "it was redacted since")
            return False
        return True

    def _delete(self, model: type[Model], found: list[Deed]) -> None:
        """What the run had made goes, unless somebody changed it or refers to it."""
        made = [deed for deed in found if deed.before is None and deed.after and deed.now]
        going = []
        for deed in made:
            if is_same_row(model, deed.after or {}, deed.now or {}):
                going.append(deed)
            else:
                self.report.leave(model, deed, since(deed, "changed"))
        holders = held_by(model, [deed.row for deed in going]) if model in HELD else {}
        for deed in going:
            if deed.row in holders:
                self.report.leave(model, deed, f"{holders[deed.row]} refers to it since")
        free = [deed for deed in going if deed.row not in holders]
        self._try(Act(model, free, partial(_delete_rows, model), self.report.deleted))

    def _make(self, model: type[Model], found: list[Deed]) -> None:
        """What the run had deleted comes back, under the key that it had."""
        gone = [deed for deed in found if deed.before and deed.after is None]
        for deed in gone:
            if deed.now:
                self.report.leave(model, deed, since(deed, "made again"))
        lost = [deed for deed in gone if not deed.now and not leads_already(model, deed)]
        missing = missing_references(model, lost)
        for deed in lost:
            if deed.row in missing:
                self.report.leave(model, deed, f"its {missing[deed.row]} is gone")
        whole = [deed for deed in lost if deed.row not in missing]
        self._try(Act(model, whole, partial(_make_rows, model), self.report.made))

    def _restore(self, model: type[Model], found: list[Deed]) -> None:
        """The columns that the run changed get the values that they had."""
        kept = [deed for deed in found if deed.before is not None and deed.after is not None]
        changes = {deed.row: self._changes(model, deed) for deed in kept}
        acting = [deed for deed in kept if changes[deed.row]]
        write = partial(self._write, model, changes)
        self._try(Act(model, acting, write, self.report.restored))

    def _changes(self, model: type[Model], deed: Deed) -> State:
        before, after, now = deed.before or {}, deed.after or {}, deed.now
        changed = [
            column
            for column in sorted(before.keys() & after.keys())
            if column not in FOR_EVER and not is_same(model, column, before[column], after[column])
        ]
        if now is None:
            if changed:
                self.report.leave(model, deed, since(deed, "deleted"))
            return {}
        found: State = {}
        for column in changed:
            if column == "edited_fields" or column not in now:
                continue
            if is_same(model, column, now[column], after[column]):
                found[column] = before[column]
            elif not is_same(model, column, now[column], before[column]):
                self.report.leave(model, deed, since(deed, "changed", column), column)
        if "edited_fields" in changed:
            found |= _edited(model, deed, found)
        return found

    def _write(self, model: type[Model], changes: dict[int, State], some: list[Deed]) -> None:
        verdicts: dict[str, list[int]] = {}
        plain: dict[int, State] = {}
        for deed in some:
            values = dict(changes[deed.row])
            if model in JUDGED and "state" in values:
                verdicts.setdefault(values.pop("state"), []).append(deed.row)
            if values:
                plain[deed.row] = values
        update_columns(model, plain)
        for verdict, keys in verdicts.items():
            judge(model, keys, LinkState(verdict), self.editor, self.note)

    def _try(self, act: Act) -> None:
        """All at once; where the database refuses that, one by one, and what it refuses waits."""
        if not act.deeds:
            return
        try:
            with transaction.atomic():
                act.do(act.deeds)
            act.counter[kind_of(act.model)] += len(act.deeds)
        except IntegrityError:
            if len(act.deeds) == 1:
                self.refused.append(act)
            else:
                for deed in act.deeds:
                    self._try(replace(act, deeds=[deed]))

    def _try_again(self) -> None:
        """What stood in the way of another row may have gone since."""
        for act in self.refused:
            try:
                with transaction.atomic():
                    act.do(act.deeds)
                act.counter[kind_of(act.model)] += 1
            except IntegrityError as error:
                self.report.leave(act.model, act.deeds[0], rule(error))


def _delete_rows(model: type[Model], some: list[Deed]) -> None:
    model._base_manager.filter(pk__in=[deed.row for deed in some]).delete()


def _make_rows(model: type[Model], some: list[Deed]) -> None:
    insert_states(model, {deed.row: deed.before or {} for deed in some})


def _edited(model: type[Model], deed: Deed, found: State) -> State:
    """`edited_fields` as far as it speaks of the columns that are restored."""
    names = {str(f.column): f.name for f in model._meta.concrete_fields}
    restored = {names[column] for column in found}
    before, now = (set((side or {})["edited_fields"]) for side in (deed.before, deed.now))
    fields = sorted((now - restored) | (before & restored))
    return {"edited_fields": fields} if fields != sorted(now) else {}


def _some_of(rows: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(rows), AT_A_TIME):
        yield rows[start : start + AT_A_TIME]
