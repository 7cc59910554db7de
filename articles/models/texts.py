"""Texts as they were received, and what cleaning did to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Value

from articles.models.redaction_functions import OF_ARTICLE, no_redacted
from articles.models.triggers import ledger

UID = "coalesce(a.uid::text, r.article_id::text)"
ARTICLE = "LEFT JOIN articles_article a ON a.id = r.article_id"


class RawText(models.Model):
    """A body as it was received, where it differs from the clean one.

    `clean_fingerprint` is that of the text that the cleaning steps lead to: a body that an editor
    has changed since has another.
    """

    article = models.OneToOneField(
        "articles.Article", models.CASCADE, related_name="raw_text", editable=False
    )
    text = models.TextField(editable=False)
    clean_fingerprint = models.CharField(max_length=64, editable=False)
    sha256 = models.GeneratedField(
        expression=models.Func(Value(""), F("text"), function="article_fingerprint"),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        serialize=False,
    )

    class Meta:
        triggers = [
            *no_redacted(OF_ARTICLE),
            *ledger("rawtext", UID, ARTICLE),
        ]

    def __str__(self) -> str:
        return f"raw text of {self.article}"


class CleaningStep(models.Model):
    """What one rule did to one field of an article, in the order of `position`.

    `edits` are [start, removed, inserted] in code points of the text before this step: they lead
    from the raw text to the clean one and back.
    """

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="cleaning_steps", editable=False
    )
    field = models.CharField(max_length=20, editable=False)
    position = models.PositiveSmallIntegerField(editable=False)
    rule = models.CharField(max_length=40, editable=False)
    reason = models.TextField(editable=False)
    edits = models.JSONField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "article", "field", "position", name="cleaning_step_has_a_position_once"
            ),
        ]
        indexes = [models.Index("rule", "article", name="cleaning_step_by_rule")]
        triggers = [
            *no_redacted(OF_ARTICLE),
            *ledger("cleaningstep", f"{UID} || '/' || r.field || '/' || r.position", ARTICLE),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.article}"
