"""How much two articles look like reports on one event: by what they are about, by their telling
words, and by time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log, sqrt
from typing import Final, NamedTuple, TypeVar

Word = TypeVar("Word", int, str)

WINDOW: Final = 45
"""Days: articles further apart are never compared."""

MOST_ENTITIES: Final = 5  # of an article, by which others are looked for
MOST_SHARED: Final = 8  # entities and words that are told as evidence
_ENTITIES: Final = 0.6
_WORDS: Final = 0.4
_FEW_WORDS: Final = 0.05  # less likeness of words than this makes entities say less
_MANY_ENTITIES: Final = 4  # but for so many in common, beside the first
_HALF_AFTER: Final = 30  # days after which likeness counts half


class Topic(NamedTuple):
    """How much an article is about an entity, and how much that says: a rare one says more."""

    salience: float
    rarity: float

    @property
    def weight(self) -> float:
        return self.salience * self.rarity


@dataclass(frozen=True, slots=True)
class Piece:
    """An article: the entities it is about, and its telling words, each with its weight.

    `day` is that of its publication, or None. The words are none of the entities' names, which
    would count twice; `language` is that of the words, empty where it is not known.
    """

    key: int
    day: date | None
    entities: Mapping[int, Topic]
    words: Mapping[str, float]
    language: str = ""

    def leading(self) -> dict[int, float]:
        """What it is about first of all."""
        return telling({it: topic.weight for it, topic in self.entities.items()}, MOST_ENTITIES)


class Likeness(NamedTuple):
    """How alike two articles are, 0 … 1, and by what: the weightiest first."""

    score: float
    entities: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    days: int | None = None


@lru_cache(maxsize=65_536)
def rarity(articles: int, of: int) -> float:
    """0 … 1: what an entity or a word that so many `of` all articles have says of one."""
    return log((of + 1) / (min(articles, of) + 0.5)) / log((of + 1) / 0.5)


def telling(weights: Mapping[Word, float], most: int) -> dict[Word, float]:
    """The weightiest, so that what many have in common does not drown them."""
    best = sorted(weights, key=lambda key: (-weights[key], key))[:most]
    return {key: weights[key] for key in best}


def likeness(one: Piece, other: Piece) -> Likeness:
    """How much two articles look like reports on one event: nothing without a common entity.

    Who or what two articles of one language are about says little if they have no words in common:
    a town has a strike, a flood and a museum in one week. What has no day counts as if it were as
    far away as may be.
    """
    days = abs((one.day - other.day).days) if one.day and other.day else None
    entities, shared = _about_the_same(one.entities, other.entities)
    if not shared or (days or 0) > WINDOW:
        return Likeness(0.0)
    words, told = _cosine(one.words, other.words)
    nearness = _HALF_AFTER / (_HALF_AFTER + (WINDOW if days is None else days))
    if one.language == other.language != "":
        entities *= min(1.0, words / _FEW_WORDS + (len(shared) - 1) / _MANY_ENTITIES)
    score = (_ENTITIES * entities + _WORDS * words) * nearness
    return Likeness(round(score, 4), shared, told, days)


def _about_the_same(
    one: Mapping[int, Topic], other: Mapping[int, Topic]
) -> tuple[float, tuple[int, ...]]:
    """As `_cosine`, but what many articles are about says little however much these are."""
    products = {
        key: one[key].salience * other[key].salience * one[key].rarity
        for key in sorted(one.keys() & other.keys())
    }
    length = sqrt(
        sum(topic.salience**2 for topic in one.values())
        * sum(topic.salience**2 for topic in other.values())
    )
    if not products or not length:
        return 0.0, ()
    return min(sum(products.values()) / length, 1.0), tuple(telling(products, MOST_SHARED))


def _cosine(
    one: Mapping[Word, float], other: Mapping[Word, float]
) -> tuple[float, tuple[Word, ...]]:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    products = {key: weight * large[key] for key, weight in small.items() if key in large}
    length = sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    if not products or not length:
        return 0.0, ()
    best = telling(products, MOST_SHARED)
    return min(sum(products[key] for key in sorted(products)) / length, 1.0), tuple(best)
