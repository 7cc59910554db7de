"""Rows for tests: plain functions with sensible defaults, every field can be given."""

from datetime import datetime
from itertools import count
from typing import Any

from articles.models import Alias, Article, Entity, Mention, Source, Tag, Tagging
from articles.vocabulary import ArticleStatus, DatePrecision, EntityKind

_numbers = count(1)


def make_source(name: str = "", **fields: Any) -> Source:
    name = name or f"Outlet {next(_numbers)}"
    fields.setdefault("slug", Source.free_slug(name))
    fields.setdefault("language", "en")
    return Source.objects.create(name=name, **fields)


def make_article(headline: str = "", **fields: Any) -> Article:
    """A published article; `published_at` alone makes it exact."""
    number = next(_numbers)
    if "source" not in fields:
        fields["source"] = Source.objects.order_by("pk").first() or make_source()
    if isinstance(fields.get("published_at"), datetime):
        fields.setdefault("published_precision", DatePrecision.EXACT)
    values = {
        "headline": headline or f"Headline {number}",
        "body": f"Body of article {number}.",
        "external_id": f"article-{number}",
        "language": "en",
        "status": ArticleStatus.PUBLISHED,
        **fields,
    }
    return Article.objects.create(**values)


def make_entity(name: str = "", **fields: Any) -> Entity:
    """An entity whose own name is its first alias."""
    name = name or f"Entity {next(_numbers)}"
    fields.setdefault("slug", Entity.free_slug(name))
    fields.setdefault("kind", EntityKind.PLACE)
    entity = Entity.objects.create(name=name, **fields)
    Alias.objects.create(entity=entity, spelling=name)
    return entity


def make_tag(name: str = "", **fields: Any) -> Tag:
    name = name or f"Tag {next(_numbers)}"
    fields.setdefault("slug", Tag.free_slug(name))
    return Tag.objects.create(name=name, **fields)


def make_mention(article: Article, entity: Entity, quote: str = "", **fields: Any) -> Mention:
    """A mention at the first place where the body holds the quote (the entity's name)."""
    quote = quote or entity.name
    start = article.body.find(quote)
    if start >= 0:
        fields = {"start": start, "end": start + len(quote), "quote": quote, **fields}
    return Mention.objects.create(article=article, entity=entity, **fields)


def make_tagging(article: Article, tag: Tag, **fields: Any) -> Tagging:
    return Tagging.objects.create(article=article, tag=tag, **fields)
