"""Tags: the subjects that editors keep, in a shallow tree; and taggings, their links."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from articles.models.backing import backed_by_editors
from articles.models.constraints import not_blank
from articles.models.curated import Curated, Slugged, SluggedQuerySet, slug_rule
from articles.models.decisions import JudgedQuerySet, Link, link_rules, link_triggers
from articles.models.groups import declared
from articles.models.redaction_functions import OF_ARTICLE, no_redacted
from articles.models.triggers import (
    AT_THE_DESK,
    SILENT,
    ArchiveTrigger,
    KeepEdits,
    KeepRedirect,
    ledger,
)
from articles.vocabulary import LinkKind


class TagQuerySet(SluggedQuerySet["Tag"]):
    def named(self, words: str) -> Self:
        """By name, slug, or another spelling. A union, as for entities: each by its own index."""
        words = " ".join(words.split())
        own: models.QuerySet[Any, Any] = SluggedQuerySet(Tag).named(words).values("pk")
        spelt = TagAlias.objects.filter(spelling__icontains=words).values("tag")
        return self.filter(pk__in=own.union(spelt))


class Tag(Slugged):
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    media_topic = models.CharField(
        "IPTC Media Topic",
        max_length=20,
        null=True,
        blank=True,
        unique=True,
        help_text="Code in the IPTC Media Topic vocabulary, such as medtop:20000065.",
    )
    description = models.TextField(blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        permissions = declared("tag")
        constraints = [
            slug_rule("tag"),
            not_blank("name", "tag_has_a_name"),
            models.CheckConstraint(
                condition=Q(media_topic__isnull=True) | Q(media_topic__regex=r"^medtop:\d{8}$"),
                name="tag_media_topic_is_a_code",
                violation_error_message="Write the Media Topic as medtop: and eight digits.",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="tag_is_not_its_own_parent"),
        ]
        triggers = [
            ArchiveTrigger(
                name="no_circle",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                func=f"""
                    IF {SILENT} OR NEW.parent_id IS NULL THEN RETURN NEW; END IF;
                    -- Two moves at once could close a circle that neither of them sees.
                    PERFORM pg_advisory_xact_lock(hashtext('articles_tag.parent'));
                    IF EXISTS (
                        WITH RECURSIVE above(id) AS (
                            SELECT NEW.parent_id
                            UNION
                            SELECT t.parent_id FROM articles_tag t JOIN above USING (id)
                            WHERE t.parent_id IS NOT NULL)
                        SELECT FROM above WHERE id = NEW.id) THEN
                        RAISE EXCEPTION 'tag % would stand above itself', NEW.slug
                            USING ERRCODE = 'check_violation',
                                CONSTRAINT = 'tag_tree_has_no_circle';
                    END IF;
                    RETURN NEW;
                """,
            ),
            KeepEdits(),
            KeepRedirect(kind="tag"),
            *ledger("tag", "r.slug"),
        ]


class TagAliasQuerySet(models.QuerySet["TagAlias"]):
    def get_by_natural_key(self, tag: str, spelling: str) -> TagAlias:
        return self.get(tag__slug=tag, spelling=spelling)


class TagAlias(Curated):
    """Other words for a tag, by which texts tell its subject. Its own name is not among them."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases")
    spelling = models.CharField(max_length=200)

    objects = TagAliasQuerySet.as_manager()

    class Meta:
        ordering = ["spelling", "pk"]
        verbose_name = "spelling of a tag"
        verbose_name_plural = "spellings of tags"
        constraints = [
            models.UniqueConstraint("tag", "spelling", name="tag_has_a_spelling_once"),
            not_blank("spelling", "tag_alias_has_a_spelling"),
        ]
        indexes = [
            models.Index("spelling", name="tag_alias_by_spelling"),
            GinIndex(OpClass(Upper("spelling"), name="gin_trgm_ops"), name="tag_alias_trigrams"),
        ]
        triggers = [
            KeepEdits(),
            *ledger(
                "tagalias",
                "coalesce(t.slug, r.tag_id::text) || '/' || r.spelling",
                "LEFT JOIN articles_tag t ON t.id = r.tag_id",
            ),
        ]

    def __str__(self) -> str:
        return self.spelling

    def natural_key(self) -> tuple[str, str]:
        return (self.tag.slug, self.spelling)

    natural_key.dependencies = ["articles.tag"]  # type: ignore[attr-defined]


class TaggingQuerySet(JudgedQuerySet["Tagging"]):
    def get_by_natural_key(self, origin: str, external_id: str, tag: str) -> Tagging:
        return self.get(article__origin=origin, article__external_id=external_id, tag__slug=tag)


class Tagging(Link):
    """An article has a tag: said by its source, a machine or an editor."""

    link_kind = LinkKind.TAGGING
    target_field = "tag"

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")

    objects = TaggingQuerySet.as_manager()

    class Meta:
        constraints = [
            *link_rules("tagging"),
            models.UniqueConstraint("article", "tag", name="article_has_a_tag_once"),
        ]
        indexes = [
            models.Index(
                "tag", "article", name="accepted_tagging_by_tag", condition=Q(state="accepted")
            ),
            models.Index(
                "tag", "created_at", name="waiting_tagging_by_tag", condition=Q(state="suggested")
            ),
            models.Index(
                "tag", "id", name="waiting_tagging_in_order", condition=Q(state="suggested")
            ),
        ]
        triggers = [
            *link_triggers(),
            backed_by_editors(LinkKind.TAGGING),
            *no_redacted(OF_ARTICLE),
            *ledger(
                "tagging",
                "coalesce(a.uid::text, r.article_id::text) || '/' || coalesce(t.slug, '')",
                "LEFT JOIN articles_article a ON a.id = r.article_id"
                " LEFT JOIN articles_tag t ON t.id = r.tag_id",
                only="({r}.origin <> 'machine' OR {r}.state <> 'suggested')",
                moved=AT_THE_DESK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} – {self.tag}"

    def natural_key(self) -> tuple[str, str, str]:
        return (*self.article.natural_key(), self.tag.slug)

    natural_key.dependencies = ["articles.article", "articles.tag"]  # type: ignore[attr-defined]
