"""The last decisions of a session, each with its undo."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from articles.admin.queue_groups import Refused
from articles.errors import ArchiveError
from articles.models import LedgerBatch, current_run, revert
from articles.vocabulary import Way

if TYPE_CHECKING:
    from django.http import HttpRequest

    from articles.admin.queue_groups import Outcome
    from articles.models import Reversal

KEY: Final = "queue_decided"
LISTED: Final = 6
NAMED: Final = 5
UNDONE: Final = "Undone: "
DONE_AGAIN: Final = "Done again: "


@dataclass(frozen=True, slots=True)
class Decided:
    """What was done, in words. Empty `run`: nothing that can be undone, or it has been."""

    message: str
    warning: str = ""
    run: str = ""
    is_undo: bool = False


def remember(request: HttpRequest, outcome: Outcome) -> Decided:
    """Keep an outcome for the list, with the run of this request."""
    run = current_run() if outcome.number else None
    decided = Decided(outcome.message, outcome.warning, str(run or ""))
    _keep(request, decided)
    return decided


def refuse(request: HttpRequest, error: Refused) -> Decided:
    decided = Decided("Nothing was changed.", str(error))
    _keep(request, decided)
    return decided


def decided_of(request: HttpRequest) -> list[Decided]:
    return [Decided(**it) for it in request.session.get(KEY, [])]


def undo(request: HttpRequest, given: str) -> Decided:
    """Take back what one of the editor's own requests did. Raises Refused."""
    run, editor = _run_of(given), request.user.get_username()
    own = LedgerBatch.objects.filter(run=run, actor=editor, way=Way.ADMIN)
    if not own.exists():
        raise Refused("Only what you have done yourself is undone here: see History.")
    try:
        report = revert(run, editor=editor)
    except ArchiveError as error:
        raise Refused(str(error)) from error
    listed = decided_of(request)
    was = next((it for it in listed if it.run == given), None)
    what = was.message.removeprefix(UNDONE).removeprefix(DONE_AGAIN) if was else ""
    done = DONE_AGAIN if was and was.is_undo else UNDONE
    changes = "1 change." if report.total == 1 else f"{report.total:,} changes."
    said = done + (what or changes)
    if not report.total:
        said = "Nothing was left to undo."
    request.session[KEY] = [asdict(it) for it in listed if it.run != given]
    again = not (was and was.is_undo)
    decided = Decided(said, left_words(report), str(report.run) if report.total else "", again)
    _keep(request, decided)
    return decided


def left_words(report: Reversal) -> str:
    """What an undo left as it was, and why."""
    if not report.left:
        return ""
    named = "; ".join(map(str, report.left[:NAMED]))
    more = f"; and {len(report.left) - NAMED:,} more" if len(report.left) > NAMED else ""
    return f"Not undone: {named}{more}."


def _keep(request: HttpRequest, decided: Decided) -> None:
    earlier: list[Any] = request.session.get(KEY, [])
    request.session[KEY] = [asdict(decided), *earlier][:LISTED]


def _run_of(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise Refused("That is no run: open the page again.") from error
