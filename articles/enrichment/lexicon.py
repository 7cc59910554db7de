"""The curated spellings as automata, and what each of them is of: columns, not objects.

A million aliases are a few arrays and two strings of bytes; building reads the names once. Aliases
spelt alike are one pattern, for a common surname may be that of thousands.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Final, NamedTuple
from zlib import crc32

import ahocorasick_rs

from articles.enrichment.boundaries import is_han
from articles.enrichment.finds import Name
from articles.enrichment.folding import Folded, fold_spelling, small
from articles.vocabulary import AliasKind, CaseRule, Standing

PATTERNS_AT_ONCE: Final = 400_000
"""In one automaton: building it takes twice the memory that it keeps, several take more time."""

ALWAYS_EXACT: Final = 3  # letters; a shorter name in another case is another word
_LONGEST_ACRONYM: Final = 8

_KINDS: Final = tuple(AliasKind)
_STANDINGS: Final = tuple(Standing)
_LITERAL, _DOTTED, _UNDOTTED, _WITH_ARTICLE = range(4)

CAPITALS: Final = "capitals"  # how a spelling is written: all in capitals, though its own is not
DOTTED: Final = "dotted"
WRITTEN_SO: Final = ""


class Hit(NamedTuple):
    """An alias spelt so in a folded text: its row, where that ends, how it is written."""

    row: int
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
        self._rows = array("I")  # of each pattern those from its first to the next one's first
        self._forms = bytearray()
        self._firsts = array("I")
        self._automata: list[tuple[int, ahocorasick_rs.AhoCorasick]] = []  # with first pattern
        patterns = self._patterns(self._keep(names))
        while chunk := list(islice(patterns, PATTERNS_AT_ONCE)):
            self._automata.append((len(self._firsts) - len(chunk), _automaton(chunk)))
        self._firsts.append(len(self._rows))

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

    def alias(self, row: int) -> int:
        return self._aliases[row]

    def entity(self, row: int) -> int:
        return self._entities[row]

    def kind(self, row: int) -> AliasKind:
        return _KINDS[self._rules[row] & 3]

    def standing(self, row: int) -> Standing:
        return _STANDINGS[self._rules[row] >> 3]

    def patterns(self, text: Folded) -> list[tuple[int, int, int]]:
        """Pattern, start, end of all that stands in the text, within words and in any case too."""
        return [
            (first + pattern, start, end)
            for first, automaton in self._automata
            for pattern, start, end in automaton.find_matches_as_indexes(
                text.lower, overlapping=True
            )
        ]

    def spelt(self, spelling: str) -> list[int]:
        """The rows of all aliases that are written like a folded text, but for its case.

        Names of few letters are others in another case.
        """
        lower = small(spelling)
        rows = {
            self._rows[at]
            for first, automaton in self._automata
            for pattern, start, end in automaton.find_matches_as_indexes(lower, overlapping=True)
            if end - start == len(lower)
            for at in range(self._firsts[first + pattern], self._firsts[first + pattern + 1])
        }
        own = {row: self._spellings[row] for row in rows}
        return sorted(
            (row for row in rows if len(own[row]) > ALWAYS_EXACT or own[row] == spelling),
            key=self.alias,
        )

    def hits(self, text: Folded, pattern: int, start: int, end: int) -> Iterator[Hit]:
        """The aliases of a pattern that are written here as their rules ask."""
        written = text.plain[start:end]
        literal = written.encode()
        is_small = not written[0].isupper()  # then only the same in small letters, or any case
        for at in range(self._firsts[pattern], self._firsts[pattern + 1]):
            row, form = self._rows[at], self._forms[at]
            if form == _LITERAL and self._spellings.encoded(row) == literal:
                yield Hit(row, end, WRITTEN_SO)
            elif form == _LITERAL and is_small and not self._rules[row] & 4:
                continue
            elif (hit := self._other_form(text, row, form, written, end)) is not None:
                yield hit

    def _other_form(self, text: Folded, row: int, form: int, written: str, end: int) -> Hit | None:
        own = self._spellings[row]
        if form == _DOTTED:
            if text.plain[end : end + 1] == ".":
                end += 1
                if text.plain[end : end + 1].isalnum():  # U.N.C.L.E.
                    return None
            return Hit(row, end, DOTTED) if written.replace(".", "") == own else None
        if form == _UNDOTTED:
            return Hit(row, end, WRITTEN_SO) if written == own.replace(".", "") else None
        if form == _WITH_ARTICLE:
            return Hit(row, end, WRITTEN_SO)
        how = _otherwise(written, own, self._rules[row])
        return None if how is None else Hit(row, end, how)

    def _keep(self, names: Iterable[Name]) -> array[int]:
        """Keep the names; give rows and forms, those of one pattern side by side."""
        keys = []
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
            for form, pattern in _forms(spelling, name.kind):
                keys.append(crc32(pattern.encode()) << 32 | row << 2 | form)
        keys.sort()
        return array("Q", keys)

    def _patterns(self, keys: array[int]) -> Iterator[str]:
        """Each pattern once, while the rows and forms of each are set down in the same order."""
        for _, members in groupby(keys, lambda key: key >> 32):
            alike: dict[str, list[int]] = {}
            for key in members:
                row, form = (key >> 2) & 0x3FFFFFFF, key & 3
                spelling = self._spellings[row]
                if form == _LITERAL:  # as nearly all are
                    pattern = small(spelling)
                else:
                    pattern = dict(_forms(spelling, self.kind(row)))[form]
                alike.setdefault(pattern, []).append(key)
            for pattern, same in alike.items():
                self._firsts.append(len(self._rows))
                for key in same:
                    self._rows.append((key >> 2) & 0x3FFFFFFF)
                    self._forms.append(key & 3)
                yield pattern


def _automaton(patterns: list[str]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(
        patterns,
        store_patterns=False,
        implementation=ahocorasick_rs.Implementation.ContiguousNFA,
    )


def _forms(spelling: str, kind: str) -> Iterator[tuple[int, str]]:
    """The spelling itself, and what its rules make equal to it."""
    lower = small(spelling)
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
    if written == own:
        return WRITTEN_SO
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

    def encoded(self, index: int) -> bytearray:
        return self._bytes[self._ends[index] : self._ends[index + 1]]

    def __getitem__(self, index: int) -> str:
        return self.encoded(index).decode()
