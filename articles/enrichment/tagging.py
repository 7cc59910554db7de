"""Tags: suggestions from the curated ones only, each with what speaks for it.

Two things speak for a tag: its words in the text, and near articles that have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import ahocorasick_rs

from articles.enrichment import boundaries
from articles.enrichment.folding import Folded, fold, fold_spelling

ENGINE: Final = "tag-words"
VERSION: Final = "3"

HEADLINE: Final = "headline"
LEAD: Final = "lead"
BODY: Final = "body"
NEAR: Final = "near-articles"
COPIES: Final = "copies"

_WEIGHTS: Final = {HEADLINE: 0.5, LEAD: 0.35, BODY: 0.15}
_NEAR_WEIGHT: Final = 0.7
_COPY_WEIGHT: Final = 0.8  # what all copies of an article have; a third of them says enough
_MOST_COUNTED: Final = 4  # times a tag's words in the body; more say no more
_FEWEST_NEAR: Final = 2  # near articles with the tag before they say anything
_SMOOTHING: Final = 2  # near articles without the tag that are assumed, so that 2 of 2 is not all
_LEAST: Final = 0.25
_SHORT: Final = 3  # letters of an acronym that counts only as it is written: IT is not it
_PLURAL: Final = re.compile(r"(?<=[a-z]{3}[^siu\W])(?<!ic)s\Z")
_SINGULAR: Final = re.compile(r"[a-z]{3}[^\Wsxz]\Z")


class TagName(NamedTuple):
    """A tag, and a word or phrase that names it: its name or another spelling."""

    tag: int
    slug: str
    words: str


class NearTag(NamedTuple):
    """How many of the near articles have the tag accepted, and how many near articles there are.

    Copies, which share most of the text, are told apart: one of them says as much as many others.
    """

    tag: int
    slug: str
    articles: int
    of: int
    is_copy: bool = False


class Evidence(NamedTuple):
    """Where a tag's words stand (`body` and `lead`: offsets in the body), or how many near articles
    have it (`articles` of `of`, which `quote` says in words)."""

    word: str
    quote: str = ""
    start: int | None = None
    end: int | None = None
    articles: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """A curated tag that an article may deserve, how surely (0 … 1), and why."""

    tag: int
    slug: str
    confidence: float
    evidence: tuple[Evidence, ...]


class TagWords:
    """The curated tags' words, read once; then any number of texts."""

    def __init__(self, names: Iterable[TagName]) -> None:
        self._tags: list[TagName] = []
        self._written: list[str] = []
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns(names), store_patterns=False)

    def suggest(
        self,
        body: str,
        *,
        headline: str = "",
        near: Iterable[NearTag] = (),
        language: str = "und",
    ) -> list[TagSuggestion]:
        """Tags with what speaks for them, the surest first."""
        found: dict[int, tuple[str, list[Evidence]]] = {}
        for name, evidence in self._evidence(body, headline, language):
            found.setdefault(name.tag, (name.slug, []))[1].append(evidence)
        for tag in near:
            if tag.is_copy or tag.articles >= _FEWEST_NEAR:
                word, told = COPIES if tag.is_copy else NEAR, f"{tag.articles} of {tag.of}"
                evidence = Evidence(word, told, articles=tag.articles, of=tag.of)
                found.setdefault(tag.tag, (tag.slug, []))[1].append(evidence)
        suggestions = [
            TagSuggestion(tag, slug, _confidence(evidence), tuple(evidence))
            for tag, (slug, evidence) in found.items()
        ]
        kept = [one for one in suggestions if one.confidence >= _LEAST]
        return sorted(kept, key=lambda one: (-one.confidence, one.slug, one.tag))

    def _patterns(self, names: Iterable[TagName]) -> Iterator[str]:
        for name in names:
            plain, lower = fold_spelling(name.words)
            for pattern in sorted(_numbers(lower)):
                self._tags.append(name)
                self._written.append(plain)
                yield pattern

    def _evidence(
        self, body: str, headline: str, language: str
    ) -> Iterator[tuple[TagName, Evidence]]:
        for word, text in ((HEADLINE, headline), (BODY, body)):
            folded = fold(text)
            for name, start, end in self._longest(folded, language):
                at, until = folded.span(start, end)
                yield name, Evidence(_part(word, text, at), text[at:until], at, until)

    def _longest(self, text: Folded, language: str) -> Iterator[tuple[TagName, int, int]]:
        """The longest words of tags at each place; several tags may have the same."""
        bounded = [
            (start, -end, pattern)
            for pattern, start, end in self._automaton.find_matches_as_indexes(
                text.lower, overlapping=True
            )
            if _is_meant(self._written[pattern], text.plain[start:end])
            and boundaries.begins(text.plain, start, end) is not None
            and boundaries.ends(text.plain, start, end, language) is not None
        ]
        last = (0, 0)
        for start, minus_end, pattern in sorted(bounded):
            if start >= last[1] or (start, -minus_end) == last:
                last = (start, -minus_end)
                yield self._tags[pattern], start, -minus_end


def _is_meant(written: str, found: str) -> bool:
    """Whether words that are an acronym stand in the text as one: `AIDS` as `Aids` too, not `aids`;
    `IT` as nothing else."""
    if not written.isupper():
        return True
    is_short = sum(map(str.isalpha, written)) <= _SHORT
    return found.startswith(written) if is_short else found[:1].isupper()


def _numbers(lower: str) -> set[str]:
    """Words in singular and plural, as far as an s tells them apart."""
    forms = {lower, _PLURAL.sub("", lower)}
    if _SINGULAR.search(lower):
        forms.add(lower + "s")
    return forms - {""}


def _part(word: str, text: str, at: int) -> str:
    """The lead is the first paragraph of the body."""
    if word == BODY and "\n\n" not in text[:at].strip():
        return LEAD
    return word


def _confidence(evidence: list[Evidence]) -> float:
    """1 - Π (1 - what each kind of evidence gives): each adds to what the others leave open."""
    open_still = 1.0
    for word, weight in _WEIGHTS.items():
        times = min(sum(one.word == word for one in evidence), _MOST_COUNTED)
        open_still *= (1 - weight) ** (times if word == BODY else min(times, 1))
    for one in evidence:
        if one.word == NEAR:
            open_still *= 1 - _NEAR_WEIGHT * one.articles / (one.of + _SMOOTHING)
        elif one.word == COPIES:
            open_still *= 1 - _COPY_WEIGHT * one.articles / one.of
    return round(1 - open_still, 4)
