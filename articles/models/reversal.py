"""Undo: take back what a run did, row by row, as far as nothing has changed since.

One function for a bulk action, a load, a merge and an undo itself. What others changed meanwhile
stays, and is listed. Decisions are never taken out of the record: where a run judged links, the
undo adds the verdict that stood before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from articles.errors import ArchiveError
from articles.models.asides import put_back
from articles.models.ledger import LedgerEntry, recording
from articles.models.ledger_words import kind_words
from articles.models.reversal_reports import Reversal
from articles.models.reversal_steps import Undo
from articles.vocabulary import Way

if TYPE_CHECKING:
    from uuid import UUID

    from articles.models.ledger import LedgerEntryQuerySet


def revert(
    run: UUID, *, editor: str, note: str = "", correction: str = "", is_plan: bool = False
) -> Reversal:
    """Undo what a run did, and say what of it could not be undone.

    With a `correction` readers are told this note under the articles that they see and that have
    earlier words again. With `is_plan` nothing stays done: the report says what would be. Raises
    ArchiveError where there is no such run, or where it erased what may not come back.
    """
    entries = LedgerEntry.objects.filter(batch__run=run)
    if not entries.exists():
        raise ArchiveError(f"There is no run {run} in the ledger, or it changed nothing.")
    note = note or f"undo of run {run}"
    return _take_back(entries, editor, note, undoes=run, correction=correction, is_plan=is_plan)


def revert_to(entry: LedgerEntry, *, editor: str, note: str = "") -> Reversal:
    """Give one row the state that it had just before an entry of it."""
    entries = LedgerEntry.objects.filter(kind=entry.kind, row=entry.row, pk__gte=entry.pk)
    return _take_back(entries, editor, note or f"{kind_words(entry.kind)} {entry.key} as it was")


def _take_back(
    entries: LedgerEntryQuerySet,
    editor: str,
    note: str,
    undoes: UUID | None = None,
    correction: str = "",
    is_plan: bool = False,
) -> Reversal:
    if entries.filter(batch__is_redaction=True).exists():
        raise ArchiveError("A redaction is not undone: what it erased is gone for good.")
    report = Reversal(undoes, uuid4())
    # One row that gets an earlier state undoes no run; for the triggers it is an undo as well.
    of_run = undoes or report.run
    with transaction.atomic():
        with recording(Way.ADMIN, actor=editor, run=report.run, note=note, undoes=of_run):
            Undo(entries, editor, note, report).go(correction)
            if undoes:
                put_back(undoes)
        if is_plan:
            transaction.set_rollback(True)
    return report
