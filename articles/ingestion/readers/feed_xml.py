"""The XML of feeds made fit to read: entities refused, common slips mended, broken ends cut off."""

import re
from html import escape, unescape
from html.entities import html5

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from articles.ingestion.readers.streams import UnreadableError

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'
_RECEIVED_DECLARATION = re.compile(r"\s*<\?xml\s.*?\?>", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AMPERSAND = re.compile(
    r"&(?:#(?P<number>\d{1,7}|[xX][0-9A-Fa-f]{1,6});|(?P<name>[A-Za-z]\w{0,30});)?"
)
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ENTRY_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>")
_ROOT = re.compile(rb"<((?:[\w.-]+:)?(?:rss|RDF|feed))[\s>]")
# The e-mail address of an author (`desk@example.agency (Ann Lee)`) goes before feedparser sees it,
# which takes names of top-level domains for four letters at most and the rest for the author's.
_ADDRESS = re.compile(
    r"(?P<before><(?:\w+:)?(?:author|creator)>\s*(?:<!\[CDATA\[\s*)?)"
    r"[^\s<>@()]+@[^\s<>()]+(?:\s*\((?P<name>[^()<>]*)\))?(?=\s*(?:\]\]>\s*)?</)"
)


def well_formed(text: str) -> tuple[bytes, str, str]:
    """A feed as well-formed XML in UTF-8, what is wrong with the part that was cut off, and that
    part; '' for nothing.

    Mended are references to characters by names of HTML, `&` that stands for itself, and characters
    that XML does not have. What is still broken is cut off after the last entry before it.
    Raises UnreadableError for declared entities and where no entry is left.
    """
    text = _RECEIVED_DECLARATION.sub("", text, count=1) if "<?xml" in text[:100] else text
    text = _ADDRESS.sub(lambda match: match["before"] + (match["name"] or ""), text)
    data = text.encode()
    if _fault(data)[0]:
        data = _mended(text).encode()
    fault, position = _fault(data)
    rest = b""
    if fault:
        data, rest = _cut(data, position, fault)
        fault += "; what follows the last whole entry is not read"
    return _DECLARATION + data.lstrip(), fault, rest.decode()


def _fault(data: bytes) -> tuple[str, int]:
    """Why XML is not well-formed, and at which byte; '' if it is."""
    parser = DefusedXMLParser(target=_Nothing())
    try:
        parser.feed(data)
        parser.close()
    except ParseError as error:
        return f"not well-formed XML: {error}", parser.parser.ErrorByteIndex
    except DefusedXmlException:
        raise UnreadableError(
            "declares entities or refers to files outside of it, which is not followed"
        ) from None
    return "", 0


class _Nothing:
    """Takes what a parser finds, and keeps none of it."""

    def close(self) -> None:
        pass


def _mended(text: str) -> str:
    parts = _CDATA.split(_NOT_IN_XML.sub("", text))
    return "".join(
        part if index % 2 else _AMPERSAND.sub(_reference, part) for index, part in enumerate(parts)
    )


def _reference(match: re.Match[str]) -> str:
    if match["name"] in _XML_NAMES:
        return match[0]
    if match["number"]:
        return escape(_NOT_IN_XML.sub("", unescape(match[0])))
    known = html5.get(f"{match['name']};") if match["name"] else None
    return escape(known) if known else f"&amp;{match[0][1:]}"


def _cut(data: bytes, position: int, fault: str) -> tuple[bytes, bytes]:
    """The feed up to its last whole entry before a position, closed again, and what follows it."""
    root = _ROOT.search(data, 0, position)
    ends = [match.end() for match in _ENTRY_END.finditer(data, 0, position)]
    if not root or not ends:
        raise UnreadableError(f"not a feed that can be read: {fault}")
    channel = b"</channel>" if root[1].endswith(b"rss") else b""
    closed = data[: ends[-1]] + channel + b"</" + root[1] + b">"
    if _fault(closed)[0]:
        raise UnreadableError(fault)
    return closed, data[ends[-1] :]
