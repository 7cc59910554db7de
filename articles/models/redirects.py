"""Redirects: a slug that once named a source, entity or tag leads to the survivor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from articles.models.constraints import known_word
from articles.models.curated import SLUG_LENGTH
from articles.models.triggers import ledger
from articles.vocabulary import NounKind

if TYPE_CHECKING:
    from articles.models.curated import Slugged


class RedirectQuerySet(models.QuerySet["Redirect"]):
    def get_by_natural_key(self, kind: str, old_slug: str) -> Redirect:
        return self.get(kind=kind, old_slug=old_slug)

    def survivor(self, kind: NounKind, old_slug: str) -> Slugged | None:
        """The row that a former slug leads to, if it ever was one."""
        redirect = self.filter(kind=kind, old_slug=old_slug).select_related(kind.value).first()
        return redirect.target if redirect else None


class Redirect(models.Model):
    """Points to the row and not to its slug, so that a chain of renamings stays one step long."""

    kind = models.CharField(max_length=10, choices=NounKind, editable=False)
    old_slug = models.CharField(max_length=SLUG_LENGTH)
    source = models.ForeignKey(
        "articles.Source", models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    entity = models.ForeignKey(
        "articles.Entity", models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    tag = models.ForeignKey(
        "articles.Tag", models.CASCADE, null=True, blank=True, related_name="redirects"
    )

    objects = RedirectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "old_slug", name="slug_redirects_once"),
            known_word("kind", NounKind, "redirect_kind_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(kind="source", source__isnull=False, entity=None, tag=None)
                | Q(kind="entity", entity__isnull=False, source=None, tag=None)
                | Q(kind="tag", tag__isnull=False, source=None, entity=None),
                name="redirect_has_one_survivor_of_its_kind",
            ),
        ]
        triggers = ledger("redirect", "r.kind || '/' || r.old_slug")

    def __str__(self) -> str:
        return f"{self.kind} {self.old_slug} → {self.target}"

    def natural_key(self) -> tuple[str, str]:
        return (self.kind, self.old_slug)

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "articles.source",
        "articles.entity",
        "articles.tag",
    ]

    @property
    def target(self) -> Slugged:
        survivor: Slugged = getattr(self, self.kind)
        return survivor
