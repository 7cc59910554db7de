"""Capitalised runs: words with capitals in a row, cut where an office or an address stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from articles.enrichment import capitals
from articles.enrichment.title_words import DATE_WORDS, MODIFIERS, TITLES

# The letters with which a capitalised word begins; `re` has no class for them.
_UPPER: Final = "".join(
    char for char in map(chr, range(0x10000)) if char.isupper() or char.istitle()
)
# After the first letter. Initials keep their full stops; a possessive is no part of its word.
_REST: Final = rf"(?:\.(?:[{_UPPER}]\.)*(?!\w)|(?:[\w-]*\w)?(?:'(?!s\b|S\b)\w[\w-]*\w)?)"
_SMALL: Final = "of|de|del|della|di|da|do|das|dos|du|des|der|den|van|von|zu|bin|ibn|bint|al|el|e|y"
_JOINED: Final = "(?:al|el|as|ash|an|ar|at|ad|ul|d|l)[-']"  # `Bashar al-Assad`, `Jeanne d'Arc`
_GAP: Final = r"(?: |(?<=\b[SMF]t)\. )"  # `St. Petersburg`
_RUN: Final = re.compile(
    rf"[{_UPPER}](?:(?<![\w'-].)|(?<=\W[cdjlmnst]'.)|(?<=\Wqu'.)){_REST}"
    rf"(?:{_GAP}(?:& |(?:(?:{_SMALL}|la|le|the) ){{1,2}})?(?:{_JOINED})?[{_UPPER}]{_REST})*"
)
_PART: Final = re.compile(r"\S+")

_MONTHS_AND_NAMES: Final = frozenset(["april", "may", "june", "august", "march"])


class Word(NamedTuple):
    start: int
    end: int
    text: str


class Run(NamedTuple):
    """Words in a row; the office or address before them, and whether they open a sentence."""

    words: tuple[Word, ...]
    title: str
    opens_sentence: bool


def capitalised_runs(plain: str) -> Iterator[Run]:
    """The runs of a folded text, offices and days taken off."""
    for match in _RUN.finditer(plain):
        start = match.start()
        row = [
            Word(start + part.start(), start + part.end(), part[0])
            for part in _PART.finditer(match[0])
        ]
        yield from _cut(plain, row)


def _cut(plain: str, row: list[Word]) -> Iterator[Run]:
    """A row as runs: what stands before an office, and what stands after it."""
    part: list[Word] = []
    title = ""
    for word in row:
        bare = word.text.rstrip(".").lower()
        if bare in TITLES or (bare in DATE_WORDS and not (part and bare in _MONTHS_AND_NAMES)):
            yield from _run(plain, _without_modifiers(part), title)
            part, title = [], word.text if bare in TITLES else ""
        else:
            part.append(word)
    yield from _run(plain, part, title)


def _without_modifiers(words: list[Word]) -> list[Word]:
    """What stands before an office, without its kind: `French` of `French Foreign Minister`."""
    while words and words[-1].text.lower() in MODIFIERS:
        words = words[:-1]
    return words


def _run(plain: str, words: list[Word], title: str) -> Iterator[Run]:
    words = trimmed(words)
    while words and title and words[0].text.lower() in MODIFIERS:
        words = words[1:]  # `Attorney General William Barr`
    if words:
        opens = not title and capitals.begins_sentence(plain, words[0].start)
        yield Run(tuple(words), title, opens)


def trimmed(words: list[Word]) -> list[Word]:
    """Without small words at either end."""
    while words and not _is_capitalised(words[-1]):
        words = words[:-1]
    while words and not _is_capitalised(words[0]):
        words = words[1:]
    return words


def _is_capitalised(word: Word) -> bool:
    return not word.text.islower() and word.text != "&"
