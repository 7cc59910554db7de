"""Settlements: what an editor let stand as it is, so that it waits for nobody any more.

A row is never changed. Only an undo takes one out again; the ledger keeps that there was one, who
made it and who took it back. It names the article by its uid, so that it holds as well when the
article was deleted and came again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from articles.models.constraints import known_word
from articles.models.redaction_functions import emptied
from articles.models.triggers import UNDOING, ArchiveTrigger, decided_by_editors, ledger
from articles.vocabulary import Matter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


class Settlement(models.Model):
    """`about` is what was looked at: something else of the same matter waits anew."""

    matter = models.CharField(max_length=10, choices=Matter, editable=False)
    article_uid = models.UUIDField(editable=False)
    about = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Of a cleaning the SHA-256 of the raw text; of a conflict field and MD5 of what "
        "the record says.",
    )
    editor = models.TextField(editable=False)
    reason = models.TextField(blank=True, default="", db_default="", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [known_word("matter", Matter, "settlement_matter_is_a_known_word")]
        indexes = [
            models.Index("article_uid", "matter", "about", name="settlement_by_article"),
        ]
        triggers = [
            decided_by_editors("what may stay as it is"),
            ArchiveTrigger(
                name="for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' AND {UNDOING} THEN RETURN OLD; END IF;
                    IF TG_OP = 'UPDATE' THEN
                        IF {emptied(["reason"], "x.uid = OLD.article_uid")} THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'what was settled is not changed, only undone: % refused', TG_OP
                        USING ERRCODE = 'integrity_constraint_violation';
                """,
            ),
            *ledger("settlement", "r.article_uid::text || '/' || r.matter || '/' || r.about"),
        ]

    def __str__(self) -> str:
        return f"{self.editor}: {self.matter} of {self.article_uid} may stay"


def settle(
    matter: Matter, things: Iterable[tuple[UUID, str]], editor: str, reason: str = ""
) -> int:
    """Let things stand, each given as its article's uid and what it is about."""
    rows = [
        Settlement(matter=matter, article_uid=uid, about=about, editor=editor, reason=reason)
        for uid, about in things
    ]
    Settlement.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)
