"""Pages of all published articles: the commonest question, so its query is made once a shape.

Django's ORM takes longer to make the query of a page than PostgreSQL to answer it. Here it is made
with marks for what differs between two requests (the place in a cursor),
kept, and asked again with their values in place of the marks.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from articles.api.pagination import ORDERS, Cursor, Row
from articles.api.representations import with_links
from articles.models import Article
from articles.models.statements import ask

# Marks: values that no request has.
TIME: Final = datetime(1, 1, 1, 1, 1, 1, 2, tzinfo=UTC)
KEY: Final = UUID(int=1)


class Shape(NamedTuple):
    """What of a request's cursor the query itself depends on."""

    forward: bool
    inclusive: bool
    is_dated: bool  # the place of an undated article is written in another way


def rows(order: str, columns: tuple[str, ...], cursor: Cursor | None, limit: int) -> list[Row]:
    """The rows of a page as `Keyset.rows` gives them, for one of the `ORDERS`."""
    values: dict[Any, Any] = {}
    shape = None
    if cursor:
        time, key = cursor.place
        shape = Shape(cursor.forward, cursor.inclusive, is_dated=time is not None)
        values[KEY] = UUID(key)
        values[TIME] = time and datetime.fromisoformat(time)
    sql, marked = statement(order, columns, shape, limit)
    return ask(sql, [_valued(value, values) for value in marked], columns)


@lru_cache(maxsize=200)
def statement(
    order: str, columns: tuple[str, ...], shape: Shape | None, limit: int
) -> tuple[str, tuple[Any, ...]]:
    """SQL, and its parameters with marks."""
    cursor = None
    if shape:
        place = [TIME.isoformat() if shape.is_dated else None, str(KEY)]
        cursor = Cursor(place, shape.forward, shape.inclusive)
    articles = with_links(Article.objects.published(), columns)
    sql, parameters = ORDERS[order].page(articles, cursor, limit).query.sql_with_params()
    return sql, parameters


def _valued(parameter: Any, values: Mapping[Any, Any]) -> Any:
    """A list is a parameter of the query itself, and cannot be looked up."""
    return parameter if isinstance(parameter, list) else values.get(parameter, parameter)
