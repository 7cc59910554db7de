"""Storylines: which articles tell of one running event, across sources and days. Pure.

Two articles are alike by the entities that they are about, by their telling words, and by time. An
article joins a group if it is like one of its members and, on the average, like those nearest to it
in time, so that no chain of small likenesses makes one story of many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from articles.enrichment.likeness import WINDOW, Likeness, Piece, likeness, telling

ENGINE: Final = "storylines"
VERSION: Final = "2"

LEAST: Final = 0.165
"""Two articles less alike than this are not of one event for it alone."""

MEAN: Final = 0.15
"""So like the members of a group must be on the average for what is to join it."""

STAYS: Final = 0.13
"""So like one of the others must be what stays in a group: less than what joins, for the archive
that says how rare a name or a word is goes on."""

MOST_AROUND: Final = 15  # of an entity's articles, before and after in time
MOST_COMPARED: Final = 12  # articles, and members of a group, with which one is compared
MOST_MEMBERS: Final = 200

_SURE: Final = 0.6  # reports of one day on one event are as alike as this


@dataclass(frozen=True, slots=True)
class Place:
    """An article in a group: how surely (0 … 1), and the member it is most like, with why."""

    key: int
    confidence: float
    nearest: int
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Group:
    """Articles on one event, by their keys. Those that stood in the group before have no place;
    `standing` is its number among them, None for a group that is new."""

    places: tuple[Place, ...]
    standing: int | None = None

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(place.key for place in self.places)


def find_storylines(
    pieces: Iterable[Piece], standing: Sequence[Collection[int]] = ()
) -> list[Group]:
    """Group articles. What stands is added to, and neither parted nor joined.

    The order of the pieces says nothing. Each is compared with a bounded number of others, those
    near in time that are about the same.
    """
    found = _Grouping(pieces, standing)
    for one, other in found.edges():
        found.join(one, other)
    return found.groups()


class _Grouping:
    def __init__(self, pieces: Iterable[Piece], standing: Sequence[Collection[int]]) -> None:
        self.pieces = {it.key: it for it in sorted(pieces, key=lambda it: it.key)}
        self.members: dict[int, list[int]] = {}
        self.group: dict[int, int] = {}
        self.stood: set[int] = set()
        self._alike: dict[tuple[int, int], Likeness] = {}
        for number, keys in enumerate(standing):
            own = [key for key in sorted(keys) if key in self.pieces and key not in self.group]
            self._add(number, own)
            self.stood.update(own)
        self.standing = len(standing)
        for number, key in enumerate(self.pieces, self.standing):
            if key not in self.group:
                self._add(number, [key])

    def _add(self, number: int, keys: list[int]) -> None:
        self.members[number] = keys
        self.group.update(dict.fromkeys(keys, number))

    def alike(self, one: int, other: int) -> Likeness:
        pair = (one, other) if one < other else (other, one)
        if pair not in self._alike:
            self._alike[pair] = likeness(self.pieces[pair[0]], self.pieces[pair[1]])
        return self._alike[pair]

    def edges(self) -> list[tuple[int, int]]:
        """Pairs that are like enough, the most alike first."""
        found = {pair: self.alike(*pair).score for pair in self._near()}
        likely = [pair for pair, score in found.items() if score >= LEAST]
        return sorted(likely, key=lambda pair: (-found[pair], pair))

    def _near(self) -> set[tuple[int, int]]:
        """Pairs of neighbours: of each article, those that share the most of what it is about."""
        rows: dict[int, list[int]] = defaultdict(list)
        order = sorted(self.pieces.values(), key=lambda it: (it.day or date.min, it.key))
        leading = {it.key: it.leading() for it in order}
        place: dict[tuple[int, int], int] = {}
        for piece in order:
            for entity in leading[piece.key]:
                place[entity, piece.key] = len(rows[entity])
                rows[entity].append(piece.key)
        pairs = set()
        for piece in order:
            shared: dict[int, float] = defaultdict(float)
            for entity, weight in leading[piece.key].items():
                at, row = place[entity, piece.key], rows[entity]
                for key in row[max(0, at - MOST_AROUND) : at + MOST_AROUND + 1]:
                    shared[key] += weight * leading[key][entity]
            shared.pop(piece.key, None)
            nearest = telling(shared, MOST_COMPARED)
            pairs |= {(min(piece.key, key), max(piece.key, key)) for key in nearest}
        return pairs

    def join(self, one: int, other: int) -> None:
        """Make one group of two, if each of the pair fits into the other's."""
        first, second = sorted((self.group[one], self.group[other]))
        size = len(self.members[first]) + len(self.members[second])
        if first == second or second < self.standing or size > MOST_MEMBERS:
            return
        if (
            self._mean(one, self.group[other]) >= MEAN
            and self._mean(other, self.group[one]) >= MEAN
        ):
            self._add(first, self.members[first] + self.members.pop(second))

    def _mean(self, key: int, group: int) -> float:
        """How like it is to the members of a group that are nearest in time."""
        day = self.pieces[key].day

        def distance(other: int) -> tuple[int, int]:
            its = self.pieces[other].day
            return (abs((day - its).days) if day and its else WINDOW, other)

        near = sorted(self.members[group], key=distance)[:MOST_COMPARED]
        return sum(self.alike(key, other).score for other in near) / len(near)

    def groups(self) -> list[Group]:
        found = []
        for number, keys in sorted(self.members.items()):
            new = sorted(key for key in keys if key not in self.stood)
            if new and len(keys) > 1:
                places = tuple(self._place(key, keys) for key in new)
                found.append(Group(places, number if number < self.standing else None))
        return sorted(found, key=lambda group: group.keys)

    def _place(self, key: int, keys: list[int]) -> Place:
        others = sorted(other for other in keys if other != key)
        best = max(others, key=lambda other: (self.alike(key, other).score, -other))
        like = self.alike(key, best)
        return Place(key, round(min(like.score / _SURE, 1.0), 4), best, like)


def misfits(
    pieces: Mapping[int, Piece], members: Collection[int], loose: Collection[int]
) -> set[int]:
    """Of the members those loose ones that are like none of the others any longer, and whom these
    leave alone. Who has no piece is like nobody."""
    left, gone = set(members), set[int]()
    while out := {key for key in left.intersection(loose) if not _stays(key, left, pieces)}:
        left -= out
        gone |= out
    return gone


def _stays(key: int, members: Collection[int], pieces: Mapping[int, Piece]) -> bool:
    own = pieces.get(key)
    others = (pieces[it] for it in members if it != key and it in pieces)
    return own is not None and any(likeness(own, it).score >= STAYS for it in others)


def strongest(pieces: Iterable[Piece], most: int) -> list[int]:
    """The entities that weigh most in articles that at least two of them are about."""
    weights: dict[int, float] = defaultdict(float)
    holders: dict[int, int] = defaultdict(int)
    for piece in pieces:
        for entity, topic in piece.entities.items():
            weights[entity] += topic.weight
            holders[entity] += 1
    return list(telling({it: w for it, w in weights.items() if holders[it] > 1}, most))
