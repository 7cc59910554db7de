"""Days that an editor can mean: a slip of the keys is told, before an archive of years has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

YEAR_FIRST: Final = "Year-month-day."
MISREAD: Final = "Write the day as year-month-day, such as 2024-03-31."

FIRST_YEAR: Final = 1400
AHEAD: Final = 10


def refusal_of(day: date) -> str:
    """Why nobody means this day, of a publication or an embargo; empty: somebody may."""
    if day.year < FIRST_YEAR:
        return (
            f"The year {day.year} is too early: nothing here was printed before {FIRST_YEAR}."
            " Write all four digits of the year, such as 2024."
        )
    today = datetime.now(UTC).date()
    if (day.year, day.month, day.day) > (today.year + AHEAD, today.month, today.day):
        return f"{day:%Y-%m-%d} is more than ten years ahead: is the year a slip?"
    return ""
