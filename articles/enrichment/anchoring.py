"""Mentions that people keep, after the text under them has changed: found again, or flagged.

Words are found again where they stand as before, and else where the text around them is much the
same: the same words in another sentence are another mention, which nobody has judged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from articles.anchors import passage
from articles.enrichment import boundaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from articles.models import Mention

AROUND: Final = 60
"""Characters of context on either side."""

ENOUGH: Final = 12
"""Characters next to the words that have to be the same …"""

ALIKE: Final = 0.5
"""… or else so many of the words around."""

_WORD: Final = re.compile(r"\w+")


class Context(NamedTuple):
    """The text around a mention, of its own paragraph."""

    before: str
    after: str

    @classmethod
    def of(cls, body: str, start: int, end: int) -> Context:
        around = passage(body, start, end, AROUND)
        return cls(around.before, around.after)


def is_displaced(body: str, mention: Mention) -> bool:
    """Whether something else stands at the place of a mention that has one."""
    return mention.start is not None and body[mention.start : mention.end] != mention.quote


def reanchor(
    body: str, mentions: Iterable[Mention], contexts: Mapping[int, Context] | None = None
) -> list[Mention]:
    """Give mentions whose words have moved their new place, and return those that changed.

    `contexts` (by key of the mention) is the text that was around them; where nothing is known of
    it, the nearest place is taken. Words that are gone are flagged `is_lost`, and keep the place
    where they stood.
    """
    kept = [mention for mention in mentions if mention.start is not None]
    taken = {
        (it.entity_id, it.start) for it in kept if not it.is_lost and not is_displaced(body, it)
    }
    changed = []
    for mention in kept:
        if not mention.is_lost and not is_displaced(body, mention):
            continue
        place = _place(body, mention, (contexts or {}).get(mention.pk), taken)
        if place is not None:
            taken.add((mention.entity_id, place))
            mention.start, mention.end = place, place + len(mention.quote)
            mention.is_lost = False
            changed.append(mention)
        elif not mention.is_lost:
            mention.is_lost = True
            changed.append(mention)
    return changed


def _place(
    body: str, mention: Mention, context: Context | None, taken: set[tuple[int, int | None]]
) -> int | None:
    """Where the words of a mention stand now: with most of their context, then the nearest."""
    start = mention.start or 0
    best: tuple[int, int, int] | None = None
    for place in _places(body, mention.quote):
        if (mention.entity_id, place) in taken:
            continue
        same = _likeness(body, place, place + len(mention.quote), context)
        if same is not None and (best is None or (same, -abs(place - start)) > best[:2]):
            best = (same, -abs(place - start), place)
    return best[2] if best else None


def _places(body: str, words: str) -> Iterator[int]:
    place = body.find(words)
    while place >= 0:
        end = place + len(words)
        begins = boundaries.begins(body, place, end) is not None
        if begins and boundaries.ends(body, place, end) is not None:
            yield place
        place = body.find(words, place + 1)


def _likeness(body: str, start: int, end: int, context: Context | None) -> int | None:
    """How many characters next to a place are as before; None where it is another place."""
    if context is None:
        return 0
    here = Context.of(body, start, end)
    same = _shared(context.before[::-1], here.before[::-1]) + _shared(context.after, here.after)
    if same >= min(ENOUGH, len(context.before) + len(context.after)):
        return same
    then, now = (set(_WORD.findall(f"{it.before} {it.after}")) for it in (context, here))
    return same if then and len(then & now) >= ALIKE * len(then) else None


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)
