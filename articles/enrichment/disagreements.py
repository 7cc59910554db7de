"""Where reports may disagree: sentences on the same things that hold different days or figures.

Pure, and quiet: the sentences name two entities in common, speak of them in some of the same words,
and none of the days or figures of one kind is in both. Nobody says who is right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final, NamedTuple

from articles.enrichment.figures import DATE, PERCENT, WEEKDAY, read_figures
from articles.text import sentences

SHARED_ENTITIES: Final = 2
SHARED_WORDS: Final = 2
MOST_SENTENCES: Final = 400
"""Of one kind so many sentences are compared, the first ones given."""

_WEEK: Final = 7  # days within which two reports mean the same Sunday
_SAME: Final = 0.05  # figures nearer than this may be one, rounded
_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_STEM: Final = 6
_LONGER: Final = """
    about above according after again against along already although among announced
    another around because before being below between beyond billion could during either
    every first following further group having including later least might million never
    other others people percent place rather really report reported reports should since
    still their there these thing those though through today toward towards under until
    which while whose within without would
"""
_COMMON: Final = frozenset(_LONGER.split())


class Named(NamedTuple):
    """An accepted entity at a place of a body."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Report:
    """An article as it is compared: its key, its day or None, its body, the names in it."""

    key: str
    day: date | None
    body: str
    names: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an article (`body[start:end] == quote`), and what it says of one kind."""

    article: str
    quote: str
    start: int
    end: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sentences that name the same entities and hold different values of one kind."""

    kind: str
    entities: tuple[str, ...]
    first: Statement
    second: Statement


@dataclass(frozen=True, slots=True)
class _Sentence:
    statement: Statement
    day: date | None
    entities: frozenset[str]
    words: frozenset[str]


def find_disagreements(reports: Iterable[Report], most: int = 20) -> list[Disagreement]:
    """Pairs of sentences of different articles, those that share the most first."""
    by_kind: dict[str, list[_Sentence]] = defaultdict(list)
    for report in reports:
        for sentence, kind in _sentences(report):
            if len(by_kind[kind]) < MOST_SENTENCES:
                by_kind[kind].append(sentence)
    found: dict[tuple[str, frozenset[str]], tuple[int, Disagreement]] = {}
    for kind, said in by_kind.items():
        for one, other in combinations(said, 2):
            if shared := _shared(kind, one, other):
                weight, entities = shared
                quotes = frozenset({one.statement.quote, other.statement.quote})
                pair = Disagreement(kind, entities, one.statement, other.statement)
                found.setdefault((kind, quotes), (weight, pair))  # a copy says nothing new
    ranked = sorted(found.values(), key=lambda it: (-it[0], _place(it[1])))
    return [pair for _, pair in ranked[:most]]


def _place(pair: Disagreement) -> tuple[str, str, int, str, int]:
    one, other = pair.first, pair.second
    return (pair.kind, one.article, one.start, other.article, other.start)


def _sentences(report: Report) -> Iterator[tuple[_Sentence, str]]:
    """The sentences that name two entities and hold a day or a figure, once for each kind."""
    for part in sentences(report.body):
        own = [it for it in report.names if part.start <= it.start and it.end <= part.end]
        entities = frozenset(it.entity for it in own)
        if len(entities) < SHARED_ENTITIES:
            continue
        # Digits within a name (`Resolution 2728`, `Artemis 1`) are no figures.
        places = [(it.start - part.start, it.end - part.start) for it in own]
        values: dict[str, set[str]] = defaultdict(set)
        for figure in read_figures(part.text):
            if not any(figure.start < end and start < figure.end for start, end in places):
                values[figure.kind].add(figure.value)
        words = _words(part.text, places)
        for kind, said in sorted(values.items()):
            statement = Statement(report.key, part.text, part.start, part.end, tuple(sorted(said)))
            yield _Sentence(statement, report.day, entities, words), kind


def _words(text: str, names: Collection[tuple[int, int]]) -> frozenset[str]:
    """The beginnings of its longer words, without names and the commonest."""
    return frozenset(
        match[0].lower()[:_STEM]
        for match in _WORD.finditer(text)
        if match[0].lower() not in _COMMON
        and not any(match.start() < end and start < match.end() for start, end in names)
        and not read_figures(match[0])
    )


def _shared(kind: str, one: _Sentence, other: _Sentence) -> tuple[int, tuple[str, ...]] | None:
    """How much two sentences have in common, and which entities, if they may disagree."""
    if one.statement.article == other.statement.article:
        return None
    entities, words = one.entities & other.entities, one.words & other.words
    if len(entities) < SHARED_ENTITIES or len(words) < SHARED_WORDS:
        return None
    if kind == WEEKDAY and one.day and other.day and abs((one.day - other.day).days) > _WEEK:
        return None
    if not _differ(kind, one.statement.values, other.statement.values):
        return None
    return len(entities) + len(words), tuple(sorted(entities))


def _differ(kind: str, one: Collection[str], other: Collection[str]) -> bool:
    if kind in {WEEKDAY, DATE}:
        return set(one).isdisjoint(other)
    least = 0.0 if kind == PERCENT else _SAME
    return all(
        abs(float(a) - float(b)) > least * max(float(a), float(b)) for a in one for b in other
    )
