"""Articles in formats of exchange: schema.org as JSON-LD, and IPTC ninjs.

A door hands over what is public of an article; each renderer says it in its format's words.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import orjson
from rest_framework.renderers import BaseRenderer

from articles.api import representations
from articles.api.representations import Row, ShownPage, addresses
from articles.export import jsonld, ninjs
from articles.export.public import Named, Outlet, PublicArticle, Subject
from articles.models import ShownLinks

MEMBERS: Final = (
    "uid", "source", "external_id", "headline", "summary", "bylines", "language", "published_at",
    "status", "updated_at", "original_url",
)  # fmt: skip
OF_SOURCE: Final = ("source__kind", "source__homepage")


def columns(chosen: Collection[str]) -> tuple[str, ...]:
    """The columns to read; the body where the door shows it."""
    body = ("body",) if "body" in chosen else ()
    place = (*representations.ARTICLE_PLACE, *OF_SOURCE)
    return representations.columns(representations.ARTICLE, (*MEMBERS, *body), place)


def public_articles(rows: Sequence[Row], address: Callable[[str], str]) -> list[PublicArticle]:
    """One query: tags and entities. `address` gives that of a list in this API by its name."""
    of_article, of_source = addresses(address("article-list")), addresses(address("source-list"))
    page = ShownPage(rows, of_article, ())
    subjects, entities = _things([row["pk"] for row in rows], address)
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
            subjects=tuple(subjects[row["pk"]]),
            entities=tuple(entities[row["pk"]]),
            body=row.get("body"),
        )
        for row in rows
    ]


def _things(
    keys: Sequence[int], address: Callable[[str], str]
) -> tuple[dict[int, list[Subject]], dict[int, list[Named]]]:
    subjects: dict[int, list[Subject]] = defaultdict(list)
    entities: dict[int, list[Named]] = defaultdict(list)
    of_tag, of_entity = addresses(address("tag-list")), addresses(address("entity-list"))
    for it in ShownLinks(keys).things(representations.THINGS):
        if it.what == "tag":
            subjects[it.article].append(
                Subject(slug=it.slug, name=it.name, address=of_tag(it.slug), media_topic=it.item)
            )
        else:
            entities[it.article].append(
                Named(
                    slug=it.slug,
                    name=it.name,
                    kind=it.kind,
                    address=of_entity(it.slug),
                    wikidata_id=it.item,
                    is_subject=it.is_subject,
                )
            )
    return subjects, entities


class ExchangeRenderer(BaseRenderer):
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

    def one(self, article: PublicArticle) -> dict[str, Any]:
        raise NotImplementedError

    def several(self, answer: Mapping[str, Any], address: str) -> dict[str, Any]:
        raise NotImplementedError


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
