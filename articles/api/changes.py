"""The change feed as a door: what became of which article, source, entity or tag, in order."""

from functools import partial
from typing import Final

from django.db.models import F, Value
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import serializers
from articles.api.doors import Door
from articles.api.narrowing import narrowed
from articles.api.pagination import PAGE_SIZE, PAGING, Column, Keyset, paginate
from articles.api.parameters import FORMAT, Parameter, Values, choice, number
from articles.models import Change
from articles.vocabulary import ChangeKind

LARGEST_PAGE: Final = 1000  # five members a row: a page costs less than one of 25 articles
HIGHEST: Final = 2**63 - 1
MEMBERS: Final = ("position", "kind", "key", "action", "at")

BY_POSITION: Final = Keyset((Column(F("position"), "position", int, Value),))

PARAMETERS: Final[tuple[Parameter, ...]] = (
    number(
        "after",
        "Only changes after this position: the last one that a client has dealt with.",
        0,
        HIGHEST,
        apply=lambda rows, position: rows.filter(position__gt=position),
    ),
    choice(
        "kind",
        "Kinds of things: any of them.",
        ChangeKind.values,
        values=Values.LISTED,
        apply=lambda rows, kinds: rows.filter(kind__in=kinds),
    ),
    number("page_size", "How many results a page has.", 1, LARGEST_PAGE, default=PAGE_SIZE),
    *(parameter for parameter in PAGING if parameter.name != "page_size"),
    FORMAT,
)


class ChangeList(Door):
    """What changed for readers, in an order that never changes: for a copy that is kept equal.

    A row says that something was `created`, `changed`, `withdrawn`, `deleted`, `merged` or
    `redacted`; what it is now is told at its own address. Read from the start, or `after` the last
    position that you have dealt with; where `next` is null, ask again later with `after`. Whoever
    has seen a position has seen every lower one: none is filled in later, and no row ever goes.
    """

    name = "Changes"
    parameters = PARAMETERS
    operation = "list_changes"
    answer = serializers.ChangePage

    def get(self, request: Request) -> Response:
        changes = narrowed(Change.objects.values(*MEMBERS), self.asked, self.parameters)
        fetch = partial(BY_POSITION.rows, changes)
        page = paginate(request, self.asked, fetch, BY_POSITION.place)
        return self.listed(page, page.rows, changes)
