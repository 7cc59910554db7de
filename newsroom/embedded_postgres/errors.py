"""The one error of the embedded PostgreSQL."""

from django.core.management.base import CommandError
from django.db.utils import OperationalError


# An OperationalError, so that whoever is prepared for a database out of reach (a readiness probe,
# makemigrations) is prepared for this; a CommandError, so that manage.py prints the message alone
# where a traceback through forty frames of Django would bury it.
class EmbeddedPostgresError(OperationalError, CommandError):
    """The server cannot be had. The message says what is wrong, where, and what to do."""
