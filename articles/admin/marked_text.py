"""An article's text with its mentions marked in place, one part of a long text at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from articles.models import Mention
from articles.text import sections
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from articles.models import Article

PART: Final = 20_000
"""Characters of a text that stand on one page."""

MARKED: Final = 500
"""Mentions that are marked on one page."""

_LIKELIEST: Final = {LinkState.ACCEPTED: 0, LinkState.SUGGESTED: 1, LinkState.REJECTED: 2}


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of text and the mentions that cover it, the likeliest first; and those of them
    that end with it."""

    text: str
    mentions: tuple[Mention, ...] = ()
    ending: tuple[Mention, ...] = ()
    beginning: tuple[Mention, ...] = ()

    @property
    def state(self) -> str:
        return self.mentions[0].state if self.mentions else ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a heading. `start` is its place in the text."""

    start: int
    is_heading: bool
    words: tuple[Words, ...]

    @property
    def text(self) -> str:
        return "".join(words.text for words in self.words)


@dataclass(frozen=True, slots=True)
class MarkedText:
    """Part `number` (from 1) of `of`."""

    number: int
    of: int
    blocks: list[Block]
    is_cut: bool = False
    headings: list[Block] = field(default_factory=list)


def marked_text(article: Article, number: int = 1) -> MarkedText:
    """A part of the text. One query. A mention whose words stand elsewhere has no mark."""
    places = parts(article.body)
    number = min(max(number, 1), len(places))
    first, last = places[number - 1]
    found = list(
        article.mentions.filter(is_lost=False, start__lt=last, end__gt=first)
        .select_related("entity")
        .order_by("start", "end", "pk")[: MARKED + 1]
    )
    standing = [m for m in found[:MARKED] if article.body[m.start : m.end] == m.quote]
    blocks = list(_blocks(article.body, first, last, standing))
    return MarkedText(
        number,
        len(places),
        blocks,
        is_cut=len(found) > MARKED,
        headings=[block for block in blocks if block.is_heading],
    )


def parts(body: str) -> list[tuple[int, int]]:
    """The text in parts of at most PART characters, each ended at a paragraph where one is near."""
    cuts = [0]
    while len(body) - cuts[-1] > PART:
        least, most = cuts[-1] + PART // 2, cuts[-1] + PART
        ends = (body.rfind(gap, least, most) for gap in ("\n\n", "\n", " "))
        cuts.append(next((end for end in ends if end > 0), most))
    return list(pairwise([*cuts, len(body)])) or [(0, 0)]


def part_of(body: str, start: int) -> int:
    """The number of the part in which a place of the text lies."""
    return next((n for n, (_, end) in enumerate(parts(body), 1) if start < end), 1)


def _blocks(body: str, first: int, last: int, mentions: list[Mention]) -> Iterator[Block]:
    for section in sections(body[first:last]):
        start = first + section.start
        if section.heading is not None:
            end = start + len(section.heading)
            yield Block(start, True, _words(body, start, end, mentions))
        for part in section.paragraphs:
            start, end = first + part.start, first + part.end
            yield Block(start, False, _words(body, start, end, mentions))


def _words(body: str, start: int, end: int, mentions: list[Mention]) -> tuple[Words, ...]:
    """The stretch cut wherever a mention begins or ends, so that those that overlap are seen."""
    here = [
        (m, max(m.start or 0, start), min(m.end or 0, end))
        for m in mentions
        if (m.start or 0) < end and (m.end or 0) > start
    ]
    cuts = sorted({start, end, *(a for _, a, _ in here), *(b for _, _, b in here)})
    return tuple(
        Words(
            body[a:b],
            tuple(sorted((m for m, x, y in here if x <= a and b <= y), key=_likeliest)),
            tuple(m for m, _, y in here if y == b),
            tuple(m for m, x, _ in here if x == a),
        )
        for a, b in pairwise(cuts)
    )


def _likeliest(mention: Mention) -> tuple[int, int, int]:
    """Of several the one that an editor said, then the shortest."""
    return (
        _LIKELIEST[LinkState(mention.state)],
        (mention.end or 0) - (mention.start or 0),
        mention.pk,
    )
