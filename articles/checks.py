"""System checks: can the database keep the archive's promises, is the optional engine there."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from articles.enrichment.spacy_model import ModelError, find_model

OLDEST_POSTGRESQL = 15


@register(Tags.database)
def check_text(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """In a database with the C locale, capitals with accents and curly quotes are not found."""
    messages: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000, lower('É') = 'é',"
                " to_tsvector('english', '“Times”') @@ to_tsquery('english', 'time')"
            )
            version, letters, quotes = cursor.fetchone()
        if version < OLDEST_POSTGRESQL:
            messages.append(
                Error(
                    f"PostgreSQL {version} is too old.",
                    hint=f"Use PostgreSQL {OLDEST_POSTGRESQL} or newer.",
                    id="articles.E001",
                )
            )
        if not (letters and quotes):
            messages.append(
                Error(
                    "The database's locale does not know letters beyond ASCII: search would miss"
                    " words with accents or beside curly quotes.",
                    hint="Create the database with LC_CTYPE 'C.UTF-8' (or en_US.UTF-8), encoding"
                    " UTF8, from template0.",
                    id="articles.E002",
                )
            )
    return messages


@register()
def check_model(app_configs: object = None, **kwargs: Any) -> list[CheckMessage]:
    """Whoever names a model means it to be read with: not found only by the nightly run."""
    if not settings.SPACY_MODEL:
        return []
    try:
        find_model(settings.SPACY_MODEL)
    except ModelError as error:
        return [Error(str(error), id="articles.E003")]
    return []
