"""Reports as plain text. A dash stands where there was nothing to divide by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from articles.enrichment.evaluation.pairs import PairReport
from articles.enrichment.evaluation.scores import Score
from articles.enrichment.evaluation.spans import SpanReport

_SPANS = (
    *("engine", "names", "kind"),
    *("P", "R", "F1"),
    "listed R",
    *("span P", "span R", "span F1"),
    *("right", "found", "expected"),
)
_PAIRS = ("engine", "P", "R", "F1", "right", "found", "expected", "unjudged")


def span_table(reports: Iterable[SpanReport]) -> str:
    """A line for each scope and kind of each engine, and one for the negatives it fell for."""
    lines: list[Sequence[str]] = [_SPANS]
    notes = []
    for report in reports:
        for row in report.rows:
            strict = row.measure.strict
            lines.append(
                (
                    *(report.engine, str(row.scope), row.kind or "every"),
                    *_shares(strict),
                    _shares(row.measure.listed)[1],
                    *_shares(row.measure.by_span),
                    *_counts(strict),
                )
            )
        notes.append(
            f"{report.engine}: {report.articles} articles, "
            f"{report.caught} of {report.negatives} negatives found"
        )
    return "\n".join([*_aligned(lines, words=3), *notes])


def pair_table(reports: Iterable[PairReport]) -> str:
    lines: list[Sequence[str]] = [_PAIRS]
    lines += [
        (report.engine, *_shares(report.score), *_counts(report.score), str(report.unjudged))
        for report in reports
    ]
    return "\n".join(_aligned(lines, words=1))


def _shares(score: Score) -> tuple[str, str, str]:
    return (
        f"{score.precision:.3f}" if score.found else "–",
        f"{score.recall:.3f}" if score.expected else "–",
        f"{score.f1:.3f}" if score.found or score.expected else "–",
    )


def _counts(score: Score) -> tuple[str, str, str]:
    return (str(score.correct), str(score.found), str(score.expected))


def _aligned(lines: Sequence[Sequence[str]], words: int) -> list[str]:
    """Columns of words to the left, of numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
