"""Feeds of the newest articles that any filters leave: Atom (RFC 4287) and JSON Feed 1.1."""

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from datetime import UTC, datetime
from html import escape
from typing import Final
from xml.etree import ElementTree

import orjson
from django.db.models.functions import Left
from django.http import HttpResponse
from rest_framework.request import Request

from articles.api.matches import ARTICLE_FILTERS, DocumentSchema, MatchesDoor
from articles.api.parameters import number
from articles.api.representations import CORRECTIONS, Row, addresses, corrections
from articles.models import Tagging
from articles.models.shown_links import shown_corrections
from articles.text import paragraphs

NEWEST: Final = 50
TITLE: Final = "Newsroom"
SUBTITLE: Final = "The newest articles of this archive"
LONGEST_CONTENT: Final = 100_000
NO_ENTRY: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries changed last: any answer but a fixed one would be made up."""

FEED_PARAMETERS: Final = (
    *ARTICLE_FILTERS,
    number("page_size", "How many articles at most.", 1, NEWEST, default=NEWEST),
)
COLUMNS: Final = (
    "pk", "uid", "headline", "summary", "bylines", "language", "published_at", "updated_at",
    "original_url", "source__name",
)  # fmt: skip

ATOM: Final = "http://www.w3.org/2005/Atom"
# RFC 4287 (6) lets an entry hold elements of others: a correction in the words of schema.org.
SCHEMA_ORG: Final = "{https://schema.org/}"
CORRECTION: Final = f"{SCHEMA_ORG}CorrectionComment"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot hold, not even written as a reference.
NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ElementTree.register_namespace("", ATOM)
ElementTree.register_namespace("schema", "https://schema.org/")


class FeedSchema(DocumentSchema):
    def get_tags(self) -> list[str]:
        return ["feeds"]


class Feed(MatchesDoor, ABC):
    parameters = FEED_PARAMETERS
    is_conditional = True
    schema = FeedSchema()

    def get(self, request: Request) -> HttpResponse:
        newest = (
            self.matches()
            .newest_first()
            .annotate(text=Left("body", LONGEST_CONTENT + 1), **{CORRECTIONS: shown_corrections()})
        )
        rows: list[Row] = list(
            newest.values(*COLUMNS, "text", CORRECTIONS)[: self.asked.get("page_size", NEWEST)]
        )
        for row in rows:
            row["corrections"] = told = corrections(row)
            row["updated_at"] = max([row["updated_at"], *(it["at"] for it in told)])
        text = self.written(rows, _tags([row["pk"] for row in rows]))
        return HttpResponse(text, content_type=self.media_type)

    @abstractmethod
    def written(self, rows: list[Row], tags: dict[int, list[str]]) -> bytes: ...

    @property
    def own_address(self) -> str:
        return str(self.request.build_absolute_uri())

    @property
    def title(self) -> str:
        """With the filters, as the address gives them."""
        given = self.request.query_params
        named = [
            f"{it.name} {' + '.join(given.getlist(it.name))}"
            for it in ARTICLE_FILTERS
            if it.name in given
        ]
        return f"{TITLE}: {' · '.join(named)}" if named else TITLE

    @property
    def list_address(self) -> str:
        """Where the same articles are listed, for people too."""
        given = self.request.query_params.copy()
        given.pop("page_size", None)
        query = given.urlencode()
        return self.address("article-list") + (f"?{query}" if query else "")


class AtomFeed(Feed):
    """The newest articles that the filters leave, for feed readers: Atom.

    With an ETag for conditional requests.
    """

    operation = "feed_articles_atom"
    media_type = "application/atom+xml"
    about = "An Atom feed."

    def written(self, rows: list[Row], tags: dict[int, list[str]]) -> bytes:
        feed = ElementTree.Element(f"{{{ATOM}}}feed")
        _add(feed, "id", self.own_address)
        _add(feed, "title", self.title)
        _add(feed, "subtitle", SUBTITLE)
        _add(feed, "updated", max((it["updated_at"] for it in rows), default=NO_ENTRY).isoformat())
        _add(_add(feed, "author"), "name", TITLE)
        _add(feed, "link", rel="self", type=self.media_type, href=self.own_address)
        _add(feed, "link", rel="alternate", type="text/html", href=self.list_address)
        address = addresses(self.address("article-list"))
        for row in rows:
            entry = _add(feed, "entry")
            if row["language"] != "und":
                entry.set(LANGUAGE, row["language"])
            _fill(entry, row, address(row["uid"]), tags[row["pk"]])
        return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _fill(entry: ElementTree.Element, row: Row, address: str, tags: list[str]) -> None:
    _add(entry, "id", row["uid"].urn)
    _add(entry, "title", row["headline"])
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    if row["original_url"]:
        _add(entry, "link", rel="via", href=row["original_url"])
    if row["published_at"]:
        _add(entry, "published", row["published_at"].isoformat())
    _add(entry, "updated", row["updated_at"].isoformat())
    for name in _authors(row):
        _add(_add(entry, "author"), "name", name)
    for tag in tags:
        _add(entry, "category", term=tag)
    if row["summary"]:
        _add(entry, "summary", row["summary"], type="text")
    if content := _paragraphs(_content(row)) + _told(row):
        _add(entry, "content", content, type="html")
    for it in row["corrections"]:
        note = ElementTree.SubElement(entry, CORRECTION)
        ElementTree.SubElement(note, f"{SCHEMA_ORG}text").text = NOT_IN_XML.sub("", it["note"])
        ElementTree.SubElement(note, f"{SCHEMA_ORG}datePublished").text = it["at"].isoformat()


def _add(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    attributes = {key: NOT_IN_XML.sub("", value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = NOT_IN_XML.sub("", text)
    return element


class JsonFeed(Feed):
    """The newest articles that the filters leave, for feed readers: JSON Feed 1.1.

    With an ETag for conditional requests.
    """

    operation = "feed_articles_json"
    media_type = "application/feed+json"
    content = {"type": "object", "required": ["version", "title", "items"]}
    about = "A JSON Feed."

    def written(self, rows: list[Row], tags: dict[int, list[str]]) -> bytes:
        address = addresses(self.address("article-list"))
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "description": SUBTITLE,
            "home_page_url": self.list_address,
            "feed_url": self.own_address,
            "items": [_item(row, address(row["uid"]), tags[row["pk"]]) for row in rows],
        }
        return orjson.dumps(feed, option=orjson.OPT_UTC_Z)


def _item(row: Row, address: str, tags: list[str]) -> Row:
    item = {
        "id": row["uid"].urn,
        "url": address,
        "external_url": row["original_url"],
        "title": row["headline"],
        "summary": row["summary"],
        "content_text": "\n\n".join(
            [
                _content(row) or row["summary"] or row["headline"],
                *map(_corrected, row["corrections"]),
            ]
        ),
        "date_published": row["published_at"],
        "date_modified": row["updated_at"],
        "authors": [{"name": name} for name in _authors(row)],
        "tags": tags,
        "language": "" if row["language"] == "und" else row["language"],
        "_newsroom": {"corrections": row["corrections"]} if row["corrections"] else None,
    }
    return {member: value for member, value in item.items() if value}


def _authors(row: Row) -> list[str]:
    return row["bylines"] or [row["source__name"]]


def _content(row: Row) -> str:
    """The text, of a very long one its beginning."""
    text: str = row["text"]
    return text if len(text) <= LONGEST_CONTENT else text[:LONGEST_CONTENT] + " […]"


def _corrected(correction: Row) -> str:
    return f"Correction ({correction['at']:%Y-%m-%d}): {correction['note']}"


def _told(row: Row) -> str:
    """The corrections as HTML, under the text."""
    return "".join(f"<p>{escape(_corrected(it))}</p>" for it in row["corrections"])


def _paragraphs(text: str) -> str:
    """As HTML: readers run the paragraphs of a plain text together."""
    return "".join(
        f"<p>{'<br>'.join(map(escape, it.text.splitlines()))}</p>" for it in paragraphs(text)
    )


def _tags(articles: list[int]) -> dict[int, list[str]]:
    links = Tagging.objects.accepted().filter(article__in=articles)
    found: dict[int, list[str]] = defaultdict(list)
    for article, name in links.order_by("tag__name", "tag__slug").values_list(
        "article", "tag__name"
    ):
        found[article].append(name)
    return found
