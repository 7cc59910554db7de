"""How good suggested duplicates and storylines are, by their pairs of articles."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from articles.enrichment.evaluation.gold import GoldPair, GoldStoryline
from articles.enrichment.evaluation.scores import Score

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PairReport:
    """How one engine did at pairs; those of articles that the gold set does not judge are apart."""

    engine: str
    score: Score
    unjudged: int


def evaluate_pairs(
    gold: Iterable[GoldPair],
    found: Iterable[Pair],
    articles: Collection[str] | None = None,
    engine: str = "",
) -> PairReport:
    """Compare pairs of near-duplicates, in whichever order each is named.

    Of the `articles` (those that the gold set names, unless told) every pair that is not said to
    be a duplicate is none.
    """
    said = tuple(gold)
    judged = {uid for pair in said for uid in (pair.a, pair.b)} if articles is None else articles
    right = {_ordered(pair.a, pair.b) for pair in said if pair.is_duplicate}
    return _pair_report(right, {_ordered(a, b) for a, b in found if a != b}, set(judged), engine)


def evaluate_groups(
    gold: Iterable[Collection[str]],
    found: Iterable[Collection[str]],
    articles: Collection[str] | None = None,
    engine: str = "",
) -> PairReport:
    """Compare clusters: two articles are a pair if some group holds both."""
    said = tuple(gold)
    judged = {uid for group in said for uid in group} if articles is None else articles
    return _pair_report(_together(said), _together(found), set(judged), engine)


def evaluate_storylines(
    gold: Iterable[GoldStoryline], found: Iterable[Collection[str]], engine: str = ""
) -> PairReport:
    """Compare storylines as groups; the articles of none are judged too."""
    said = tuple(gold)
    articles = {uid for storyline in said for uid in storyline.articles}
    groups = [storyline.articles for storyline in said if storyline.name is not None]
    return evaluate_groups(groups, found, articles, engine)


def _pair_report(right: set[Pair], found: set[Pair], judged: set[str], engine: str) -> PairReport:
    own = {pair for pair in found if judged.issuperset(pair)}
    expected = {pair for pair in right if judged.issuperset(pair)}
    score = Score(len(own & expected), len(own), len(expected))
    return PairReport(engine, score, len(found) - len(own))


def _together(groups: Iterable[Collection[str]]) -> set[Pair]:
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def _ordered(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
