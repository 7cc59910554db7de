"""IPTC ninjs 1.0 to 3.1: an item, a list of them, an object with `items`, or JSON Lines of items.

A record's members come from

- external_id: `uri` (or `guid`); without one it is derived. A `uri` names the item, it is no link
- headline: the main one, else the `title`
- body: the first text among HTML, NITF and plain text, in this order: markup tells paragraphs.
  A first line that repeats the headline is left out
- summary: the description; bylines: `by` or `byline`, as one name, for nothing says how to part it
- published_at: when the item was first created, else this version of it, else its content
- status: `withheld` is draft, `canceled` withdrawn, and `usable`, which is no order to publish,
  the caller's. An item under an embargo is a draft until it is loaded again after it
- tags: names of subjects; entities: people, organisations, places, events, objects (`other`)
- source: the party that the item came from, if it names exactly one, else the caller's

Items associated with an item are items of their own and not loaded with it. An item is an
article by its type: text, composite, or none. Pictures, videos, recordings, graphics, calendar
entries and plans are refused, whatever texts they carry: captions, rights, plans of coverage.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from articles.ingestion.document import Document, Options, Place, Reject
from articles.ingestion.readers.documents import decode_document, head_text, members_of, refused
from articles.ingestion.readers.ninjs_items import record_of
from articles.ingestion.readers.objects import dumped, parse_json
from articles.ingestion.readers.streams import UnreadableError, decode
from articles.ingestion.record import parse_record

LARGEST_DOCUMENT = 32_000_000  # bytes: of one document, or of one line of JSON Lines

_CHUNK = 65_536
_MARK = b"\xef\xbb\xbf"
# Members that records of ours or of others do not have, in the spelling without capitals.
_SIGNS = frozenset(
    (
        *("$standard", "bodies", "body_html", "body_nitf", "body_text", "body_xhtml"),
        *("contentcreated", "description_text", "description_xhtml", "descriptions", "headlines"),
        *("eventdetails", "firstcreated", "pubstatus", "representationtype", "versioncreated"),
    )
)

# The type of an item that may have no such member: a picture with its headline and renditions.
_NO_TEXT = re.compile(r'"type"\s*:\s*"(?:picture|graphic|video|audio|composite)"')


def looks_like(head: bytes, name: str) -> bool:
    """Whether an input that begins with `head` is ninjs; `name` is not needed to tell."""
    text = head_text(head)
    if not text.startswith(("{", "[")):
        return False
    members = members_of(text)
    if "items" in members and "uri" not in members:
        members = members_of(text[text.find("[", text.find('"items"')) :])
    names = {member.lower() for member in members}
    signs = len(names & _SIGNS) + bool(_NO_TEXT.search(text))
    return bool(signs and names & {"uri", "guid"}) or signs > 2


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """A Document or a Reject for each item, in their order."""
    at, first = _next_line(stream, 0)
    then, second = _next_line(stream, at)
    if _are_lines(first, second):
        yield from _read_lines(stream, [(at, first), (then, second)], name, options)
        return
    opening = b"\n" * (at - 1) + first + b"\n" * (then - at - 1) + second
    try:
        items = _items(opening + stream.read(LARGEST_DOCUMENT + 1), options.encoding)
    except (UnreadableError, ValueError) as error:
        yield refused(Place(name), str(error))
        return
    for record, item in enumerate(items, 1):
        yield _read_item(item, options, Place(name, record))


def _next_line(stream: BinaryIO, number: int) -> tuple[int, bytes]:
    """The next line that is not blank and its number; b'' at the end. Blank ones are counted."""
    line = b"\n"
    while line and not line.strip():
        line = stream.readline(LARGEST_DOCUMENT + 1)
        number += 1
    return number, line


def _are_lines(first: bytes, second: bytes) -> bool:
    """JSON Lines: an object ends the first line, and where there is a second line opens it. Alone
    on its line a wrapped list may be a document, written without line breaks."""
    first = first.removeprefix(_MARK).strip()
    if not second and b'"items"' in first:
        return False
    starts = first.startswith(b"{") and (not second or second.lstrip().startswith(b"{"))
    return starts and first.endswith(b"}")


def _items(data: bytes, encoding: str) -> list[object]:
    """The items of a document. Raises UnreadableError or ValueError."""
    if len(data) > LARGEST_DOCUMENT:
        raise UnreadableError(f"larger than {LARGEST_DOCUMENT:,} bytes; write JSON Lines instead")
    value = parse_json(decode_document(data, encoding))
    if isinstance(value, dict) and "uri" not in value and isinstance(value.get("items"), list):
        value = value["items"]
    return value if isinstance(value, list) else [value]


def _read_lines(
    stream: BinaryIO, opening: list[tuple[int, bytes]], name: str, options: Options
) -> Iterator[Document | Reject]:
    record, (number, line) = 0, opening.pop(0)
    while line:
        record += 1
        place = Place(name, record, number)
        if len(line) > LARGEST_DOCUMENT and not line.endswith(b"\n"):
            while (piece := stream.readline(_CHUNK)) and not piece.endswith(b"\n"):
                pass
            yield refused(
                place, f"line longer than {LARGEST_DOCUMENT:,} bytes; passed over and not kept"
            )
        else:
            yield _read_line(line, options, place)
        number, line = opening.pop(0) if opening else _next_line(stream, number)


def _read_line(line: bytes, options: Options, place: Place) -> Document | Reject:
    try:
        text = decode(line.strip(), options.encoding)
        # A wrapped list on one line is a document of its own.
        items = _items(text.encode(), "utf-8")
    except (UnreadableError, ValueError) as error:
        received = line.decode("utf-8", "backslashreplace").strip()
        return refused(place, str(error), received=received)
    if len(items) != 1:
        return refused(place, "one item a line is wanted", received=text)
    return _read_item(items[0], options, place)


def _read_item(item: object, options: Options, place: Place) -> Document | Reject:
    if not isinstance(item, dict):
        return refused(place, "an item is wanted: a JSON object of members", received=dumped(item))
    record, reason = record_of(item, options)
    return (
        refused(place, reason, "type", record) if reason else parse_record(record, options, place)
    )
