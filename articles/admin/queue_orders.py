"""What an editor said on the queue, as a form sends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from articles.admin.permissions import rights_of
from articles.admin.queue_groups import GROUPS, Order, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

GROUP_KEYS: Final = ("entity", "quote", "tag", "unknown", "storyline", "source", "what")
LARGEST: Final = 2**62


def order_in(request: HttpRequest, key: Mapping[str, str], until: int | None = None) -> Order:
    """From the button: `verb` is of the group or its ticked examples, `one` of one example."""
    data = request.POST
    verb, _, one = data.get("one", data.get("verb", "")).partition(":")
    given = [one] if one else data.getlist("item")
    items = tuple(item for it in given if (item := whole(it, LARGEST)) is not None)
    if len(items) < len(
        given
    ):  # fewer would be others than were meant, and none is the whole group
        raise Refused("That is no example of this group: open the page again.")
    if until is None:
        until = whole(data.get("until"), LARGEST) or 0
    values = {name: data.get(name, "") for name in data}
    rights = rights_of(request)
    return Order(verb, key, until, items, values, request.user.get_username(), rights)


def orders_in(request: HttpRequest) -> list[Order]:
    """Of all groups that were shown: each names itself in JSON, as the page gave it."""
    orders = []
    for given in request.POST.getlist("shown")[:GROUPS]:
        try:
            entity, quote, until = json.loads(given)
            key = {"entity": str(int(entity)), "quote": str(quote)}
            orders.append(order_in(request, key, min(int(until), LARGEST)))
        except (ValueError, TypeError) as error:
            raise Refused("That is no group of the queue: open the page again.") from error
    return orders


def key_in(data: Mapping[str, str]) -> dict[str, str]:
    return {name: data[name].replace("\0", "") for name in GROUP_KEYS if name in data}


def whole(value: str | None, most: int) -> int | None:
    if value is None or not (value.isascii() and value.isdecimal()) or len(value) > 19:
        return None
    return min(max(int(value), 1), most)
