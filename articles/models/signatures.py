"""Signatures of texts, by which copies of one another are found, and the lines that are furniture.

Both are computed from the texts alone: neither is in the ledger, and a lost signature is made anew.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


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


class Furniture(models.Model):
    """A line that stories otherwise unlike each other have in common: it makes no two of them near.

    `line` is the key of its words.
    """

    line = models.BigIntegerField(primary_key=True, editable=False)
    quote = models.TextField(editable=False, help_text="The line as an article had it.")
    found_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "furniture"

    def __str__(self) -> str:
        return self.quote
