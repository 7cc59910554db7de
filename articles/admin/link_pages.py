"""Pages of a list that stands among others on its page: which one is asked for, links to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGES_NAMED: Final = 3  # on either side of the page that is shown


def page_here(wanted: int, number: int, size: int) -> int:
    return min(max(wanted, 1), max(-(-number // size), 1))


def page_links(
    name: str, here: int, number: int, size: int, more: str = ""
) -> list[dict[str, Any]]:
    """Links to the pages of a list; a `number` of 0 is a gap. None where one page is all."""
    last = -(-number // size)
    if last < 2:
        return []
    near: Iterable[int] = range(max(1, here - PAGES_NAMED), min(last, here + PAGES_NAMED) + 1)
    found: list[dict[str, Any]] = []
    for page in sorted({1, *near, last}):
        if found and page > found[-1]["number"] + 1:
            found.append({"number": 0})
        words = f"{(page - 1) * size + 1:,}–{min(number, page * size):,}"
        asked = f"{more}{name}={page}"
        found.append({"asked": asked, "number": page, "words": words, "is_here": page == here})
    return found
