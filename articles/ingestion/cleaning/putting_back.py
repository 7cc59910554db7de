"""Taking back one step of a cleaning, with all that came after it left as it is. Pure.

The steps are edits of a text at places in the text before each. Where the edits of one step came
to stand in the clean text follows from the edits of the later ones. An editor may have changed the
clean text since: then a place counts only where the words around it still stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from articles.differences import ADDED, REMOVED, SAME, words_changed
from articles.ingestion.cleaning.edits import Edit, apply_edits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.differences import Piece
    from articles.ingestion.cleaning import Step

CHANGED_LATER: Final = "a later rule changed the same place"
EDITED: Final = "the text around it has been edited"


@dataclass(frozen=True, slots=True)
class Refused:
    """What cannot be put back, and why."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """The text with what a step took away, how many of its edits that was, and what was not."""

    text: str
    done: int
    refused: tuple[Refused, ...] = ()


def put_back(clean: str, text: str, steps: Sequence[Step], number: int) -> PutBack:
    """The text as it would be without the step of this number.

    `clean` is what all the steps led to; `text` is what has become of it since, often the same.
    """
    pieces = words_changed(clean, text) if clean != text else None
    edits: list[Edit] = []
    refused: list[Refused] = []
    for edit, place in zip(steps[number].edits, _places(steps, number), strict=True):
        if place is None or clean[place : place + len(edit.inserted)] != edit.inserted:
            refused.append(Refused(edit.removed, CHANGED_LATER))
            continue
        at = place if pieces is None else anchored(pieces, place, len(edit.inserted))
        if at is None:
            refused.append(Refused(edit.removed, EDITED))
        else:
            edits.append(Edit(at, edit.inserted, edit.removed))
    return PutBack(apply_edits(text, edits), len(edits), tuple(refused))


def _places(steps: Sequence[Step], number: int) -> list[int | None]:
    """Where each edit of the step stands in the clean text. None: a later edit reaches into it."""
    shift = 0
    spans: list[tuple[int, int] | None] = []
    for edit in steps[number].edits:
        start = edit.start + shift
        spans.append((start, start + len(edit.inserted)))
        shift += len(edit.inserted) - len(edit.removed)
    for step in steps[number + 1 :]:
        spans = _after(spans, step.edits)
    return [None if span is None else span[0] for span in spans]


def _after(
    spans: list[tuple[int, int] | None], edits: Sequence[Edit]
) -> list[tuple[int, int] | None]:
    """Spans in order, as they stand after the edits, which are in order too."""
    moved: list[tuple[int, int] | None] = []
    n = shift = 0
    for span in spans:
        if span is None:
            moved.append(None)
            continue
        start, end = span
        while n < len(edits) and edits[n].start + len(edits[n].removed) <= start:
            shift += len(edits[n].inserted) - len(edits[n].removed)
            n += 1
        reaches = n < len(edits) and edits[n].start < end
        inside = n < len(edits) and start == end and edits[n].start < start
        moved.append(None if reaches or inside else (start + shift, end + shift))
    return moved


def anchored(pieces: Sequence[Piece], place: int, length: int) -> int | None:
    """Where a stretch of the old text stands in the new one, when it stands there unchanged.

    The words on either side have to stand there too: between them nothing was added or removed.
    """
    old = new = 0
    for n, piece in enumerate(pieces):
        if piece.kind == SAME:
            end = old + len(piece.text)
            if old <= place and place + length <= end:
                opens = place > old or n == 0
                closes = place + length < end or n == len(pieces) - 1
                return new + place - old if opens and closes else None
            old, new = end, new + len(piece.text)
        elif piece.kind == REMOVED:
            old += len(piece.text)
        elif piece.kind == ADDED:
            new += len(piece.text)
    return None
