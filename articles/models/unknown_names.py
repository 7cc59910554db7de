"""Names that texts hold and nobody has curated: suggestions of new entities, over the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from articles.errors import ArchiveError
from articles.models.constraints import known_word, not_blank
from articles.models.entities import Alias, Entity
from articles.models.ledger import current_run
from articles.models.triggers import EDITORS_WAY, SILENT, ArchiveTrigger
from articles.vocabulary import EntityKind, LinkState

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from articles.models.articles import Article


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


class UnknownNameQuerySet(models.QuerySet["UnknownName"]):
    def waiting(self) -> UnknownNameQuerySet:
        return self.filter(state=LinkState.SUGGESTED)

    def placed_in(self, article: Article) -> UnknownNameQuerySet:
        """Those of which one of the first places is in the article. The table is small: of all the
        archive's names so many are kept as somebody may judge."""
        return self.filter(evidence__contains=[{"article": str(article.uid)}])

    def judge_anew(self, run: UUID) -> int:
        """Let those that were judged in a run wait again. Returns how many."""
        return self.filter(judged_in=run).update(
            state=LinkState.SUGGESTED, judged_by="", judged_at=None, judged_in=None
        )


class UnknownName(models.Model):
    """A name, where it stands, and what an editor said of it: once judged it is not asked again.

    `key` is alike for the spellings of one name; `quote` is the commonest. `evidence` are the
    first places, [{article, before, quote, after}].
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
    state = models.CharField(
        max_length=10,
        choices=LinkState,
        default=LinkState.SUGGESTED,
        db_default=LinkState.SUGGESTED,
        editable=False,
    )
    judged_by = models.TextField(blank=True, default="", db_default="", editable=False)
    judged_at = models.DateTimeField(null=True, editable=False)
    judged_in = models.UUIDField(
        null=True, editable=False, help_text="The run of the verdict; its undo takes it back."
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
            models.CheckConstraint(
                condition=Q(state="suggested", judged_at=None)
                | ~Q(state="suggested") & Q(judged_at__isnull=False),
                name="judged_unknown_name_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-rank"], name="unknown_name_by_rank")]
        triggers = [
            ArchiveTrigger(
                name="by_editors",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "judged_by", "judged_at"),
                func=f"""
                    IF TG_OP = 'INSERT' AND NEW.state = 'suggested' THEN RETURN NEW; END IF;
                    IF TG_OP = 'UPDATE' THEN
                        IF (OLD.state, OLD.judged_by, OLD.judged_at)
                            IS NOT DISTINCT FROM (NEW.state, NEW.judged_by, NEW.judged_at) THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    IF NOT {EDITORS_WAY} AND NOT {SILENT} THEN
                        RAISE EXCEPTION 'only editors decide on unknown names'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.quote

    @transaction.atomic
    def create_entity(self, editor: str, kind: EntityKind | None = None) -> Entity:
        """Make an entity of it, with its own name as first spelling, to be found from now on.

        Without a kind, of that which a model calls it.
        """
        self._judge(LinkState.ACCEPTED, editor)
        slug = Entity.free_slug(self.quote)
        entity = Entity.objects.create(
            name=self.quote, slug=slug, kind=kind or self.kind or EntityKind.OTHER
        )
        Alias.objects.create(entity=entity, spelling=self.quote)
        return entity

    @transaction.atomic
    def belongs_to(self, entity: Entity, editor: str) -> None:
        """It is a spelling of an entity that is there, to be found from now on."""
        self._judge(LinkState.ACCEPTED, editor)
        if not entity.aliases.filter(spelling=self.quote).exists():
            Alias.objects.create(entity=entity, spelling=self.quote)

    def never_suggest(self, editor: str) -> None:
        self._judge(LinkState.REJECTED, editor)

    def _judge(self, state: LinkState, editor: str) -> None:
        now: datetime = timezone.now()
        waiting = UnknownName.objects.waiting().filter(pk=self.pk)
        told = {"state": state, "judged_by": editor, "judged_at": now, "judged_in": current_run()}
        if not waiting.update(**told):
            raise ArchiveError(f"“{self}” has been judged by somebody else meanwhile.")
        self.refresh_from_db()
