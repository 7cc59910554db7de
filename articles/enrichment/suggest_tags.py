"""Write the tags that the machine suggests. What a source, an editor or a verdict said stays."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from articles.enrichment.tagging import ENGINE, TagSuggestion, TagWords
from articles.models import Decision, EnrichmentRun, Suggestion, Tagging
from articles.models.bulk import AnyOf, copy_objects, give_keys
from articles.vocabulary import LinkKind, LinkState, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.models import Article


def suggest_tags(articles: Sequence[Article], words: TagWords, run: EnrichmentRun) -> int:
    """Suggest tags for articles and take back suggestions that no longer hold. Rows written."""
    known: dict[int, dict[int, Tagging]] = defaultdict(dict)
    keys = [article.pk for article in articles]
    for row in Tagging.objects.filter(AnyOf("article_id", keys)).select_related("suggestion"):
        known[row.article_id][row.tag_id] = row
    refused = _refused(articles)
    new: list[tuple[Tagging, Suggestion]] = []
    changed: list[Suggestion] = []
    gone: list[int] = []
    for article in articles:
        standing = known[article.pk]
        found = words.suggest(article.body, headline=article.headline, language=article.language)
        for one in found:
            tagging = standing.pop(one.tag) if one.tag in standing else None
            suggestion = _suggestion(one, article, run)
            if tagging is None and (article.uid, one.slug) not in refused:
                link = Tagging(
                    article=article,
                    tag_id=one.tag,
                    origin=Origin.MACHINE,
                    state=LinkState.SUGGESTED,
                )
                new.append((link, suggestion))
            elif tagging and _is_waiting(tagging) and _differ(tagging.suggestion, suggestion):
                suggestion.pk, suggestion.tagging = tagging.suggestion.pk, tagging
                changed.append(suggestion)
        gone += [it.pk for it in standing.values() if _is_waiting(it)]
    _write(new, changed, gone)
    return len(new) + len(changed) + len(gone)


def _is_waiting(tagging: Tagging) -> bool:
    has_reasons = getattr(tagging, "suggestion", None) is not None
    return has_reasons and tagging.state == LinkState.SUGGESTED


def _refused(articles: Sequence[Article]) -> set[tuple[object, str]]:
    """Tags that an editor rejected of these articles, whatever became of the link since."""
    uids = [article.uid for article in articles]
    rejected = Decision.objects.filter(
        AnyOf("article_uid", uids), kind=LinkKind.TAGGING, verdict=LinkState.REJECTED
    )
    return set(rejected.values_list("article_uid", "target"))


def _suggestion(one: TagSuggestion, article: Article, run: EnrichmentRun) -> Suggestion:
    return Suggestion(
        run=run,
        engine=ENGINE,
        text=article.fingerprint,
        confidence=one.confidence,
        reasons=[list(evidence) for evidence in one.evidence],
    )


def _differ(told: Suggestion, suggestion: Suggestion) -> bool:
    names = ("engine", "text", "confidence", "reasons")
    return any(getattr(told, name) != getattr(suggestion, name) for name in names)


def _write(
    new: list[tuple[Tagging, Suggestion]], changed: list[Suggestion], gone: list[int]
) -> None:
    if gone:
        Tagging.objects.filter(AnyOf("id", gone)).delete()
    give_keys([tagging for tagging, _ in new])
    for tagging, suggestion in new:
        suggestion.tagging = tagging
    copy_objects([tagging for tagging, _ in new])
    copy_objects([suggestion for _, suggestion in new])
    Suggestion.objects.bulk_update(changed, ["engine", "text", "confidence", "reasons", "run"])
