"""Articles in the words of schema.org, as JSON-LD 1.1: NewsArticle, and ItemList of them.

What schema.org has no word for (the precision of a date, where in a text a name stands) is left
out. Pages of a list are linked in the words of Hydra, for schema.org links no pages.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from articles.vocabulary import ArticleStatus, EntityKind, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from articles.export.public import Named, Outlet, PublicArticle

SCHEMA: Final = "https://schema.org"
HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
CONTEXT_OF_LIST: Final = [
    SCHEMA,
    {
        "next": {"@id": f"{HYDRA}next", "@type": "@id"},
        "previous": {"@id": f"{HYDRA}previous", "@type": "@id"},
    },
]
TYPES: Final = {
    EntityKind.PERSON: "Person",
    EntityKind.ORGANISATION: "Organization",
    EntityKind.PLACE: "Place",
    EntityKind.EVENT: "Event",
    EntityKind.WORK: "CreativeWork",
    EntityKind.OTHER: "Thing",
}
NO_NEWS_MEDIA: Final = {SourceKind.INSTITUTION, SourceKind.OTHER}
LANGUAGE_UNKNOWN: Final = "und"


def news_article(article: PublicArticle) -> dict[str, Any]:
    """One article as a document of its own."""
    return {"@context": SCHEMA, **_article(article)}


def item_list(
    articles: Iterable[PublicArticle],
    address: str,
    *,
    following: str | None = None,
    previous: str | None = None,
    count: int | None = None,
) -> dict[str, Any]:
    """A page of a list. `count` is that of all pages, where it is known exactly."""
    return _without_gaps(
        {
            "@context": CONTEXT_OF_LIST,
            "@id": address,
            "@type": "ItemList",
            "numberOfItems": count,
            "next": following,
            "previous": previous,
            "itemListElement": [
                {"@type": "ListItem", "position": position, "item": _article(article)}
                for position, article in enumerate(articles, 1)
            ],
        }
    )


def _article(article: PublicArticle) -> dict[str, Any]:
    outlet = _outlet(article.source)
    known = _without_gaps(
        {
            "@id": article.uid.urn,
            "@type": "NewsArticle",
            "url": article.address,
            "identifier": article.external_id,
            "headline": article.headline,
            "description": article.summary,
            "articleBody": article.body,
            "inLanguage": article.language if article.language != LANGUAGE_UNKNOWN else None,
            "datePublished": written(article.published_at),
            "dateModified": written(article.updated_at),
            "author": [{"@type": "Person", "name": name} for name in article.bylines if name],
            "publisher": outlet,
            "sourceOrganization": {"@id": outlet["@id"]},
            "keywords": [subject.name for subject in article.subjects],
            "about": _things(article.entities, is_subject=True),
            "mentions": _things(article.entities, is_subject=False),
            "isBasedOn": article.original_url,
            "correction": [
                {"@type": "CorrectionComment", "text": it.note, "datePublished": written(it.at)}
                for it in article.corrections
            ],
        }
    )
    if article.status != ArticleStatus.PUBLISHED:
        known["creativeWorkStatus"] = article.status.capitalize()
    return known


def _outlet(source: Outlet) -> dict[str, Any]:
    is_media = source.kind not in NO_NEWS_MEDIA
    return _without_gaps(
        {
            "@id": source.address,
            "@type": "NewsMediaOrganization" if is_media else "Organization",
            "name": source.name,
            "url": source.homepage,
        }
    )


def _things(entities: Sequence[Named], *, is_subject: bool) -> list[dict[str, Any]]:
    return [
        _without_gaps(
            {
                "@id": entity.address,
                "@type": TYPES[EntityKind(entity.kind)],
                "name": entity.name,
                "url": entity.address,
                "sameAs": entity.item,
            }
        )
        for entity in entities
        if entity.is_subject == is_subject
    ]


def written(at: datetime | date | None) -> str | None:
    """RFC 3339 in UTC, or the date alone."""
    if isinstance(at, datetime):
        return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return None if at is None else at.isoformat()


def _without_gaps(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [])}
