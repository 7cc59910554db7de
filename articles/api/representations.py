"""Rows as answers: each member of an answer, the columns it needs, and what is made of them.

What is not chosen is not read: neither its columns nor its links. A page of articles costs one
query, however many there are.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

import orjson
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.models import Alias, ArticleQuerySet, TagAlias
from articles.models.shown_links import (
    shown_corrections,
    shown_entities,
    shown_mentions,
    shown_tags,
)
from articles.text import sections
from articles.vocabulary import ArticleStatus, DatePrecision

Row = dict[str, Any]  # as `QuerySet.values()` gives it
Address = Callable[[Any], str]  # of a thing in this API, by its uid or slug
# Columns that `with_links` adds to a query: JSON arrays.
TAGS: Final = "shown_tags"
ENTITIES: Final = "shown_entities"
CORRECTIONS: Final = "shown_corrections"


class ShownPage:
    """The rows of a page, and what hangs on them: read when the first row asks for it."""

    def __init__(self, rows: Sequence[Row], address: Address, *, suggestions: bool = False) -> None:
        self.rows = rows
        self.address = address
        self._suggestions = suggestions

    @property
    def _keys(self) -> list[int]:
        return [row["pk"] for row in self.rows]

    @cached_property
    def mentions(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for it in shown_mentions(self._keys, suggestions=self._suggestions):
            state = {"state": it.state} if self._suggestions else {}
            found[it.article].append(
                {"entity": it.slug, "start": it.start, "end": it.end, "quote": it.quote, **state}
            )
        return found

    @cached_property
    def aliases(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        aliases = Alias.objects.filter(entity__in=self._keys)
        for entity, spelling, kind in aliases.order_by("spelling").values_list(
            "entity", "spelling", "kind"
        ):
            found[entity].append({"spelling": spelling, "kind": kind})
        return found

    @cached_property
    def tag_aliases(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        aliases = TagAlias.objects.filter(tag__in=self._keys).order_by("spelling")
        for tag, spelling in aliases.values_list("tag", "spelling"):
            found[tag].append({"spelling": spelling})
        return found


class StoodArticle(ShownPage):
    """A page of one article with the mentions that it had at a time."""

    def __init__(self, row: Row, address: Address, mentions: list[Row]) -> None:
        super().__init__([row], address)
        self._stood = mentions

    @cached_property
    def mentions(self) -> dict[int, list[Row]]:
        return {self.rows[0]["pk"]: self._stood}


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an answer: the columns that are read for it, and its value."""

    columns: tuple[str, ...]
    value: Callable[[Row, ShownPage], Any]


Members = Mapping[str, Member]


def column(name: str) -> Member:
    return Member((name,), lambda row, _: row[name])


def published(row: Row, _: ShownPage | None = None) -> Any:
    """The date alone where only the day is known."""
    if row["published_precision"] == DatePrecision.DAY:
        return row["published_at"].date()
    return row["published_at"]


def shown_status(row: Row, _: ShownPage) -> str:
    """What stands under an embargo is not published yet: to its readers it is a draft."""
    is_ahead = row["publish_at"] is not None and row["publish_at"] > timezone.now()
    if row["status"] == ArticleStatus.PUBLISHED and is_ahead:
        return ArticleStatus.DRAFT.value
    return str(row["status"])


def corrections(row: Row) -> list[Row]:
    """The corrections of a row, their times as such."""
    return [
        {"note": it["note"], "at": datetime.fromisoformat(it["at"])}
        for it in orjson.loads(row[CORRECTIONS])
    ]


def _sections(row: Row, _: ShownPage) -> list[Row]:
    return [
        {"heading": it.heading, "start": it.start, "end": it.end} for it in sections(row["body"])
    ]


def _address_by(key: str) -> Member:
    return Member((key,), lambda row, page: page.address(row[key]))


def _columns(*names: str) -> dict[str, Member]:
    return {name: column(name) for name in names}


ARTICLE: Final[Members] = {
    "uid": column("uid"),
    "url": _address_by("uid"),
    "source": Member(
        ("source__slug", "source__name"),
        lambda row, _: {"slug": row["source__slug"], "name": row["source__name"]},
    ),
    **_columns("external_id", "origin", "headline", "summary", "bylines", "language"),
    "published_at": Member(("published_at", "published_precision"), published),
    "published_precision": column("published_precision"),
    "status": Member(("status", "publish_at"), shown_status),
    "tags": Member((TAGS,), lambda row, _: orjson.loads(row[TAGS])),
    "entities": Member((ENTITIES,), lambda row, _: orjson.loads(row[ENTITIES])),
    **_columns("updated_at", "original_url"),
    "body": column("body"),
    "sections": Member(("body",), _sections),
    "mentions": Member((), lambda row, page: page.mentions[row["pk"]]),
    "corrections": Member((CORRECTIONS,), lambda row, _: corrections(row)),
}
_NAMED: Final[Members] = {**_columns("slug", "name"), "url": _address_by("slug")}
SOURCE: Final[Members] = {
    **_NAMED,
    **_columns("kind", "homepage", "country", "language", "timezone", "updated_at"),
}
ENTITY: Final[Members] = {
    **_NAMED,
    **_columns("kind", "description", "wikidata_id"),
    "aliases": Member((), lambda row, page: page.aliases[row["pk"]]),
    **_columns("updated_at"),
}
TAG: Final[Members] = {
    **_NAMED,
    **_columns("description"),
    "parent": Member(
        ("parent__slug", "parent__name"),
        lambda row, _: (
            row["parent__slug"] and {"slug": row["parent__slug"], "name": row["parent__name"]}
        ),
    ),
    **_columns("media_topic"),
    "aliases": Member((), lambda row, page: page.tag_aliases[row["pk"]]),
    **_columns("updated_at"),
}

# What places a row in every order of its list, whether or not it is shown.
ARTICLE_PLACE: Final = ("uid", "published_at", "updated_at")
NOUN_PLACE: Final = ("slug",)


def columns(members: Members, chosen: Iterable[str], place: Iterable[str] = ()) -> tuple[str, ...]:
    """The columns to read for the chosen members, each once."""
    needed = [name for member in chosen if member in members for name in members[member].columns]
    return tuple(dict.fromkeys(("pk", *place, *needed)))


def with_links(
    articles: ArticleQuerySet,
    columns: Collection[str],
    *,
    of_tag: Sequence[str] = ("slug", "name"),
    of_entity: Sequence[str] = ("slug", "name", "kind"),
    suggestions: bool = False,
) -> QuerySet[Any, Row]:
    """The columns of the articles, among them their tags, entities and corrections if they are
    named. A link tells its state where suggestions are shown too."""
    state = ("state",) if suggestions else ()
    links: dict[str, RawSQL] = {}
    if TAGS in columns:
        links[TAGS] = shown_tags([*of_tag, *state], suggestions=suggestions)
    if ENTITIES in columns:
        links[ENTITIES] = shown_entities([*of_entity, *state], suggestions=suggestions)
    if CORRECTIONS in columns:
        links[CORRECTIONS] = shown_corrections()
    rows: QuerySet[Any, Row] = articles.annotate(**links).values(*columns)
    return rows


def told(members: Members, chosen: Iterable[str], page: ShownPage) -> list[Row]:
    """The rows of a page as answers."""
    values = [(name, members[name].value) for name in chosen if name in members]
    return [{name: value(row, page) for name, value in values} for row in page.rows]


def addresses(prefix: str) -> Address:
    """Of the things behind a list's address. Slugs are Unicode, addresses are not."""
    return lambda key: f"{prefix}{quote(str(key), safe='')}/"
