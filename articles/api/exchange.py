"""Articles in formats of exchange: schema.org as JSON-LD, and IPTC ninjs.

A door hands over what is public of an article; each renderer says it in its format's words.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import orjson
from django.db.models import QuerySet
from rest_framework.renderers import BaseRenderer

from articles.api import representations
from articles.api.representations import Row, ShownPage, addresses
from articles.export import jsonld, ninjs
from articles.export.public import Corrected, Named, Outlet, PublicArticle, Subject
from articles.models import ArticleQuerySet

MEMBERS: Final = (
    "uid", "source", "external_id", "headline", "summary", "bylines", "language", "published_at",
    "status", "updated_at", "original_url", "tags", "entities",
)  # fmt: skip
OF_TAG: Final = ("slug", "name", "media_topic")
OF_ENTITY: Final = ("slug", "name", "kind", "wikidata_id", "is_subject")
OF_SOURCE: Final = ("source__kind", "source__homepage")


def rows(articles: ArticleQuerySet, chosen: Collection[str]) -> QuerySet[Any, Row]:
    """The articles with all that is public of them; the body where the door shows it."""
    members = (*MEMBERS, "body") if "body" in chosen else MEMBERS
    place = (*representations.ARTICLE_PLACE, *OF_SOURCE)
    if "corrections" in chosen:
        members = (*members, "corrections")
    return representations.with_links(
        articles,
        representations.columns(representations.ARTICLE, members, place),
        of_tag=OF_TAG,
        of_entity=OF_ENTITY,
    )


def public_articles(rows: Sequence[Row], address: Callable[[str], str]) -> list[PublicArticle]:
    """`address` gives that of a list in this API by its name."""
    of_article, of_source = addresses(address("article-list")), addresses(address("source-list"))
    of_tag, of_entity = addresses(address("tag-list")), addresses(address("entity-list"))
    page = ShownPage(rows, of_article)
    return [
        PublicArticle(
            uid=row["uid"],
            address=of_article(row["uid"]),
            source=Outlet(
                slug=row["source__slug"],
                name=row["source__name"],
                kind=row["source__kind"],
                homepage=row["source__homepage"],
                address=of_source(row["source__slug"]),
            ),
            external_id=row["external_id"],
            headline=row["headline"],
            summary=row["summary"],
            bylines=tuple(row["bylines"]),
            language=row["language"],
            published_at=representations.published(row, page),
            status=representations.shown_status(row, page),
            updated_at=row["updated_at"],
            original_url=row["original_url"],
            subjects=tuple(
                Subject(**tag, address=of_tag(tag["slug"]))
                for tag in orjson.loads(row[representations.TAGS])
            ),
            entities=tuple(
                Named(**entity, address=of_entity(entity["slug"]))
                for entity in orjson.loads(row[representations.ENTITIES])
            ),
            body=row.get("body"),
            corrections=tuple(
                Corrected(**it)
                for it in (
                    representations.corrections(row) if representations.CORRECTIONS in row else ()
                )
            ),
        )
        for row in rows
    ]


class ExchangeRenderer(BaseRenderer, ABC):
    """JSON made of a PublicArticle, or of a list's answer whose `results` are such."""

    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if isinstance(data, PublicArticle):
            data = self.one(data)
        elif isinstance(data, Mapping) and "results" in data:
            request = (renderer_context or {})["request"]
            data = self.several(data, request.build_absolute_uri())
        return b"" if data is None else orjson.dumps(data, option=orjson.OPT_UTC_Z)

    @abstractmethod
    def one(self, article: PublicArticle) -> dict[str, Any]: ...

    @abstractmethod
    def several(self, answer: Mapping[str, Any], address: str) -> dict[str, Any]: ...


class JsonLdRenderer(ExchangeRenderer):
    media_type = "application/ld+json"
    format = "jsonld"

    def one(self, article: PublicArticle) -> dict[str, Any]:
        return jsonld.news_article(article)

    def several(self, answer: Mapping[str, Any], address: str) -> dict[str, Any]:
        count = answer["count"] or {}
        return jsonld.item_list(
            answer["results"],
            address,
            following=answer["next"],
            previous=answer["previous"],
            count=count["value"] if count.get("relation") == "eq" else None,
        )


class NinjsRenderer(ExchangeRenderer):
    """A list is an object with `items`, for ninjs itself knows single items only."""

    media_type = "application/vnd.iptc.ninjs+json"
    format = "ninjs"

    def one(self, article: PublicArticle) -> dict[str, Any]:
        return ninjs.item(article)

    def several(self, answer: Mapping[str, Any], address: str) -> dict[str, Any]:
        paging = {name: answer[name] for name in ("next", "previous", "count")}
        return {**paging, "items": [ninjs.item(article) for article in answer["results"]]}
