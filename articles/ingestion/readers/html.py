"""HTML pages by trafilatura, an optional extra: one page, one article. Nothing is ever fetched.

A record's members come from

- body: the article's text as trafilatura finds it, without menus, comments and a repeated headline
- headline, bylines, summary, url: the title, author, description and canonical address
- published_at: what the page states (`article:published_time`, `datePublished`, `<time>`) and
  nothing that a search of the text would guess
- language: `lang` of the page, else its locale

The id is derived from the address. The source is the caller's: the name of a site may be anything.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from articles.ingestion.dates import parse_published
from articles.ingestion.document import Document, Options, Place, Reject
from articles.ingestion.readers.documents import decode_document, refused, root_of, whole
from articles.ingestion.readers.markup import from_element, without_first_line
from articles.ingestion.readers.moments import as_iso
from articles.ingestion.readers.streams import UnreadableError
from articles.ingestion.record import parse_record

LARGEST_PAGE = 10_000_000  # bytes
MOST_ELEMENTS = 50_000  # trafilatura's time grows with their square

_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# What browsers understand by these names.
_ENCODINGS = {
    **dict.fromkeys(("ascii", "us-ascii", "latin1", "iso-8859-1", "iso8859-1"), "windows-1252"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
}
_DATES = (
    *("article:published_time", "datepublished", "og:published_time", "dcterms.issued"),
    *("dc.date.issued", "dcterms.date", "dc.date", "parsely-pub-date", "sailthru.date"),
    *("publication_date", "publishdate", "publish-date", "pubdate", "date"),
)
_DATE_OF_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{1,60})"')


def looks_like(head: bytes, name: str) -> bool:
    """Whether an input that begins with `head` is a page; `name` is not needed to tell."""
    return root_of(head).lower() in ("html", "head", "body")


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """The one Document of a page, or a Reject; also where trafilatura is not installed."""
    place = Place(name)
    try:
        text = _decoded(whole(stream, LARGEST_PAGE), options.encoding)
        record = _record(text, options.timezone)
    except UnreadableError as error:
        yield refused(place, str(error))
        return
    if record.get("body"):
        yield parse_record(record, options, place)
    else:
        yield refused(place, "no text of an article is found in it", "body", record or None)


def _decoded(data: bytes, given: str) -> str:
    """The text of a page: by byte-order mark, the caller's encoding, `<meta charset>`, or UTF-8."""
    match = _CHARSET.search(data[:4096])
    declared = match[1].decode("ascii", "replace").lower() if match else ""
    return decode_document(data, given, _ENCODINGS.get(declared, declared)).replace("\0", "")


def _record(text: str, zone: ZoneInfo | None) -> dict[str, object]:
    tree, found, body = _extract(text)
    if found is None:
        return {}
    title = found.title or ""
    record = {
        "headline": title,
        "body": without_first_line(body, title),
        "summary": found.description,
        "url": found.url,
        "language": _language(tree),
        "bylines": [author for author in (found.author or "").split("; ") if author.strip()],
        "published_at": _published(tree, zone),
    }
    return {name: value for name, value in record.items() if value}


def _extract(text: str) -> tuple[Any, Any, str]:
    """The page as a tree, what trafilatura finds in it (None for nothing), and its text.

    Raises UnreadableError where trafilatura is not installed or fails.
    """
    try:
        import trafilatura  # the one late import: an extra with a dozen dependencies
    except ImportError as error:
        raise UnreadableError(
            f"HTML pages are read with trafilatura: pip install trafilatura ({error})"
        ) from None
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a Reject says what is wrong
    try:
        tree = trafilatura.load_html(text)
        if tree is None:
            return None, None, ""
        if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
            raise UnreadableError(f"more than {MOST_ELEMENTS:,} elements: not one article")
        found: Any = trafilatura.bare_extraction(
            tree,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        return tree, found, "" if found is None else from_element(found.body)
    except UnreadableError:
        raise
    except Exception as error:  # of broken pages it raises what its many parsers raise
        raise UnreadableError(f"not a page that can be read: {error}") from None


def _language(tree: Any) -> str:
    metas = _metas(tree)
    said = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    return str(said or metas.get("content-language") or metas.get("og:locale", "")).replace(
        "_", "-"
    )


def _published(tree: Any, zone: ZoneInfo | None) -> str:
    """The time that the page states: of several statements the first that is a time."""
    metas = _metas(tree)
    stated = [metas[name] for name in _DATES if name in metas]
    scripts = tree.xpath("//script[@type='application/ld+json']/text()")
    stated += _only(_DATE_OF_DATA.findall("\n".join(scripts)))
    stated += tree.xpath("//time[@pubdate or @itemprop='datePublished']/@datetime")[:1]
    stated += _only(tree.xpath("//time/@datetime"))
    times = [as_iso(str(text)) for text in stated if text.strip()]
    return next((text for text in times if _is_time(text, zone)), times[0] if times else "")


def _only(values: list[str]) -> list[str]:
    """The value, if all are the same: of several articles on a page none is surely this one."""
    return values[:1] if len(set(values)) == 1 else []


def _is_time(text: str, zone: ZoneInfo | None) -> bool:
    try:
        parse_published(text, zone)
    except ValueError:
        return False
    return True


def _metas(tree: Any) -> dict[str, str]:
    """Contents of the page's `meta` elements by name, the first of each."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        keys = (meta.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
        name = next(filter(None, keys), "")
        if name and meta.get("content"):
            metas.setdefault(name.lower(), meta.get("content"))
    return metas
