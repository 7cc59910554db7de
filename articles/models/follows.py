"""Follows: which other archives this one keeps itself equal to, and how far it is."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Follow(models.Model):
    """How far one archive's change feed has been followed. Its `run` is the ledger's.

    `last` is the row of the feed at `position`, as it was read: an archive that was restored from
    a backup, or replaced, has another there.
    """

    url = models.TextField(unique=True, editable=False, help_text="Base address of its API.")
    run = models.UUIDField(unique=True, editable=False)
    position = models.BigIntegerField(default=0, editable=False)
    last = models.JSONField(null=True, editable=False)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    followed_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.url} to position {self.position:,}"
