"""The note that an editor may add to whatever a form writes: History shows it beside the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.http import HttpRequest

FIELD: Final = "history_note"
"""Among the posted fields of any form of the desk; `history_note.html` is its input."""

LONGEST: Final = 500


def note_of(request: HttpRequest) -> str:
    """What was written for the history, on one line; empty where nothing was."""
    return " ".join(request.POST.get(FIELD, "").split())[:LONGEST]
