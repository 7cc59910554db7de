"""Dates as records and texts write them. Nothing is guessed: what is not surely a date is none."""

import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo

from articles.vocabulary import DatePrecision

FIRST_YEAR: Final = 1400
"""Nothing was printed before: an earlier day is a slip."""

AHEAD: Final = 10
"""A day so many years ahead is a slip as well, of a publication or of an embargo."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt ](?P<clock>\d{2}:\d{2}(?::\d{2})?)(?:[.,](?P<fraction>\d+))?"
    r"\s?(?:(?P<utc>[Zz])|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))?\Z",
    re.ASCII,
)
_ADVICE = "write 2024-03-31 or 2024-03-31T18:30:00Z"

_LABELLED_DATE = re.compile(
    r"\s*(?:dated?|published|posted)(?:\s+on)?\s*:?\s+(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:\s+|\Z)",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(r"\s*(?P<line>\S[^\n]{0,80}?)[^\S\n]*(?:\n\s*|\Z)")
_WEEKDAYS = (
    "monday lundi lunes montag segunda-feira",
    "tuesday mardi martes dienstag terça-feira",
    "wednesday mercredi miércoles mittwoch quarta-feira",
    "thursday jeudi jueves donnerstag quinta-feira",
    "friday vendredi viernes freitag sexta-feira",
    "saturday samedi sábado samstag sonnabend",
    "sunday dimanche domingo sonntag",
)
_MONTHS = (
    "january jan janvier enero januar jänner janeiro",
    "february feb février febrero februar fevereiro",
    "march mar mars marzo märz março",
    "april apr avril abril",
    "may mai mayo maio",
    "june jun juin junio juni junho",
    "july jul juillet julio juli julho",
    "august aug août agosto",
    "september sep sept septembre septiembre setembro",
    "october oct octobre octubre oktober outubro",
    "november nov novembre noviembre novembro",
    "december dec décembre diciembre dezember dezembro",
)
_WEEKDAY = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_FILLERS = frozenset(("date", "dated", "published", "posted", "on", "of", "the", "de", "del", "le"))
_DAY_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?\Z", re.ASCII)


def hardly_meant(day: dt.date, today: dt.date) -> bool:
    """Whether nobody means this day. The desk refuses it; a load takes a record as it is, and its
    summary names it."""
    last = (today.year + AHEAD, today.month, today.day)
    return day.year < FIRST_YEAR or (day.year, day.month, day.day) > last


def parse_published(text: str, zone: ZoneInfo | None) -> tuple[dt.datetime, DatePrecision]:
    """An ISO date or an RFC 3339 time in UTC, with the precision that its form says.

    A date becomes its 00:00 UTC. A time without offset is one of `zone`: where clocks were set back
    and it came twice, the first is meant. Fractions finer than a microsecond are cut.
    Raises ValueError with the reason: not a date, neither offset nor zone, an hour clocks skipped.
    """
    text = text.strip()
    match = _TIME.match(text)
    if not match and not _DAY.match(text):
        raise ValueError(f"{text[:60]!r} is not a date; {_ADVICE}")
    try:
        if not match:
            return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC), DatePrecision.DAY
        local = dt.datetime.fromisoformat(f"{match['day']}T{match['clock']}")
    except ValueError:
        raise ValueError(f"{text!r} is not a date of the calendar; {_ADVICE}") from None
    local = local.replace(microsecond=int((match["fraction"] or "")[:6].ljust(6, "0")))
    try:
        return _utc(local, match, zone), DatePrecision.EXACT
    except OverflowError:
        raise ValueError(f"{text!r} lies outside of the years 1 to 9999 in UTC") from None


def _utc(local: dt.datetime, match: re.Match[str], zone: ZoneInfo | None) -> dt.datetime:
    if match["utc"]:
        return local.replace(tzinfo=dt.UTC)
    if match["sign"]:
        hours, minutes = int(match["hours"]), int(match["minutes"])
        if hours > 23 or minutes > 59:
            raise ValueError(f"{match[0]!r} has an impossible offset; {_ADVICE}")
        offset = dt.timedelta(hours=hours, minutes=minutes)
        return (local + (offset if match["sign"] == "-" else -offset)).replace(tzinfo=dt.UTC)
    if zone is None:
        raise ValueError(
            f"{match[0]!r} has no offset from UTC; write one (Z, +02:00), "
            "name a zone with --timezone, or give the source a timezone"
        )
    moment = local.replace(tzinfo=zone).astimezone(dt.UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"{match[0]!r} was skipped by the clocks of {zone.key}; write an offset")
    return moment


def find_leading_date(text: str) -> tuple[dt.date | None, int]:
    """The date that opens a text and where the text goes on after it; (None, 0) without one.

    Either labelled (` date 2024-03-31 The council …`) or alone on the first line, as an ISO date or
    in words (English, French, Spanish, German, Portuguese; a wrong weekday is no date). A date
    within a sentence is part of the sentence.
    """
    if match := _LABELLED_DATE.match(text):
        date = _iso_date(match["day"])
        if date and not text[match.end() : match.end() + 1].islower():
            return date, match.end()
    match = _DATE_LINE.match(text)
    date = _date_in_words(match["line"]) if match else None
    return (date, match.end()) if match and date else (None, 0)


def _iso_date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        return None


def _date_in_words(line: str) -> dt.date | None:
    words = re.sub(r"[,.:]", " ", line.casefold()).split()
    words = [word for word in words if word not in _FILLERS]
    weekday = _WEEKDAY.get(words[0]) if words else None
    if weekday is not None:
        del words[0]
    if len(words) == 1:
        date = _iso_date(words[0])
    elif len(words) == 3:
        date = _calendar_date(*words)
    else:
        return None
    return date if date and weekday in (None, date.weekday()) else None


def _calendar_date(first: str, second: str, year: str) -> dt.date | None:
    """`january 4 2019` or `4 january 2019`."""
    month, day = (first, second) if first in _MONTH else (second, first)
    number = _DAY_NUMBER.match(day)
    if month not in _MONTH or not number or not re.match(r"[0-9]{4}\Z", year):
        return None
    try:
        return dt.date(int(year), _MONTH[month], int(number[1]))
    except ValueError:
        return None
