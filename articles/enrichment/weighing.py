"""What a place may mean: candidates with scores and reasons, from what else the article says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from articles.enrichment.boundaries import CLITIC
from articles.enrichment.doubts import (
    A_LANGUAGE,
    A_WORD_TOO,
    ADDRESSED,
    DOUBTS,
    HYPHENATED,
    INSIDE,
    PERHAPS_INSIDE,
    SHOUTED,
    notes,
)
from articles.enrichment.finds import Candidate, Find, Name, Reason
from articles.enrichment.places import Place, Text
from articles.vocabulary import AliasKind, Standing

BASE: Final = {
    AliasKind.NAME: 0.95,
    AliasKind.ACRONYM: 0.9,
    AliasKind.SURNAME: 0.85,
    AliasKind.DEMONYM: 0.6,
}
"""How sure an unambiguous find of each kind is."""

_AMBIGUOUS: Final = 0.6  # of it, times the share of the likeliest candidate
_PENALTY: Final = {
    INSIDE: 0.5,
    PERHAPS_INSIDE: 0.7,
    HYPHENATED: 0.6,
    ADDRESSED: 0.5,
    A_LANGUAGE: 0.5,
    A_WORD_TOO: 0.6,
    SHOUTED: 0.8,
    CLITIC: 0.9,
}
_SLUG_WORD: Final = re.compile(r"[^\W\d_]{3,}")


class Article:
    """A headline and a body whose finds explain each other."""

    def __init__(self, headline: Text, body: Text) -> None:
        self.headline, self.body = headline, body
        self._named: dict[int, list[tuple[int, int, str, str]]] = {}
        for part, text in enumerate((headline, body)):
            for place in text.places:
                self._note(part, place)
        self._words: frozenset[str] | None = None

    def headline_finds(self) -> Iterator[Find]:
        return self._finds(0, self.headline)

    def body_finds(self) -> Iterator[Find]:
        return self._finds(1, self.body)

    def _note(self, part: int, place: Place) -> None:
        """Remember who is named in full, and where."""
        for name in place.names:
            if name.kind != AliasKind.SURNAME and name.standing != Standing.NEVER:
                spelling = name.spelling
                is_alone = len({other.entity for other in place.names}) == 1
                self._named.setdefault(name.entity, []).append(
                    (part, place.start, name.kind, spelling if is_alone else "")
                )

    def _finds(self, part: int, text: Text) -> Iterator[Find]:
        previous = None
        for index, place in enumerate(text.places):
            following = text.places[index + 1] if index + 1 < len(text.places) else None
            candidates = self._candidates(part, place)
            if candidates:
                noted = notes(text, place, previous, following, candidates[0].kind)
                if noted is not None:
                    yield _find(text, place, candidates, noted)
            previous = place

    def _candidates(self, part: int, place: Place) -> list[Candidate]:
        """One for each entity that fits, the likeliest first."""
        best: dict[int, Candidate] = {}
        is_shared = len({name.entity for name in place.names}) > 1
        for name in place.names:
            if name.standing == Standing.NEVER:
                continue
            weighed = self._weigh(part, place, name, is_shared)
            if weighed and (name.entity not in best or best[name.entity].score < weighed.score):
                best[name.entity] = weighed
        return sorted(best.values(), key=lambda one: (-one.score, one.slug, one.entity))

    def _weigh(self, part: int, place: Place, name: Name, is_shared: bool) -> Candidate | None:
        """The alias as a candidate; None for a surname of somebody who has not been named."""
        score = BASE[name.kind] * 0.6
        reasons = [Reason(name.kind, name.spelling)]
        if name.kind == AliasKind.SURNAME:
            full = self._full_name(part, place, name.entity)
            if full is None:
                return None
            reasons.append(Reason("named-in-full", full))
            score += 0.2
            if is_shared and self._last_named(part, place) == name.entity:
                reasons.append(Reason("named-last"))
                score += 0.05
        others = self._also_named(name)
        if others:
            reasons.append(Reason("also-named", others))
            score += 0.15
        telling = self._slug_words(name) if is_shared else ""
        if telling:
            reasons.append(Reason("words-of-its-slug", telling))
            score += 0.1
        return Candidate(
            name.entity, name.alias, name.slug, name.kind, round(score, 3), tuple(reasons)
        )

    def _full_name(self, part: int, place: Place, entity: int) -> str | None:
        """The full name that licenses a surname: in the headline, or earlier in the body."""
        for where, start, kind, spelling in self._named.get(entity, ()):
            if kind != AliasKind.NAME:
                continue
            if part == 0 or where == 0 or start < place.start:
                return spelling
        return None

    def _last_named(self, part: int, place: Place) -> int:
        """Of the entities that have this surname the one whose full name stands nearest before."""
        nearest = [
            (where, start, -name.entity)
            for name in place.names
            if name.kind == AliasKind.SURNAME
            for where, start, kind, _ in self._named.get(name.entity, ())
            if kind == AliasKind.NAME and (where, start) < (part, place.start)
        ]
        return -max(nearest)[2] if nearest else -1

    def _also_named(self, name: Name) -> str:
        """Another spelling of the same entity that nothing else is called by."""
        for _, _, _, spelling in self._named.get(name.entity, ()):
            if spelling and spelling != name.spelling:
                return spelling
        return ""

    def _slug_words(self, name: Name) -> str:
        """Words that tell it from others of its name (`el-paso-la-palma`), if the text has them."""
        own = set(_SLUG_WORD.findall(name.spelling.lower()))
        telling = [word for word in _SLUG_WORD.findall(name.slug) if word not in own]
        if not telling:
            return ""
        if self._words is None:
            texts = (self.headline.folded.lower, self.body.folded.lower)
            self._words = frozenset(word for text in texts for word in _SLUG_WORD.findall(text))
        return " ".join(telling) if self._words.issuperset(telling) else ""


def _find(text: Text, place: Place, candidates: list[Candidate], noted: list[Reason]) -> Find:
    start, end = text.folded.span(place.start, place.end)
    top = candidates[0]
    is_alone = len(candidates) == 1
    is_doubted = any(reason.word in DOUBTS for reason in noted)
    confidence = BASE[top.kind]
    for reason in noted:
        confidence *= _PENALTY.get(reason.word, 1.0)
    if not is_alone:
        confidence *= _AMBIGUOUS + (1 - _AMBIGUOUS) * (top.score - candidates[1].score)
    standing = _standing(place, top)
    is_unambiguous = is_alone and not is_doubted
    return Find(
        start,
        end,
        text.original[start:end],
        top.kind,
        round(confidence, 3),
        tuple(candidates),
        tuple(noted),
        is_unambiguous,
        standing if is_unambiguous else Standing.REVIEW,
    )


def _standing(place: Place, top: Candidate) -> Standing:
    return next(name.standing for name in place.names if name.alias == top.alias)
