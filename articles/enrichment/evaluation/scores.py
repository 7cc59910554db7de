"""Counts of what was right, found and expected, and the shares that follow from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Counts, and the shares that follow from them. Of nothing, all is right."""

    correct: int = 0
    found: int = 0
    expected: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.correct + other.correct,
            self.found + other.found,
            self.expected + other.expected,
        )

    @property
    def precision(self) -> float:
        return self.correct / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.correct / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        both = self.found + self.expected
        return 2 * self.correct / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Measure:
    strict: Score = Score()
    listed: Score = Score()
    by_span: Score = Score()

    def __add__(self, other: Measure) -> Measure:
        return Measure(
            self.strict + other.strict, self.listed + other.listed, self.by_span + other.by_span
        )
