"""IPTC NewsML-G2: news items, alone or in a news message; a record each.

A record's members come from

- external_id: `guid`, which the format requires
- headline: the headline of the metadata, else of the text (NITF), else the title of the item
- body: the first content within the item that is a text: NITF, XHTML, `inlineData` of text. The
  dateline opens it
- summary: the description; bylines: `by`, else the byline of the text, else the creators
- published_at: when the item was first created, else this version of it, else its content
- status: `withheld` is draft, `canceled` withdrawn, and `usable`, which is no order to publish,
  the caller's. An item under an embargo is a draft until it is loaded again after it
- language: that of the content, else `xml:lang` of the item; names are taken in this language
- tags: names of subjects and keywords; entities: subjects that are persons, organisations, places,
  events or objects (`other`), by their type or by what an `assert` says of them
- source: the provider, or else the one information source, if they have a name, else the caller's

Packages, concepts, plans and catalogues are no articles and refused, as are pictures and videos
without a text. Entities are not expanded, and nothing outside of the input is read.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from articles.ingestion.document import Document, Options, Place, Reject
from articles.ingestion.readers.documents import checked_encoding, refused, root_of
from articles.ingestion.readers.markup import local_name
from articles.ingestion.readers.newsml_items import record_of
from articles.ingestion.readers.remains import MOST_KEPT, as_text
from articles.ingestion.readers.streams import UnreadableError, mark_of
from articles.ingestion.record import parse_record

LARGEST_ITEM = 32_000_000  # bytes; a message may be of any size, for its items are read one by one

_CHUNK = 65_536
_KINDS = {
    "newsItem": "",
    "packageItem": "a package of other items, not an article",
    "conceptItem": "a concept, not an article",
    "knowledgeItem": "a list of concepts, not an article",
    "planningItem": "a plan of coverage, not an article",
    "catalogItem": "a catalogue of vocabularies, not an article",
}
_PARTS = frozenset(
    ("assert", "catalogRef", "contentMeta", "contentSet", "groupSet", "itemMeta", "itemSet")
)
_OTHERS = {"NewsML": "NewsML 1, not NewsML-G2", "nitf": "NITF that stands alone, not in NewsML-G2"}


def looks_like(head: bytes, name: str) -> bool:
    """Whether an input that begins with `head` is of this family; `name` is not needed to tell."""
    root = root_of(head)
    return root == "newsMessage" or root in _KINDS or root in _PARTS or root in _OTHERS


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """A Document or a Reject for each item, in their order.

    The items before a fault of the XML are read, and the fault is the last Reject.
    """
    items = _Items()
    record = 0
    try:
        for element in _elements(stream, items, options):
            record += 1
            yield _read_item(element, options, Place(name, record))
    except ParseError as error:
        yield _broken(name, record, f"not well-formed XML: {error}", items)
    except DefusedXmlException:
        reason = "declares entities or refers to files outside of it, which is not followed"
        yield _broken(name, record, reason, items)
    except (UnreadableError, ValueError, LookupError) as error:
        yield _broken(name, record, str(error), items)
    else:
        if not record:
            yield refused(Place(name), _no_items(items.root))


def _broken(name: str, record: int, reason: str, items: "_Items") -> Reject:
    """Of what cannot be read after some items the text from there on."""
    text = as_text(bytes(items.rest[:MOST_KEPT])) if record else None
    return refused(Place(name), reason, received=text)


def _no_items(root: str) -> str:
    if root in _PARTS:
        return f"a fragment (<{root}>) without the news item that it belongs to"
    return f"no NewsML-G2 item in <{root}>; " + _OTHERS.get(
        root, "newsItem or newsMessage is wanted"
    )


def _elements(stream: BinaryIO, items: "_Items", options: Options) -> Iterator[Element]:
    """The items of a stream, each as soon as it is complete, and also before an error."""
    chunk = stream.read(_CHUNK)
    parser = _parser(chunk, items, options)
    size = since = 0
    while True:
        items.rest += chunk
        error = _fed(parser, chunk)
        size += len(chunk)
        if items.last_end > size - len(items.rest):
            del items.rest[: items.last_end - size + len(items.rest)]
        since = size if items.ready or not items.depth else since
        while items.ready:
            yield items.ready.popleft()
        if error:
            raise error
        if size - since > LARGEST_ITEM:
            raise UnreadableError(f"an item larger than {LARGEST_ITEM:,} bytes; split it")
        if not chunk:
            return
        chunk = stream.read(_CHUNK)


def _fed(parser: DefusedXMLParser, chunk: bytes) -> Exception | None:
    """What parsing another chunk (b'' for the end) raises, kept until the items before are read."""
    try:
        parser.feed(chunk) if chunk else parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return error
    return None


def _parser(head: bytes, items: "_Items", options: Options) -> DefusedXMLParser:
    given = None
    if options.encoding != "utf-8" and not mark_of(head):
        given = checked_encoding(options.encoding)
    parser = DefusedXMLParser(target=items, encoding=given)
    items.position = partial(getattr, parser.parser, "CurrentByteIndex")
    return parser


class _Items:
    """Builds the elements of items as they are parsed, so that one at a time is held."""

    def __init__(self) -> None:
        self.ready: deque[Element] = deque()
        self.root = ""
        self.depth = 0  # within an item
        self.position: Callable[[], int] = lambda: 0  # of the parser, in bytes
        self.last_end = 0  # where the last item ends
        self.rest = bytearray()  # what came since
        self._builder = TreeBuilder()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self.root = self.root or name
        if self.depth or name in _KINDS:
            self.depth += 1
            self._builder.start(tag, attributes)

    def data(self, text: str) -> None:
        if self.depth:
            self._builder.data(text)

    def end(self, tag: str) -> None:
        if self.depth:
            self.depth -= 1
            element = self._builder.end(tag)
            if not self.depth:
                self.ready.append(element)
                self.last_end = self.position()
                self._builder = TreeBuilder()

    def close(self) -> None:
        pass


def _read_item(item: Element, options: Options, place: Place) -> Document | Reject:
    kind = local_name(item)
    if reason := _KINDS[kind]:
        received = {"external_id": item.get("guid", "")}
        return refused(place, reason, received=received)
    record, field, reason = record_of(item, options)
    if reason:
        return refused(place, reason, field, record)
    return parse_record(record, options, place)
