"""From spellings to places: which of the spellings in a text count, the longest at each place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from articles.enrichment import boundaries
from articles.enrichment.capitals import nouns_have_capitals
from articles.enrichment.folding import Folded, fold
from articles.enrichment.lexicon import Hit, Lexicon

_SMALL_WORD: Final = re.compile(r"(?<![\w'-])[^\W\d_A-Z][\w'-]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a folded text, what stands beside it, and the rows of all aliases spelt so."""

    start: int
    end: int
    before: str
    after: str
    rows: tuple[int, ...]
    written: str


class Text:
    """A folded text and the places in it, leftmost and longest, none overlapping another."""

    def __init__(self, lexicon: Lexicon, text: str, language: str) -> None:
        self.original = text
        self.folded = fold(text)
        self.language = language.partition("-")[0]
        self.nouns_have_capitals = nouns_have_capitals(language)
        self.places = _without_halves(_longest(_bounded(lexicon, self.folded, language)))

    def line(self, start: int) -> str:
        """The line of the text around a place in the folded one."""
        at = self.folded.span(start, start + 1)[0]
        begin = self.original.rfind("\n", 0, at) + 1
        end = self.original.find("\n", at)
        return self.original[begin : end if end >= 0 else None].strip()

    @cached_property
    def small_words(self) -> frozenset[str]:
        """The words that stand in small letters."""
        return frozenset(_SMALL_WORD.findall(self.folded.plain))


def _bounded(lexicon: Lexicon, text: Folded, language: str) -> list[Place]:
    """Places with a boundary on both sides, and all hits there."""
    plain = text.plain
    found: dict[tuple[int, int], list[Hit]] = {}
    for pattern, start, end in lexicon.patterns(text):
        if boundaries.is_within_word(plain, start, end):
            continue
        if boundaries.begins(plain, start, end) is None:
            continue
        if boundaries.ends(plain, start, end, language) is None:
            continue
        for hit in lexicon.hits(text, pattern, start, end):
            found.setdefault((start, -hit.end), []).append(hit)
    return [
        Place(start, -minus_end, before, after, _rows(lexicon, hits), _best(hits))
        for (start, minus_end), hits in sorted(found.items())
        if (before := boundaries.begins(plain, start, -minus_end)) is not None
        and (after := boundaries.ends(plain, start, -minus_end, language)) is not None
    ]


def _rows(lexicon: Lexicon, hits: list[Hit]) -> tuple[int, ...]:
    """In the order of their aliases' keys, whatever the order in which they were given."""
    return tuple(sorted((hit.row for hit in hits), key=lexicon.alias))


def _best(hits: list[Hit]) -> str:
    """How the place is written: as one of its aliases is, if any is."""
    return min(hit.written for hit in hits)


def _longest(places: list[Place]) -> list[Place]:
    kept: list[Place] = []
    end = 0
    for place in places:
        if place.start >= end:
            kept.append(place)
            end = place.end
    return kept


def _without_halves(places: list[Place]) -> list[Place]:
    """Without the second half of a hyphenated name whose first half is unknown: `Jean-Paul`."""
    ends = {place.end for place in places}
    return [
        place for place in places if place.before != boundaries.HYPHEN or place.start - 1 in ends
    ]
