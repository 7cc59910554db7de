"""How often each value stands in a result: counts over the rows that it is handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import Count, F, Func, Value

# So many of the newest rows are counted at most, and so many values told of each facet.
BOUND: Final = 10_000
VALUES: Final = 50
UNDATED: Final = "undated"


class IsAnyOf(Func):
    """A column has one of many values: one array, written once, instead of many parameters."""

    template = "%(expressions)s::bigint[])"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()

    def __init__(self, column: str, values: Sequence[int]) -> None:
        super().__init__(F(column), Value(f"{{{','.join(map(str, values))}}}"))


class YearInUtc(Func):
    template = "extract(year FROM timezone('UTC', %(expressions)s))::integer"
    output_field = models.IntegerField()


@dataclass(frozen=True, slots=True)
class Facet:
    """`rows` belong to articles by the column `article`, and have each value with its label once
    an article, or `repeated` times."""

    rows: Callable[[], models.QuerySet[Any]]
    article: str
    value: str
    label: str
    repeated: bool = False

    def counts(self, articles: Sequence[int]) -> list[dict[str, Any]]:
        """{"value", "label", "count"} of the most frequent values, equal ones by value."""
        of_articles = self.rows().filter(IsAnyOf(self.article, articles))
        found = (
            of_articles.values_list(self.value, self.label)
            .annotate(count=Count(self.article, distinct=self.repeated))
            .order_by("-count", self.value)
        )
        return [_told(*row) for row in found[:VALUES]]


def _told(value: Any, label: Any, count: int) -> dict[str, Any]:
    if value is None:
        return {"value": None, "label": UNDATED, "count": count}
    return {"value": str(value), "label": str(label), "count": count}
