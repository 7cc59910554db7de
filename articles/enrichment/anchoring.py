"""Mentions that people keep, after the text under them has changed: found again, or flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.enrichment import boundaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from articles.models import Mention

ALIKE = 40  # characters of context that are compared on either side


def reanchor(body: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Give mentions whose words have moved their new place, and return those that changed.

    The place is the one with most of the context that the machine noted, then the nearest to the
    old one. Words that are gone are flagged `is_lost`, and keep the place where they stood.
    """
    kept = [mention for mention in mentions if mention.start is not None]
    taken = {(it.entity_id, it.start) for it in kept if _stands(body, it) and not it.is_lost}
    changed = []
    for mention in kept:
        if _stands(body, mention):
            if mention.is_lost:
                mention.is_lost = False
                changed.append(mention)
            continue
        free = [it for it in _places(body, mention.quote) if (mention.entity_id, it) not in taken]
        if free:
            place = max(free, key=lambda it, one=mention: _likeness(body, one, it))  # type: ignore[misc]
            taken.add((mention.entity_id, place))
            mention.start, mention.end = place, place + len(mention.quote)
            mention.is_lost = False
            changed.append(mention)
        elif not mention.is_lost:
            mention.is_lost = True
            changed.append(mention)
    return changed


def _stands(body: str, mention: Mention) -> bool:
    return body[mention.start : mention.end] == mention.quote


def _places(body: str, words: str) -> Iterator[int]:
    place = body.find(words)
    while place >= 0:
        end = place + len(words)
        begins = boundaries.begins(body, place, end) is not None
        if begins and boundaries.ends(body, place, end) is not None:
            yield place
        place = body.find(words, place + 1)


def _likeness(body: str, mention: Mention, place: int) -> tuple[int, int]:
    told = getattr(mention, "suggestion", None)
    before = told.before[-ALIKE:] if told else ""
    after = told.after[:ALIKE] if told else ""
    end = place + len(mention.quote)
    same = _shared(before[::-1], body[max(0, place - ALIKE) : place][::-1])
    same += _shared(after, body[end : end + ALIKE])
    return same, -abs(place - (mention.start or 0))


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)
