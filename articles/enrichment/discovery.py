"""Unknown names: capitalised runs that no curated spelling explains.

Only for scripts with letter case. A run begins after a title (`Minister`), never holds a heading,
and opens a sentence only with a word that the archive does not write in small letters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from articles.enrichment import capitals
from articles.enrichment.finds import Reason
from articles.enrichment.folding import fold, fold_spelling
from articles.enrichment.runs import Run, Word, capitalised_runs, trimmed
from articles.text import is_title, sections

ENGINE: Final = "capitals"
VERSION: Final = "1"

_SMALL_WORD: Final = re.compile(r"(?<![\w'’-])[^\W\d_A-Z][\w'’-]*")
_MOST_WORDS: Final = 10  # a longer row is a list or a table
_CONTRACTION: Final = re.compile(r"'(?:m|ve|re|ll|d|t)\Z")  # `I'm`, `Don't`
_OF: Final = re.compile(r"(?:\A| )of\Z")  # `Amy Klobuchar of Minnesota`
_UNITS: Final = frozenset(["utc", "gmt", "cet", "cest", "bst", "celsius", "fahrenheit"])
_BASE: Final = 0.5  # how sure a run of one word is a name, and one of several
_BASE_OF_SEVERAL: Final = 0.75
_TITLE: Final = 0.15
_REPEATED: Final = 0.1
_OPENS: Final = 0.15
_COMMON: Final = 0.3

Counts = Mapping[str, int] | Callable[[str], int]
"""How often the archive writes a word in small letters; asked with the word in small letters."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that nobody has curated: `text[start:end] == quote`.

    `key` is equal for spellings of one name, so that the archive's finds can be grouped by it; a
    surname after the full name has the key of the full name. Capitals do not tell the kind.
    """

    start: int
    end: int
    quote: str
    key: str
    confidence: float
    reasons: tuple[Reason, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """An unknown name over the archive: its commonest spelling, in how many articles it stands and
    how often, and how sure its finds are on the average."""

    key: str
    quote: str
    articles: int
    finds: int
    confidence: float


def group_key(quote: str) -> str:
    """A name as it is grouped: folded, without a possessive, without the article before it."""
    lower = fold_spelling(quote)[1]
    lower = re.sub(r"'s?\Z", "", lower)
    return re.sub(r"\Athe ", "", lower).replace(".", "")


def rank_groups(groups: Iterable[UnknownGroup]) -> list[UnknownGroup]:
    """Those that the most articles would gain from first; a doubtful name counts less."""
    return sorted(groups, key=lambda one: (-one.articles * one.confidence, -one.finds, one.key))


def unknown_names(
    text: str,
    counts: Counts,
    known: Iterable[tuple[int, int]] = (),
    *,
    language: str = "und",
) -> list[Unknown]:
    """The capitalised runs of a text that hold none of the known places, in their order."""
    ask = _and_own(counts, text)
    places = sorted(known)
    found = [
        found
        for offset, piece in _prose(text)
        for found in _unknown_in(text, offset, piece, ask, places, language)
    ]
    found = list(_with_full_names(found))
    times = Counter(one.key for one in found)
    return [_repeated(one, times[one.key]) for one in found]


def _and_own(counts: Counts, text: str) -> Callable[[str], int]:
    """The archive's counts, and at least one for each word that this text has in small letters."""
    of_archive = counts if callable(counts) else lambda word: counts.get(word, 0)
    own = frozenset(_SMALL_WORD.findall(text))
    return lambda word: of_archive(word) or int(word in own)


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs without headings, and without lines in them that read like one."""
    for section in sections(text):
        for paragraph in section.paragraphs:
            if not capitals.is_title_case(paragraph.text) and not paragraph.text.isupper():
                yield from _lines(paragraph.text, paragraph.start)


def _lines(text: str, offset: int) -> Iterator[tuple[int, str]]:
    """A paragraph in one piece, unless a line of it is a heading glued to it."""
    start = position = 0
    for line in text.splitlines(keepends=True):
        if line.endswith("\n") and is_title(line.strip()) and capitals.is_title_case(line):
            yield offset + start, text[start:position]
            start = position + len(line)
        position += len(line)
    yield offset + start, text[start:]


def _unknown_in(
    text: str,
    offset: int,
    piece: str,
    ask: Callable[[str], int],
    known: list[tuple[int, int]],
    language: str,
) -> Iterator[Unknown]:
    folded = fold(piece)
    for run in capitalised_runs(folded.plain):
        for words in _outside(run.words, folded.span, offset, known):
            kept, common = _names_in(words, run, ask)
            if not kept or _says_nothing(kept, run, language):
                continue
            start, end = folded.span(kept[0].start, kept[-1].end)
            quote = text[offset + start : offset + end]
            confidence, reasons = _weigh(kept, run, common)
            yield Unknown(
                offset + start, offset + end, quote, group_key(quote), confidence, reasons
            )


def _outside(
    words: tuple[Word, ...],
    span: Callable[[int, int], tuple[int, int]],
    offset: int,
    known: list[tuple[int, int]],
) -> Iterator[list[Word]]:
    """The words of a run without those of known names; what is left on each side is a run."""
    part: list[Word] = []
    for word in words:
        start, end = span(word.start, word.end)
        at = bisect_right(known, (offset + end - 1, 1 << 62))
        if at and known[at - 1][1] > offset + start:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _names_in(words: list[Word], run: Run, ask: Callable[[str], int]) -> tuple[list[Word], int]:
    """The words without connectors at their ends and without what only opens a sentence, and how
    many of them the archive also writes in small letters."""
    words = trimmed(words)
    if words and words[0] == run.words[0] and _opens(words[0].text, run, ask):
        words = trimmed(words[1:])
    return words, sum(ask(word.text.lower()) > 0 for word in words)


def _opens(word: str, run: Run, ask: Callable[[str], int]) -> bool:
    """Whether the first word of a run has its capital from something else than a name."""
    if not run.opens_sentence:
        return word == "The"
    return capitals.is_opener(word) or (not word.isupper() and ask(word.lower()) > 0)


def _says_nothing(words: list[Word], run: Run, language: str) -> bool:
    """Whether these capitals are no sign of a name."""
    word = words[0].text
    if len(words) > 1:
        return len(words) > _MOST_WORDS
    if (
        len(word) < 2
        or word.lower() in _UNITS
        or capitals.is_opener(word)
        or _CONTRACTION.search(word)
    ):
        return True
    if run.opens_sentence and capitals.reads_as_opener(word):
        return True
    return capitals.nouns_have_capitals(language) and not run.title and not word.isupper()


def _weigh(words: list[Word], run: Run, common: int) -> tuple[float, tuple[Reason, ...]]:
    confidence = _BASE if len(words) == 1 else _BASE_OF_SEVERAL
    reasons = [Reason("capitalised-words", len(words))]
    if run.title:
        reasons.append(Reason("after-a-title", run.title))
        confidence += _TITLE
    if run.opens_sentence and words[0] == run.words[0]:
        reasons.append(Reason("opens-a-sentence"))
        confidence -= _OPENS
    if common:
        reasons.append(Reason("also-in-small-letters", common))
        confidence -= _COMMON * common / len(words)
    return round(min(max(confidence, 0.05), 0.95), 3), tuple(reasons)


def _with_full_names(found: list[Unknown]) -> Iterator[Unknown]:
    """A bare surname, after the name that it ends, is grouped with it; not a place after `of`."""
    full: dict[str, Unknown] = {}
    for one in found:
        before, _, last = one.key.rpartition(" ")
        if before and not _OF.search(before):
            full[last] = one
        whole = full.get(last, one)
        if whole is one:
            yield one
        else:
            reasons = (*one.reasons, Reason("named-in-full", whole.quote))
            yield replace(one, key=whole.key, reasons=reasons)


def _repeated(one: Unknown, times: int) -> Unknown:
    """A name that a text has several times is likelier to be one."""
    if times == 1:
        return one
    confidence = round(min(one.confidence + _REPEATED, 0.95), 3)
    reasons = (*one.reasons, Reason("times-in-the-text", times))
    return replace(one, confidence=confidence, reasons=reasons)
