"""Ranges of time in a query string. A date means the whole day, in UTC."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from articles.api.parameters import Moment, Parameter, flag, moment
from articles.errors import InvalidQueryError
from articles.search.periods import Span

OPERATORS: Final = {
    "gte": "at or after it; a date from its start",
    "lte": "at or before it; a date to its end",
    "gt": "after it; a date after its end",
    "lt": "before it; a date before its start",
}
COMPARISONS: Final[Mapping[tuple[bool, bool], Callable[..., Any]]] = {
    (True, True): GreaterThanOrEqual,  # (a beginning, with the moment itself)
    (True, False): GreaterThan,
    (False, True): LessThanOrEqual,
    (False, False): LessThan,
}


def ranges(field: str, about: str, key: Combinable) -> list[Parameter]:
    """The parameters that compare a time; `key` is the expression over which the index is.

    Rows without a time fail every range, whatever their key is.
    """
    return [
        *(
            moment(
                f"{field}__{operator}", f"{about}: {words}.", apply=_within(field, operator, key)
            )
            for operator, words in OPERATORS.items()
        ),
        flag(
            f"{field}__isnull",
            f"{about}: whether it is unknown.",
            apply=lambda rows, unknown: rows.filter(**{f"{field}__isnull": unknown}),
        ),
    ]


def _within(
    field: str, operator: str, key: Combinable
) -> Callable[[QuerySet[Any], Moment], QuerySet[Any]]:
    def apply(queryset: QuerySet[Any], at: Moment) -> QuerySet[Any]:
        value, included = _edge(operator, at)
        compare = COMPARISONS[operator in {"gte", "gt"}, included]
        return queryset.filter(compare(key, value), **{f"{field}__isnull": False})

    return apply


def _edge(operator: str, at: Moment) -> tuple[datetime, bool]:
    """Where the range begins or ends, and whether that moment belongs to it."""
    if operator in {"lte", "gt"} and at.end:
        return at.end, operator == "gt"
    return at.start, operator in {"gte", "lte"}


def asked_span(field: str, asked: Mapping[str, Any]) -> Span:
    """The days in UTC outside of which no row can pass the ranges."""
    if asked.get(f"{field}__isnull"):
        return Span(dated=False)
    given = {it: asked[f"{field}__{it}"] for it in OPERATORS if f"{field}__{it}" in asked}
    if not given and f"{field}__isnull" not in asked:
        return Span()
    days = {it: _edge(it, at)[0].astimezone(UTC).date() for it, at in given.items()}
    starts = [day for it, day in days.items() if it in {"gte", "gt"}]
    ends = [day for it, day in days.items() if it in {"lte", "lt"}]
    until = min(ends) + timedelta(days=1) if ends and min(ends) < date.max else None
    return Span(max(starts, default=None), until, undated=None)


def impossible_ranges(fields: tuple[str, ...], asked: Mapping[str, Any]) -> list[InvalidQueryError]:
    """Ranges in which no moment lies: a slip that an empty answer would hide."""
    faults = []
    for field in fields:
        for low, high in product(("gte", "gt"), ("lte", "lt")):
            names = f"{field}__{low}", f"{field}__{high}"
            if all(name in asked for name in names):
                start, includes_start = _edge(low, asked[names[0]])
                end, includes_end = _edge(high, asked[names[1]])
                if start > end or (start == end and not (includes_start and includes_end)):
                    faults += _clash(*names, "no moment satisfies both")
        if asked.get(f"{field}__isnull"):
            for operator in OPERATORS:
                if f"{field}__{operator}" in asked:
                    faults += _clash(
                        f"{field}__isnull", f"{field}__{operator}", "what is unknown has no range"
                    )
    return faults


def _clash(one: str, other: str, why: str) -> list[InvalidQueryError]:
    return [
        InvalidQueryError(one, f"contradicts {other}: {why}"),
        InvalidQueryError(other, f"contradicts {one}: {why}"),
    ]
