"""Edits of a text that can be made and taken back exactly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """At `start` (code points, in the text before) `removed` gave way to `inserted`."""

    start: int
    removed: str
    inserted: str = ""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, which are in order and do not overlap."""
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += (text[position : edit.start], edit.inserted)
        position = edit.start + len(edit.removed)
    return "".join((*pieces, text[position:]))


def undo_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text before the edits."""
    pieces: list[str] = []
    position = shift = 0
    for edit in edits:
        start = edit.start + shift
        pieces += (text[position:start], edit.removed)
        position = start + len(edit.inserted)
        shift += len(edit.inserted) - len(edit.removed)
    return "".join((*pieces, text[position:]))


def differences(start: int, before: str, after: str) -> Iterator[Edit]:
    """Edits that turn `before`, standing at `start`, into `after`: one a word where words agree."""
    old_words, new_words = before.split(" "), after.split(" ")
    if len(old_words) != len(new_words):
        old_words, new_words = [before], [after]
    for old, new in zip(old_words, new_words, strict=True):
        if old != new:
            yield _trimmed(start, old, new)
        start += len(old) + 1


def _trimmed(start: int, old: str, new: str) -> Edit:
    """One edit without what both have in common at their ends."""
    limit = min(len(old), len(new))
    head = next((index for index in range(limit) if old[index] != new[index]), limit)
    limit -= head
    tail = next((index for index in range(limit) if old[-1 - index] != new[-1 - index]), limit)
    return Edit(start + head, old[head : len(old) - tail], new[head : len(new) - tail])
