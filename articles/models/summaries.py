"""Summaries: what pages of the desk show of the whole archive, counted beforehand.

A page reads rows of this table and counts nothing. They are made anew after loads and by a
command; `at` is the moment of the archive that a summary shows. All of them can be made again.
"""

from __future__ import annotations

import json
import logging
from time import monotonic
from typing import TYPE_CHECKING, Final

from django.db import Error, connection, models, transaction

from articles.models.summary_statements import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_log = logging.getLogger(__name__)

# One at a time makes a summary; the first number only has to be the same everywhere.
SUMMARY_LOCK: Final = 7222

QUICK: Final = 250
"""Milliseconds: what took less is always made anew."""

PAUSE: Final = 20
"""A slow summary rests so many times as long as it took before a load makes it anew."""

# The time before the wait: who held the lock may have seen all that is asked for.
_LOCK: Final = (
    "SELECT statement_timestamp() FROM (SELECT pg_advisory_xact_lock(%s, hashtext(%s))) _"
)
_KEEP: Final = """
    INSERT INTO articles_summary (name, data, at, took_ms) VALUES (%s, %s, %s, %s)
    ON CONFLICT (name) DO UPDATE
    SET data = excluded.data, at = excluded.at, took_ms = excluded.took_ms
"""


class Summary(models.Model):
    name = models.CharField(primary_key=True, max_length=40, editable=False)
    data = models.JSONField(editable=False)
    at = models.DateTimeField(editable=False)
    took_ms = models.PositiveIntegerField(editable=False)

    class Meta:
        verbose_name_plural = "summaries"

    def __str__(self) -> str:
        return f"{self.name} of {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def read(cls, name: str) -> Summary | None:
        """One by its name; None while it has never been made."""
        return cls.read_all([name]).get(name)

    @classmethod
    def read_all(cls, names: Collection[str] = tuple(SUMMARIES)) -> dict[str, Summary]:
        """Those of the names that have been made. One query."""
        return cls._base_manager.in_bulk(list(names))


def refresh(names: Collection[str] | None = None, *, is_patient: bool = False) -> list[Summary]:
    """Make summaries anew, all or those of the names; returns those that were made.

    `is_patient`: slow ones only after a rest. Each is a transaction of its own: one that is killed
    leaves the old. Of two refreshes at once the second waits, and makes only what the first began
    to make before the second was asked for.
    """
    unknown = set(names or ()) - set(SUMMARIES)
    if unknown:
        raise KeyError(f"no such summary: {', '.join(sorted(unknown))}")
    made = (_make(name, is_patient) for name in SUMMARIES if names is None or name in names)
    return [summary for summary in made if summary]


def refresh_after_writing() -> None:
    """Refresh patiently what follows from a load or a run of the machine.

    Those have done their work: what fails here is logged, and the old figures stay.
    """
    try:
        refresh(is_patient=True)
    except Error:
        _log.exception("The summaries could not be made anew: run manage.py refresh_summaries")


@transaction.atomic
def _make(name: str, is_patient: bool) -> Summary | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [SUMMARY_LOCK, name])
        (asked,) = cursor.fetchone()
        old = Summary.read(name)
        if old and (old.at > asked or (is_patient and _rests(old, asked))):
            return None
        start = monotonic()
        # Not parametrised on purpose: the statements are our own words only.
        cursor.execute(f"SELECT statement_timestamp(), ({SUMMARIES[name]})::text")
        at, data = cursor.fetchone()
        took = round((monotonic() - start) * 1000)
        cursor.execute(_KEEP, [name, data, at, took])
    return Summary(name, json.loads(data), at, took)


def _rests(summary: Summary, now: datetime) -> bool:
    rested = (now - summary.at).total_seconds() * 1000
    return summary.took_ms > QUICK and rested < PAUSE * summary.took_ms
