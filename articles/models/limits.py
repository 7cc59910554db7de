"""How often each visitor has asked of late: counted in the database, for all processes alike.

The table is UNLOGGED: it is emptied by a crash, and counting waits for no disk.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import connection, models

# One statement, so that of two requests at once neither is lost; Django's ORM has no upsert that
# reads what it updates. A window begins with a visitor's first request, not with the clock's
# minute: nobody can ask twice as often around its end, and not all visitors come back at once.
# The clock is the database's, for the web servers' may differ.
COUNT = """
    INSERT INTO articles_requestcount AS known (visitor, started, requests)
    VALUES (%(visitor)s, statement_timestamp(), 1)
    ON CONFLICT (visitor) DO UPDATE SET
        requests = CASE WHEN known.started > statement_timestamp() - %(window)s * interval '1s'
            THEN known.requests + 1 ELSE 1 END,
        started = CASE WHEN known.started > statement_timestamp() - %(window)s * interval '1s'
            THEN known.started ELSE statement_timestamp() END
    RETURNING requests, extract(epoch FROM
        started + %(window)s * interval '1s' - statement_timestamp())::float
"""
# Rows that somebody is counting in are left for the next time: clearing never waits.
CLEAR = """
    DELETE FROM articles_requestcount WHERE visitor IN (
        SELECT visitor FROM articles_requestcount
        WHERE started < statement_timestamp() - %s * interval '1s'
            AND starts_with(visitor, %s) = %s
        FOR UPDATE SKIP LOCKED)
"""


# Tries to log in are counted beside the requests of the API, in a window of their own.
LOGIN: Final = "login "
LOGIN_WINDOW: Final = 15 * 60  # seconds


class Counted(NamedTuple):
    """Requests in the visitor's present window, this one included, and the seconds it lasts yet."""

    requests: int
    seconds: float


class RequestCountQuerySet(models.QuerySet["RequestCount"]):
    def count_request(self, visitor: str, window: int) -> Counted:
        """Count a request of the visitor; `window` in seconds."""
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"visitor": visitor, "window": window})
            return Counted(*cursor.fetchone())

    def clear(self, window: int, *, of_logins: bool = False) -> None:
        """Forget the visitors whose last window has ended: those of the API, or of the login."""
        with connection.cursor() as cursor:
            cursor.execute(CLEAR, [window, LOGIN, of_logins])


class RequestCount(models.Model):
    visitor = models.CharField(primary_key=True, max_length=60)
    started = models.DateTimeField()
    requests = models.PositiveIntegerField()

    objects = RequestCountQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.visitor}: {self.requests}"
