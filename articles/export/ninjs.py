"""Articles as IPTC ninjs 3.1: one item an article.

What ninjs has no member for is left out, so a published time that is known only as a day: its
`firstCreated` is a moment. `versionCreated` goes with it, for a reader without the one takes the
other for it. Corrections go too: an `edNote` is for the receiver's staff alone. Bylines are one
statement, `by`. Works are among the `objects`, with what is neither.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from articles.export.jsonld import LANGUAGE_UNKNOWN, written
from articles.vocabulary import ArticleStatus, EntityKind

if TYPE_CHECKING:
    from articles.export.public import Named, PublicArticle

STANDARD: Final = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
}
STATUSES: Final = {
    ArticleStatus.PUBLISHED: "usable",
    ArticleStatus.DRAFT: "withheld",
    ArticleStatus.WITHDRAWN: "canceled",
}
MEMBERS: Final = {
    "people": {EntityKind.PERSON},
    "organisations": {EntityKind.ORGANISATION},
    "places": {EntityKind.PLACE},
    "events": {EntityKind.EVENT},
    "objects": {EntityKind.WORK, EntityKind.OTHER},
}
PLAIN: Final = "text/plain"


def item(article: PublicArticle) -> dict[str, Any]:
    """One article; without its body it says that it is `partial`."""
    is_dated = isinstance(article.published_at, datetime)
    members = {
        "uri": article.uid.urn,
        "standard": STANDARD,
        "type": "text",
        "representationType": "partial" if article.body is None else "full",
        "pubStatus": STATUSES[ArticleStatus(article.status)],
        "firstCreated": written(article.published_at) if is_dated else None,
        "versionCreated": written(article.updated_at) if is_dated else None,
        "language": article.language if article.language != LANGUAGE_UNKNOWN else None,
        "by": ", ".join(name for name in article.bylines if name),
        "headlines": _text("main", article.headline),
        "descriptions": _text("summary", article.summary),
        "bodies": _text("main", article.body),
        "subjects": [
            {"name": it.name, "uri": it.concept or it.address, "literal": it.slug}
            for it in article.subjects
        ],
        **{
            name: [_named(it) for it in article.entities if it.kind in kinds]
            for name, kinds in MEMBERS.items()
        },
        "infoSources": [
            {
                "name": article.source.name,
                "uri": article.source.address,
                "literal": article.source.slug,
            }
        ],
        "altIds": [
            {"role": role, "value": value}
            for role, value in (
                ("externalId", article.external_id),
                ("originalUrl", article.original_url),
            )
            if value
        ],
    }
    return {name: value for name, value in members.items() if value not in (None, "", [])}


def _text(role: str, text: str | None) -> list[dict[str, str]]:
    return [{"role": role, "contentType": PLAIN, "value": text}] if text else []


def _named(entity: Named) -> dict[str, str]:
    return {
        "name": entity.name,
        "uri": entity.item or entity.address,
        "literal": entity.slug,
    }
