"""Whether a line is page furniture: held by stories that have nothing else in common. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from articles.enrichment.signatures import FEWEST_SHINGLES, shares_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from articles.enrichment.shingles import Reading

OF_ONE_SOURCE: Final = 3
"""A line is furniture when so many different stories of one source hold it …"""

OF_ALL_SOURCES: Final = 6
"""… or so many of different sources: a text that several of them print is no furniture."""

APART: Final = 4
"""Where the line and its company are most of the texts, so many of one source must be unlike in
what remains: fewer may be one story, printed again under a new lead, and of several sources one
story, printed over the footer of each."""

UNLIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Holder:
    """An article that holds a line: the key of its source, and its text."""

    source: int
    reading: Reading


def is_furniture(holders: Sequence[Holder], known: Collection[int] = frozenset()) -> bool:
    """Whether the line that all of them hold makes none of them near another."""
    whole = _stories(holders, known)
    if len(whole) >= OF_ALL_SOURCES or _most_of_one_source(whole) >= OF_ONE_SOURCE:
        return True
    rest = _stories(holders, {*known, *_company(holders)})
    return _most_of_one_source(rest) >= APART


def _most_of_one_source(stories: list[int]) -> int:
    return max(Counter(stories).values(), default=0)


def _company(holders: Sequence[Holder]) -> set[int]:
    """The lines that most of the holders have: the line itself, and what comes with it."""
    counts = Counter(key for it in holders for key in {line.key for line in it.reading.lines})
    return {key for key, count in counts.items() if 3 * count >= 2 * len(holders)}


def _stories(holders: Sequence[Holder], discounted: Collection[int]) -> list[int]:
    """Sort the holders into stories that are unlike each other; of each the source of its first.

    Those that say too little of their own are left out.
    """
    texts = [(it.source, set(it.reading.own_shingles(discounted))) for it in holders]
    told = [(source, own) for source, own in texts if len(own) >= FEWEST_SHINGLES]
    story = list(range(len(told)))
    for index, (_, own) in enumerate(told):
        for other in range(index):
            found = shares_of(own, told[other][1])
            if story[other] != story[index] and found and max(found.first, found.second) >= UNLIKE:
                joined, into = story[index], story[other]
                story = [into if number == joined else number for number in story]
    sources: dict[int, int] = {}
    for number, (source, _) in zip(story, told, strict=True):
        sources.setdefault(number, source)
    return list(sources.values())
