"""Whether two texts are copies of each other: signatures that find them, shares that tell. Pure.

A signature is 126 minima of the shingles' hashes in 42 bands of three: 18 of the whole text, and
eight each of its first, middle and last half, which an excerpt is more like than the whole. Texts
with a common band may be copies. Whether they are is told by their shingles: most of the smaller
text's are in the other. Lines that are known to be page furniture count for neither.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING, Final
from zlib import crc32

from rensa import RMinHash

from articles.enrichment.shingles import FOOT_LINES, HEAD_LINES, LONGEST, SHINGLE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from articles.enrichment.shingles import Reading

ENGINE: Final = "minhash"
VERSION: Final = "1"
WIDTH: Final = 3
"""So many minima make a band."""

SECTIONS: Final = ((0, 4, 18), (0, 2, 8), (1, 3, 8), (2, 4, 8))
"""What is signed: from and to which quarter of the text, with how many bands."""

BANDS: Final = sum(bands for _, _, bands in SECTIONS)
PERMUTATIONS: Final = WIDTH * max(bands for _, _, bands in SECTIONS)
SEED: Final = 20_240_331
FEWEST_SHINGLES: Final = 8
"""A text with fewer of its own says too little: that it stands in another is no copying."""

NEAR: Final = 0.6
"""Two texts are near when so much of the smaller one is in the other."""

MOST_PASSAGES: Final = 100
_MOST_PLACES: Final = 16  # of a shingle in the other text: more are refrains

# A signature says by which rules it was made: those of other rules are not compared with it.
CONFIGURATION: Final = sha256(
    json.dumps(
        {
            "engine": [ENGINE, VERSION],
            "library": ["rensa.RMinHash", RMinHash.ALGORITHM_VERSION],
            "permutations": [PERMUTATIONS, WIDTH, SEED, SECTIONS],
            "shingle": [SHINGLE, FEWEST_SHINGLES, LONGEST, HEAD_LINES, FOOT_LINES],
            "near": NEAR,
        },
        sort_keys=True,
    ).encode()
).hexdigest()[:16]

_ROW: Final = Struct(f"<{PERMUTATIONS}I")
_BAND: Final = _ROW.size // PERMUTATIONS * WIDTH


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of each of two texts the other has, of their own shingles."""

    first: float
    second: float

    @property
    def are_near(self) -> bool:
        return max(self.first, self.second) >= NEAR


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that two texts share: their place in the one and in the other, in code points."""

    start: int
    end: int
    other_start: int
    other_end: int

    def as_list(self) -> list[int]:
        return [self.start, self.end, self.other_start, self.other_end]


def sign(
    readings: Sequence[Reading], furniture: Collection[int] = frozenset()
) -> list[tuple[int, ...]]:
    """The bands of each text: 42 signed numbers of 32 bits, none for a text that is too short.

    The same text and furniture always give the same, in whatever order or company.
    """
    signed: list[list[str]] = []
    for reading in readings:
        own = reading.own_shingles(furniture)
        if len(own) >= FEWEST_SHINGLES:
            signed += _sections(own)
        else:
            signed += [[]] * len(SECTIONS)
    rows = iter(RMinHash.digest_matrix_from_token_sets(signed, PERMUTATIONS, SEED).to_rows())
    sections = iter(signed)
    return [
        tuple(
            band
            for _, _, bands in SECTIONS
            for band in _bands(next(rows), bands if next(sections) else 0)
        )
        for _ in readings
    ]


def _sections(own: list[str]) -> list[list[str]]:
    size = len(own)
    return [own[size * first // 4 : size * last // 4] for first, last, _ in SECTIONS]


def _bands(row: Sequence[int], count: int) -> list[int]:
    """The first bands of a row, each with its number mixed in: all can stand in one column."""
    packed = memoryview(_ROW.pack(*row))
    return [
        _signed(crc32(packed[number * _BAND : (number + 1) * _BAND], number + 1))
        for number in range(count)
    ]


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number


def shares(
    first: Reading, second: Reading, furniture: Collection[int] = frozenset()
) -> Shares | None:
    """How much of each text is in the other, or None where one says too little of its own."""
    one, other = set(first.own_shingles(furniture)), set(second.own_shingles(furniture))
    return shares_of(one, other)


def shares_of(one: set[str], other: set[str]) -> Shares | None:
    """The same of the sets of their shingles."""
    if min(len(one), len(other)) < FEWEST_SHINGLES:
        return None
    common = len(one & other)
    return Shares(common / len(one), common / len(other))


def explain(first: Reading, second: Reading) -> list[Passage]:
    """The passages that two texts share, furniture too, in the order of the first.

    Each is as long as the words agree, and at least a shingle. Of a passage that stands in the
    second several times the longest agreement counts, else the first; at most the 100 longest.
    """
    ours = first.own_shingles()
    places: dict[str, list[int]] = {shingle: [] for shingle in ours}
    for index, shingle in enumerate(second.own_shingles()):
        if shingle in places and len(places[shingle]) < _MOST_PLACES:
            places[shingle].append(index)
    found, done = [], 0
    for index, shingle in enumerate(ours):
        if index >= done and places[shingle]:
            agreeing = ((_common(first, index, second, at), -at) for at in places[shingle])
            length, at = max(agreeing)
            found.append((length, index, -at))
            done = index + length
    longest = sorted(found, key=lambda it: -it[0])[:MOST_PASSAGES]
    return _placed(first, second, sorted(longest, key=lambda it: it[1]))


def _placed(first: Reading, second: Reading, found: list[tuple[int, int, int]]) -> list[Passage]:
    """Passages by how many words they have and which is their first in either text."""
    if not found:
        return []
    ours, theirs = first.places(), second.places()
    return [
        Passage(ours[at][0], ours[at + length - 1][1], theirs[to][0], theirs[to + length - 1][1])
        for length, at, to in found
    ]


def _common(one: Reading, start: int, other: Reading, other_start: int) -> int:
    """How many words agree from the two places on."""
    ours, theirs = one.words, other.words
    longest = min(len(ours) - start, len(theirs) - other_start)
    for length in range(longest):
        if ours[start + length] != theirs[other_start + length]:
            return length
    return longest
