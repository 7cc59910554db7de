"""What a place may mean: candidates with scores and reasons, from what else the article says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from articles.enrichment.boundaries import CLITIC
from articles.enrichment.doubts import (
    A_LANGUAGE,
    A_WORD_TOO,
    ADDRESSED,
    DOUBTS,
    HYPHENATED,
    INSIDE,
    PERHAPS_INSIDE,
    PERHAPS_WITHIN,
    SHOUTED,
    notes,
)
from articles.enrichment.finds import Candidate, Find, Name, Reason
from articles.enrichment.lexicon import Lexicon
from articles.enrichment.places import Place, Text
from articles.vocabulary import AliasKind, Standing

BASE: Final = {
    AliasKind.NAME: 0.95,
    AliasKind.ACRONYM: 0.9,
    AliasKind.SURNAME: 0.85,
    AliasKind.DEMONYM: 0.6,
}
"""How sure an unambiguous find of each kind is."""

MOST_CANDIDATES: Final = 25
"""So many aliases are weighed at a place."""

MORE: Final = "more-candidates"

_AMBIGUOUS: Final = 0.6  # of it, times the share of the likeliest candidate
_PENALTY: Final = {
    INSIDE: 0.5,
    PERHAPS_INSIDE: 0.7,
    HYPHENATED: 0.6,
    ADDRESSED: 0.5,
    A_LANGUAGE: 0.5,
    A_WORD_TOO: 0.6,
    SHOUTED: 0.8,
    PERHAPS_WITHIN: 0.8,
    CLITIC: 0.95,
}
# What English names with the article: the Amazon is a river, Amazon is none.
_WITH_ARTICLE: Final = frozenset(
    ["canal", "desert", "gulf", "islands", "mountains", "ocean", "rainforest", "river", "sea"]
)
_ARTICLE_BEFORE: Final = re.compile(r"(?<!\w)the (?:[a-z]+ )?\Z", re.IGNORECASE)
_LOOK_BACK: Final = 24
_SLUG_WORD: Final = re.compile(r"[^\W\d_]{3,}")


class Named(NamedTuple):
    """An alias in headline (part 0) or body (1), and whether it can mean one entity only."""

    part: int
    start: int
    kind: AliasKind
    row: int
    is_alone: bool


class Article:
    """A headline and a body whose finds explain each other."""

    def __init__(self, lexicon: Lexicon, headline: Text, body: Text) -> None:
        self._lexicon = lexicon
        self.headline, self.body = headline, body
        self._named: dict[int, list[Named]] = {}
        self._alone: set[int] = set()  # who is named by what nobody else is called
        for part, text in enumerate((headline, body)):
            for place in text.places:
                self._note(part, place)
        self._words: frozenset[str] | None = None

    def headline_finds(self) -> Iterator[Find]:
        return self._finds(0, self.headline)

    def body_finds(self) -> Iterator[Find]:
        return self._finds(1, self.body)

    def _note(self, part: int, place: Place) -> None:
        """Remember who is named by more than a surname, and where."""
        lexicon = self._lexicon
        is_alone = len({lexicon.entity(row) for row in place.rows}) == 1
        for row in place.rows:
            kind, entity = lexicon.kind(row), lexicon.entity(row)
            if kind != AliasKind.SURNAME and lexicon.standing(row) != Standing.NEVER:
                named = Named(part, place.start, kind, row, is_alone)
                self._named.setdefault(entity, []).append(named)
                if is_alone:
                    self._alone.add(entity)

    def _finds(self, part: int, text: Text) -> Iterator[Find]:
        previous = None
        for index, place in enumerate(text.places):
            following = text.places[index + 1] if index + 1 < len(text.places) else None
            names, is_cut = self._possible(place)
            candidates = self._candidates(part, place, names)
            if candidates:
                noted = notes(text, place, previous, following, candidates[0].kind)
                if noted is not None:
                    noted += [Reason(MORE, MOST_CANDIDATES)] * is_cut
                    alias = candidates[0].alias
                    standing = next(name.standing for name in names if name.alias == alias)
                    yield _find(text, place, candidates, noted, standing)
            previous = place

    def _possible(self, place: Place) -> tuple[list[Name], bool]:
        """The aliases that may be meant, and whether there are more of them.

        There may be thousands. Of surnames only those of entities that are named can be meant, and
        first come those whose entities are surely named elsewhere in the article.
        """
        lexicon = self._lexicon
        rows = sorted(
            (lexicon.entity(row) not in self._alone, lexicon.alias(row), row)
            for row in place.rows
            if lexicon.standing(row) != Standing.NEVER
            and (lexicon.kind(row) != AliasKind.SURNAME or lexicon.entity(row) in self._named)
        )
        names = [lexicon.name(row) for _, _, row in rows[:MOST_CANDIDATES]]
        return names, len(rows) > MOST_CANDIDATES

    def _candidates(self, part: int, place: Place, names: list[Name]) -> list[Candidate]:
        """One for each entity that fits, the likeliest first."""
        best: dict[int, Candidate] = {}
        is_shared = len({name.entity for name in names}) > 1
        last = self._last_named(part, place, names) if is_shared else None
        for name in names:
            weighed = self._weigh(part, place, name, is_shared, name.entity == last)
            if weighed and (name.entity not in best or best[name.entity].score < weighed.score):
                best[name.entity] = weighed
        return sorted(best.values(), key=lambda one: (-one.score, one.slug, one.entity))

    def _weigh(
        self, part: int, place: Place, name: Name, is_shared: bool, is_last: bool
    ) -> Candidate | None:
        """The alias as a candidate; None for a surname of somebody who has not been named."""
        score = BASE[name.kind] * 0.6
        reasons = [Reason(name.kind.value, name.spelling)]
        if name.kind == AliasKind.SURNAME:
            full = self._full_name(part, place, name.entity)
            if full is None:
                return None
            reasons.append(Reason("named-in-full", full))
            score += 0.2
        if is_last:
            reasons.append(Reason("named-last"))
            score += 0.05
        if others := self._also_named(name):
            reasons.append(Reason("also-named", others))
            score += 0.15
        if is_shared and (by_article := self._by_article(part, place, name)):
            reasons += [Reason("after-the")] if by_article > 0 else []
            score += by_article
        if is_shared and (telling := self._slug_words(name)):
            reasons.append(Reason("words-of-its-slug", telling))
            score += 0.1
        return Candidate(
            name.entity, name.alias, name.slug, name.kind, round(score, 3), tuple(reasons)
        )

    def _full_name(self, part: int, place: Place, entity: int) -> str | None:
        """The full name that licenses a surname: in the headline, or earlier in the body."""
        for named in self._named.get(entity, ()):
            is_earlier = part == 0 or named.part == 0 or named.start < place.start
            if named.kind == AliasKind.NAME and is_earlier:
                return self._lexicon.name(named.row).spelling
        return None

    def _last_named(self, part: int, place: Place, names: list[Name]) -> int | None:
        """Of the entities that have this surname the one whose full name stands nearest before."""
        nearest = [
            (named.part, named.start, -name.entity)
            for name in names
            if name.kind == AliasKind.SURNAME
            for named in self._named.get(name.entity, ())
            if named.kind == AliasKind.NAME and (named.part, named.start) < (part, place.start)
        ]
        return -max(nearest)[2] if nearest else None

    def _also_named(self, name: Name) -> str:
        """Another spelling of the same entity that nothing else is called by."""
        for named in self._named.get(name.entity, ()):
            if named.is_alone:
                spelling = self._lexicon.name(named.row).spelling
                if spelling != name.spelling:
                    return spelling
        return ""

    def _by_article(self, part: int, place: Place, name: Name) -> float:
        """What an article before it says of a river or a sea, or its lack, but in a headline."""
        text = self.body if part else self.headline
        own = set(_SLUG_WORD.findall(name.spelling.lower()))
        if text.language != "en" or _WITH_ARTICLE.isdisjoint(
            set(_SLUG_WORD.findall(name.slug)) - own
        ):
            return 0.0
        before = text.folded.plain[max(0, place.start - _LOOK_BACK) : place.start]
        if _ARTICLE_BEFORE.search(before):
            return 0.1
        return -0.25 if part else 0.0

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


def _find(
    text: Text,
    place: Place,
    candidates: list[Candidate],
    noted: list[Reason],
    standing: Standing,
) -> Find:
    start, end = text.folded.span(place.start, place.end)
    top = candidates[0]
    is_alone = len(candidates) == 1
    is_doubted = any(reason.word in DOUBTS for reason in noted)
    confidence = BASE[top.kind]
    for reason in noted:
        confidence *= _PENALTY.get(reason.word, 1.0)
    if not is_alone:
        confidence *= _AMBIGUOUS + (1 - _AMBIGUOUS) * (top.score - candidates[1].score)
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
