"""Where the reports of a storyline may disagree, as an editor sees it before judging: suggested
mentions and articles count too, and each says whether it is accepted yet."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from django.template.loader import render_to_string
from django.urls import reverse

from articles.enrichment.disagreements import Named, Report, find_disagreements
from articles.models import Article, Entity, Mention
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from articles.models import Storyline

MOST_READ: Final = 100
"""Of a storyline with more articles the newest so many are compared."""
MOST_SHOWN: Final = 10


def disagreements_of(storyline: Storyline) -> str:
    """Sentences side by side, as HTML. Four queries."""
    articles = list(
        Article.objects.filter(storyline_places__in=storyline.members.exclude(state="rejected"))
        .select_related("source")
        .defer("search")
        .order_by("-published_at", "-pk")[:MOST_READ]
    )
    by_uid = {str(article.uid): article for article in articles}
    reports = _reports(articles)
    found = find_disagreements(reports, MOST_SHOWN)
    slugs = {slug for it in found for slug in it.entities}
    names = dict(Entity.objects.filter(slug__in=slugs).values_list("slug", "name"))
    pairs = [
        {
            "kind": it.kind,
            "entities": ", ".join(names.get(slug, slug) for slug in it.entities),
            "sides": [_side(side, by_uid[side.article]) for side in (it.first, it.second)],
        }
        for it in found
    ]
    return render_to_string("admin/articles/disagreements.html", {"pairs": pairs})


def _reports(articles: list[Article]) -> list[Report]:
    names: dict[int, list[Named]] = defaultdict(list)
    mentions = Mention.objects.filter(article__in=articles, start__isnull=False, is_lost=False)
    told = mentions.exclude(state=LinkState.REJECTED).order_by("start", "pk")
    for key, slug, start, end in told.values_list("article", "entity__slug", "start", "end"):
        names[key].append(Named(slug, start or 0, end or 0))
    return [
        Report(
            str(article.uid),
            article.published_at.date() if article.published_at else None,
            article.body,
            tuple(names[article.pk]),
        )
        for article in articles
    ]


def _side(statement: Any, article: Article) -> dict[str, Any]:
    return {
        "article": article,
        "address": reverse("admin:articles_article_change", args=[article.pk]),
        "quote": statement.quote,
        "value": ", ".join(statement.values),
    }
