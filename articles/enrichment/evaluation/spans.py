"""How good suggested names are, measured against a gold set: precision, recall and F1.

Names are compared in three ways, each of them one to one, so that nothing is counted twice:

- *strict*: the same place, and the same entity (of an uncurated name the same kind);
- *listed*: the same place, and the entity is among the candidates that the editor is shown;
- *by span*: the places overlap by at least one character, whatever the name is taken for. A find
  over two names counts for one of them, two finds over one name count once: the number of right
  finds is the greatest number of pairs (name, find) that overlap.

What is found where the gold set has no name is wrong, whether a negative stands there or not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush

from articles.enrichment.evaluation.gold import GoldArticle, GoldSpan
from articles.enrichment.evaluation.scores import Measure, Score

Sides = tuple[Sequence[GoldSpan], Sequence["Found"]]


class Scope(StrEnum):
    """Which names a row of a report is about."""

    ALL = "all"
    KNOWN = "known"  # curated entities: the engines of known names
    NEW = "new"  # names that are not curated: discovery
    AMBIGUOUS = "ambiguous"  # what could mean something else, negatives among it


@dataclass(frozen=True, slots=True)
class Found:
    """A name that an engine found. Without an entity it is one that the archive does not know.

    Where several entities fit, `entity` is the first candidate and `others` are the rest.
    """

    start: int
    end: int
    entity: str | None = None
    kind: str | None = None
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"{self.start}–{self.end} is no place in a text")


@dataclass(frozen=True, slots=True)
class Row:
    """The names of one scope; with a kind, those of it only."""

    scope: Scope
    kind: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class SpanReport:
    """How one engine did. `caught` of the `negatives` were found although they are no names."""

    engine: str
    articles: int
    rows: tuple[Row, ...]
    caught: int
    negatives: int

    def measure(self, scope: Scope = Scope.ALL, kind: str = "") -> Measure:
        rows = (row for row in self.rows if (row.scope, row.kind) == (scope, kind))
        return next((row.measure for row in rows), Measure())


def evaluate_spans(
    gold: Iterable[GoldArticle], found: Mapping[str, Iterable[Found]], engine: str = ""
) -> SpanReport:
    """Compare what an engine found in the gold set's articles, by their uid.

    An article that is missing in `found` is one where nothing was found: leave it out of `gold`
    if its text was not to be had. Finds in other articles are not judged.
    """
    sums: defaultdict[tuple[Scope, str], Measure] = defaultdict(Measure)
    articles = caught = negatives = 0
    for article in gold:
        articles += 1
        finds = sorted(set(found.get(article.uid, ())), key=lambda find: (find.start, find.end))
        for key, (names, own) in _sections(article.spans, finds):
            sums[key] += _measure(names, own)
        traps = [span for span in article.spans if span.is_negative]
        negatives += len(traps)
        caught += _overlapping(traps, finds)
    order = list(Scope)
    keys = sorted(sums, key=lambda key: (order.index(key[0]), key[1]))
    rows = tuple(Row(*key, sums[key]) for key in keys)
    return SpanReport(engine, articles, rows, caught, negatives)


def evaluate_engines(
    gold: Iterable[GoldArticle], found: Mapping[str, Mapping[str, Iterable[Found]]]
) -> tuple[SpanReport, ...]:
    """One report for each engine, from what it found by article uid."""
    judged = tuple(gold)
    return tuple(evaluate_spans(judged, finds, engine) for engine, finds in found.items())


def _sections(
    spans: Sequence[GoldSpan], finds: Sequence[Found]
) -> Iterator[tuple[tuple[Scope, str], Sides]]:
    """The names and the finds that each row of the report compares."""
    names = [span for span in spans if not span.is_negative]
    by_scope: dict[Scope, Sides] = {
        Scope.ALL: (names, finds),
        Scope.KNOWN: ([s for s in names if s.entity], [f for f in finds if f.entity]),
        Scope.NEW: ([s for s in names if not s.entity], [f for f in finds if not f.entity]),
    }
    for scope, (expected, own) in by_scope.items():
        yield (scope, ""), (expected, own)
        kinds = {name.kind or "" for name in expected} | {find.kind or "" for find in own}
        for kind in sorted(kinds - {""}):
            yield (
                (scope, kind),
                ([s for s in expected if s.kind == kind], [f for f in own if f.kind == kind]),
            )
    doubtful = [span for span in spans if span.is_ambiguous]
    near = [find for find in finds if _overlapping(doubtful, [find])]
    yield (Scope.AMBIGUOUS, ""), ([s for s in doubtful if not s.is_negative], near)


def _measure(names: Sequence[GoldSpan], finds: Sequence[Found]) -> Measure:
    """The three ways of comparing. No two names have one place, so each find fits at most one."""
    meant = {_meaning(find) for find in finds}
    shown = {
        (find.start, find.end, slug)
        for find in finds
        if find.entity
        for slug in (find.entity, *find.others)
    }
    strict = sum(_meaning(name) in meant for name in names)
    listed = sum(_meaning(name) in (shown if name.entity else meant) for name in names)
    correct = (strict, listed, _overlapping(names, finds))
    return Measure(*(Score(number, len(finds), len(names)) for number in correct))


def _meaning(name: GoldSpan | Found) -> tuple[int, int, str | None]:
    """Place and entity; of an uncurated name its kind, which no slug equals by its bracket."""
    return (name.start, name.end, name.entity or f"[{name.kind}]")


def _overlapping(names: Sequence[GoldSpan], finds: Iterable[Found]) -> int:
    """The greatest number of pairs of a name and a find that overlap, each used once.

    The names are in order and apart, so that each find overlaps a run of them; giving each name
    the find whose run ends first is then the best choice.
    """
    starts, ends = [name.start for name in names], [name.end for name in names]
    runs = sorted(
        (bisect_right(ends, find.start), bisect_left(starts, find.end) - 1) for find in finds
    )
    waiting: list[int] = []
    pairs = after = 0
    for place in range(len(names)):
        while after < len(runs) and runs[after][0] <= place:
            heappush(waiting, runs[after][1])
            after += 1
        while waiting and waiting[0] < place:
            heappop(waiting)
        if waiting:
            heappop(waiting)
            pairs += 1
    return pairs
