"""Documents with what can be made of them before the archive is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from articles.ingestion.document import Document
from articles.ingestion.names import Name
from articles.models import Article
from articles.vocabulary import ArticleStatus, NounKind

WITHDRAWN_BY_SOURCE = "Withdrawn by its source."


@dataclass(frozen=True, slots=True)
class Draft:
    """A document with the names in it, by field, and the article that it would be, if asked for.

    The article lacks what only the archive can say: its source, origin, language and uid.
    """

    document: Document
    names: tuple[tuple[str, Name], ...]
    article: Article | None = None


def draft(document: Document, *, is_new: bool = False) -> Draft:
    """`is_new`: the archive is likely not to have it."""
    return Draft(document, tuple(_names(document)), new_article(document) if is_new else None)


def new_article(document: Document) -> Article:
    return Article(
        external_id=document.external_id,
        **facts(document),
        **status_facts(document.status, None),
    )


def facts(document: Document) -> dict[str, Any]:
    """The fields of an article that a document always states."""
    return {
        "headline": document.headline,
        "headline_derived": document.headline_derived,
        "summary": document.summary,
        "bylines": list(document.bylines),
        "body": document.body,
        "published_at": document.published_at,
        "published_precision": document.published_precision,
        "original_url": document.url,
    }


def status_facts(status: ArticleStatus, row: Article | None) -> dict[str, Any]:
    """A status with what belongs to it; a withdrawn article keeps the time and reason it has."""
    if status != ArticleStatus.WITHDRAWN:
        return {"status": status, "withdrawn_at": None, "withdrawn_reason": ""}
    if row and row.status == status:
        return {"status": status}
    now, reason = timezone.now(), WITHDRAWN_BY_SOURCE
    return {"status": status, "withdrawn_at": now, "withdrawn_reason": reason}


def _names(document: Document) -> Iterator[tuple[str, Name]]:
    yield "source", Name(NounKind.SOURCE, document.source, label=document.source_name)
    if document.tag_slugs:
        for tag, slug in zip(document.tags, document.tag_slugs, strict=True):
            yield "tags", Name(NounKind.TAG, slug, label=tag)
    else:
        for tag in document.tags:
            yield "tags", Name(NounKind.TAG, tag)
    for entity in document.entities:
        label = entity.name if entity.slug else ""
        yield "entities", Name(NounKind.ENTITY, entity.slug or entity.name, entity.kind, label)
