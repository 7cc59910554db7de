"""Measuring suggestions: a gold set and what was found in, a report and its table out."""

from articles.enrichment.evaluation.gold import (
    GoldArticle,
    GoldError,
    GoldPair,
    GoldSpan,
    GoldStoryline,
    read_articles,
    read_pairs,
    read_storylines,
)
from articles.enrichment.evaluation.pairs import (
    PairReport,
    evaluate_groups,
    evaluate_pairs,
    evaluate_storylines,
)
from articles.enrichment.evaluation.scores import Measure, Score
from articles.enrichment.evaluation.spans import (
    Found,
    Row,
    Scope,
    SpanReport,
    evaluate_engines,
    evaluate_spans,
)
from articles.enrichment.evaluation.tables import pair_table, span_table

__all__ = [
    "Found",
    "GoldArticle",
    "GoldError",
    "GoldPair",
    "GoldSpan",
    "GoldStoryline",
    "Measure",
    "PairReport",
    "Row",
    "Scope",
    "Score",
    "SpanReport",
    "evaluate_engines",
    "evaluate_groups",
    "evaluate_pairs",
    "evaluate_spans",
    "evaluate_storylines",
    "pair_table",
    "read_articles",
    "read_pairs",
    "read_storylines",
    "span_table",
]
