"""The words of a text as near-duplicates are found by: lines, words, shingles. Pure.

A shingle is four words in a row; in scripts without spaces eight characters. Case, width and
punctuation count for nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from unicodedata import category, normalize

from articles.search.vector import UNSPACED, UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SHINGLE: Final = 8
"""What a shingle weighs: a word weighs two, a character of a script without spaces one."""

LONGEST: Final = 100_000
"""So many characters of a text are read; what stands after them is no part of a comparison."""

HEAD_LINES, FOOT_LINES = 8, 24
"""Of a text with more lines so many of the first and of the last can be found to be furniture."""

_UNSPACED: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSPACED)
# Vowel signs and accents that stand as characters of their own are no letters to `re`.
_MARKS: Final = "".join(
    chr(code) for code in range(0x300, 0x20000) if category(chr(code)) in {"Mn", "Mc"}
)
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*")
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of at least one shingle: the key of its words, and which words they are."""

    key: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text in the form in which they are compared, and the text, as far as read."""

    text: str
    words: list[str]
    lines: list[Line]
    is_spaced: bool

    def own_words(self, furniture: Collection[int]) -> list[str]:
        """The words without those of lines that are known to be page furniture."""
        known = [line for line in self.lines if line.key in furniture] if furniture else []
        if not known:
            return self.words
        kept, done = [], 0
        for line in known:
            kept += self.words[done : line.start]
            done = line.end
        return kept + self.words[done:]

    def own_shingles(self, furniture: Collection[int] = frozenset()) -> list[str]:
        """The shingles of its own words, in order."""
        return shingles(self.own_words(furniture), is_spaced=self.is_spaced)

    def places(self) -> list[tuple[int, int]]:
        """Where the text has each of the words, in code points."""
        if self.text.isascii():
            return [match.span() for match in _ASCII_WORD.finditer(self.text.lower())]
        return [match.span() for match in _WORD.finditer(self.text)]


def read(text: str) -> Reading:
    """The words of a text and its lines, as far as it is read."""
    text = text[:LONGEST]
    is_spaced = not UNSPACED_CHARACTER.search(text)
    words: list[str] = []
    lines: list[Line] = []
    for line in text.split("\n"):
        found = _words(line)
        if _weight(found, is_spaced=is_spaced) >= SHINGLE:
            lines.append(Line(_key(found), len(words), len(words) + len(found)))
        words += found
    if len(lines) > HEAD_LINES + FOOT_LINES:
        lines = lines[:HEAD_LINES] + lines[-FOOT_LINES:]
    return Reading(text, words, lines, is_spaced)


def shingles(words: Sequence[str], *, is_spaced: bool = True) -> list[str]:
    """The shingles of the words, one from each word on that has enough words after it."""
    if is_spaced:
        return [
            " ".join(four) for four in zip(words, words[1:], words[2:], words[3:], strict=False)
        ]
    found, end, weight = [], 0, 0
    for start, word in enumerate(words):
        while weight < SHINGLE and end < len(words):
            weight += _weigh(words[end])
            end += 1
        if weight < SHINGLE:
            break
        found.append(" ".join(words[start:end]))
        weight -= _weigh(word)
    return found


def _words(line: str) -> list[str]:
    if line.isascii():
        return _ASCII_WORD.findall(line.lower())
    return [_compared(word) for word in _WORD.findall(line)]


@lru_cache(maxsize=65_536)
def _compared(word: str) -> str:
    return normalize("NFKC", normalize("NFKC", word).casefold())


def _weight(words: Sequence[str], *, is_spaced: bool) -> int:
    return 2 * len(words) if is_spaced else sum(map(_weigh, words))


def _weigh(word: str) -> int:
    return 1 if UNSPACED_CHARACTER.match(word) else 2


def _key(words: Sequence[str]) -> int:
    """The line's words as a signed number of 64 bits, the same everywhere."""
    digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
