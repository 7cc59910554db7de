"""The steps of one undo: what a run made goes, what it deleted comes back, what it changed is as
it was; each row in one of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from articles.models.articles import Article
from articles.models.attempts import Act, Attempts
from articles.models.corrections import correct
from articles.models.duplicate_clusters import DuplicateCluster, DuplicateMember, stand_again
from articles.models.judging import JUDGED, judge
from articles.models.ledger import kind_of
from articles.models.ledger_states import deeds, is_same, is_same_row, ledgered_models
from articles.models.obstacles import (
    IN_USE,
    held_by,
    is_in_use,
    leads_already,
    missing_references,
    since,
)
from articles.models.redirects import Redirect
from articles.models.restoring import edited_fields, insert_states, update_columns
from articles.models.revisions import TEXTS
from articles.models.shells import NAMED, find_shells
from articles.models.storylines import Storyline
from articles.vocabulary import LedgerAction, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.db.models import Model

    from articles.models.ledger import LedgerEntry, LedgerEntryQuerySet
    from articles.models.ledger_states import Deed, State
    from articles.models.obstacles import Obstacle
    from articles.models.reversal_reports import Reversal
    from articles.models.shells import Owner

AT_A_TIME: Final = 500
# Others refer to these: they are made before all else and go last.
HELD: Final = (*NAMED, Article, Storyline)
# Which articles hang together follows from the accepted pairs; only an editor's choice is said.
FOLLOWING: Final = (DuplicateCluster, DuplicateMember)
# What was public once was: an undo takes nothing out of the readers' memory. In which cluster an
# article is follows from the pairs, and that may be a new one.
FOR_EVER: Final = frozenset({"was_public", "cluster_id"})


class Undo:
    """One undo, told in a report. Where something has to be there first, a row waits."""

    def __init__(
        self, entries: LedgerEntryQuerySet, editor: str, note: str, report: Reversal
    ) -> None:
        self.entries, self.editor, self.note, self.report = entries, editor, note, report
        self.attempts = Attempts()
        self.waiting: list[tuple[type[Model], Deed]] = []
        self.in_use: list[tuple[type[Model], Deed]] = []
        self.changed: list[tuple[type[Model], Deed]] = []  # that the run had made
        self.back: dict[Owner, str] = {}  # with their names
        self.retold: set[int] = set()  # articles

    def go(self, correction: str = "") -> None:
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
        stand_again(self.entries)
        for model, deed in self.changed:
            if model is not Redirect or Redirect.objects.filter(pk=deed.row).exists():
                self._leave(model, deed, since(deed, "changed"))
        self.report.shells = find_shells(self.report.kept_from, self.back)
        self._tell_readers(correction)

    def _leave(self, model: type[Model], deed: Deed, why: Obstacle, column: str = "") -> None:
        self.report.leave(model, deed, why.reason, column, why.later)

    def _missing(self, model: type[Model], some: list[Deed]) -> dict[int, dict[str, Obstacle]]:
        return missing_references(model, some, self.report.undoes)

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
        going, changed = [], []
        for deed in made:
            if is_same_row(model, deed.after or {}, deed.now or {}):
                going.append(deed)
            else:
                changed.append(deed)
        # With a row that comes back the redirect from its slug goes by itself.
        self.changed += [(model, deed) for deed in changed]
        holders = held_by(model, [deed.row for deed in going]) if model in HELD else {}
        for deed in going:
            if deed.row in holders:
                self._leave(model, deed, holders[deed.row])
        free = [deed for deed in going if deed.row not in holders]
        self.attempts.make(Act(model, free, partial(_delete_rows, model), self.report.deleted))

    def _make(self, model: type[Model], found: list[Deed]) -> None:
        """What the run had deleted comes back, under the key that it had."""
        gone = [deed for deed in found if deed.before and deed.after is None]
        for deed in gone:
            if deed.now and not is_same_row(model, deed.before or {}, deed.now):
                self._leave(model, deed, since(deed, "made again"))
        lost = [deed for deed in gone if not deed.now and not leads_already(model, deed)]
        # The row that has a slug may go later, or may not.
        self.in_use += [(model, deed) for deed in lost if is_in_use(model, deed)]
        self._make_but(model, [deed for deed in lost if (model, deed) not in self.in_use])

    def _make_but(self, model: type[Model], lost: list[Deed]) -> None:
        missing = self._missing(model, lost)
        for deed in lost:
            for why in list(missing.get(deed.row, {}).values())[:1]:
                self._leave(model, deed, why)
        whole = [deed for deed in lost if deed.row not in missing]
        self.attempts.make(Act(model, whole, partial(self._put, model), self.report.made))

    def _restore(self, model: type[Model], found: list[Deed]) -> None:
        """The columns that the run changed get the values that they had. What they refer to may be
        made later: then the row waits."""
        kept = [deed for deed in found if deed.before is not None and deed.after is not None]
        missing = self._missing(model, [deed for deed in kept if deed.now])
        self.waiting += [(model, deed) for deed in kept if deed.row in missing]
        self._restore_but(model, [deed for deed in kept if deed.row not in missing], {})

    def _restore_but(
        self, model: type[Model], kept: list[Deed], missing: Mapping[int, dict[str, Obstacle]]
    ) -> None:
        changes = {deed.row: self._changes(model, deed, missing.get(deed.row, {})) for deed in kept}
        acting = [deed for deed in kept if changes[deed.row]]
        write = partial(self._write, model, changes)
        self.attempts.make(Act(model, acting, write, self.report.restored))

    def _changes(self, model: type[Model], deed: Deed, missing: Mapping[str, Obstacle]) -> State:
        before, after, now = deed.before or {}, deed.after or {}, deed.now
        changed = [
            column
            for column in sorted(before.keys() & after.keys())
            if column not in FOR_EVER and not is_same(model, column, before[column], after[column])
        ]
        if now is None:
            if changed:
                gone = IN_USE if is_in_use(model, deed) else since(deed, "deleted")
                self._leave(model, deed, gone)
            return {}
        found: State = {}
        for column in changed:
            if column == "edited_fields" or column not in now:
                continue
            if not is_same(model, column, now[column], after[column]):
                if not is_same(model, column, now[column], before[column]):
                    self._leave(model, deed, since(deed, "changed", column), column)
            elif column in missing:
                self._leave(model, deed, missing[column], column)
            else:
                found[column] = before[column]
        if "edited_fields" in changed:
            found |= edited_fields(model, deed, found)
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
        if model is Article:
            told = (row for row, it in plain.items() if it.keys() & set(TEXTS))
            self.retold |= {row for row in told if "status" not in plain[row]}
        update_columns(model, plain)
        for verdict, keys in verdicts.items():
            judge(model, keys, LinkState(verdict), self.editor, self.note)

    def _try_again(self) -> None:
        """What a row refers to may be there by now, and what stood in its way be gone."""
        for model in dict.fromkeys(model for model, _ in self.waiting):
            waiting = [deed for of, deed in self.waiting if of is model]
            self._restore_but(model, waiting, self._missing(model, waiting))
        for model, deed in self.in_use:
            if is_in_use(model, deed):
                self._leave(model, deed, IN_USE)
            else:
                self._make_but(model, [deed])
        for act, reason in self.attempts.again():
            self.report.leave(act.model, act.deeds[0], reason)

    def _put(self, model: type[Model], some: list[Deed]) -> None:
        insert_states(model, {deed.row: deed.before or {} for deed in some})
        if model in NAMED:
            self.back |= {(model, it.row): (it.before or {}).get("name", it.key) for it in some}

    def _tell_readers(self, correction: str) -> None:
        """Of the articles that readers see in other words than until now. Those that they see again
        have the words in which they saw them last."""
        seen = Article.objects.published().filter(pk__in=self.retold)
        articles = list(seen.only("pk", "status", "publish_at")) if self.retold else []
        self.report.retold = len(articles)
        correct(articles, correction, self.editor)


def _delete_rows(model: type[Model], some: list[Deed]) -> None:
    model._base_manager.filter(pk__in=[deed.row for deed in some]).delete()


def _some_of(rows: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(rows), AT_A_TIME):
        yield rows[start : start + AT_A_TIME]
