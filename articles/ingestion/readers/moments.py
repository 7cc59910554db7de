"""Times as feeds and pages write them, in the form of a record."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from articles.ingestion.dates import find_leading_date, parse_published

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_RFC_822 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]{3})[a-z]{0,6}\.?[\s-]+"
    r"(?P<year>\d{4}|\d{2})(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"\s*(?P<zone>[+-]\d{2}:?\d{2}|[A-Za-z]+)?)?\Z",
    re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The names that RFC 822 defines. Others mean different zones to different people (IST, BST).
_ZONES = {
    "Z": "Z",
    "UT": "Z",
    "UTC": "Z",
    "GMT": "Z",
    "EST": "-05:00",
    "EDT": "-04:00",
    "CST": "-06:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
}


def as_iso(text: str) -> str:
    """A time of RFC 822, an ISO time or a date in words, as a record writes it.

    A zone that is missing stays missing. What is no date, or in a zone of no certain meaning, is
    given back as it stands, so that the fault shows it.
    """
    text = text.strip()
    if _ISO.match(text):
        return text
    if match := _RFC_822.match(text):
        return _from_rfc_822(match) or text
    day, end = find_leading_date(text)
    return day.isoformat() if day and end == len(text) else text


def _from_rfc_822(match: re.Match[str]) -> str:
    month, zone = match["month"].lower(), match["zone"] or ""
    if month not in _MONTHS or (zone[:1].isalpha() and zone.upper() not in _ZONES):
        return ""
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < 50 else 1900
    day = f"{year:04}-{_MONTHS.index(month) + 1:02}-{int(match['day']):02}"
    if not match["hour"]:
        return day
    clock = f"{int(match['hour']):02}:{match['minute']}:{match['second'] or '00'}"
    return f"{day}T{clock}{_ZONES.get(zone.upper(), zone)}"


def is_ahead(text: str, zone: ZoneInfo | None) -> bool:
    """Whether an embargo still holds. One that cannot be read does, rather than none."""
    try:
        return parse_published(text, zone)[0] > dt.datetime.now(dt.UTC)
    except ValueError:
        return True
