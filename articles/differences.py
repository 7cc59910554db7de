"""What differs between two texts, word by word: pure string work, in bounded time.

The words are compared whole; in scripts that write no blanks each letter with its marks counts as
a word. Where the texts are too long to be compared word with word, they are first held together
by runs of words which stand in each of them once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Kind = Literal["same", "removed", "added"]
SAME: Kind = "same"
REMOVED: Kind = "removed"
ADDED: Kind = "added"

CELLS = 30_000_000  # pairs of words that one comparison may weigh: some ten megabytes for a moment
ALL_CELLS = 1_000_000_000  # and all of one call together
RUN = 6  # words and blanks that hold two long texts together
_HOLDING = 100  # what looking for such runs costs for each word, in cells
_GLUE = 3  # characters without a letter between two changes that do not part them

_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u07a6-\u07b0\u0900-\u0963\u0966-\u0dff\u135d-\u135f\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d"
    "\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
)
_UNSPACED_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059"
    "\u17b4-\u17d3\u0f71-\u0f84\u0f90-\u0fbc"
)
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(
    rf"[{_UNSPACED}][{_UNSPACED_MARKS}{_MARKS}]*"
    rf"|(?:(?![{_UNSPACED}])[\w{_MARKS}])+"
    r"|\n|[^\S\n]+"
    rf"|.[{_MARKS}]*",
    re.DOTALL,
)


class Piece(NamedTuple):
    """A stretch of text: in both (`same`), only before (`removed`) or only after (`added`)."""

    kind: Kind
    text: str


class _Stretch(NamedTuple):
    """A part of both lists of words: `before[a:b]` against `after[c:d]`."""

    a: int
    b: int
    c: int
    d: int


def words_changed(before: str, after: str) -> list[Piece]:
    """The two texts as one list of pieces.

    Joining what is not `added` gives `before`, joining what is not `removed` gives `after`. What
    was removed comes before what was added in its place; neighbours are of different kinds.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    numbers: dict[str, int] = {}
    kept = _kept(
        [numbers.setdefault(word, len(numbers)) for word in old],
        [numbers.setdefault(word, len(numbers)) for word in new],
    )
    return _tidy(_pieces(old, new, kept))


def is_changed(pieces: Iterable[Piece]) -> bool:
    return any(piece.kind != SAME for piece in pieces)


# ── which words are kept ─────────────────────────────────────────────────────────────────────────


def _kept(old: list[int], new: list[int]) -> Iterator[_Stretch]:
    """Stretches in order and without overlap that are equal in both lists."""
    budget = ALL_CELLS
    waiting = [(_Stretch(0, len(old), 0, len(new)), False)]
    while waiting:
        part, is_kept = waiting.pop()
        if is_kept:
            yield part
            continue
        head, tail = _ends(old, new, part)
        inner = _Stretch(part.a + head, part.b - tail, part.c + head, part.d - tail)
        if head:
            yield _Stretch(part.a, inner.a, part.c, inner.c)
        if tail:
            waiting.append((_Stretch(inner.b, part.b, inner.d, part.d), True))
        cells = (inner.b - inner.a) * (inner.d - inner.c)
        if not cells:
            continue
        if cells <= min(CELLS, budget):
            budget -= cells
            yield from _longest(old, new, inner)
        elif (cost := _HOLDING * (inner.b - inner.a + inner.d - inner.c)) <= budget:
            budget -= cost
            waiting.extend(reversed(_held(old, new, inner)))


def _ends(old: list[int], new: list[int], part: _Stretch) -> tuple[int, int]:
    """How many words the stretches share at their beginnings, and then at their ends."""
    a, b, c, d = part
    shorter = min(b - a, d - c)
    head = next((n for n in range(shorter) if old[a + n] != new[c + n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if old[b - 1 - n] != new[d - 1 - n]), rest)
    return head, tail


def _longest(old: list[int], new: list[int], part: _Stretch) -> list[_Stretch]:
    """The longest common subsequence, many words at a time as bits of one number (Hyyrö 2004).

    A bit of `rows[j]` that is not set says: with this word of the old text the subsequence of the
    old words up to it and the first j + 1 new ones grows.
    """
    a, b, c, d = part
    places: dict[int, int] = {}
    for n, word in enumerate(old[a:b]):
        places[word] = places.get(word, 0) | 1 << n
    full = (1 << (b - a)) - 1
    row, rows = full, []
    for word in new[c:d]:
        matching = row & places.get(word, 0)
        row = ((row + matching) | (row - matching)) & full
        rows.append(row)
    found = []
    i, j = b - a, d - c
    while i and j:
        if rows[j - 1] >> (i - 1) & 1:
            i -= 1
            continue
        j -= 1
        if j and not rows[j - 1] >> (i - 1) & 1:
            continue
        i -= 1
        found.append(_Stretch(a + i, a + i + 1, c + j, c + j + 1))
    return found[::-1]


def _held(old: list[int], new: list[int], part: _Stretch) -> list[tuple[_Stretch, bool]]:
    """The stretch cut at runs of words that stand in each part once, those in the same order.

    [] where there is none: then all of it counts as replaced.
    """
    places = _once(new, part.c, part.d)
    pairs = [(at, places[run]) for run, at in _once(old, part.a, part.b).items() if run in places]
    found: list[tuple[_Stretch, bool]] = []
    a, c = part.a, part.c
    for at, there in _rising(sorted(pairs)):
        if at < a or there < c:
            continue  # within the run before
        found += [
            (_Stretch(a, at, c, there), False),
            (_Stretch(at, at + RUN, there, there + RUN), True),
        ]
        a, c = at + RUN, there + RUN
    return [*found, (_Stretch(a, part.b, c, part.d), False)] if found else []


def _once(words: list[int], first: int, last: int) -> dict[tuple[int, ...], int]:
    """The runs that stand once between the two places, each with where it begins."""
    found: dict[tuple[int, ...], int] = {}
    for at in range(first, last - RUN + 1):
        run = tuple(words[at : at + RUN])
        found[run] = -1 if run in found else at
    return {run: at for run, at in found.items() if at >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of pairs whose second number rises as the first does."""
    ends: list[int] = []  # the smallest second number that a choice of each length can end with
    chosen: list[int] = []
    previous: list[int] = []
    for n, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        previous.append(chosen[length - 1] if length else -1)
        ends[length : length + 1] = [there]
        chosen[length : length + 1] = [n]
    found = []
    n = chosen[-1] if chosen else -1
    while n >= 0:
        found.append(pairs[n])
        n = previous[n]
    return found[::-1]


# ── the pieces ───────────────────────────────────────────────────────────────────────────────────


def _pieces(old: list[str], new: list[str], kept: Iterable[_Stretch]) -> Iterator[Piece]:
    i = j = 0
    for a, b, c, d in kept:
        yield from (Piece(REMOVED, "".join(old[i:a])), Piece(ADDED, "".join(new[j:c])))
        yield Piece(SAME, "".join(old[a:b]))
        i, j = b, d
    yield from (Piece(REMOVED, "".join(old[i:])), Piece(ADDED, "".join(new[j:])))


def _tidy(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours joined; a blank between two changes goes with them, as a reader would mark it."""
    found: list[Piece] = []
    same: list[str] = []
    removed: list[str] = []
    added: list[str] = []

    def close() -> None:
        found.extend(
            Piece(kind, text)
            for kind, text in ((REMOVED, "".join(removed)), (ADDED, "".join(added)))
            if text
        )
        removed.clear()
        added.clear()

    for kind, text in pieces:
        if kind == SAME:
            same.append(text)
        elif text:
            between = "".join(same)
            same.clear()
            if between and (removed and added) and _is_glue(between):
                removed.append(between)
                added.append(between)
            elif between:
                close()
                found.append(Piece(SAME, between))
            (removed if kind == REMOVED else added).append(text)
    close()
    return [*found, Piece(SAME, "".join(same))] if any(same) else found


def _is_glue(text: str) -> bool:
    return len(text) <= _GLUE and "\n" not in text and not any(char.isalnum() for char in text)
