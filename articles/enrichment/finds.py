"""What is found in a text: plain data, the same whoever finds it and whoever keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from articles.vocabulary import AliasKind, CaseRule, Standing


class Name(NamedTuple):
    """A curated spelling of an entity, as the gazetteer is given it: an alias and its rules."""

    alias: int
    entity: int
    slug: str
    spelling: str
    kind: AliasKind = AliasKind.NAME
    case_rule: CaseRule = CaseRule.EXACT
    standing: Standing = Standing.REVIEW


class Reason(NamedTuple):
    """A short word that says why, and the fact it rests on: a quotation or a number."""

    word: str
    fact: str | int = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a find may mean, by which of its aliases, and what speaks for it."""

    entity: int
    alias: int
    slug: str
    kind: AliasKind
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Find:
    """A place that holds a curated spelling: `text[start:end] == quote`, in code points.

    Candidates are ranked, the likeliest first; there is always one. `reasons` are doubts and facts
    about the place. `is_unambiguous` says that one entity fits and nothing speaks against it;
    `standing` is what an editor's rule makes of the find: `accept` only for an unambiguous one.
    """

    start: int
    end: int
    quote: str
    kind: AliasKind
    confidence: float
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]
    is_unambiguous: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class Reading:
    """The finds of an article: offsets of the one into its headline, of the other into its body."""

    headline: tuple[Find, ...]
    body: tuple[Find, ...]
