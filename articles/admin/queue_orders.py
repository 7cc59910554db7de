"""What an editor said on the queue, as a form sends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from articles.admin.numbers import whole
from articles.admin.permissions import rights_of
from articles.admin.queue_groups import GROUPS, NO_GROUP, Order, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

GROUP_KEYS: Final = ("entity", "quote", "tag", "unknown", "storyline", "source", "what")


def order_in(request: HttpRequest, key: Mapping[str, str], until: int | None = None) -> Order:
    """From the button: `verb` is of the group or its ticked examples, `one` of one example."""
    data = request.POST
    verb, _, one = data.get("one", data.get("verb", "")).partition(":")
    given = [one] if one else data.getlist("item")
    items = tuple(item for it in given if (item := whole(it)))
    if len(items) < len(
        given
    ):  # fewer would be others than were meant, and none is the whole group
        raise Refused("That is no example of this group: open the page again.")
    if until is None:
        until = whole(data.get("until"))
    values = {name: data.get(name, "") for name in data}
    rights = rights_of(request)
    return Order(verb, key, until, items, values, request.user.get_username(), rights)


def orders_in(request: HttpRequest) -> list[Order]:
    """Of all groups that were shown: each names itself in JSON, as the page gave it."""
    orders = []
    for given in request.POST.getlist("shown")[:GROUPS]:
        entity, quote, until = _named(given)
        orders.append(order_in(request, {"entity": entity, "quote": quote}, until))
    return orders


def _named(given: str) -> tuple[str, str, int]:
    """What a group calls itself: its entity's key, its words, its newest row. Raises Refused."""
    try:
        named = json.loads(given)
        # What no group has in it: half a character, what the database does not take.
        json.dumps(named, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(NO_GROUP) from error
    match named:
        case [str(entity), str(quote), int(until)] if "\0" not in quote:
            if whole(entity) and whole(str(until)):
                return entity, quote, until
    raise Refused(NO_GROUP)


def key_in(data: Mapping[str, str]) -> dict[str, str]:
    return {name: data[name].replace("\0", "") for name in GROUP_KEYS if name in data}
