"""Feeds: RSS 0.9 to 2.0, RDF and Atom by feedparser, JSON Feed. Nothing is ever fetched.

A record's members come from

- external_id: guid or id; where an item has none it is derived, from the link if there is one
- headline, url, bylines, tags: title, link, names of authors (of the whole feed where an entry of
  Atom or JSON Feed has none), categories
- body: the content. A description without content is the body where the item has no link or the
  text is long; beside a link it is the synopsis, as RSS 2.0 says, and becomes the summary
- published_at: published, else updated; a time without zone stays one
- language: that of the entry, else of its text, else of the feed

The source is the caller's: the title of a feed (`Example News - World`) names no source.
"""

import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from feedparser.api import parse

from articles.ingestion.document import Document, Options, Place, Reject
from articles.ingestion.readers import json_feed
from articles.ingestion.readers.documents import decode_document, refused, root_of, whole
from articles.ingestion.readers.feed_xml import well_formed
from articles.ingestion.readers.markup import from_html
from articles.ingestion.readers.moments import as_iso
from articles.ingestion.readers.objects import dumped
from articles.ingestion.readers.streams import UnreadableError
from articles.ingestion.record import parse_record

LARGEST_FEED = 20_000_000  # bytes; in memory it becomes ten times as much
LONGEST_SYNOPSIS = 1000  # characters

Record = dict[str, object]

_MARKUP = frozenset(("text/html", "application/xhtml+xml"))


def looks_like(head: bytes, name: str) -> bool:
    """Whether an input that begins with `head` is a feed; `name` is not needed to tell."""
    root = root_of(head)
    if root == "RDF":
        return b"purl.org/rss/" in head or b"netscape.com/rdf/simple" in head
    return root in ("rss", "feed") or json_feed.looks_like(head, name)


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """A Document or a Reject for each entry, in their order.

    Where XML breaks off or is broken beyond repair, the entries before are read and the last Reject
    says that the rest is not.
    """
    try:
        text = decode_document(whole(stream, LARGEST_FEED), options.encoding)
        records, fault, rest = _records(text)
    except (UnreadableError, ValueError) as error:
        yield refused(Place(name), str(error))
        return
    for number, record in enumerate(records, 1):
        place = Place(name, number)
        if isinstance(record, dict):
            yield parse_record(record, options, place)
        else:
            yield refused(
                place, "an item is wanted: a JSON object of members", received=dumped(record)
            )
    if fault:
        yield refused(Place(name), fault, received=rest)


def _records(text: str) -> tuple[list[object], str, str]:
    """The records of a feed, what is wrong with its XML and the text from there, '' for nothing."""
    if text.lstrip().startswith("{"):
        return json_feed.records(text), "", ""
    data, fault, rest = well_formed(text)
    try:
        # A stream, not bytes: of bytes feedparser would try whether they name a file.
        result = parse(  # type: ignore[no-untyped-call]
            io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # it promises none, and its extensions for odd dates raise some
        raise UnreadableError(f"not a feed that can be read: {error}") from None
    if result["bozo"]:
        raise UnreadableError(f"not a feed that can be read: {result['bozo_exception']}")
    if not result["version"]:
        raise UnreadableError("not a feed: neither RSS, Atom nor JSON Feed")
    # Plain dictionaries: the library's own answer for members that are not there, with warnings.
    feed = {**result["feed"], "version": result["version"]}
    return [_record(dict(entry), feed) for entry in result["entries"]], fault, rest


def _record(entry: Mapping[str, object], feed: Mapping[str, object]) -> Record:
    is_atom = str(feed["version"]).startswith("atom")
    body, summary = _body(entry), _summary(entry)
    link = _link(entry)
    if summary == body:
        summary = ""
    elif not body and not is_atom and (not link or _is_story(summary)):
        body, summary = summary, ""
    authors = entry.get("authors") or (feed.get("authors") if is_atom else None)
    record: Record = {
        "external_id": entry.get("id"),
        "headline": _text(entry.get("title_detail")),
        "body": body,
        "summary": summary,
        "url": link,
        "language": _language(entry) or feed.get("language"),
        "bylines": [name for name in _members(authors, "name") if name.strip()],
        "tags": [name for name in _members(entry.get("tags"), "label", "term") if name.strip()],
        "published_at": as_iso(str(entry.get("published") or entry.get("updated") or "")),
    }
    return {name: value for name, value in record.items() if value}


def _body(entry: Mapping[str, object]) -> str:
    contents = entry.get("content")
    texts = (_text(content) for content in contents) if isinstance(contents, list) else ()
    return next((text for text in texts if text), "")


def _summary(entry: Mapping[str, object]) -> str:
    # Without its detail it is a copy that feedparser made of the content.
    return _text(entry.get("summary_detail"))


def _is_story(text: str) -> bool:
    return "\n\n" in text or len(text) > LONGEST_SYNOPSIS


def _text(detail: object) -> str:
    """The text of a title, a content or a summary."""
    if not isinstance(detail, Mapping):
        return ""
    value = str(detail.get("value") or "")
    kind = detail.get("type")
    if kind in _MARKUP:
        # A description of plain text is announced as HTML as well: its lines mean something.
        return from_html(value) if re.search("[<&]", value) else value.strip()
    return value.strip() if str(kind or "text/plain").startswith("text/") else ""


def _link(entry: Mapping[str, object]) -> str:
    """The link; feedparser takes a guid for one even if it is no address."""
    link = str(entry.get("link") or "")
    is_address = link.startswith(("http://", "https://"))
    return "" if link == entry.get("id") and not is_address else link


def _language(entry: Mapping[str, object]) -> str:
    contents = entry.get("content")
    details = [*(contents if isinstance(contents, list) else ()), entry.get("title_detail")]
    found = (str(detail.get("language") or "") for detail in details if isinstance(detail, Mapping))
    return str(entry.get("language") or "") or next(filter(None, found), "")


def _members(values: object, *names: str) -> list[str]:
    """Of each of several mappings the first member that is there."""
    found = []
    for value in values if isinstance(values, list) else ():
        member = next((value[name] for name in names if value.get(name)), "")
        found.append(str(member))
    return found
