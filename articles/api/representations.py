"""Rows as answers: the columns that are read, and what is made of them.

A page costs one query for its rows and one for each kind of link, however many there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from django.db.models import F, Min

from articles.models import Alias, Mention, Tagging
from articles.text import sections
from articles.vocabulary import DatePrecision

Row = dict[str, Any]  # as `QuerySet.values()` gives it
Address = Callable[[Any], str]  # of a thing in this API, by its uid or slug

ARTICLE_COLUMNS: Final = (
    "pk",
    "uid",
    "source__slug",
    "source__name",
    "external_id",
    "origin",
    "headline",
    "summary",
    "bylines",
    "language",
    "published_at",
    "published_precision",
    "status",
    "updated_at",
    "original_url",
)
SOURCE_COLUMNS: Final = (
    "pk", "slug", "name", "kind", "homepage", "country", "language", "timezone", "updated_at",
)  # fmt: skip
ENTITY_COLUMNS: Final = ("pk", "slug", "name", "kind", "description", "wikidata_id", "updated_at")
TAG_COLUMNS: Final = (
    "pk", "slug", "name", "description", "parent__slug", "parent__name", "media_topic",
    "updated_at",
)  # fmt: skip


def article_list(rows: Sequence[Row], address: Address) -> list[Row]:
    """Two queries: tags, entities."""
    keys = [row["pk"] for row in rows]
    tags, entities = _tags(keys), _entities(keys)
    return [_article(row, address, tags[row["pk"]], entities[row["pk"]]) for row in rows]


def article_detail(row: Row, address: Address) -> Row:
    """Two queries: tags, mentions with their entities. `row` has the body too."""
    found = Mention.objects.accepted().filter(article=row["pk"])
    mentions = list(
        found.order_by(F("start").asc(nulls_last=True), "entity__slug").values(
            "entity__slug", "entity__name", "entity__kind", "start", "end", "quote"
        )
    )
    entities = {it["entity__slug"]: _entity_reference(it) for it in mentions}
    return {
        **_article(row, address, _tags([row["pk"]])[row["pk"]], list(entities.values())),
        "body": row["body"],
        "sections": [
            {"heading": it.heading, "start": it.start, "end": it.end}
            for it in sections(row["body"])
        ],
        "mentions": [
            {
                "entity": it["entity__slug"],
                "start": it["start"],
                "end": it["end"],
                "quote": it["quote"],
            }
            for it in mentions
        ],
    }


def _article(row: Row, address: Address, tags: list[Row], entities: list[Row]) -> Row:
    return {
        "uid": row["uid"],
        "url": address(row["uid"]),
        "source": {"slug": row["source__slug"], "name": row["source__name"]},
        "external_id": row["external_id"],
        "origin": row["origin"],
        "headline": row["headline"],
        "summary": row["summary"],
        "bylines": row["bylines"],
        "language": row["language"],
        "published_at": published(row),
        "published_precision": row["published_precision"],
        "status": row["status"],
        "tags": tags,
        "entities": entities,
        "updated_at": row["updated_at"],
        "original_url": row["original_url"],
    }


def published(row: Row) -> Any:
    """The date alone where only the day is known."""
    if row["published_precision"] == DatePrecision.DAY:
        return row["published_at"].date()
    return row["published_at"]


def _tags(articles: Sequence[int]) -> dict[int, list[Row]]:
    links = Tagging.objects.accepted().filter(article__in=articles)
    found: dict[int, list[Row]] = defaultdict(list)
    for article, slug, name in links.order_by("tag__name", "tag__slug").values_list(
        "article", "tag__slug", "tag__name"
    ):
        found[article].append({"slug": slug, "name": name})
    return found


def _entities(articles: Sequence[int]) -> dict[int, list[Row]]:
    """Each entity once, where the text names it first; what the source only says comes last."""
    links = Mention.objects.accepted().filter(article__in=articles)
    rows = (
        links.values("article", "entity__slug", "entity__name", "entity__kind")
        .annotate(first=Min("start"))
        .order_by(F("first").asc(nulls_last=True), "entity__slug")
    )
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["article"]].append(_entity_reference(row))
    return found


def _entity_reference(row: Mapping[str, Any]) -> Row:
    return {
        "slug": row["entity__slug"], "name": row["entity__name"], "kind": row["entity__kind"],
    }  # fmt: skip


def source_list(rows: Iterable[Row], address: Address) -> list[Row]:
    return [_named(row, address) for row in rows]


def entity_list(rows: Sequence[Row], address: Address) -> list[Row]:
    """One query: aliases."""
    aliases: dict[int, list[Row]] = defaultdict(list)
    found = Alias.objects.filter(entity__in=[row["pk"] for row in rows])
    for entity, spelling, kind in found.order_by("spelling").values_list(
        "entity", "spelling", "kind"
    ):
        aliases[entity].append({"spelling": spelling, "kind": kind})
    return [{**_named(row, address), "aliases": aliases[row["pk"]]} for row in rows]


def tag_list(rows: Iterable[Row], address: Address) -> list[Row]:
    return [
        {
            **_named(row, address),
            "parent": row["parent__slug"]
            and {"slug": row["parent__slug"], "name": row["parent__name"]},
        }
        for row in rows
    ]


def _named(row: Row, address: Address) -> Row:
    """Slug, name, address, and the other columns that are shown as they are."""
    own = {name: value for name, value in row.items() if name != "pk" and "__" not in name}
    return {"slug": row["slug"], "name": row["name"], "url": address(row["slug"]), **own}


def addresses(prefix: str) -> Address:
    """Of the things behind a list's address. Slugs are Unicode, addresses are not."""
    return lambda key: f"{prefix}{quote(str(key), safe='')}/"
