"""Entities: the people, organisations, places … that articles name; aliases and mentions."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Upper

from articles.models.backing import backed_by_editors
from articles.models.constraints import known_word, not_blank
from articles.models.curated import Curated, Slugged, SluggedQuerySet, slug_rule
from articles.models.decisions import JudgedQuerySet, Link, link_rules, link_triggers
from articles.models.groups import declared
from articles.models.redaction_functions import OF_ARTICLE, no_redacted
from articles.models.triggers import AT_THE_DESK, KeepEdits, KeepRedirect, ledger
from articles.vocabulary import AliasKind, CaseRule, EntityKind, LinkKind, Standing


class EntityQuerySet(SluggedQuerySet["Entity"]):
    def named(self, words: str) -> Self:
        """By name, slug, any alias, or the whole Wikidata id.

        A union, because an OR over two tables would keep PostgreSQL from using an index of either.
        """
        words = " ".join(words.split())
        own: models.QuerySet[Any, Any] = SluggedQuerySet(Entity).named(words).values("pk")
        spelt = Alias.objects.filter(spelling__icontains=words).values("entity").order_by()
        known = Entity.objects.filter(wikidata_id=words.upper()).values("pk").order_by()
        return self.filter(pk__in=own.order_by().union(spelt, known))


class Entity(Slugged):
    kind = models.CharField(max_length=20, choices=EntityKind, default=EntityKind.OTHER)
    description = models.TextField(blank=True)
    wikidata_id = models.CharField(
        "Wikidata id", max_length=20, null=True, blank=True, unique=True, help_text="Such as Q85."
    )
    is_reviewed = models.BooleanField(
        "reviewed",
        default=True,
        db_default=True,
        help_text="Off for entities that a load created and no editor has looked at.",
    )

    objects = EntityQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "entities"
        permissions = declared("entity")
        constraints = [
            slug_rule("entity"),
            not_blank("name", "entity_has_a_name"),
            known_word("kind", EntityKind, "entity_kind_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(wikidata_id__isnull=True) | Q(wikidata_id__regex=r"^Q[1-9]\d*$"),
                name="entity_wikidata_id_is_an_item",
                violation_error_message="A Wikidata id is Q and a number, such as Q85.",
            ),
        ]
        indexes = [
            models.Index("id", name="entity_waiting_for_review", condition=Q(is_reviewed=False)),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="entity_name_trigrams"),
        ]
        triggers = [
            KeepEdits(),
            KeepRedirect(kind="entity"),
            *ledger("entity", "r.slug"),
        ]


class AliasQuerySet(models.QuerySet["Alias"]):
    def get_by_natural_key(self, entity: str, spelling: str) -> Alias:
        return self.get(entity__slug=entity, spelling=spelling)


class Alias(Curated):
    """A spelling by which texts name an entity, its own name included."""

    entity = models.ForeignKey(Entity, models.CASCADE, related_name="aliases")
    spelling = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=AliasKind, default=AliasKind.NAME)
    case_rule = models.CharField(
        max_length=10,
        choices=CaseRule,
        default=CaseRule.EXACT,
        help_text="Exact: only as written here. Ignore: in capitals and small letters alike.",
    )
    standing = models.CharField(
        max_length=10,
        choices=Standing,
        default=Standing.REVIEW,
        help_text="What becomes of an unambiguous find: an editor reviews it, it is accepted, "
        "or it is never made.",
    )

    objects = AliasQuerySet.as_manager()

    class Meta:
        ordering = ["spelling", "pk"]
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint("entity", "spelling", name="entity_has_a_spelling_once"),
            not_blank("spelling", "alias_has_a_spelling"),
            known_word("kind", AliasKind, "alias_kind_is_a_known_word"),
            known_word("case_rule", CaseRule, "alias_case_rule_is_a_known_word"),
            known_word("standing", Standing, "alias_standing_is_a_known_word"),
        ]
        indexes = [
            models.Index("spelling", name="alias_by_spelling"),
            GinIndex(OpClass(Upper("spelling"), name="gin_trgm_ops"), name="alias_trigrams"),
        ]
        triggers = [
            KeepEdits(),
            *ledger(
                "alias",
                "coalesce(e.slug, r.entity_id::text) || '/' || r.spelling",
                "LEFT JOIN articles_entity e ON e.id = r.entity_id",
            ),
        ]

    def __str__(self) -> str:
        return self.spelling

    def natural_key(self) -> tuple[str, str]:
        return (self.entity.slug, self.spelling)

    natural_key.dependencies = ["articles.entity"]  # type: ignore[attr-defined]


class MentionQuerySet(JudgedQuerySet["Mention"]):
    def get_by_natural_key(
        self, origin: str, external_id: str, entity: str, start: int | None, end: int | None
    ) -> Mention:
        return self.get(
            article__origin=origin,
            article__external_id=external_id,
            entity__slug=entity,
            start=start,
            end=end,
            is_lost=False,
        )


class Mention(Link):
    """An article names an entity, at a place in its body: code points `start` to `end`.

    A source's own link says only that the article is about the entity; it has no place.
    """

    link_kind = LinkKind.MENTION
    target_field = "entity"

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="mentions")
    entity = models.ForeignKey(Entity, models.CASCADE, related_name="mentions")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True, default="", db_default="")
    is_lost = models.BooleanField(
        "lost",
        default=False,
        db_default=False,
        editable=False,
        help_text="The text has changed, and the words stand in it no more.",
    )

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [
            *link_rules("mention"),
            models.UniqueConstraint(
                fields=["article", "entity", "start", "end"],
                name="article_mentions_an_entity_at_a_place_once",
                condition=Q(is_lost=False),  # one whose words are gone takes nobody's place
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True, quote="")
                | Q(start__isnull=False, end__isnull=False)
                & Q(start__gte=0, end__gt=F("start"), end=F("start") + Length("quote")),
                name="mention_span_is_positive_and_holds_its_quote",
                violation_error_message="A place in the text has a start, a later end, and the "
                "words between them.",
            ),
        ]
        indexes = [
            models.Index(
                "entity",
                "article",
                name="accepted_mention_by_entity",
                condition=Q(state="accepted"),
            ),
            models.Index(
                "entity",
                "created_at",
                name="waiting_mention_by_entity",
                condition=Q(state="suggested"),
            ),
            models.Index(
                "entity",
                "quote",
                "id",
                name="waiting_mention_by_spelling",
                condition=Q(state="suggested", is_lost=False),
            ),
        ]
        triggers = [
            *link_triggers(),
            backed_by_editors(LinkKind.MENTION),
            *no_redacted(OF_ARTICLE),
            *ledger(
                "mention",
                "coalesce(a.uid::text, r.article_id::text) || '/' || coalesce(e.slug, '')"
                " || coalesce('@' || r.start || '-' || r.\"end\", '')",
                "LEFT JOIN articles_article a ON a.id = r.article_id"
                " LEFT JOIN articles_entity e ON e.id = r.entity_id",
                only="({r}.origin <> 'machine' OR {r}.state <> 'suggested')",
                moved=AT_THE_DESK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote or self.entity} – {self.article}"

    def natural_key(self) -> tuple[str, str, str, int | None, int | None]:
        return (*self.article.natural_key(), self.entity.slug, self.start, self.end)

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "articles.article",
        "articles.entity",
    ]
