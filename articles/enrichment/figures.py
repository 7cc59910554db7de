"""Days and figures in a sentence, each of a kind within which two can be compared. Pure.

What cannot be compared is left out: years alone, ordinals, numbers that count no word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

WEEKDAY: Final = "weekday"
DATE: Final = "date"
PERCENT: Final = "percent"

_WEEKDAYS: Final = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
)
_MONTHS: Final = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
_FEW: Final = "two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_NUMBERS: Final = {word: number for number, word in enumerate(_FEW.split(), 2)}
_NO_UNITS: Final = frozenset(["and", "are", "but", "for", "from", "had", "has", "have", "the"])
_TIMES: Final = {
    "thousand": 1_000, "tausend": 1_000, "mille": 1_000, "mil": 1_000,
    "million": 10**6, "millions": 10**6, "millionen": 10**6, "millones": 10**6,
    "billion": 10**9, "milliarden": 10**9, "milliards": 10**9,
}  # fmt: skip
_CURRENCIES: Final = {
    "$": "dollar", "us$": "dollar", "dollars": "dollar", "dollar": "dollar",
    "€": "euro", "euros": "euro", "euro": "euro", "£": "pound", "pounds": "pound",
}  # fmt: skip

_DAY_NAMES: Final = {
    name: number for words in _WEEKDAYS for number, name in enumerate(words.split(), 1)
}
_MONTH_NAMES: Final = {
    name: number for words in _MONTHS for number, name in enumerate(words.split(), 1)
}
_NOT_COUNTED: Final = _NO_UNITS | _MONTH_NAMES.keys() | _DAY_NAMES.keys()
_ENGLISH_DAYS: Final = _WEEKDAYS[0].title().split()


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


_WEEKDAY: Final = re.compile(rf"\b(?:{_any_of(_DAY_NAMES)})\b", re.IGNORECASE)
_MONTH: Final = _any_of(_MONTH_NAMES)
_DATE: Final = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er)?\s+(?:de\s+|of\s+)?(?P<month>{_MONTH})\b"
    rf"|\b(?P<month_first>{_MONTH})\s+(?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*,?\d)",
    re.IGNORECASE,
)
# A number and what it counts: the next word, or a second one after `more`, `other` and the like.
_FIGURE: Final = re.compile(
    r"(?P<sign>us\$|[$€£])?\s?(?<![\w.,:])"
    rf"(?P<number>\d{{1,3}}(?:[,. \u202f]\d{{3}})+(?!\d)|\d+(?:[.,]\d+)?"
    rf"|\b(?:{_any_of(_NUMBERS)})\b)(?![\d:]|[.,]\d)"
    rf"(?:[\s\u00a0\u202f-]*(?P<times>{_any_of(_TIMES)})\b)?"
    r"(?P<percent>\s?%|\s?٪|[\s\u00a0-]per\s?cent\b|[\s\u00a0]Prozent\b|[\s\u00a0]pour cent\b)?"
    r"(?:[\s\u00a0-]+(?:of\s+the\s+|other\s+|more\s+|de\s+)?(?P<unit>[^\W\d_]{3,}))?",
    re.IGNORECASE,
)
# `Bloody Sunday`, `Good Friday`, `the Sunday Times` name no day of the report.
_PROPER_BEFORE: Final = re.compile(r"\b(?:Bloody|Black|Good|Palm|Easter|Super|Ash|Holy)\s+\Z")
_PROPER_AFTER: Final = re.compile(r"\s+(?:Times|Telegraph|Mirror|Express|Mail|Post|World)\b")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


class Figure(NamedTuple):
    """A day or a figure at a place of a text. Two of one kind can be compared by their values."""

    kind: str
    value: str
    start: int
    end: int


def read_figures(text: str) -> list[Figure]:
    """The days and figures of a sentence, in their order."""
    dates = list(_dates(text))
    taken = [(it.start, it.end) for it in dates]
    counted = [
        it
        for it in _counted(text)
        if not any(it.start < end and start < it.end for start, end in taken)
    ]
    return sorted([*dates, *_weekdays(text), *counted], key=lambda it: (it.start, it.end))


def _weekdays(text: str) -> Iterator[Figure]:
    for match in _WEEKDAY.finditer(text):
        start, end = match.span()
        word = match[0]
        is_name = _PROPER_BEFORE.search(text, 0, start) or _PROPER_AFTER.match(text, end)
        if not is_name and not (
            word.isascii() and word.islower() and word.title() in _ENGLISH_DAYS
        ):
            day = _ENGLISH_DAYS[_DAY_NAMES[word.lower()] - 1]
            yield Figure(WEEKDAY, day, start, end)


def _dates(text: str) -> Iterator[Figure]:
    for match in _DATE.finditer(text):
        day = int(match["day"] or match["day_last"])
        month = _MONTH_NAMES[(match["month"] or match["month_first"]).lower()]
        if 1 <= day <= 31:
            yield Figure(DATE, f"{month:02}-{day:02}", *match.span())


def _counted(text: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text):
        number = _number(match["number"])
        is_year = match["number"].isdigit() and _FIRST_YEAR <= number <= _LAST_YEAR
        unit = (match["unit"] or "").lower()
        money = _CURRENCIES.get((match["sign"] or "").lower()) or _CURRENCIES.get(unit)
        number *= _TIMES.get((match["times"] or "").lower(), 1)
        if match["percent"]:
            kind = PERCENT
        elif money:
            kind = money
        elif unit and not is_year and unit not in _NOT_COUNTED:
            kind = f"number of {unit}"
        else:
            continue
        value = f"{number:.10g}" if number < 10**10 else f"{number:.0f}"
        yield Figure(kind, value, match.start("number"), match.end("number"))


def _number(text: str) -> float:
    word = text.lower()
    if word in _NUMBERS:
        return float(_NUMBERS[word])
    if re.fullmatch(r"\d{1,3}(?:[,.\s\u202f]\d{3})+", text):
        return float(re.sub(r"\D", "", text))
    return float(text.replace(",", "."))
