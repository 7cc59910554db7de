"""Storylines: articles on one running event. A machine suggests them, editors name and curate.

They are no noun of the contract: the change feed does not speak of them, no load names them. What
is only suggested is never public. A slug that was public leads to its storyline for ever, by the
row's own `former_slugs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from articles.models.backing import only_suggested
from articles.models.constraints import known_word, not_blank
from articles.models.curated import Slugged, SluggedQuerySet, slug_rule
from articles.models.decisions import (
    Judged,
    JudgedQuerySet,
    Verdict,
    link_rules,
    link_triggers,
)
from articles.models.redaction_functions import emptied
from articles.models.triggers import (
    AT_THE_DESK,
    SILENT,
    ArchiveTrigger,
    KeepEdits,
    append_only,
    decided_by_editors,
    ledger,
)
from articles.vocabulary import LinkState, Origin

if TYPE_CHECKING:
    from articles.models.articles import Article


class StorylineDecision(Verdict):
    """One verdict on a storyline (`row`), or with `article_uid` on an article's place in it: what
    was rejected is not suggested again."""

    target = models.TextField(editable=False, help_text="Slug of the storyline at the time.")
    article_uid = models.UUIDField(null=True, editable=False)

    class Meta:
        constraints = [
            known_word("verdict", LinkState, "storyline_decision_verdict_is_a_known_word"),
        ]
        indexes = [
            models.Index("row", "article_uid", "id", name="storyline_decision_by_link"),
        ]
        triggers = [
            decided_by_editors("on storylines"),
            ArchiveTrigger(
                name="state_follows",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=f"""
                    IF {SILENT} THEN RETURN NULL; END IF;
                    IF NEW.article_uid IS NULL THEN
                        UPDATE articles_storyline SET state = NEW.verdict WHERE id = NEW.row;
                    ELSE
                        UPDATE articles_storylinearticle m SET state = NEW.verdict
                        FROM articles_article a
                        WHERE m.storyline_id = NEW.row AND a.id = m.article_id
                            AND a.uid = NEW.article_uid;
                    END IF;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'no storyline % (%): nothing to decide',
                            NEW.row, NEW.article_uid USING ERRCODE = 'foreign_key_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
            *append_only(emptied(["reason"], "x.uid = OLD.article_uid")),
        ]

    def __str__(self) -> str:
        return f"{self.editor}: storyline {self.target} {self.verdict}"


# The stubs give each queryset's manager a type of its own.
class StorylineQuerySet(  # type: ignore[override]
    SluggedQuerySet["Storyline"], JudgedQuerySet["Storyline"]
):
    def survivor(self, former_slug: str) -> Storyline | None:
        """The accepted storyline that a former slug leads to, the one that had it last."""
        return self.accepted().filter(former_slugs__contains=[former_slug]).order_by("-pk").first()


class Storyline(Slugged, Judged):
    """One running event. A machine's suggestion has a name made of its entities."""

    description = models.TextField(blank=True)
    former_slugs = ArrayField(
        models.TextField(),
        default=list,
        db_default=models.Value("{}", output_field=models.TextField()),
        blank=True,
        editable=False,
        help_text="Slugs by which readers knew it.",
    )
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
    articles = models.ManyToManyField(
        "articles.Article", through="articles.StorylineArticle", related_name="storylines"
    )

    objects = StorylineQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            slug_rule("storyline"),
            not_blank("name", "storyline_has_a_name"),
            *link_rules("storyline"),
        ]
        indexes = [
            models.Index("id", name="storyline_waiting", condition=Q(state="suggested")),
            GinIndex(fields=["former_slugs"], name="storyline_by_former_slug"),
        ]
        triggers = [
            KeepEdits(
                more="""
                    IF NEW.slug <> OLD.slug THEN
                        NEW.former_slugs := array_remove(NEW.former_slugs, NEW.slug::text);
                        IF OLD.state = 'accepted' AND OLD.slug <> ALL (NEW.former_slugs) THEN
                            NEW.former_slugs := NEW.former_slugs || OLD.slug::text;
                        END IF;
                    END IF;
                """
            ),
            *link_triggers(),
            only_suggested("(n.origin <> 'machine' OR n.state <> 'suggested')"),
            *ledger(
                "storyline",
                "r.slug",
                only="({r}.origin <> 'machine' OR {r}.state <> 'suggested'"
                " OR {r}.edited_fields <> '{{}}')",
                moved=AT_THE_DESK,
            ),
        ]

    def accept(self, editor: str, reason: str = "") -> Verdict:
        """Accept the storyline with the articles that are still suggested for it."""
        with transaction.atomic():
            decision = self.decide(LinkState.ACCEPTED, editor, reason)
            for member in self.members.waiting().select_related("article"):
                member.accept(editor, reason)
        return decision

    def _write(self, **said: str) -> StorylineDecision:
        """On the storyline alone."""
        return StorylineDecision.objects.create(row=self.pk, target=self.slug, **said)

    def add(self, article: Article, editor: str, reason: str = "") -> StorylineArticle:
        """Let an editor say that an article belongs to it."""
        with transaction.atomic():
            member, is_new = self.members.get_or_create(article=article)
            if not is_new and member.state != LinkState.ACCEPTED:
                member.accept(editor, reason)
        return member


class StorylineArticleQuerySet(JudgedQuerySet["StorylineArticle"]):
    pass


class StorylineArticle(Judged):
    """An article belongs to a storyline; it may belong to several.

    Of a machine's suggestion `reasons` are [[word, fact]], `confidence` is 0 … 1; `configuration`
    is the hash of the rules, `text` that of what was read. The run knows the names' position.
    """

    storyline = models.ForeignKey(Storyline, models.CASCADE, related_name="members")
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="storyline_places")
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
    confidence = models.FloatField(null=True, editable=False)
    reasons = models.JSONField(default=list, editable=False)
    engine = models.CharField(max_length=20, blank=True, default="", editable=False)
    version = models.CharField(max_length=20, blank=True, default="", editable=False)
    configuration = models.CharField(
        max_length=16, blank=True, default="", db_default="", editable=False
    )
    text = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    run = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = StorylineArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "article of a storyline"
        verbose_name_plural = "articles of storylines"
        constraints = [
            *link_rules("storyline_article"),
            models.UniqueConstraint("storyline", "article", name="storyline_has_an_article_once"),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__range=(0, 1)),
                name="storyline_article_confidence_is_a_share",
            ),
        ]
        triggers = [
            ArchiveTrigger(
                name="remember_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF {SILENT} OR NEW.origin <> 'machine' THEN RETURN NEW; END IF;
                    NEW.state := coalesce((
                        SELECT d.verdict FROM articles_article a, articles_storylinedecision d
                        WHERE a.id = NEW.article_id AND d.row = NEW.storyline_id
                            AND d.article_uid = a.uid
                        ORDER BY d.id DESC LIMIT 1), 'suggested');
                    RETURN NEW;
                """,
            ),
            *link_triggers(),
            # Of a machine's the state is what an editor said, see above.
            only_suggested("n.origin <> 'machine'"),
            *ledger(
                "storylinearticle",
                "coalesce(s.slug, r.storyline_id::text) || '/'"
                " || coalesce(a.uid::text, r.article_id::text)",
                "LEFT JOIN articles_storyline s ON s.id = r.storyline_id"
                " LEFT JOIN articles_article a ON a.id = r.article_id",
                only="({r}.origin <> 'machine' OR {r}.state <> 'suggested')",
                moved=AT_THE_DESK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} – {self.storyline}"

    def decide(self, verdict: LinkState, editor: str, reason: str = "") -> Verdict:
        """With its last article a storyline that waits is rejected: nothing is left to judge."""
        with transaction.atomic():
            decision = super().decide(verdict, editor, reason)
            storyline = Storyline.objects.waiting().filter(pk=self.storyline_id).first()
            standing = StorylineArticle.objects.filter(storyline=self.storyline_id)
            if storyline and not standing.exclude(state=LinkState.REJECTED).exists():
                storyline.reject(editor, reason)
        return decision

    def _write(self, **said: str) -> StorylineDecision:
        return StorylineDecision.objects.create(
            row=self.storyline_id,
            target=self.storyline.slug,
            article_uid=self.article.uid,
            **said,
        )
