"""From spellings to places: which of the spellings in a text count, the longest at each place."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import groupby
from typing import Final

from articles.enrichment import boundaries
from articles.enrichment.folding import Folded, fold
from articles.enrichment.lexicon import Hit, Lexicon

_SMALL_WORD: Final = re.compile(r"(?<![\w'-])[^\W\d_A-Z][\w'-]*")


class Place:
    """A place in a folded text and every alias that is spelt so."""

    __slots__ = ("after", "before", "end", "names", "start", "written")

    def __init__(self, lexicon: Lexicon, hits: list[Hit], before: str, after: str) -> None:
        self.start, self.end = hits[0].start, hits[0].end
        self.before, self.after = before, after
        self.names = sorted(lexicon.name(hit.row) for hit in hits)
        self.written = min(hit.written for hit in hits)  # WRITTEN_SO, if one is


class Text:
    """A folded text and the places in it, leftmost and longest, none overlapping another."""

    def __init__(self, lexicon: Lexicon, text: str, language: str) -> None:
        self.original = text
        self.folded = fold(text)
        self.language = language
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
    found: list[tuple[Hit, str, str]] = []
    for pattern, start, end in lexicon.candidates(text):
        before = boundaries.begins(plain, start, end)
        if before is None or boundaries.ends(plain, start, end, language) is None:
            continue
        hit = lexicon.hit(text, pattern, start, end)
        if hit is None:
            continue
        after = boundaries.ends(plain, start, hit.end, language)
        if after is not None:
            found.append((hit, before, after))
    found.sort(key=lambda item: (item[0].start, -item[0].end, item[0].row))
    return [
        Place(lexicon, [hit for hit, _, _ in members], members[0][1], members[0][2])
        for members in (
            list(group) for _, group in groupby(found, lambda item: (item[0].start, item[0].end))
        )
    ]


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
