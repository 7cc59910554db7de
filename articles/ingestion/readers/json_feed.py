"""JSON Feed 1.0 and 1.1 as records; part of the reader of feeds."""

from articles.ingestion.readers.documents import head_text, members_of
from articles.ingestion.readers.markup import from_html
from articles.ingestion.readers.moments import as_iso
from articles.ingestion.readers.objects import parse_json

_VERSION = "jsonfeed.org/version/"


def looks_like(head: bytes, name: str) -> bool:
    """Whether an input that begins with `head` is a JSON Feed; `name` is not needed to tell."""
    text = head_text(head)
    return text.startswith("{") and _VERSION in members_of(text).get("version", "").replace(
        "\\", ""
    )


def records(text: str) -> list[object]:
    """The records of a JSON Feed, in their order; what is no object among its items as it stands.

    Members of wrong types are handed on: the record names them. Raises ValueError for what is no
    JSON Feed at all.
    """
    feed = parse_json(text.removeprefix("\ufeff"))
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(feed, dict) or not isinstance(items, list):
        raise ValueError("not a JSON Feed: it has no list of items")
    return [_record(item, feed) if isinstance(item, dict) else item for item in items]


def _record(item: dict[str, object], feed: dict[str, object]) -> dict[str, object]:
    html, published = item.get("content_html"), item.get("date_published")
    published = published or item.get("date_modified")
    record = {
        "external_id": item.get("id"),
        "headline": item.get("title"),
        "body": (from_html(html) if isinstance(html, str) else html) or item.get("content_text"),
        "summary": item.get("summary"),
        "url": item.get("url") or item.get("external_url"),
        "language": item.get("language") or feed.get("language"),
        "bylines": _authors(item) or _authors(feed),
        "tags": item.get("tags"),
        "published_at": as_iso(published) if isinstance(published, str) else published,
    }
    return {name: value for name, value in record.items() if value not in (None, "", [])}


def _authors(object_: dict[str, object]) -> list[object]:
    """Names of the authors: a list in 1.1, a single one in 1.0."""
    authors = object_.get("authors") or [object_.get("author")]
    if not isinstance(authors, list):
        return [authors]
    found = [author.get("name") if isinstance(author, dict) else author for author in authors]
    return [name for name in found if name]
