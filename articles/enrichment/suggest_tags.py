"""Write the tags that the machine suggests. What a source, an editor or a verdict said stays."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Q

from articles.enrichment.anchoring import Context
from articles.enrichment.standing import last_verdicts
from articles.enrichment.tagging import (
    COPIES,
    ENGINE,
    HEADLINE,
    NEAR,
    VERSION,
    NearTag,
    TagSuggestion,
    TagWords,
)
from articles.enrichment.write_links import Changes, TaggingRow, Told, write_links
from articles.models import Article, EnrichmentRun, Redirect, Suggestion, Tag, Tagging
from articles.models.bulk import AnyOf
from articles.models.near_tags import hold_read, tags_of_near
from articles.vocabulary import LinkKind, LinkState, NounKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def suggest_tags(articles: Sequence[Article], words: TagWords, run: EnrichmentRun) -> int:
    """Suggest tags for articles and take back suggestions that no longer hold. Rows written."""
    known: dict[int, dict[int, Tagging]] = defaultdict(dict)
    keys = [article.pk for article in articles]
    for row in Tagging.objects.filter(AnyOf("article_id", keys)).select_related("suggestion"):
        known[row.article_id][row.tag_id] = row
    verdicts = _verdicts(articles)
    near = tags_of_near(keys)
    changes = Changes()
    for article in articles:
        standing = known[article.pk]
        found = words.suggest(
            article.body,
            headline=article.headline,
            language=article.language,
            near=[NearTag(*it) for it in near.get(article.pk, ())],
        )
        for one in found:
            tagging = standing.pop(one.tag, None)
            told = _told(one, article, run)
            if tagging is None:
                state = verdicts.get((article.pk, one.tag), LinkState.SUGGESTED)
                changes.create.append((TaggingRow(article.pk, one.tag, state), told))
            elif _is_waiting(tagging) and told.differs(tagging.suggestion):
                changes.update.append((tagging.suggestion.pk, tagging.pk, told))
        changes.delete += [it.pk for it in standing.values() if _is_waiting(it)]
    write_links(Tagging, changes)
    return len(changes)


def suggest_near_tags(articles: Collection[int], words: TagWords, run: EnrichmentRun) -> int:
    """Suggest tags anew for those of the articles (keys) for which near ones say something, or did.

    Which articles are near is known only after all have been read and compared. Within a
    transaction. Rows written.
    """
    keys = hold_read(articles)
    concerned = set(tags_of_near(keys)) | _with_near_evidence(keys)
    columns = ("uid", "headline", "body", "language", "fingerprint")
    rows = Article.objects.only(*columns).filter(AnyOf("pk", concerned)).order_by("pk")
    return suggest_tags(list(rows), words, run) if concerned else 0


def _with_near_evidence(articles: Collection[int]) -> set[int]:
    told = Suggestion.objects.filter(AnyOf("tagging__article_id", articles))
    spoken = Q(reasons__contains=[[NEAR]]) | Q(reasons__contains=[[COPIES]])
    return set(told.filter(spoken).values_list("tagging__article", flat=True))


def _is_waiting(tagging: Tagging) -> bool:
    has_reasons = getattr(tagging, "suggestion", None) is not None
    return has_reasons and tagging.state == LinkState.SUGGESTED


def _verdicts(articles: Sequence[Article]) -> dict[tuple[int, int], LinkState]:
    """By article and tag what an editor said last, whatever became of link or tag since."""
    uids = {article.uid: article.pk for article in articles}
    last = last_verdicts(LinkKind.TAGGING, uids)
    tags = _tags_now({target for _, target, _, _ in last.values()})
    return {
        (uids[uid], tags[target]): LinkState(verdict)
        for uid, target, _, verdict in last.values()
        if target in tags
    }


def _tags_now(slugs: set[str]) -> dict[str, int]:
    if not slugs:
        return {}
    former = Redirect.objects.filter(kind=NounKind.TAG, old_slug__in=slugs)
    present = Tag.objects.filter(slug__in=slugs)
    return dict(former.values_list("old_slug", "tag")) | dict(present.values_list("slug", "pk"))


def _told(one: TagSuggestion, article: Article, run: EnrichmentRun) -> Told:
    around = _around(one, article)
    return Told(
        run_id=run.pk,
        version=VERSION,
        engine=ENGINE,
        text=article.fingerprint,
        confidence=one.confidence,
        reasons=[list(evidence) for evidence in one.evidence],
        before=around.before,
        after=around.after,
        candidates=[],
    )


def _around(one: TagSuggestion, article: Article) -> Context:
    """The text around the first of the tag's words; of near articles there is none."""
    for evidence in one.evidence:
        if evidence.start is not None and evidence.end is not None:
            text = article.headline if evidence.word == HEADLINE else article.body
            return Context.of(text, evidence.start, evidence.end)
    return Context("", "")
