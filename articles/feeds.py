"""Feeds of the newest published articles: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.syndication.views import Feed
from django.http import JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.models import Article

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from articles.models import ArticleQuerySet

NEWEST = 50
TITLE = "Newsroom"
SUBTITLE = "The newest articles of this archive"


def newest_articles() -> ArticleQuerySet:
    return Article.objects.published().newest_first().for_list()[:NEWEST]


class ArticlesAtom(Feed):  # type: ignore[type-arg]  # generic in its stubs only
    feed_type = Atom1Feed
    title = TITLE
    subtitle = SUBTITLE
    link = "/"

    def items(self) -> ArticleQuerySet:
        return newest_articles()

    def item_title(self, item: Any) -> str:
        return str(item.headline)

    def item_description(self, item: Any) -> str:
        return str(item.summary)

    def item_link(self, item: Article) -> str:
        return reverse("article-detail", args=[item.uid])

    def item_guid(self, item: Article) -> str:
        return item.uid.urn

    def item_author_name(self, item: Article) -> str:
        return ", ".join(item.bylines) or item.source.name

    def item_pubdate(self, item: Article) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Article) -> datetime:
        return item.updated_at

    def item_categories(self, item: Any) -> list[str]:
        return [tagging.tag.name for tagging in item.accepted_taggings]


@require_safe
@cache_control(max_age=60)
def articles_json(request: HttpRequest) -> JsonResponse:
    """JSON Feed 1.1 of the newest articles."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "description": SUBTITLE,
        "home_page_url": request.build_absolute_uri("/"),
        "feed_url": request.build_absolute_uri(),
        "items": [_item(request, article) for article in newest_articles()],
    }
    return JsonResponse(feed, content_type="application/feed+json")


def _item(request: HttpRequest, article: Any) -> dict[str, Any]:
    item = {
        "id": article.uid.urn,
        "url": request.build_absolute_uri(reverse("article-detail", args=[article.uid])),
        "external_url": article.original_url,
        "title": article.headline,
        "summary": article.summary,
        "content_text": article.summary or article.headline,
        "date_published": article.published_at and article.published_at.isoformat(),
        "date_modified": article.updated_at.isoformat(),
        "authors": [{"name": name} for name in article.bylines or [article.source.name]],
        "tags": [tagging.tag.name for tagging in article.accepted_taggings],
        "language": "" if article.language == "und" else article.language,
    }
    return {member: value for member, value in item.items() if value}
