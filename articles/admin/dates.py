"""Days that an editor can mean: a slip of the keys is told, before an archive of years has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from articles.ingestion.dates import FIRST_YEAR, hardly_meant

if TYPE_CHECKING:
    from datetime import date

YEAR_FIRST: Final = "Year-month-day."
MISREAD: Final = "Write the day as year-month-day, such as 2024-03-31."


def refusal_of(day: date) -> str:
    """Why nobody means this day, of a publication or an embargo; empty: somebody may."""
    if not hardly_meant(day, datetime.now(UTC).date()):
        return ""
    if day.year < FIRST_YEAR:
        return (
            f"The year {day.year} is too early: nothing here was printed before {FIRST_YEAR}."
            " Write all four digits of the year, such as 2024."
        )
    return f"{day:%Y-%m-%d} is more than ten years ahead: is the year a slip?"
