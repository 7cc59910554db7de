"""Suggestions: why a machine made a link, by which run; and what is still to be enriched."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from articles.models.asides import set_aside
from articles.models.entities import Alias, Entity, Mention
from articles.models.groups import declared
from articles.models.tags import Tagging
from articles.models.triggers import AT_THE_DESK, ledger


class EnrichmentRun(models.Model):
    """One run of the machine. Its `run` is the ledger's, so that it can be found and taken back.

    `vocabulary` is the position in the ledger up to which it knew the curated names.
    """

    run = models.UUIDField(unique=True, editable=False)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    engines = models.JSONField(default=dict, editable=False, help_text="Versions by engine.")
    configuration = models.CharField(max_length=16, editable=False)
    vocabulary = models.BigIntegerField(editable=False)
    counts = models.JSONField(default=dict, editable=False)
    is_partial = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It read what somebody asked for, and did not look for what else had changed.",
    )

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="enrichment_run_by_time")]

    def __str__(self) -> str:
        return f"enrichment of {self.started_at:%Y-%m-%d %H:%M}"


class Suggestion(models.Model):
    """What speaks for a link that a machine made, and for what else it may be.

    `candidates` are [{entity, alias, score, reasons}], the likeliest first; `reasons` are
    [[word, fact]], of a tagging its evidence. `before` and `after` are the text around the quote.
    `confidence` is the engine's own; what editors said of others like it counts when it is shown
    (see `acceptance.learn`).
    """

    mention = models.OneToOneField(
        Mention, models.CASCADE, null=True, related_name="suggestion", editable=False
    )
    tagging = models.OneToOneField(
        Tagging, models.CASCADE, null=True, related_name="suggestion", editable=False
    )
    run = models.ForeignKey(
        EnrichmentRun, models.PROTECT, related_name="suggestions", editable=False
    )
    engine = models.CharField(max_length=20, editable=False)
    version = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Of the engine, or the model that was asked. Empty: the run says it.",
    )
    alias = models.ForeignKey(
        Alias, models.SET_NULL, null=True, related_name="suggestions", editable=False
    )
    text = models.CharField(max_length=64, editable=False, help_text="SHA-256 of what it read.")
    confidence = models.FloatField(editable=False)
    before = models.TextField(blank=True, default="", db_default="", editable=False)
    after = models.TextField(blank=True, default="", db_default="", editable=False)
    candidates = models.JSONField(default=list, editable=False)
    reasons = models.JSONField(default=list, editable=False)

    class Meta:
        permissions = declared("suggestion")
        constraints = [
            models.CheckConstraint(
                condition=Q(mention__isnull=False, tagging__isnull=True)
                | Q(mention__isnull=True, tagging__isnull=False),
                name="suggestion_is_of_one_link",
            ),
            models.CheckConstraint(
                condition=Q(confidence__range=(0, 1)), name="suggestion_confidence_is_a_share"
            ),
        ]
        # What speaks for a link that an editor deletes comes back with it.
        triggers = ledger(
            "suggestion",
            "coalesce(a.uid::text, '') || '/' || r.id",
            "LEFT JOIN articles_mention m ON m.id = r.mention_id"
            " LEFT JOIN articles_tagging t ON t.id = r.tagging_id"
            " LEFT JOIN articles_article a ON a.id = coalesce(m.article_id, t.article_id)",
            only="false",
            moved=AT_THE_DESK,
        )

    def __str__(self) -> str:
        return f"{self.engine}: {self.mention or self.tagging}"


class Enrichment(models.Model):
    """How far the machine is with an article. Workers claim the stale ones, each its own.

    `text` is the hash of what it read, see `enrichment_queue`.
    """

    article = models.OneToOneField(
        "articles.Article",
        models.CASCADE,
        primary_key=True,
        related_name="enrichment",
        editable=False,
    )
    is_stale = models.BooleanField(default=True, db_default=True, editable=False)
    vocabulary = models.BigIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Position in the ledger: who knows the names of an earlier one does not read it.",
    )
    text = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    configuration = models.CharField(
        max_length=16, blank=True, default="", db_default="", editable=False
    )
    pairing = models.CharField(
        max_length=16,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="By which rules the text was compared with those of others. Empty: not yet.",
    )
    grouping = models.CharField(
        max_length=16,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="By which rules it was looked at for storylines. Empty: not yet.",
    )
    at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index("article", name="enrichment_waiting", condition=Q(is_stale=True)),
            models.Index(
                "article", name="enrichment_unpaired", condition=Q(pairing="", is_stale=False)
            ),
            models.Index(
                "article", name="enrichment_ungrouped", condition=Q(grouping="", is_stale=False)
            ),
        ]

    def __str__(self) -> str:
        return f"enrichment of {self.article}"


class Salience(models.Model):
    """How much an article is about an entity, 0 … 1, by the places of its mentions."""

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="saliences", editable=False
    )
    entity = models.ForeignKey(Entity, models.CASCADE, related_name="saliences", editable=False)
    score = models.FloatField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("article", "entity", name="article_has_a_salience_once"),
            models.CheckConstraint(condition=Q(score__range=(0, 1)), name="salience_is_a_share"),
        ]
        indexes = [
            models.Index("entity", "score", name="salience_by_entity"),
            models.Index("entity", "article", name="salient_article", condition=Q(score__gte=0.4)),
        ]
        triggers = [
            set_aside("salience", pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.score:.2f} {self.entity} – {self.article}"
