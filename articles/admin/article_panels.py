"""What stands beside an article's form: its place among readers, copies, relatives and history.

Each panel asks a fixed number of queries, however much there is to tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from articles.admin.activity import DONE
from articles.admin.article_links import WAITING_FIRST
from articles.admin.history import SILENT_COLUMNS
from articles.admin.nouns import api_address
from articles.enrichment.enrich import CONFIGURATION
from articles.enrichment.gazetteer import ENGINE as GAZETTEER
from articles.models import (
    Article,
    Change,
    CleaningStep,
    DuplicateMember,
    DuplicatePair,
    Enrichment,
    EnrichmentRun,
    Entity,
    LedgerEntry,
    RawText,
    StorylineArticle,
    Tag,
    unknown_names_of,
)
from articles.models.enrichment_queue import text_hash
from articles.models.ledger_words import column_words
from articles.models.related import related_articles
from articles.vocabulary import ArticleStatus, ChangeKind, LedgerAction

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN: Final = 6
EXCERPT: Final = 160


def panels(article: Article) -> dict[str, Any]:
    """All that the panels show, by the name of the panel."""
    return {
        "public": public_place(article),
        "enrichment": enrichment(article),
        "new_names": unknown_names_of(article)[: 2 * SHOWN],
        "duplicates": duplicates(article),
        "relatives": relatives(article),
        "storylines": storylines(article),
        "cleaning": cleaning(article),
        "changes": changes(article),
    }


def public_place(article: Article) -> dict[str, Any]:
    """Where and how readers find it. One query."""
    embargoed = article.status == ArticleStatus.PUBLISHED and not article.is_public
    said = Change.objects.filter(kind=ChangeKind.ARTICLE, key=str(article.uid))
    address = api_address("article-detail", article.uid)
    forms = [("JSON", "json"), ("JSON-LD", "jsonld"), ("ninjs", "ninjs")]
    return {
        "is_embargoed": embargoed,
        "is_gone": not article.is_public and article.was_public,
        "address": address,
        "forms": [(name, f"{address}?format={form}") for name, form in forms],
        "revisions": f"{address}revisions/",
        "related": f"{address}related/",
        "feed": said.order_by("-position").first(),
        "feed_address": reverse("change-list"),
    }


def enrichment(article: Article) -> dict[str, Any]:
    """When the machine read it, by which rules, and whether it has to again. Two queries."""
    read = Enrichment.objects.filter(article=article).first()
    runs = EnrichmentRun.objects.filter(engines__has_key=GAZETTEER)
    run = runs.order_by("-started_at").first()
    known = text_hash(article.language, article.headline, article.fingerprint)
    return {
        "read": read if read and read.at else None,
        "is_stale": read is None
        or read.is_stale
        or read.configuration != CONFIGURATION
        or read.text != known,
        "is_compared": bool(read and read.pairing),
        "engines": sorted(run.engines.items()) if run else [],
    }


def duplicates(article: Article) -> dict[str, Any]:
    """Pairs, those that wait first, and the cluster with what stands for all. Three queries."""
    pairs = DuplicatePair.objects.of(article).select_related("first__source", "second__source")
    pairs = pairs.defer("passages", *_heavy("first"), *_heavy("second"))
    found = list(pairs.order_by(WAITING_FIRST, "-pk")[: SHOWN + 1])
    member = DuplicateMember.objects.filter(article=article).first()
    members: Iterable[DuplicateMember] = ()
    if member is not None:
        of_cluster = DuplicateMember.objects.filter(cluster=member.cluster_id)
        of_cluster = of_cluster.select_related("article__source", "cluster")
        of_cluster = of_cluster.defer(*_heavy("article")).order_by("-is_canonical", "pk")
        members = of_cluster[:SHOWN]
    return {
        "pairs": [_seen_from(article, pair) for pair in found[:SHOWN]],
        "has_more": len(found) > SHOWN,
        "members": members,
    }


def _seen_from(article: Article, pair: DuplicatePair) -> dict[str, Any]:
    is_first = pair.first_id == article.pk
    return {
        "pair": pair,
        "other": pair.second if is_first else pair.first,
        "own_share": pair.first_share if is_first else pair.second_share,
        "other_share": pair.second_share if is_first else pair.first_share,
    }


def relatives(article: Article) -> list[dict[str, Any]]:
    """The published articles nearest to it, as the API tells them. Four queries."""
    found = related_articles(article.pk, SHOWN)
    rows = (
        Article.objects.select_related("source")
        .defer(*_heavy())
        .in_bulk([it.article for it in found])
    )
    entities = Entity.objects.in_bulk({key for it in found for key in it.entities})
    tags = Tag.objects.in_bulk({key for it in found for key in it.tags})
    return [
        {
            "article": rows[it.article],
            "shared": sorted(
                [entities[key].name for key in it.entities if key in entities]
                + [tags[key].name for key in it.tags if key in tags]
            ),
        }
        for it in found
        if it.article in rows
    ]


def storylines(article: Article) -> list[StorylineArticle]:
    """The events that it is part of. One query."""
    places = StorylineArticle.objects.filter(article=article).select_related("storyline")
    return list(places.order_by(WAITING_FIRST, "storyline__name", "pk")[:SHOWN])


def cleaning(article: Article) -> dict[str, Any]:
    """What was taken away from the received text. Two queries."""
    raw = RawText.objects.filter(article=article).first()
    steps = list(
        CleaningStep.objects.filter(article=article).order_by("field", "position")[: 4 * SHOWN]
    )
    return {
        "raw": raw,
        "raw_words": raw.text[: 10 * EXCERPT] if raw else "",
        "raw_is_cut": raw is not None and len(raw.text) > 10 * EXCERPT,
        "is_edited": raw is not None and raw.clean_fingerprint != article.fingerprint,
        "steps": [
            {"step": step, "count": len(step.edits), "words": removed_words(step)} for step in steps
        ],
    }


def removed_words(step: CleaningStep) -> str:
    """What a step took away, in short; blanks are told as such."""
    words = " ".join(" … ".join(edit[1] for edit in step.edits[:SHOWN]).split())
    words = words.strip(" …")
    return (words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…") or "blanks"


def changes(article: Article) -> list[dict[str, Any]]:
    """Who changed it last. One query."""
    entries = LedgerEntry.objects.of(article).select_related("batch")
    entries = entries.defer("before")
    return [
        {
            "entry": entry,
            "fields": [
                column_words("article", it)
                for it in sorted(set(entry.after or {}) - SILENT_COLUMNS)
            ],
            "done": DONE[LedgerAction(entry.action)],
        }
        for entry in entries[:SHOWN]
    ]


def _heavy(path: str = "") -> tuple[str, ...]:
    prefix = f"{path}__" if path else ""
    return tuple(f"{prefix}{name}" for name in ("body", "search", "summary"))
