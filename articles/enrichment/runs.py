"""Capitalised runs: words with capitals in a row, cut where an office or an address stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from articles.enrichment import capitals
from articles.enrichment.title_words import DATE_WORDS, MODIFIERS, TITLES

# An initial keeps its full stop; a possessive ends the run and is no part of it.
_WORD: Final = re.compile(r"(?:[^\W\d_]\.)+(?!\w)|[^\W\d_](?:[\w'’-]*\w)?|&")
_POSSESSIVE: Final = re.compile(r"['’]s?\Z", re.IGNORECASE)
_CONNECTORS: Final = frozenset(
    [
        "of",
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "du",
        "des",
        "der",
        "den",
        "van",
        "von",
        "zu",
        "bin",
        "ibn",
        "bint",
        "al",
        "el",
        "la",
        "le",
        "e",
        "y",
        "&",
    ]
)


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
    row: list[Word] = []
    for word in _words(plain):
        if row and not _continues(plain, row[-1], word):
            yield from _cut(plain, row)
            row = []
        if capitals.is_capitalised(word.text) or (row and word.text in _CONNECTORS):
            row.append(word)
        elif row:
            yield from _cut(plain, row)
            row = []
    if row:
        yield from _cut(plain, row)


def _words(plain: str) -> Iterator[Word]:
    for match in _WORD.finditer(plain):
        text = _POSSESSIVE.sub("", match[0])
        if text:
            yield Word(match.start(), match.start() + len(text), text)


def _continues(plain: str, before: Word, word: Word) -> bool:
    return plain[before.end : word.start] == " "


def _cut(plain: str, row: list[Word]) -> Iterator[Run]:
    """A row as runs: what stands before an office, and what stands after it."""
    part: list[Word] = []
    title = ""
    for word in row:
        bare = word.text.rstrip(".").lower()
        if bare in TITLES or bare in DATE_WORDS:
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
    while words and not capitals.is_capitalised(words[-1].text):
        words = words[:-1]
    while words and title and words[0].text.lower() in MODIFIERS:
        words = words[1:]  # `Attorney General William Barr`
    while words and not capitals.is_capitalised(words[0].text):
        words, title = words[1:], ""
    if words:
        opens = not title and capitals.begins_sentence(plain, words[0].start)
        yield Run(tuple(words), title, opens)
