"""Forms that were sent when a session had ended: kept for a few days, for whoever wrote them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterable

AGE: Final = timedelta(days=3)
LARGEST: Final = 4_000_000
"""Characters of one form; a larger one is not kept."""

MOST: Final = 20
"""Forms of one editor; of more the oldest go."""


class KeptFormQuerySet(models.QuerySet["KeptForm"]):
    def of(self, editor: str) -> KeptFormQuerySet:
        """What may be given back to an editor."""
        return self.filter(editor=editor, at__gte=timezone.now() - AGE)

    def keep(self, editor: str, path: str, fields: Iterable[tuple[str, list[str]]]) -> str | None:
        """Keep a form. Returns the word by which it is found again; None: it is too large."""
        clean = [
            [name.replace("\0", ""), [value.replace("\0", "") for value in values]]
            for name, values in fields
        ]
        if sum(len(name) + sum(map(len, values)) for name, values in clean) > LARGEST:
            return None
        self.filter(at__lt=timezone.now() - AGE).delete()
        kept = self.create(
            token=secrets.token_urlsafe(24), editor=editor, path=path[:2000], fields=clean
        )
        newest = self.filter(editor=editor).order_by("-pk").values_list("pk", flat=True)[:MOST]
        self.filter(editor=editor).exclude(pk__in=list(newest)).delete()
        return kept.token


class KeptForm(models.Model):
    """`fields` are [name, [value]]; none of them is a secret."""

    token = models.CharField(max_length=40, unique=True, editable=False)
    editor = models.TextField(editable=False)
    path = models.TextField(editable=False)
    fields = models.JSONField(editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("editor", "id", name="kept_form_by_editor"),
            models.Index("at", name="kept_form_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.path} by {self.editor}"
