"""What capitals around a place say: words beside it, beginnings of sentences, title case."""

from __future__ import annotations

import re
from typing import Final

from articles.enrichment.title_words import DATE_WORDS, OPENERS, TITLE_WORDS, TITLES

_WORD_AFTER: Final = re.compile(r" ([^\W\d_][\w'-]*\.?)")
_WORD_BEFORE: Final = re.compile(r"(?<![\w'-])([^\W\d_][\w'-]*\.?) \Z")
_OFFICE_BEFORE: Final = re.compile(
    r"(?<!\w)(\w+) (?:(?:of|to|for|in|at|de|du|des|del|della|di|do|da|von|der|для) (?:the )?|d')\Z"
)
_LANGUAGE_AFTER: Final = re.compile(
    r"[ -](?:language|translation|edition|version|dictionary|lesson|speaker|speaking|subtitle)"
)
_LANGUAGE_BEFORE: Final = re.compile(
    r"(?<!\w)(?:in|into|from|speaks?|spoke|spoken|speaking|learn|learned|learning) \Z"
)
_SHORTENED: Final = TITLE_WORDS | {"st", "ste", "mt", "ft"}
_LOOK_BACK: Final = 40
_DATE_BEFORE: Final = re.compile(
    r"(?<!\w)(?:\d{1,2}(?:st|nd|rd|th)?|in|during|late|early|mid|last|next)[ -]\Z",
    re.IGNORECASE,
)
_DATE_AFTER: Final = re.compile(r" \d")
_ENDS_SENTENCE: Final = re.compile(
    r"(?:[.!?…:;•*|>]|[.!?…]['\"”»)\]]+|  |\A)[\s'\"“”„«»(\[¿¡—–-]*\Z"
)
_LONGEST_TITLE: Final = 200
_TITLE_SHARE: Final = 0.8  # of a line's longer words are capitalised where titles are set so
_NOUNS_HAVE_CAPITALS: Final = ("de", "lb", "gsw", "nds")
_WORD: Final = re.compile(r"[\w'-]*")
_OPENER_ENDING: Final = re.compile(r"[a-z]{2}(?:ing|ed|ly|ern|ment|mente|ando|endo|ant)\Z")
_LONGER_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_POSSESSIVE: Final = re.compile(r"'s?\Z", re.IGNORECASE)


def nouns_have_capitals(language: str) -> bool:
    """Whether a capital says only that a word is a noun."""
    return language.partition("-")[0] in _NOUNS_HAVE_CAPITALS


def is_capitalised(word: str) -> bool:
    return word[:1].isupper()


def follows_office(plain: str, start: int) -> bool:
    """Whether an office and a preposition stand before this place: `Ambassador to`."""
    match = _OFFICE_BEFORE.search(plain, max(0, start - _LOOK_BACK), start)
    return match is not None and match[1].lower() in TITLES


def is_day(word: str) -> bool:
    """Whether a capitalised word is a day or a month."""
    return word.rstrip(".").lower() in DATE_WORDS


def is_date(plain: str, start: int, end: int) -> bool:
    """Whether a month or a day stands where dates do: `in May`, `late May`, `12 May`, `May 12`."""
    return is_day(plain[start:end]) and bool(
        _DATE_BEFORE.search(plain, max(0, start - _LOOK_BACK), start)
        or _DATE_AFTER.match(plain, end)
    )


def is_no_part_of_a_name(word: str) -> bool:
    """Whether a capitalised word is an office, a form of address or a day."""
    bare = word.rstrip(".").lower()
    return bare in TITLE_WORDS or bare in DATE_WORDS or word == "I"


def is_opener(word: str) -> bool:
    return word.lower() in OPENERS and not (word.isupper() and len(word) > 1)


def reads_as_opener(word: str) -> bool:
    """Whether a word ends as adverbs and participles do that open sentences: `Visiting Cairo`."""
    return _OPENER_ENDING.search(word) is not None


def word_after(plain: str, end: int) -> tuple[int, str] | None:
    """The next word and where it begins, if only a blank is between."""
    if plain[end : end + 1] != " ":
        return None
    match = _WORD_AFTER.match(plain, end)
    return (match.start(1), match[1]) if match else None


def word_before(plain: str, start: int) -> tuple[int, str] | None:
    """The word before and where it begins, if only a blank is between and it owns nothing."""
    if start == 0 or plain[start - 1] != " ":
        return None
    match = _WORD_BEFORE.search(plain, max(0, start - _LOOK_BACK), start)
    if not match or _POSSESSIVE.search(match[1]) or ends_sentence(match[1]):
        return None
    return match.start(1), match[1]


def ends_sentence(word: str) -> bool:
    """Whether the full stop after a word ends its sentence, as it does not after `Mr`."""
    return word.endswith(".") and len(word) > 2 and word[:-1].lower() not in _SHORTENED


def word_at(plain: str, start: int) -> str:
    """The word that begins here."""
    match = _WORD.match(plain, start)
    return match[0] if match else ""


def is_language(plain: str, start: int, end: int) -> bool:
    """Whether an English text speaks of a language, not of what is from a country."""
    if _LANGUAGE_AFTER.match(plain, end):
        return True
    following = word_after(plain, end)
    is_noun = following and not is_opener(following[1])
    return not is_noun and bool(_LANGUAGE_BEFORE.search(plain, max(0, start - 12), start))


def begins_sentence(plain: str, start: int) -> bool:
    """Whether nothing of its sentence stands before this place."""
    return bool(_ENDS_SENTENCE.search(plain, max(0, start - 8), start)) if start else True


def is_title_case(line: str) -> bool:
    """Whether nearly every longer word of a line has a capital, so that capitals say nothing."""
    line = line.strip()
    if len(line) > _LONGEST_TITLE:
        return False
    words: list[str] = [word for word in _LONGER_WORD.findall(line) if not word.isupper()]
    if len(words) < 2 or line[0].islower() or line[-1] in ".,;":
        return False
    return sum(word[0].isupper() for word in words) >= _TITLE_SHARE * len(words)


def is_shouted(line: str) -> bool:
    """Whether a line is all in capitals, and is more than one short word."""
    return line.isupper() and len(line.split()) > 2
