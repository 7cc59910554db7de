"""Redactions: which articles the law wanted erased. What is named here never comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Exists
from django.db.models.functions import Now

from articles.models.changes import Change
from articles.models.triggers import REDACTING, SILENT, ArchiveTrigger, append_only
from articles.vocabulary import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def among(self, uids: Iterable[UUID]) -> set[UUID]:
        """Which of the articles are redacted. One query."""
        return set(self.filter(uid__in=list(uids)).values_list("uid", flat=True))

    def announced(self, uid: UUID) -> RedactionQuerySet:
        """That of an article, if readers ever heard of it."""
        heard = Change.objects.filter(kind=ChangeKind.ARTICLE, key=str(uid))
        return self.filter(Exists(heard), uid=uid)


class Redaction(models.Model):
    """One article. The row itself says nothing of what it was about; the reason is internal."""

    uid = models.UUIDField(unique=True, editable=False)
    reason = models.TextField(editable=False)
    editor = models.TextField(editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        triggers = [
            ArchiveTrigger(
                name="only_while_redacting",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT {REDACTING} AND NOT {SILENT} THEN
                        RAISE EXCEPTION 'articles are redacted by manage.py redact_article only'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.uid}: redacted {self.at:%Y-%m-%d}"
