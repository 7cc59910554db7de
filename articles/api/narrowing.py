"""Leaving of a list what its filters ask for, and refusing filters that contradict themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from django.db.models import QuerySet

from articles.api.errors import InvalidRequestError
from articles.api.filters import RELEVANCE, SALIENCE
from articles.api.pagination import ORDERS
from articles.api.parameters import Parameter
from articles.api.ranges import asked_span, impossible_ranges
from articles.api.slugs import with_rows
from articles.errors import InvalidQueryError
from articles.models import Article, ArticleQuerySet, SortKey
from articles.search.query import Search

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
TIMES: Final = ("published_at", "updated_at")


def narrowed(queryset: Rows, asked: Mapping[str, Any], declared: Sequence[Parameter]) -> Rows:
    """The rows that the filters leave.

    Raises InvalidRequestError for what contradicts itself and for slugs that never named a row.
    """
    faults = [*impossible_ranges(TIMES, asked), *_contradictions(asked)]
    if asked.get("ordering") == RELEVANCE and "q" not in asked:
        detail = "relevance needs q: without words all articles are equally relevant"
        faults.append(InvalidQueryError("ordering", detail, tuple(ORDERS)))
    if asked.get("highlight") and "q" not in asked:
        faults.append(InvalidQueryError("highlight", "needs q: without words none are marked"))
    if SALIENCE in asked and "entity" not in asked:
        detail = "needs entity: it says how much an article is about one"
        faults.append(InvalidQueryError(SALIENCE, detail))
    if faults:
        raise InvalidRequestError(faults)
    values = with_rows(asked, declared)
    if SALIENCE in values:
        values = {**values, SALIENCE: (values["entity"], values[SALIENCE])}
    for parameter in declared:
        if parameter.apply and parameter.name in values:
            queryset = parameter.apply(queryset, values[parameter.name])
    return queryset


def _contradictions(asked: Mapping[str, Any]) -> Iterator[InvalidQueryError]:
    """Filters that leave nothing whatever the archive holds: slips that an empty answer would hide.

    Slugs are compared as they were written: a former one is not known here.
    """
    for name in ("source", "language", "tag", "entity"):
        wanted = asked.get(name, ())
        any_of, none_of = asked.get(f"{name}__in", ()), asked.get(f"{name}__not", ())
        for value in {wanted} if isinstance(wanted, str) else wanted:
            if value in none_of:
                detail = f"contradicts {name}={value}: no article has it and has it not"
                yield InvalidQueryError(f"{name}__not", detail)
        if any_of and set(any_of) <= set(none_of):
            yield InvalidQueryError(f"{name}__not", f"leaves out all that {name}__in asks for")
        if any_of and isinstance(wanted, str) and not _meets(wanted, any_of):
            yield InvalidQueryError(f"{name}__in", f"contradicts {name}={wanted}: it has only one")
    if "parent" in asked and asked.get("parent__isnull"):
        yield InvalidQueryError("parent__isnull", "contradicts parent: at the top stands no parent")


def _meets(wanted: str, values: Iterable[str]) -> bool:
    """Whether one is the same, or one of two languages is a variety of the other."""
    return any(
        f"{value}-".startswith(f"{wanted}-") or f"{wanted}-".startswith(f"{value}-")
        for value in values
    )


def search(
    articles: ArticleQuerySet, asked: Mapping[str, Any], declared: Sequence[Parameter]
) -> Search[Article]:
    """The articles that match `q`; they are as `narrowed` left them."""
    others = (it.name for it in declared if it.apply and not it.name.startswith("published_at"))
    return Search(
        articles,
        asked["q"],
        SortKey(),
        span=asked_span("published_at", asked),
        narrowed=any(name in asked for name in others),
    )
