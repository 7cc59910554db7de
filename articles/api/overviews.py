"""What a source, an entity or a tag leads to: its years, its companions, its newest articles."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from rest_framework import serializers

from articles.api.pagination import counted
from articles.api.representations import Address, Row, published
from articles.api.serializers import (
    Count,
    Entity,
    EntityReference,
    PublicationField,
    Shape,
    Source,
    SourceReference,
    Tag,
    TagReference,
)
from articles.models import ArticleQuerySet
from articles.models.overviews import overview
from articles.search.query import WINDOW

COMPANIONS: Final = 20
NEWEST: Final = 10
OVER_TIME: Final = frozenset({"scope", "years", "undated", "companions"})
HEADLINE_COLUMNS: Final = (
    "uid", "headline", "language", "published_at", "published_precision", "source__slug",
    "source__name",
)  # fmt: skip


class Scope(Shape):
    mode = serializers.ChoiceField(
        [("exact", "exact"), ("bounded", "bounded")],
        help_text="exact: years and companions are of all the articles; bounded: of the newest "
        "`window` of them.",
    )
    window = serializers.IntegerField(min_value=1)


class YearCount(Shape):
    year = serializers.IntegerField(min_value=1, max_value=9999, help_text="In UTC.")
    count = serializers.IntegerField(min_value=1, help_text="Articles published in it.")


class Companion(EntityReference):
    url = serializers.URLField()
    count = serializers.IntegerField(min_value=1, help_text="Of the articles, so many name it.")


class Headline(Shape):
    uid = serializers.UUIDField()
    url = serializers.URLField()
    headline = serializers.CharField()
    language = serializers.CharField()
    published_at = PublicationField()
    source = SourceReference()  # type: ignore[assignment]  # a declared field


class Overview(Shape):
    article_count = Count(help_text="Its published articles.")
    articles = serializers.URLField(help_text="Address of the list of these articles.")
    scope = Scope()
    years = YearCount(many=True, help_text="The latest first.")
    undated = serializers.IntegerField(min_value=0, help_text="Articles of no known date.")
    companions = Companion(
        many=True, help_text=f"Entities that these articles name most, at most {COMPANIONS}."
    )
    newest = Headline(many=True, help_text=f"At most {NEWEST}.")


class SourceDetail(Source, Overview):
    pass


class EntityDetail(Entity, Overview):
    pass


class TagDetail(Tag, Overview):
    children = TagReference(many=True, help_text="Tags directly below, by name; at most 200.")


def overview_of(
    articles: ArticleQuerySet,
    listed: str,
    address: Address,
    entity: Address,
    own: int | None,
    chosen: Collection[str],
) -> Row:
    """Three queries: the count, the years with the companions, the newest; each if it is chosen.

    `listed` is the address of the list of these articles, `address` leads to one, `entity` to an
    entity; `own` is the key of the entity that all of them name.
    """
    told: Row = {}
    if "article_count" in chosen:
        told["article_count"] = counted(articles)
    told["articles"] = listed
    if OVER_TIME & set(chosen):
        told |= _over_time(articles, entity, own)
    if "newest" in chosen:
        newest = articles.newest_first().values(*HEADLINE_COLUMNS)[:NEWEST]
        told["newest"] = headlines(newest, address)
    return {name: value for name, value in told.items() if name in chosen}


def _over_time(articles: ArticleQuerySet, entity: Address, own: int | None) -> Row:
    found = overview(articles, window=WINDOW, companions=COMPANIONS, apart_from=own)
    return {
        "scope": {"mode": "exact" if found.is_whole else "bounded", "window": WINDOW},
        "years": [{"year": year, "count": number} for year, number in found.years],
        "undated": found.undated,
        "companions": [
            {
                "slug": it.slug,
                "name": it.name,
                "kind": it.kind,
                "url": entity(it.slug),
                "count": it.articles,
            }
            for it in found.companions
        ],
    }


def headlines(rows: Iterable[dict[str, Any]], address: Address) -> list[Row]:
    return [
        {
            "uid": row["uid"],
            "url": address(row["uid"]),
            "headline": row["headline"],
            "language": row["language"],
            "published_at": published(row),
            "source": {"slug": row["source__slug"], "name": row["source__name"]},
        }
        for row in rows
    ]
