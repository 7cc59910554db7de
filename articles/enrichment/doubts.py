"""What around a place speaks against the name that stands there.

A name within a longer capitalised one means something else (`Paris Hilton`, `Washington Post`). One
word of it is then no find; an acronym, a demonym or several words are a doubtful one, since they
often stand before a name of their own (`UN General Assembly`, `Russian Orthodox Church`). In a line
of title case, and where nouns have capitals, the capitals say nothing, and nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from articles.enrichment import capitals
from articles.enrichment.boundaries import HYPHEN
from articles.enrichment.finds import Reason
from articles.enrichment.lexicon import CAPITALS, WRITTEN_SO
from articles.enrichment.places import Place, Text
from articles.enrichment.title_words import HONORIFICS, TITLES
from articles.vocabulary import AliasKind

INSIDE: Final = "inside-a-longer-name"
PERHAPS_INSIDE: Final = "perhaps-inside-a-longer-name"
SHOUTED: Final = "line-in-capitals"
HYPHENATED: Final = "hyphenated"
A_WORD_TOO: Final = "also-a-word"
A_LANGUAGE: Final = "names-a-language"
ADDRESSED: Final = "after-a-form-of-address"
DOUBTS: Final = frozenset(
    {INSIDE, PERHAPS_INSIDE, SHOUTED, HYPHENATED, A_WORD_TOO, A_LANGUAGE, ADDRESSED}
)
"""What makes a find ambiguous; other reasons are facts about how it is written."""

_OFFICE_WORDS: Final = 3
_LOOK_AHEAD: Final = 6  # words, of a row of capitalised ones


def notes(
    text: Text, place: Place, previous: Place | None, following: Place | None, kind: AliasKind
) -> list[Reason] | None:
    """Reasons noted about a place; None where it is surely a part of another name."""
    longer = list(_longer_name(text, place, previous, following, kind))
    if longer and _is_one_word(text, place) and kind in (AliasKind.NAME, AliasKind.SURNAME):
        return None
    perhaps = () if longer else _perhaps_longer(text, place, previous, kind)
    own = (of(text, place, kind) for of in (_addressed, _homograph, _language))
    return [
        *_writing(text, place),
        *_hyphenated(text, place, following, kind),
        *longer,
        *perhaps,
        *chain.from_iterable(own),
    ]


def _writing(text: Text, place: Place) -> Iterator[Reason]:
    written = text.folded.plain[place.start : place.end]
    if written.isupper() and capitals.is_shouted(text.line(place.start)):
        yield Reason(SHOUTED)
    elif place.written != WRITTEN_SO:
        yield Reason(place.written)
    for beside in (place.before, place.after):
        if beside and beside != HYPHEN:
            yield Reason(beside)


def _hyphenated(
    text: Text, place: Place, following: Place | None, kind: AliasKind
) -> Iterator[Reason]:
    """A name joined to another word with a capital that is no known name: `Alsace-Lorraine`."""
    if place.after != HYPHEN or (following and following.start == place.end + 1):
        return
    if kind == AliasKind.NAME and not capitals.nouns_have_capitals(text.language):
        yield Reason(HYPHENATED, capitals.word_at(text.folded.plain, place.end + 1))


def _longer_name(
    text: Text, place: Place, previous: Place | None, following: Place | None, kind: AliasKind
) -> Iterator[Reason]:
    """The unknown capitalised words directly before and after."""
    plain = text.folded.plain
    if not plain[place.start].isupper() or capitals.nouns_have_capitals(text.language):
        return
    before = _name_before(plain, place, previous, kind)
    after = _name_after(plain, place, following)
    if not before and not after:
        return
    line = text.line(place.start)
    if not line.isupper() and not capitals.is_title_case(line):
        name = plain[place.start : place.end]
        yield Reason(INSIDE, " ".join(part for part in (before, name, after) if part))


def _name_after(plain: str, place: Place, following: Place | None) -> str:
    """The capitalised words after a place, unless they are an office, a day or a known name."""
    words = []
    end = place.end
    while (found := capitals.word_after(plain, end)) and capitals.is_capitalised(found[1]):
        if following and following.start == found[0]:
            break
        words.append(found[1])
        if capitals.ends_sentence(found[1]) or len(words) == _LOOK_AHEAD:
            break
        end = found[0] + len(found[1])
    if not words or capitals.is_day(words[0]) or capitals.is_opener(words[0]):
        return ""
    if capitals.follows_office(plain, place.start):  # `President of Ukraine Volodymyr Zelenskyy`
        return ""
    bare = [word.rstrip(".").lower() for word in words]
    is_office = not TITLES.isdisjoint(bare[:_OFFICE_WORDS])  # `US Deputy Trade Representative`
    return "" if is_office else " ".join(words).rstrip(".")


def _name_before(plain: str, place: Place, previous: Place | None, kind: AliasKind) -> str:
    """The capitalised word before a place, unless an office, a known name or a sentence's start."""
    found = capitals.word_before(plain, place.start)
    if not found or not capitals.is_capitalised(found[1]):
        return ""
    if capitals.is_no_part_of_a_name(found[1]) or capitals.is_opener(found[1]):
        return ""
    is_known = previous and previous.end == place.start - 1
    opens = kind != AliasKind.SURNAME and capitals.begins_sentence(plain, found[0])
    return "" if is_known or opens else found[1]


def _perhaps_longer(
    text: Text, place: Place, previous: Place | None, kind: AliasKind
) -> Iterator[Reason]:
    """`Michael Jordan` where a sentence begins: a word with a capital, and no word one knows."""
    plain = text.folded.plain
    if kind not in (AliasKind.NAME, AliasKind.DEMONYM) or not _is_one_word(text, place):
        return
    found = capitals.word_before(plain, place.start)
    if not found or not _is_unknown(found[1], text) or capitals.nouns_have_capitals(text.language):
        return
    is_known = previous and previous.end == place.start - 1
    line = text.line(place.start)
    if not is_known and not line.isupper() and not capitals.is_title_case(line):
        yield Reason(PERHAPS_INSIDE, plain[found[0] : place.end])


def _is_unknown(word: str, text: Text) -> bool:
    """Whether a word with a capital is neither of a known sort nor in small letters elsewhere."""
    return (
        capitals.is_capitalised(word)
        and not capitals.is_no_part_of_a_name(word)
        and not capitals.is_opener(word)
        and not capitals.reads_as_opener(word)
        and word.lower() not in text.small_words
    )


def _addressed(text: Text, place: Place, kind: AliasKind) -> Iterator[Reason]:
    """`Mr Jordan` is hardly the kingdom."""
    if kind == AliasKind.SURNAME or not _is_one_word(text, place):
        return
    found = capitals.word_before(text.folded.plain, place.start)
    if found and found[1].rstrip(".").lower() in HONORIFICS:
        yield Reason(ADDRESSED, found[1])


def _homograph(text: Text, place: Place, kind: AliasKind) -> Iterator[Reason]:
    """A word that opens its sentence and that the text also writes in small letters."""
    plain = text.folded.plain
    if kind == AliasKind.ACRONYM or not _is_one_word(text, place):
        return
    lower = text.folded.lower[place.start : place.end]
    if plain[place.start] == lower[0] or place.written == CAPITALS:
        return
    if capitals.begins_sentence(plain, place.start) and lower in text.small_words:
        yield Reason(A_WORD_TOO, lower)


def _language(text: Text, place: Place, kind: AliasKind) -> Iterator[Reason]:
    """`written in Korean`, `an English translation`: the language, hardly the country."""
    if kind == AliasKind.DEMONYM and capitals.is_language(
        text.folded.plain, place.start, place.end
    ):
        yield Reason(A_LANGUAGE)


def _is_one_word(text: Text, place: Place) -> bool:
    return " " not in text.folded.plain[place.start : place.end]
