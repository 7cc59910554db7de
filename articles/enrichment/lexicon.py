"""The curated spellings as an automaton, and what each of them is of: columns, not objects.

A million aliases are a few arrays and three strings of bytes; building reads the names once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import ahocorasick_rs

from articles.enrichment.boundaries import is_han
from articles.enrichment.finds import Name
from articles.enrichment.folding import Folded, fold_spelling
from articles.vocabulary import AliasKind, CaseRule, Standing

ALWAYS_EXACT: Final = 3  # letters; a shorter name in another case is another word
_LONGEST_ACRONYM: Final = 8

_KINDS: Final = tuple(AliasKind)
_STANDINGS: Final = tuple(Standing)
_LITERAL, _DOTTED, _UNDOTTED, _WITH_ARTICLE = range(4)

CAPITALS: Final = "capitals"  # how a spelling is written: all in capitals, though its own is not
DOTTED: Final = "dotted"
WRITTEN_SO: Final = ""


class Hit(NamedTuple):
    """A spelling in a folded text, by its rules: row of the lexicon, place, how it is written."""

    row: int
    start: int
    end: int
    written: str


class Lexicon:
    """Every curated spelling, found all at once."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._aliases = array("q")
        self._entities = array("q")
        self._rules = bytearray()
        self._spellings = _Strings()
        self._slugs = _Strings()
        self._rows = array("I")  # of each pattern
        self._forms = bytearray()
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._patterns(names),
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def __len__(self) -> int:
        return len(self._aliases)

    def name(self, row: int) -> Name:
        """The alias of a row; its spelling folded."""
        rule = self._rules[row]
        return Name(
            self._aliases[row],
            self._entities[row],
            self._slugs[row],
            self._spellings[row],
            _KINDS[rule & 3],
            CaseRule.IGNORE if rule & 4 else CaseRule.EXACT,
            _STANDINGS[rule >> 3],
        )

    def candidates(self, text: Folded) -> Iterator[tuple[int, int, int]]:
        """Pattern, start, end of all that stands in the text, within words and in any case too."""
        return iter(self._automaton.find_matches_as_indexes(text.lower, overlapping=True))

    def hit(self, text: Folded, pattern: int, start: int, end: int) -> Hit | None:
        """The spelling at this place, if it is written as its case rule asks."""
        row, form = self._rows[pattern], self._forms[pattern]
        written = text.plain[start:end]
        own = self._spellings[row]
        if form == _DOTTED:
            if text.plain[end : end + 1] == ".":
                if text.plain[end + 1 : end + 2].isalnum():  # U.N.C.L.E.
                    return None
                end += 1
            return Hit(row, start, end, DOTTED) if written.replace(".", "") == own else None
        if form == _UNDOTTED:
            return Hit(row, start, end, WRITTEN_SO) if written == own.replace(".", "") else None
        if form == _WITH_ARTICLE or written == own:
            return Hit(row, start, end, WRITTEN_SO)
        how = _otherwise(written, own, self._rules[row])
        return None if how is None else Hit(row, start, end, how)

    def _patterns(self, names: Iterable[Name]) -> Iterator[str]:
        for name in names:
            spelling, lower = fold_spelling(name.spelling)
            if not lower or (len(lower) == 1 and is_han(lower)):
                continue
            row = len(self._aliases)
            self._aliases.append(name.alias)
            self._entities.append(name.entity)
            self._slugs.append(name.slug)
            self._spellings.append(spelling)
            self._rules.append(
                _KINDS.index(name.kind)
                | (name.case_rule == CaseRule.IGNORE) << 2
                | _STANDINGS.index(name.standing) << 3
            )
            for form, pattern in _forms(spelling, lower, name.kind):
                self._rows.append(row)
                self._forms.append(form)
                yield pattern


def _forms(spelling: str, lower: str, kind: str) -> Iterator[tuple[int, str]]:
    """The spelling itself, and what its rules make equal to it."""
    yield _LITERAL, lower
    if kind == AliasKind.ACRONYM:
        bare = lower.replace(".", "")
        if bare != lower and bare.isalpha():
            yield _UNDOTTED, bare
        elif 2 <= len(lower) <= _LONGEST_ACRONYM and lower.isalpha() and spelling.isupper():
            yield _DOTTED, ".".join(lower)
    if lower.startswith("ال"):
        yield _WITH_ARTICLE, "لل" + lower[2:]  # li- and al- are written as one


def _otherwise(written: str, own: str, rule: int) -> str | None:
    """How a spelling in another case is written, None if its rule does not have it."""
    if len(own) <= ALWAYS_EXACT or _KINDS[rule & 3] == AliasKind.ACRONYM:
        return None
    if written.isupper() and not own.isupper():
        return CAPITALS
    if rule & 4 or (own[0].islower() and written == own[0].upper() + own[1:]):
        return WRITTEN_SO
    return None


class _Strings:
    """Many strings in one piece of memory."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, value: str) -> None:
        self._bytes += value.encode()
        self._ends.append(len(self._bytes))

    def __getitem__(self, index: int) -> str:
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()
