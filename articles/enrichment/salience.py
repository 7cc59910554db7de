"""Salience: how much an article is about an entity, not merely that it names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

HEADLINE: Final = 0.35
LEAD: Final = 0.25
FREQUENCY: Final = 0.25
SPREAD: Final = 0.15
"""What each part gives at most; together 1."""

_PARTS: Final = 5  # into which a text is cut to see how far the mentions are spread
_HALF_AT: Final = 3  # mentions that give half of what frequency can give


def salience(starts: Iterable[int], length: int, *, in_headline: bool = False) -> float:
    """0 … 1 from the places of an entity's mentions in a body of `length` code points.

        0.35 · named in the headline
      + 0.25 · (1 - first/length)³                 the earlier it is first named, the more
      + 0.25 · n/(n + 3)                           n mentions
      + 0.15 · fifths of the text that name it/5

    Never less for one mention more, for the same ones in the headline too, or for a text that
    names the entity earlier. A mention in the headline alone gives 0.35.
    """
    places = sorted(set(starts))
    share = HEADLINE if in_headline else 0.0
    if places and length > 0:
        first = min(places[0] / length, 1.0)
        fifths = {min(place * _PARTS // length, _PARTS - 1) for place in places}
        share += LEAD * (1 - first) ** 3
        share += FREQUENCY * len(places) / (len(places) + _HALF_AT)
        share += SPREAD * len(fifths) / _PARTS
    return round(share, 4)
