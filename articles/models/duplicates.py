"""Duplicates: pairs of articles that a machine suggests, and what editors said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from articles.models.constraints import known_word
from articles.models.decisions import Judged, JudgedQuerySet, Verdict, link_triggers, state_follows
from articles.models.duplicate_functions import Settle
from articles.models.redaction_functions import emptied
from articles.models.triggers import (
    AT_THE_DESK,
    SILENT,
    ArchiveTrigger,
    append_only,
    decided_by_editors,
    ledger,
)
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from articles.models.articles import Article


class DuplicateDecision(Verdict):
    """One verdict on one pair, which it names by its articles' uids as well: a pair that is found
    anew has its last verdict at once."""

    first_uid = models.UUIDField(editable=False, help_text="The lower of the two.")
    second_uid = models.UUIDField(editable=False)

    class Meta:
        constraints = [
            known_word("verdict", LinkState, "duplicate_decision_verdict_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(first_uid__lt=F("second_uid")),
                name="duplicate_decision_names_the_lower_uid_first",
            ),
        ]
        indexes = [
            models.Index("row", "id", name="duplicate_decision_by_pair"),
            models.Index("first_uid", "second_uid", "id", name="duplicate_decision_by_uids"),
        ]
        triggers = [
            decided_by_editors("whether articles are duplicates"),
            state_follows("articles_duplicatepair", "pair"),
            *append_only(emptied(["reason"], "x.uid IN (OLD.first_uid, OLD.second_uid)")),
        ]

    def __str__(self) -> str:
        return f"{self.editor}: {self.verdict}"


class DuplicatePairQuerySet(JudgedQuerySet["DuplicatePair"]):
    def of(self, article: Article) -> DuplicatePairQuerySet:
        return self.filter(Q(first=article) | Q(second=article))


class DuplicatePair(Judged):
    """Two articles that share most of the smaller one's text.

    `first_share` is how much of the first the second has. `passages` are the places of what they
    share, [start, end, other start, other end] in code points of the texts with these fingerprints.
    No curated name decides on a pair: of the vocabulary only its run knows.
    """

    first = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="pairs_as_first", editable=False
    )
    second = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="pairs_as_second", editable=False
    )
    first_share = models.FloatField(editable=False)
    second_share = models.FloatField(editable=False)
    passages = models.JSONField(default=list, editable=False)
    first_fingerprint = models.CharField(max_length=64, editable=False)
    second_fingerprint = models.CharField(max_length=64, editable=False)
    engine = models.CharField(max_length=20, editable=False)
    version = models.CharField(max_length=20, editable=False)
    configuration = models.CharField(max_length=16, editable=False)
    run = models.UUIDField(null=True, editable=False)
    state = models.CharField(
        max_length=10,
        choices=LinkState,
        default=LinkState.SUGGESTED,
        db_default=LinkState.SUGGESTED,
        editable=False,
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [
            known_word("state", LinkState, "duplicate_pair_state_is_a_known_word"),
            models.UniqueConstraint("first", "second", name="articles_are_a_pair_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="duplicate_pair_is_in_order"
            ),
            models.CheckConstraint(
                condition=Q(first_share__range=(0, 1), second_share__range=(0, 1)),
                name="duplicate_pair_shares_are_shares",
            ),
        ]
        indexes = [
            models.Index("id", name="duplicate_pair_waiting", condition=Q(state="suggested")),
        ]
        triggers = [
            ArchiveTrigger(
                name="remember_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF {SILENT} THEN RETURN NEW; END IF;
                    NEW.state := coalesce((
                        SELECT d.verdict FROM articles_article a, articles_article b,
                            articles_duplicatedecision d
                        WHERE a.id = NEW.first_id AND b.id = NEW.second_id
                            AND d.first_uid = least(a.uid, b.uid)
                            AND d.second_uid = greatest(a.uid, b.uid)
                        ORDER BY d.id DESC LIMIT 1), 'suggested');
                    RETURN NEW;
                """,
            ),
            *link_triggers(),
            *(Settle(each) for each in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)),
            *ledger(
                "duplicatepair",
                "coalesce(a.uid::text, r.first_id::text) || '/'"
                " || coalesce(b.uid::text, r.second_id::text)",
                "LEFT JOIN articles_article a ON a.id = r.first_id"
                " LEFT JOIN articles_article b ON b.id = r.second_id",
                only="({r}.state <> 'suggested')",
                moved=AT_THE_DESK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} = {self.second}"

    @property
    def confidence(self) -> float:
        """How surely one is a copy: the share by which the two were called near."""
        return max(self.first_share, self.second_share)

    def _write(self, **said: str) -> DuplicateDecision:
        lower, higher = sorted([self.first.uid, self.second.uid])
        return DuplicateDecision.objects.create(
            row=self.pk, first_uid=lower, second_uid=higher, **said
        )


def declare_duplicates(
    first: Article, second: Article, editor: str, reason: str = ""
) -> DuplicatePair:
    """Say that two articles are duplicates that no machine found to be."""
    first, second = sorted([first, second], key=lambda article: article.pk)
    with transaction.atomic():
        pair, _ = DuplicatePair.objects.get_or_create(
            first=first,
            second=second,
            defaults={
                "first_share": 0,
                "second_share": 0,
                "first_fingerprint": first.fingerprint,
                "second_fingerprint": second.fingerprint,
            },
        )
        if pair.state != LinkState.ACCEPTED:
            pair.accept(editor, reason)
    return pair
