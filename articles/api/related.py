"""Articles that are about the same as one."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, TypeVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import representations
from articles.api.doors import Door
from articles.api.members import choosing
from articles.api.parameters import FORMAT, number
from articles.api.representations import ARTICLE, Row, ShownPage, addresses
from articles.api.serializers import Article as ArticleShape
from articles.api.serializers import EntityReference, Page, TagReference
from articles.api.visibility import unseen, visible
from articles.models import Article, Entity, Tag
from articles.models.related import Related, related_articles

Named = TypeVar("Named", Entity, Tag)
RELATED: Final = 10
MOST_RELATED: Final = 50


class RelatedArticle(ArticleShape):
    score = serializers.FloatField(
        help_text="The sum of ln(1 + 1000 / n) over what is shared, n being how many published "
        "articles have it, at most 1,000: what is rare says more."
    )
    shared_entities = EntityReference(many=True, help_text="By name.")
    shared_tags = TagReference(many=True, help_text="By name.")


class RelatedPage(Page):
    results = RelatedArticle(many=True)


class RelatedArticles(Door):
    """Published articles that share tags and entities with one, those with the rarest first.

    Looked at are the 12 rarest of its tags and entities, and of each the 1,000 articles that came
    into the archive last. There is one page.
    """

    name = "Related articles"
    parameters = (
        number("page_size", "How many at most.", 1, MOST_RELATED, default=RELATED),
        *choosing(RelatedArticle),
        FORMAT,
    )
    operation = "list_related_articles"
    answer = RelatedPage
    may = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    def get(self, request: Request, uid: UUID) -> Response:
        for key in visible(request).filter(uid=uid).values_list("pk", flat=True):
            found = related_articles(key, self.asked.get("page_size", RELATED))
            results = self._results(found)
            return Response({"next": None, "previous": None, "count": None, "results": results})
        raise unseen(uid)

    def _results(self, found: list[Related]) -> list[Row]:
        articles = Article.objects.filter(pk__in=[it.article for it in found])
        columns = representations.columns(ARTICLE, self.chosen)
        rows = {row["pk"]: row for row in representations.with_links(articles, columns)}
        found = [it for it in found if it.article in rows]
        address = addresses(self.address("article-list"))
        page = ShownPage([rows[it.article] for it in found], address)
        listed = representations.told(ARTICLE, self.chosen, page)
        entities = Entity.objects.in_bulk({key for it in found for key in it.entities})
        tags = Tag.objects.in_bulk({key for it in found for key in it.tags})
        told = [
            {
                "score": it.score,
                "shared_entities": [
                    {"slug": entity.slug, "name": entity.name, "kind": entity.kind}
                    for entity in _by_name(entities[key] for key in it.entities if key in entities)
                ],
                "shared_tags": [
                    {"slug": tag.slug, "name": tag.name}
                    for tag in _by_name(tags[key] for key in it.tags if key in tags)
                ],
            }
            for it in found
        ]
        return [
            row | {name: value for name, value in own.items() if name in self.chosen}
            for row, own in zip(listed, told, strict=True)
        ]


def _by_name(things: Iterable[Named]) -> list[Named]:
    return sorted(things, key=lambda it: (it.name, it.slug))
