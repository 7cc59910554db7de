"""What a careful editor would have marked, read from JSON Lines: the measure of suggestions.

The format is documented beside the gold set, in `tests/gold/README.md`: names in articles, pairs
of near-duplicates, storylines. Articles are known by their uid, which follows from their identity.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any, TypeVar

from articles.errors import ArchiveError
from articles.identity import article_uid
from articles.vocabulary import EntityKind

Row = dict[str, Any]
T = TypeVar("T")


class GoldError(ArchiveError):
    """A line is not of the format; its number is told."""


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A name at a place of a body (code points `start` to `end`), and what it means.

    `entity` is a slug, or None for a name that is not curated. A negative is no name at all: words
    that look like one and must not be found.
    """

    start: int
    end: int
    quote: str
    entity: str | None
    kind: str | None
    is_ambiguous: bool = False
    is_negative: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end == self.start + len(self.quote):
            raise ValueError(f"{self.start}–{self.end} is no place of “{self.quote}”")
        if self.is_negative:
            if (self.entity, self.kind) != (None, None):
                raise ValueError(f"the negative “{self.quote}” has an entity or a kind")
        elif self.kind not in EntityKind.values:
            raise ValueError(f"“{self.quote}” is of no known kind: {self.kind}")


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article and all names in its body, in order, none over another.

    `body` is None where the gold set does not hold the text; `is_of` tells the right one.
    """

    origin: str
    external_id: str
    sha256: str
    spans: tuple[GoldSpan, ...]
    headline: str = ""
    body: str | None = None

    def __post_init__(self) -> None:
        for before, after in pairwise(self.spans):
            if after.start < before.end:
                raise ValueError(f"“{after.quote}” at {after.start} is not after “{before.quote}”")
        if self.body is not None and not self.is_of(self.body):
            raise ValueError("the body is not the one that was annotated")

    @property
    def uid(self) -> str:
        return str(article_uid(self.origin, self.external_id))

    def is_of(self, body: str) -> bool:
        """Whether this is the text that was annotated: same hash, every quote at its place."""
        if sha256(body.encode("utf-8", "surrogatepass")).hexdigest() != self.sha256:
            return False
        return all(body[span.start : span.end] == span.quote for span in self.spans)


@dataclass(frozen=True, slots=True)
class GoldPair:
    """Two articles that are near-duplicates, or only look like them. Their order says nothing."""

    a: str
    b: str
    is_duplicate: bool = True

    def __post_init__(self) -> None:
        if self.a == self.b:
            raise ValueError("an article is no pair with itself")


@dataclass(frozen=True, slots=True)
class GoldStoryline:
    """Articles on one running event; without a name, articles that belong to no storyline."""

    name: str | None
    articles: tuple[str, ...]


def read_articles(lines: Iterable[str]) -> Iterator[GoldArticle]:
    return _read(lines, _article)


def read_pairs(lines: Iterable[str]) -> Iterator[GoldPair]:
    return _read(lines, lambda row: GoldPair(str(row["a"]), str(row["b"]), bool(row["duplicate"])))


def read_storylines(lines: Iterable[str]) -> Iterator[GoldStoryline]:
    return _read(lines, _storyline)


def _read(lines: Iterable[str], make: Callable[[Row], T]) -> Iterator[T]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError("is no JSON object")
            yield make(row)
        except json.JSONDecodeError as error:
            raise GoldError(f"line {number}: is no JSON: {error.msg}") from error
        except KeyError as error:
            raise GoldError(f"line {number}: the member {error} is missing") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise GoldError(f"line {number}: {error}") from error


def _storyline(row: Row) -> GoldStoryline:
    name, articles = row["storyline"], row["articles"]
    if not isinstance(articles, list) or not all(isinstance(it, str) for it in articles):
        raise TypeError("articles is no list of uids")
    return GoldStoryline(name, tuple(articles))


def _article(row: Row) -> GoldArticle:
    return GoldArticle(
        origin=row["origin"],
        external_id=row["external_id"],
        sha256=row["sha256"],
        spans=tuple(_span(span) for span in row["spans"]),
        headline=row.get("headline", ""),
        body=row.get("body"),
    )


def _span(row: Row) -> GoldSpan:
    return GoldSpan(
        start=row["start"],
        end=row["end"],
        quote=row["quote"],
        entity=row["entity"],
        kind=row["kind"],
        is_ambiguous=bool(row.get("ambiguous")),
        is_negative=bool(row.get("negative")),
    )
