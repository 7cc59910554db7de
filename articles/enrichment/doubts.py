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
from articles.enrichment.boundaries import CLITIC, HYPHEN
from articles.enrichment.finds import Reason
from articles.enrichment.lexicon import CAPITALS, WRITTEN_SO
from articles.enrichment.places import Place, Text
from articles.enrichment.title_words import HONORIFICS, TITLES
from articles.vocabulary import AliasKind

INSIDE: Final = "inside-a-longer-name"
PERHAPS_INSIDE: Final = "perhaps-inside-a-longer-name"
PERHAPS_WITHIN: Final = "perhaps-within-a-word"  # `and Qatar` may be another word
SHOUTED: Final = "line-in-capitals"
HYPHENATED: Final = "hyphenated"
A_WORD_TOO: Final = "also-a-word"
A_LANGUAGE: Final = "names-a-language"
ADDRESSED: Final = "after-a-form-of-address"
DOUBTS: Final = frozenset(
    [
        INSIDE,
        PERHAPS_INSIDE,
        PERHAPS_WITHIN,
        SHOUTED,
        HYPHENATED,
        A_WORD_TOO,
        A_LANGUAGE,
        ADDRESSED,
    ]
)
"""What makes a find ambiguous; other reasons are facts about how it is written."""

_OFFICE_WORDS: Final = 3
_LOOK_AHEAD: Final = 6  # words, of a row of capitalised ones


class Around:
    """A place, what it holds, and what stands beside it."""

    __slots__ = ("before", "following", "is_one_word", "kind", "place", "plain", "text", "written")

    def __init__(
        self,
        text: Text,
        place: Place,
        previous: Place | None,
        following: Place | None,
        kind: AliasKind,
    ) -> None:
        self.text, self.place, self.following, self.kind = text, place, following, kind
        self.plain = text.folded.plain
        self.written = self.plain[place.start : place.end]
        self.is_one_word = " " not in self.written
        is_known = previous is not None and previous.end == place.start - 1
        self.before = None if is_known else capitals.word_before(self.plain, place.start)

    @property
    def line(self) -> str:
        return self.text.line(self.place.start)

    @property
    def says_nothing(self) -> bool:
        """Whether capitals say nothing in this line."""
        line = self.line
        return line.isupper() or capitals.is_title_case(line)


def notes(
    text: Text, place: Place, previous: Place | None, following: Place | None, kind: AliasKind
) -> list[Reason] | None:
    """Reasons noted about a place; None where it is surely a part of another name, or a month."""
    around = Around(text, place, previous, following, kind)
    if capitals.is_date(around.plain, place.start, place.end):
        return None
    longer = list(_longer_name(around))
    if longer and around.is_one_word and kind in (AliasKind.NAME, AliasKind.SURNAME):
        return None
    noted = chain(_writing(around), _hyphenated(around), longer or _perhaps_longer(around))
    return [*noted, *_addressed(around), *_homograph(around), *_language(around)]


def _writing(around: Around) -> Iterator[Reason]:
    place = around.place
    if around.written.isupper() and capitals.is_shouted(around.line):
        yield Reason(SHOUTED)
    elif place.written != WRITTEN_SO:
        yield Reason(place.written)
    if place.before == CLITIC:
        is_plain = around.is_one_word and not around.written.startswith("ال")
        yield Reason(PERHAPS_WITHIN if is_plain else CLITIC)
    if place.after and place.after != HYPHEN:
        yield Reason(place.after)


def _hyphenated(around: Around) -> Iterator[Reason]:
    """A name joined to another word with a capital that is no known name: `Alsace-Lorraine`."""
    place, following = around.place, around.following
    if place.after != HYPHEN or (following and following.start == place.end + 1):
        return
    if around.kind == AliasKind.NAME and not around.text.nouns_have_capitals:
        yield Reason(HYPHENATED, capitals.word_at(around.plain, place.end + 1))


def _longer_name(around: Around) -> Iterator[Reason]:
    """The unknown capitalised words directly before and after."""
    if around.text.nouns_have_capitals or not around.written[0].isupper():
        return
    before = _name_before(around)
    after = _name_after(around)
    if (before or after) and not around.says_nothing:
        yield Reason(INSIDE, " ".join(part for part in (before, around.written, after) if part))


def _name_after(around: Around) -> str:
    """The capitalised words after a place, unless they are an office, a day or a known name."""
    words: list[str] = []
    plain, following = around.plain, around.following
    end = around.place.end
    while (found := capitals.word_after(plain, end)) and capitals.is_capitalised(found[1]):
        if following and following.start == found[0]:
            break
        words.append(found[1])
        if capitals.ends_sentence(found[1]) or len(words) == _LOOK_AHEAD:
            break
        end = found[0] + len(found[1])
    if not words or capitals.is_day(words[0]) or capitals.is_opener(words[0]):
        return ""
    if capitals.follows_office(plain, around.place.start):  # `President of Ukraine V. Zelenskyy`
        return ""
    bare = [word.rstrip(".").lower() for word in words]
    is_office = not TITLES.isdisjoint(bare[:_OFFICE_WORDS])  # `US Deputy Trade Representative`
    return "" if is_office else " ".join(words).rstrip(".")


def _name_before(around: Around) -> str:
    """The capitalised word before a place, unless an office, a known name or a sentence's start."""
    if not _may_be_a_name(around):
        return ""
    start, word = around.before or (0, "")
    opens = around.kind != AliasKind.SURNAME and capitals.begins_sentence(around.plain, start)
    return "" if opens else word


def _may_be_a_name(around: Around) -> bool:
    """Whether the word before has a capital and is neither office, day nor function word."""
    word = around.before[1] if around.before else ""
    return (
        capitals.is_capitalised(word)
        and not capitals.is_no_part_of_a_name(word)
        and not capitals.is_opener(word)
    )


def _perhaps_longer(around: Around) -> Iterator[Reason]:
    """`Michael Jordan` where a sentence begins: a word with a capital, and no word one knows."""
    if around.kind not in (AliasKind.NAME, AliasKind.DEMONYM) or not around.is_one_word:
        return
    if around.text.nouns_have_capitals or not _may_be_a_name(around):
        return
    start, word = around.before or (0, "")
    is_word = capitals.reads_as_opener(word) or word.lower() in around.text.small_words
    if not is_word and not around.says_nothing:
        yield Reason(PERHAPS_INSIDE, around.plain[start : around.place.end])


def _addressed(around: Around) -> Iterator[Reason]:
    """`Mr Jordan` is hardly the kingdom."""
    if around.kind == AliasKind.SURNAME or not around.is_one_word or not around.before:
        return
    word = around.before[1]
    if word.rstrip(".").lower() in HONORIFICS:
        yield Reason(ADDRESSED, word)


def _homograph(around: Around) -> Iterator[Reason]:
    """A word that opens its sentence and that the text also writes in small letters."""
    place = around.place
    lower = around.text.folded.lower[place.start : place.end]
    if around.kind == AliasKind.ACRONYM or not around.is_one_word or place.written == CAPITALS:
        return
    if around.written[0] == lower[0] or not capitals.begins_sentence(around.plain, place.start):
        return
    if lower in around.text.small_words:
        yield Reason(A_WORD_TOO, lower)


def _language(around: Around) -> Iterator[Reason]:
    """`written in Korean`, `an English translation`: the language, hardly the country."""
    place = around.place
    if around.kind == AliasKind.DEMONYM and capitals.is_language(
        around.plain, place.start, place.end
    ):
        yield Reason(A_LANGUAGE)
