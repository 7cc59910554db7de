"""Corrections: what readers are told of a mistake in an article that they could read before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from articles.models.constraints import known_word, not_blank
from articles.models.links_then import stood_at
from articles.models.redaction_functions import OF_ARTICLE, no_redacted
from articles.models.texts import ARTICLE, UID
from articles.models.triggers import EDITORS_WAY, SILENT, ArchiveTrigger, ledger
from articles.vocabulary import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID


class Correction(models.Model):
    """One note under an article. An editor writes it; one of another archive that is followed
    comes with the article and has the origin `source`."""

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="corrections", editable=False
    )
    note = models.TextField(help_text="Public: what was wrong, and what is right.")
    at = models.DateTimeField(db_default=Now(), editable=False)
    editor = models.TextField(blank=True, default="", db_default="", editable=False)
    origin = models.CharField(
        max_length=10,
        choices=Origin,
        default=Origin.EDITOR,
        db_default=Origin.EDITOR,
        editable=False,
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            not_blank("note", "correction_has_a_note"),
            known_word("origin", Origin, "correction_origin_is_a_known_word"),
            models.UniqueConstraint("article", "at", name="article_is_corrected_once_at_a_time"),
            models.CheckConstraint(
                condition=~Q(origin=Origin.MACHINE), name="correction_is_of_no_machine"
            ),
        ]
        triggers = [
            ArchiveTrigger(
                name="by_editors",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF 'editor' IN (NEW.origin, CASE TG_OP WHEN 'UPDATE' THEN OLD.origin END)
                        AND NOT {EDITORS_WAY} AND NOT {SILENT} THEN
                        RAISE EXCEPTION 'only editors correct what editors have published'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            *no_redacted(OF_ARTICLE),
            *ledger("correction", f"{UID} || '/' || r.id", ARTICLE),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.note}"


def correct(articles: Iterable[Any], note: str, editor: str) -> None:
    """Tell readers one note under each of these articles that they see; nothing without a note."""
    if note:
        rows = [Correction(article=it, note=note, editor=editor) for it in articles if it.is_public]
        Correction.objects.bulk_create(rows)


def corrections_at(article: int, uid: UUID, at: datetime) -> list[dict[str, Any]]:
    """The corrections that readers of an article were told at a time, the first first."""
    states = [
        {name: it[name] for name in ("note", "at")} for it in stood_at(Correction, article, uid, at)
    ]
    return sorted(states, key=lambda it: (it["at"], it["note"]))
