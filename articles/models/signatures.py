"""Signatures of texts, by which copies of one another are found, and the lines that are furniture.

Both are computed from the texts alone: neither is in the ledger, and a lost signature is made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from collections.abc import Mapping

# Who learns of furniture signs the articles of others again; only the number's sameness matters.
FURNITURE_LOCK: Final = 7218


class Signature(models.Model):
    """What an article's text was signed with: none of the bands where it says too little.

    `lines` are the keys of its lines, furniture too; `bands` come from the others.
    """

    article = models.OneToOneField(
        "articles.Article",
        models.CASCADE,
        primary_key=True,
        related_name="signature",
        editable=False,
    )
    bands = ArrayField(models.IntegerField(), editable=False)
    lines = ArrayField(models.BigIntegerField(), editable=False)
    fingerprint = models.CharField(
        max_length=64, editable=False, help_text="Of the text that it was made of."
    )
    configuration = models.CharField(max_length=16, editable=False)

    class Meta:
        # What is written is looked up at once: a list of pending entries would be read each time.
        indexes = [
            GinIndex(fields=["bands"], name="signature_bands", fastupdate=False),
            GinIndex(fields=["lines"], name="signature_lines", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"signature of {self.article}"


class FurnitureQuerySet(models.QuerySet["Furniture"]):
    def remember(self, quotes: Mapping[int, str]) -> None:
        """Remember lines by their keys. Until the end of the transaction nobody else does."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FURNITURE_LOCK])
        lines = [self.model(line=key, quote=quote) for key, quote in sorted(quotes.items())]
        self.bulk_create(lines, ignore_conflicts=True)


class Furniture(models.Model):
    """A line that stories otherwise unlike each other have in common: it makes no two of them near.

    `line` is the key of its words.
    """

    line = models.BigIntegerField(primary_key=True, editable=False)
    quote = models.TextField(editable=False, help_text="The line as an article had it.")
    found_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = FurnitureQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "furniture"

    def __str__(self) -> str:
        return self.quote
