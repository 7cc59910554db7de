"""Where words stand in a text: pure string work for mentions, in code points."""

from __future__ import annotations

from typing import NamedTuple


class Passage(NamedTuple):
    """Words with a little of the text around them."""

    before: str
    words: str
    after: str


def find_place(body: str, words: str, start: int | None = None) -> int | None:
    """Where the words stand: at `start` if it is given, else for the first time. None: nowhere."""
    if start is not None:
        return start if body.startswith(words, start) else None
    place = body.find(words)
    return place if place >= 0 else None


def passage(body: str, start: int, end: int, width: int = 60) -> Passage:
    """`body[start:end]` with up to `width` characters of its paragraph on either side."""
    before = body[max(0, start - width) : start].rpartition("\n")[2]
    after = body[end : end + width].partition("\n")[0]
    if len(before) == width:
        before = "…" + before.partition(" ")[2]
    if len(after) == width:
        after = after.rpartition(" ")[0] + "…"
    return Passage(before, body[start:end], after)


def shared_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts have in common at their beginnings, and then at their ends."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    return head, tail


def moved_place(old: str, new: str, start: int, words: str) -> int | None:
    """Where words that stood at `start` of the old text stand in the new one. None: they are gone.

    Before the edit nothing moves, behind it everything moves alike; within it the nearest
    occurrence is taken.
    """
    head, tail = shared_ends(old, new)
    shift = len(new) - len(old)
    if start + len(words) <= head:
        guess = start
    elif start >= len(old) - tail:
        guess = start + shift
    else:
        guess = min(start, len(new))
    if new.startswith(words, guess):
        return guess
    before, after = new.rfind(words, 0, guess + len(words) - 1), new.find(words, guess)
    found = [place for place in (before, after) if place >= 0]
    return min(found, key=lambda place: abs(place - guess), default=None)
