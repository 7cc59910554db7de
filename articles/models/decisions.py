"""Decisions: what editors said of links. Append-only; a link's state follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar

import pgtrigger
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now, Substr

from articles.errors import ArchiveError
from articles.models.constraints import known_word
from articles.models.redaction_functions import emptied
from articles.models.triggers import SILENT, ArchiveTrigger, append_only, decided_by_editors
from articles.vocabulary import LinkKind, LinkState, Origin

SPELLING: Final = 200
"""So many characters of a quote tell spellings apart."""

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class Verdict(models.Model):
    """What an editor said of a row, why and when. It names the row by more than its key, for it
    outlives the row; `suggested` takes back what was said before."""

    row = models.BigIntegerField(editable=False)
    verdict = models.CharField(max_length=10, choices=LinkState, editable=False)
    editor = models.TextField(editable=False)
    reason = models.TextField(blank=True, default="", db_default="", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class Judged(models.Model):
    """A row whose state follows from the verdicts on it."""

    class Meta:
        abstract = True

    def accept(self, editor: str, reason: str = "") -> Verdict:
        return self.decide(LinkState.ACCEPTED, editor, reason)

    def reject(self, editor: str, reason: str = "") -> Verdict:
        return self.decide(LinkState.REJECTED, editor, reason)

    def decide(self, verdict: LinkState, editor: str, reason: str = "") -> Verdict:
        """Write the editor's verdict; the database lets the state follow.

        Raises ArchiveError where somebody deletes the row at the same moment.
        """
        with transaction.atomic():
            decision = self._write(verdict=verdict, editor=editor, reason=reason)
            try:
                self.refresh_from_db(fields=["state"])
            except ObjectDoesNotExist as error:
                raise ArchiveError(
                    f"The {self._meta.verbose_name} was deleted meanwhile."
                ) from error
        return decision

    def _write(self, **said: str) -> Verdict:
        """The verdict, on this row by all its names."""
        raise NotImplementedError


class JudgedQuerySet(models.QuerySet[Row_co]):
    def accepted(self) -> Self:
        return self.filter(state=LinkState.ACCEPTED)

    def waiting(self) -> Self:
        """Suggestions that no editor has judged."""
        return self.filter(state=LinkState.SUGGESTED)


def state_follows(table: str, noun: str) -> pgtrigger.Trigger:
    """Let the state of the row that a verdict names follow from it."""
    return ArchiveTrigger(
        name="state_follows",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
                    IF {SILENT} THEN RETURN NULL; END IF;
                    UPDATE {table} SET state = NEW.verdict WHERE id = NEW.row;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'no {noun} %: nothing to decide', NEW.row
                            USING ERRCODE = 'foreign_key_violation';
                    END IF;
                    RETURN NULL;
                """,
    )


class Decision(Verdict):
    """One verdict on one link, which it names by key and words as well."""

    kind = models.CharField(max_length=20, choices=LinkKind, editable=False)
    article_uid = models.UUIDField(editable=False)
    target = models.TextField(editable=False, help_text="Slug of the entity or tag at the time.")
    quote = models.TextField(blank=True, default="", db_default="", editable=False)

    class Meta:
        constraints = [
            known_word("kind", LinkKind, "decision_kind_is_a_known_word"),
            known_word("verdict", LinkState, "decision_verdict_is_a_known_word"),
        ]
        indexes = [
            models.Index("kind", "row", "id", name="decision_by_link"),
            models.Index("article_uid", "kind", "target", name="decision_by_article"),
            # How editors judged a spelling of late; long words of editors would not fit an index.
            models.Index(
                "target",
                Substr("quote", 1, SPELLING),
                "id",
                name="decision_by_spelling",
                condition=Q(kind=LinkKind.MENTION),
            ),
        ]
        triggers = [
            decided_by_editors("on links"),
            ArchiveTrigger(
                name="state_follows",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("missing", "record")],
                # One update for each kind of link, however many decisions: the ledger's triggers
                # cost a statement more than a row.
                func=f"""
                    IF {SILENT} THEN RETURN NULL; END IF;
                    SELECT d.kind, d."row" INTO missing FROM new_rows d
                        LEFT JOIN articles_mention m ON d.kind = 'mention' AND m.id = d."row"
                        LEFT JOIN articles_tagging t ON d.kind = 'tagging' AND t.id = d."row"
                        WHERE m.id IS NULL AND t.id IS NULL LIMIT 1;
                    IF FOUND THEN
                        RAISE EXCEPTION 'no % %: nothing to decide', missing.kind, missing.row
                            USING ERRCODE = 'foreign_key_violation';
                    END IF;
                    IF EXISTS (SELECT FROM new_rows WHERE kind = 'mention') THEN
                        UPDATE articles_mention l SET state = d.verdict FROM (
                            SELECT DISTINCT ON ("row") "row", verdict FROM new_rows
                            WHERE kind = 'mention' ORDER BY "row", id DESC
                        ) AS d WHERE l.id = d."row";
                    END IF;
                    IF EXISTS (SELECT FROM new_rows WHERE kind = 'tagging') THEN
                        UPDATE articles_tagging l SET state = d.verdict FROM (
                            SELECT DISTINCT ON ("row") "row", verdict FROM new_rows
                            WHERE kind = 'tagging' ORDER BY "row", id DESC
                        ) AS d WHERE l.id = d."row";
                    END IF;
                    RETURN NULL;
                """,
            ),
            *append_only(emptied(["quote", "reason", "target"], "x.uid = OLD.article_uid")),
        ]

    def __str__(self) -> str:
        return f"{self.editor}: {self.kind} {self.target} {self.verdict}"


class Link(Judged):
    """A statement about an article by its source, a machine or an editor."""

    if TYPE_CHECKING:
        article: Any  # each kind of link has its own related name for it
    link_kind: ClassVar[LinkKind]
    target_field: ClassVar[str]  # the foreign key to what is said of the article

    origin = models.CharField(
        max_length=10,
        choices=Origin,
        default=Origin.EDITOR,
        db_default=Origin.EDITOR,
        editable=False,
    )
    state = models.CharField(
        max_length=10,
        choices=LinkState,
        default=LinkState.ACCEPTED,
        db_default=LinkState.ACCEPTED,
        editable=False,
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True

    def _write(self, **said: str) -> Decision:
        return Decision.objects.create(
            kind=self.link_kind,
            row=self.pk,
            article_uid=self.article.uid,
            target=getattr(self, self.target_field).slug,
            quote=getattr(self, "quote", ""),
            **said,
        )


def link_rules(name: str) -> list[models.BaseConstraint]:
    return [
        known_word("origin", Origin, f"{name}_origin_is_a_known_word"),
        known_word("state", LinkState, f"{name}_state_is_a_known_word"),
        models.CheckConstraint(
            condition=Q(origin=Origin.MACHINE) | ~Q(state=LinkState.SUGGESTED),
            name=f"{name}_only_a_machine_suggests",
        ),
    ]


def link_triggers() -> list[pgtrigger.Trigger]:
    return [
        ArchiveTrigger(
            name="decided_by_decisions",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("state"),
            func=f"""
                IF NEW.state <> OLD.state AND pg_trigger_depth() < 2 AND NOT {SILENT} THEN
                    RAISE EXCEPTION 'the state of % % follows from its decisions: add a decision',
                        TG_TABLE_NAME, OLD.id USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            """,
        )
    ]
