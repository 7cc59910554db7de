"""Clusters of duplicates: what hangs together by accepted pairs. The database keeps it so.

One article of a cluster stands for all: the one that came first, until an editor chooses another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from articles.errors import ArchiveError
from articles.models.triggers import SILENT, ArchiveTrigger, ledger
from articles.vocabulary import LedgerAction

if TYPE_CHECKING:
    from articles.models.articles import Article
    from articles.models.ledger import LedgerEntryQuerySet


class DuplicateCluster(models.Model):
    """Articles that editors hold for one. `is_chosen`: an editor said which stands for all."""

    is_chosen = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        triggers = ledger("duplicatecluster", "r.id::text")

    def __str__(self) -> str:
        return f"cluster {self.pk}"

    @property
    def canonical(self) -> Article:
        """The article that stands for all."""
        return self.members.select_related("article").get(is_canonical=True).article

    @property
    def has_canonical(self) -> bool:
        return self.members.filter(is_canonical=True).exists()

    @transaction.atomic
    def choose(self, article: Article) -> None:
        """Let an article of the cluster stand for all, by an editor's choice."""
        if not self.members.filter(article=article).exists():
            raise ArchiveError(f"“{article}” is not in this cluster: accept a pair of it first.")
        self.members.filter(is_canonical=True).exclude(article=article).update(is_canonical=False)
        self.members.filter(article=article, is_canonical=False).update(is_canonical=True)
        if not self.is_chosen:
            self.is_chosen = True
            self.save(update_fields=["is_chosen"])


class DuplicateMember(models.Model):
    """An article is in one cluster at most. Which follows from the pairs; nobody writes it."""

    article = models.OneToOneField(
        "articles.Article", models.CASCADE, related_name="duplicate", editable=False
    )
    cluster = models.ForeignKey(
        DuplicateCluster, models.CASCADE, related_name="members", editable=False
    )
    is_canonical = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "cluster",
                name="duplicate_cluster_has_one_canonical_article",
                condition=Q(is_canonical=True),
            ),
        ]
        triggers = [
            ArchiveTrigger(
                name="follows_pairs",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("article_id", "cluster_id"),
                func=f"""
                    IF pg_trigger_depth() < 2 AND NOT {SILENT} THEN
                        RAISE EXCEPTION 'clusters follow from accepted pairs: decide a pair'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            *ledger(
                "duplicatemember",
                "coalesce(a.uid::text, r.article_id::text)",
                "LEFT JOIN articles_article a ON a.id = r.article_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} in {self.cluster}"


def stand_again(entries: LedgerEntryQuerySet) -> None:
    """After an undo of these entries: let stand for all who did before, by an editor's choice or
    where nobody does now. Which clusters there are follows from the pairs, and they may be new."""
    gone = entries.filter(action=LedgerAction.DELETE)
    clusters = gone.filter(kind="duplicatecluster", before__is_chosen=True)
    chosen = set(clusters.values_list("row", flat=True))
    stood = gone.filter(kind="duplicatemember", before__is_canonical=True)
    for entry in stood.order_by("pk"):
        before = entry.before or {}
        members = DuplicateMember.objects.select_related("cluster", "article")
        member = members.filter(article=before["article_id"]).first()
        if member is None or (member.cluster.is_chosen and member.cluster.has_canonical):
            continue
        if before["cluster_id"] in chosen:
            member.cluster.choose(member.article)
        elif not member.cluster.has_canonical:
            DuplicateMember.objects.filter(pk=member.pk).update(is_canonical=True)
