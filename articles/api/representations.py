"""Rows as answers: each member of an answer, the columns it needs, and what is made of them.

What is not chosen is not read: neither its columns nor its links. A page costs one query for its
rows and one for each kind of link, however many there are.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from django.utils import timezone

from articles.models import Alias, ShownLinks
from articles.models.shown_links import ShownMention
from articles.text import sections
from articles.vocabulary import ArticleStatus, DatePrecision, LinkState

Row = dict[str, Any]  # as `QuerySet.values()` gives it
Address = Callable[[Any], str]  # of a thing in this API, by its uid or slug
THINGS: Final = {"tag": "tags", "entity": "entities"}  # what is linked, and its member


class ShownPage:
    """The rows of a page, and what hangs on them: read when the first row asks for it."""

    def __init__(
        self,
        rows: Sequence[Row],
        address: Address,
        chosen: Collection[str],
        *,
        suggestions: bool = False,
    ) -> None:
        self.rows = rows
        self.address = address
        self._chosen = chosen
        self._suggestions = suggestions
        self._links = ShownLinks([row["pk"] for row in rows], suggestions=suggestions)

    @cached_property
    def tags(self) -> dict[int, list[Row]]:
        return self._things["tag"]

    @cached_property
    def entities(self) -> dict[int, list[Row]]:
        return self._things["entity"]

    @cached_property
    def _things(self) -> dict[str, dict[int, list[Row]]]:
        """Tags and entities, as far as they are chosen: one query."""
        tags: dict[int, list[Row]] = defaultdict(list)
        entities: dict[int, list[Row]] = defaultdict(list)
        for it in self._links.things(self._wanted()):
            if it.what == "tag":
                tags[it.article].append(self.link(it.state, slug=it.slug, name=it.name))
            else:
                entities[it.article].append(
                    self.link(it.state, slug=it.slug, name=it.name, kind=it.kind)
                )
        return {"tag": tags, "entity": entities}

    def _wanted(self) -> list[str]:
        return [what for what, name in THINGS.items() if name in self._chosen]

    @cached_property
    def shown_mentions(self) -> list[ShownMention]:
        return self._links.mentions()

    @cached_property
    def mentions(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for it in self.shown_mentions:
            found[it.article].append(
                self.link(it.state, entity=it.slug, start=it.start, end=it.end, quote=it.quote)
            )
        return found

    def link(self, state: str, **members: Any) -> Row:
        """A link tells its state where suggestions are shown too."""
        return {**members, "state": state} if self._suggestions else members

    @cached_property
    def aliases(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        aliases = Alias.objects.filter(entity__in=[row["pk"] for row in self.rows])
        for entity, spelling, kind in aliases.order_by("spelling").values_list(
            "entity", "spelling", "kind"
        ):
            found[entity].append({"spelling": spelling, "kind": kind})
        return found


class ShownArticle(ShownPage):
    """A page of one article, whose entities are told by its mentions."""

    def _wanted(self) -> list[str]:
        return ["tag"]

    @cached_property
    def entities(self) -> dict[int, list[Row]]:
        found: dict[int, dict[str, Row]] = defaultdict(dict)
        for it in self.shown_mentions:
            new = self.link(it.state, slug=it.slug, name=it.name, kind=it.kind)
            known = found[it.article].setdefault(it.slug, new)
            if it.state == LinkState.ACCEPTED and "state" in known:
                known["state"] = it.state
        return {row["pk"]: list(found[row["pk"]].values()) for row in self.rows}


class StoodArticle(ShownPage):
    """A page of one article with the links that it had at a time."""

    def __init__(self, row: Row, address: Address, tags: list[Row], mentions: list[Row]) -> None:
        """`mentions` have the members of a mention and those of its entity, in the text's order."""
        super().__init__([row], address, ())
        self._tags, self._mentions = tags, mentions

    @cached_property
    def tags(self) -> dict[int, list[Row]]:
        return {self.rows[0]["pk"]: self._tags}

    @cached_property
    def entities(self) -> dict[int, list[Row]]:
        told = {it["entity"]: _only(it, "slug", "name", "kind") for it in self._mentions}
        return {self.rows[0]["pk"]: list(told.values())}

    @cached_property
    def mentions(self) -> dict[int, list[Row]]:
        told = [_only(it, "entity", "start", "end", "quote") for it in self._mentions]
        return {self.rows[0]["pk"]: told}


def _only(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}


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
    "tags": Member((), lambda row, page: page.tags[row["pk"]]),
    "entities": Member((), lambda row, page: page.entities[row["pk"]]),
    **_columns("updated_at", "original_url"),
    "body": column("body"),
    "sections": Member(("body",), _sections),
    "mentions": Member((), lambda row, page: page.mentions[row["pk"]]),
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
    **_columns("media_topic", "updated_at"),
}

# What places a row in every order of its list, whether or not it is shown.
ARTICLE_PLACE: Final = ("uid", "published_at", "updated_at")
NOUN_PLACE: Final = ("slug",)


def columns(members: Members, chosen: Iterable[str], place: Iterable[str] = ()) -> tuple[str, ...]:
    """The columns to read for the chosen members, each once."""
    needed = [name for member in chosen if member in members for name in members[member].columns]
    return tuple(dict.fromkeys(("pk", *place, *needed)))


def told(members: Members, chosen: Iterable[str], page: ShownPage) -> list[Row]:
    """The rows of a page as answers."""
    values = [(name, members[name].value) for name in chosen if name in members]
    return [{name: value(row, page) for name, value in values} for row in page.rows]


def addresses(prefix: str) -> Address:
    """Of the things behind a list's address. Slugs are Unicode, addresses are not."""
    return lambda key: f"{prefix}{quote(str(key), safe='')}/"
