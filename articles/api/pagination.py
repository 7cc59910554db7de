"""Keyset pages: a cursor names the row at which a page ended, so that depth costs nothing.

While rows come and go, no row that stays where it is gets shown twice or skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import F, Func, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.http import urlencode
from rest_framework.request import Request

from articles.api.errors import InvalidRequestError
from articles.api.parameters import Parameter, flag, number, text
from articles.errors import InvalidQueryError
from articles.models import SortKey
from articles.search.query import Search

PAGE_SIZE: Final = 25
LARGEST_PAGE: Final = 200
MOST_COUNTED: Final = 10_000

PAGING: Final[tuple[Parameter, ...]] = (
    number("page_size", "How many results a page has.", 1, LARGEST_PAGE, default=PAGE_SIZE),
    text(
        "cursor",
        "Where the page begins, as `next` and `previous` give it. It belongs to the request that "
        "it came from: all other parameters must be the same.",
        1000,
    ),
    flag("count", f"Also count all results: exactly up to {MOST_COUNTED:,}, then `gte`."),
)

Row = dict[str, Any]  # a row as `QuerySet.values()` gives it
Place = list[Any]  # what a cursor carries of a row: JSON


@dataclass(frozen=True, slots=True)
class Cursor:
    """Read on from a place, onwards or back; `inclusive`: with the row at the place itself."""

    place: Place
    forward: bool
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, and the addresses of the pages around them."""

    rows: list[Row]
    next: str | None
    previous: str | None


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an order: in SQL, in a row, and between the two in a cursor."""

    expression: Combinable
    field: str
    write: Callable[[Any], Any]
    bind: Callable[[Any], Combinable]


class Tuple(Func):
    """A row constructor: comparing two of them, PostgreSQL uses an index over the columns."""

    template = "(%(expressions)s)"
    output_field = models.BooleanField()


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order in which no two rows are equal."""

    columns: tuple[Column, ...]
    descending: bool = False

    def place(self, row: Row) -> Place:
        return [column.write(row[column.field]) for column in self.columns]

    def rows(self, queryset: QuerySet[Any, Row], cursor: Cursor | None, limit: int) -> list[Row]:
        """At most `limit` rows from the cursor on; backwards they come in reverse."""
        return list(self.page(queryset, cursor, limit))

    def page(
        self, queryset: QuerySet[Any, Row], cursor: Cursor | None, limit: int
    ) -> QuerySet[Any, Row]:
        """The query of these rows."""
        descending = self.descending == (cursor is None or cursor.forward)
        if cursor:
            operator = ("<" if descending else ">") + ("=" if cursor.inclusive else "")
            here = Tuple(*(column.expression for column in self.columns))
            there = Tuple(
                *(
                    column.bind(value)
                    for column, value in zip(self.columns, cursor.place, strict=True)
                )
            )
            queryset = queryset.filter(
                Func(
                    here,
                    there,
                    template="%(expressions)s",
                    arg_joiner=f" {operator} ",
                    output_field=models.BooleanField(),
                )
            )
        order = (Func(column.expression, template="%(expressions)s") for column in self.columns)
        ordered = (key.desc() if descending else key.asc() for key in order)
        return queryset.order_by(*ordered)[:limit]


def _bind_time(value: str | None) -> Combinable:
    """Undated articles have the sort key −infinity, which Python cannot hold."""
    if value is None:
        return Cast(Value("-infinity"), models.DateTimeField())
    return Value(datetime.fromisoformat(value), models.DateTimeField())


def _write_time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


UID: Final = Column(F("uid"), "uid", str, lambda value: Value(value, models.UUIDField()))
PUBLISHED: Final = Column(SortKey(), "published_at", _write_time, _bind_time)
UPDATED: Final = Column(F("updated_at"), "updated_at", _write_time, _bind_time)
SLUG: Final = Column(F("slug"), "slug", str, Value)

ORDERS: Final = {
    "-published_at": Keyset((PUBLISHED, UID), descending=True),
    "published_at": Keyset((PUBLISHED, UID)),
    "-updated_at": Keyset((UPDATED, UID), descending=True),
    "updated_at": Keyset((UPDATED, UID)),
}
BY_SLUG: Final = Keyset((SLUG,))


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def paginate(
    request: Request,
    asked: dict[str, Any],
    fetch: Callable[[Cursor | None, int], list[Row]],
    place: Callable[[Row], Place],
) -> Page:
    """The page that the request asks for. One row more is fetched, to know whether one follows."""
    size = asked.get("page_size", PAGE_SIZE)
    cursor = _read_cursor(request, asked["cursor"]) if "cursor" in asked else None
    rows = fetch(cursor, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if cursor and not rows:
        back = Cursor(cursor.place, not cursor.forward, inclusive=not cursor.inclusive)
        address = _address(request, back)
        return Page([], *((None, address) if cursor.forward else (address, None)))
    forward = cursor is None or cursor.forward
    if not forward:
        rows.reverse()
    has_next, has_previous = (more, cursor is not None) if forward else (True, more)
    return Page(
        rows,
        _address(request, Cursor(place(rows[-1]), forward=True)) if has_next else None,
        _address(request, Cursor(place(rows[0]), forward=False)) if has_previous else None,
    )


def counted(rows: QuerySet[Any] | Search[Any]) -> dict[str, int | str]:
    """How many rows there are, without counting all of very many."""
    if isinstance(rows, Search):
        count = rows.count(MOST_COUNTED + 1)
    else:
        count = rows.order_by()[: MOST_COUNTED + 1].count()
    return {
        "value": min(count, MOST_COUNTED),
        "relation": "eq" if count <= MOST_COUNTED else "gte",
    }


def _signer(request: Request) -> Signer:
    """A cursor verifies only with the address and the parameters that it was made for."""
    others = sorted(
        (name, text)
        for name, given in request.query_params.lists()
        if name not in {"cursor", "format"}
        for text in given
    )
    return Signer(sep=".", salt=f"articles.api.cursor {request.path}?{urlencode(others)}")


def _address(request: Request, cursor: Cursor) -> str:
    payload = [cursor.place, cursor.forward, cursor.inclusive]
    parameters = request.query_params.copy()
    parameters["cursor"] = _signer(request).sign_object(payload)
    return request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")


def _read_cursor(request: Request, value: str) -> Cursor:
    try:
        place, forward, inclusive = _signer(request).unsign_object(value)
    except BadSignature as error:
        detail = (
            "is not a cursor of this request: it was given for other parameters, or was altered; "
            "follow `next` and `previous` as they stand"
        )
        raise InvalidRequestError([InvalidQueryError("cursor", detail)]) from error
    return Cursor(place, forward, inclusive)
