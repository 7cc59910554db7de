"""Names that texts hold and nobody has curated: suggestions of new entities, over the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import Q

from articles.errors import ArchiveError
from articles.models.constraints import known_word, not_blank
from articles.models.decisions import Judged, JudgedQuerySet, Verdict, link_triggers, state_follows
from articles.models.entities import Alias, Entity
from articles.models.redaction_functions import emptied
from articles.models.triggers import (
    AT_THE_DESK,
    SILENT,
    ArchiveTrigger,
    append_only,
    decided_by_editors,
    ledger,
)
from articles.vocabulary import EntityKind, LinkState

if TYPE_CHECKING:
    from articles.models.articles import Article


class NameDecision(Verdict):
    """One verdict on a name that nobody had curated, which it names by its words as well: a name
    that is found anew has its last verdict at once."""

    key = models.CharField(max_length=200, editable=False, help_text="As names are told apart.")
    quote = models.CharField("name", max_length=200, editable=False)

    class Meta:
        verbose_name = "decision on a new name"
        verbose_name_plural = "decisions on new names"
        constraints = [
            known_word("verdict", LinkState, "name_decision_verdict_is_a_known_word"),
        ]
        indexes = [
            models.Index("row", "id", name="name_decision_by_row"),
            models.Index("key", "id", name="name_decision_by_key"),
        ]
        triggers = [
            decided_by_editors("on unknown names"),
            state_follows("articles_unknownname", "name"),
            # Of a name that stood in the erased article alone.
            *append_only(
                emptied(
                    ["key", "quote", "reason"],
                    "NOT EXISTS (SELECT FROM articles_unknownname n WHERE n.id = OLD.row)",
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.editor}: {self.quote} {self.verdict}"


class NamePlace(NamedTuple):
    """A name that nobody has curated, and a place where an article has it."""

    name: UnknownName
    before: str
    quote: str
    after: str


def unknown_names_of(article: Article) -> list[NamePlace]:
    """The names that wait and of which the article is evidence, the worthiest first. One query."""
    return [
        NamePlace(name, place["before"], place["quote"], place["after"])
        for name in UnknownName.objects.waiting().placed_in(article)
        for place in name.evidence
        if place["article"] == str(article.uid)
    ]


class UnknownNameQuerySet(JudgedQuerySet["UnknownName"]):
    def placed_in(self, article: Article) -> UnknownNameQuerySet:
        """Those of which one of the first places is in the article."""
        return self.filter(evidence__contains=[{"article": str(article.uid)}])


class UnknownName(Judged):
    """A name, where it stands, and what an editor said of it: once judged it is not asked again.

    `key` is alike for the spellings of one name; `quote` is the commonest. `evidence` are the
    first places, one an article, [{article, before, quote, after, start, end, text}]: `start` and
    `end` are code points of the body with the hash `text`. The run knows configuration and
    vocabulary; it is the one that last wrote something of the name.
    """

    key = models.CharField(max_length=200, unique=True, editable=False)
    quote = models.CharField("name", max_length=200, editable=False)
    articles = models.PositiveIntegerField(editable=False, help_text="How many would gain.")
    finds = models.PositiveIntegerField(editable=False)
    confidence = models.FloatField(editable=False)
    rank = models.FloatField(editable=False)
    kind = models.CharField(
        max_length=20,
        choices=EntityKind,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="What a model most often calls it. Empty: none was asked.",
    )
    evidence = models.JSONField(default=list, editable=False)
    run = models.ForeignKey(
        "articles.EnrichmentRun",
        models.PROTECT,
        null=True,
        related_name="unknown_names",
        editable=False,
    )
    engine = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    version = models.CharField(
        max_length=100, blank=True, default="", db_default="", editable=False
    )
    state = models.CharField(
        max_length=10,
        choices=LinkState,
        default=LinkState.SUGGESTED,
        db_default=LinkState.SUGGESTED,
        editable=False,
    )

    objects = UnknownNameQuerySet.as_manager()

    class Meta:
        ordering = ["-rank", "key"]
        constraints = [
            not_blank("quote", "unknown_name_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["", *EntityKind.values]),
                name="unknown_name_kind_is_a_known_word",
            ),
            known_word("state", LinkState, "unknown_name_state_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(confidence__range=(0, 1)), name="unknown_name_confidence_is_a_share"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-rank"], name="unknown_name_by_rank"),
            GinIndex(OpClass("evidence", name="jsonb_path_ops"), name="unknown_name_by_place"),
        ]
        triggers = [
            ArchiveTrigger(
                name="remember_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF {SILENT} THEN RETURN NEW; END IF;
                    NEW.state := coalesce((
                        SELECT d.verdict FROM articles_namedecision d WHERE d.key = NEW.key
                        ORDER BY d.id DESC LIMIT 1), 'suggested');
                    RETURN NEW;
                """,
            ),
            *link_triggers(),
            *ledger("unknownname", "r.quote", only="({r}.state <> 'suggested')", moved=AT_THE_DESK),
        ]

    def __str__(self) -> str:
        return self.quote

    @transaction.atomic
    def create_entity(
        self, editor: str, kind: EntityKind | None = None, reason: str = ""
    ) -> Entity:
        """Make an entity of it, with its own name as first spelling, to be found from now on.

        Without a kind, of that which a model calls it.
        """
        self._settle(LinkState.ACCEPTED, editor, reason)
        slug = Entity.free_slug(self.quote)
        entity = Entity.objects.create(
            name=self.quote, slug=slug, kind=kind or self.kind or EntityKind.OTHER
        )
        Alias.objects.create(entity=entity, spelling=self.quote)
        return entity

    @transaction.atomic
    def belongs_to(self, entity: Entity, editor: str, reason: str = "") -> None:
        """It is a spelling of an entity that is there, to be found from now on."""
        self._settle(LinkState.ACCEPTED, editor, reason)
        if not entity.aliases.filter(spelling=self.quote).exists():
            Alias.objects.create(entity=entity, spelling=self.quote)

    def never_suggest(self, editor: str, reason: str = "") -> None:
        self._settle(LinkState.REJECTED, editor, reason)

    @property
    def last_decision(self) -> NameDecision | None:
        """What an editor said last; None: nobody has, or it was taken back. One query."""
        if self.state == LinkState.SUGGESTED:
            return None
        return NameDecision.objects.filter(row=self.pk).order_by("-pk").first()

    def _settle(self, verdict: LinkState, editor: str, reason: str) -> None:
        """Raises ArchiveError where it does not wait any longer."""
        with transaction.atomic():
            if not UnknownName.objects.waiting().select_for_update().filter(pk=self.pk):
                raise ArchiveError(f"“{self}” has been judged by somebody else meanwhile.")
            self.decide(verdict, editor, reason)

    def _write(self, **said: str) -> NameDecision:
        return NameDecision.objects.create(row=self.pk, key=self.key, quote=self.quote, **said)
