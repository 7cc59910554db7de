"""Whole documents: read up to a size, decoded as they declare, recognised by how they begin."""

import codecs
import re
from collections.abc import Mapping
from typing import BinaryIO

from articles.ingestion.document import Fault, Place, Reject
from articles.ingestion.readers.streams import UnreadableError, decode, mark_of

_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([\w.:-]+)")
_WIDE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
# Codecs of Python that are no encodings of documents.
_NO_ENCODINGS = frozenset(
    ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem")
)
_PROLOGUE = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+(?P<root>[\w:.-]+)[^\[>]*(?:\[.*?\]\s*)?>)",
    re.DOTALL | re.IGNORECASE,
)
_DOCTYPE = re.compile(r"\s*<!DOCTYPE\s+([\w:.-]+)", re.IGNORECASE)
_ELEMENT = re.compile(r"\s*<([A-Za-z_][\w:.-]*)")
_TOKEN = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"?|[{}\[\],:]', re.DOTALL)


def refused(
    place: Place, reason: str, field: str = "", received: Mapping[str, object] | str | None = None
) -> Reject:
    """The Reject of one fault."""
    return Reject((Fault(place.file, place.record, field, reason, place.line),), received)


def whole(stream: BinaryIO, most: int) -> bytes:
    """All bytes of a stream; UnreadableError for more than `most` of them."""
    data = stream.read(most + 1)
    if len(data) > most:
        raise UnreadableError(f"larger than {most:,} bytes, which is all that is read; split it")
    return data


def decode_document(data: bytes, given: str, declared: str = "") -> str:
    """The text of a document: by its byte-order mark, what the caller says, what it says itself.

    `given` is the caller's encoding, where `utf-8` says nothing; `declared` that of the document,
    read from its XML declaration where it is ''. Raises UnreadableError.
    """
    said = given if given != "utf-8" else declared or declared_encoding(data)
    return decode(data, checked_encoding(mark_of(data) or said or "utf-8"))


def declared_encoding(data: bytes) -> str:
    """The encoding that an XML declaration names or its form implies, '' without one."""
    for start, encoding in _WIDE:
        if data.startswith(start):
            return encoding
    match = _DECLARATION.match(data[:1000])
    return match[1].decode("ascii", "replace") if match else ""


def checked_encoding(name: str) -> str:
    """The name, if it is that of an encoding of documents; raises UnreadableError."""
    try:
        known = codecs.lookup(name).name not in _NO_ENCODINGS
    except (LookupError, ValueError):
        known = False
    if not known:
        raise UnreadableError(f"there is no encoding {name[:40]!r}")
    return name


def root_of(head: bytes) -> str:
    """The name of the outermost element that a document begins with, without prefix; '' for none.

    A document type stands for it where the element comes only after the head, and that of HTML,
    whose outermost element may be left out, always.
    """
    text = head_text(head)
    position, announced = 0, ""
    while match := _PROLOGUE.match(text, position):
        position, announced = match.end(), match["root"] or announced
    if announced.lower() == "html":
        return "html"
    match = _ELEMENT.match(text, position) or _DOCTYPE.match(text, position)
    return (match[1] if match else announced).rpartition(":")[2]


def members_of(text: str) -> dict[str, str]:
    """The members of the first JSON object that a text begins; values that are strings, else ''.

    The text may break off anywhere, and nothing is checked: it is for recognising a format only.
    """
    members: dict[str, str] = {}
    depth, name, last = 0, "", ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in ("}", "]"):
            depth -= 1
            if not depth:
                break
        elif mark == "{" or (mark == "[" and depth):
            depth += 1
        elif depth == 1 and mark == ":":
            name = last
            members.setdefault(name, "")
        elif depth == 1 and mark == ",":
            name = ""
        elif depth == 1 and mark.startswith('"'):
            last = token["text"]
            if name:
                members[name] = last
    return members


def head_text(head: bytes) -> str:
    """The head of an input as text, for recognising a format only."""
    encoding = mark_of(head) or dict(_WIDE).get(head[:2], "utf-8")
    return head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
