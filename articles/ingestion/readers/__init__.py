"""Readers: bytes in, Documents and Rejects out. One pure module a format."""

import re
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import BinaryIO

from articles.errors import LoadError
from articles.ingestion.document import Document, Fault, Options, Reject
from articles.ingestion.readers import csv, feed, html, json, jsonl, newsml, ninjs, text
from articles.ingestion.readers.characters import encoding_of
from articles.ingestion.readers.remains import no_text, with_whole_text
from articles.ingestion.readers.streams import UnreadableError, opened

__all__ = ["READERS", "detect", "read"]

Reader = Callable[[BinaryIO, str, Options], Iterator[Document | Reject]]

READERS: MappingProxyType[str, Reader] = MappingProxyType(
    {
        "text": text.read,
        "jsonl": jsonl.read,
        "json": json.read,
        "csv": csv.read,
        "feed": feed.read,
        "ninjs": ninjs.read,
        "newsml": newsml.read,
        "html": html.read,
    }
)
"""Readers by the name of their format. Each yields lazily, in memory that no input makes grow."""

# What tells its format by itself, the narrower before the wider.
_SIGNS: tuple[tuple[str, Callable[[bytes, str], bool]], ...] = (
    ("ninjs", ninjs.looks_like),
    ("newsml", newsml.looks_like),
    ("feed", feed.looks_like),
    ("html", html.looks_like),
)
_PAGE = re.compile(r"<!doctype html\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:\?xml|!doctype)\b", re.IGNORECASE)


def read(
    stream: BinaryIO, name: str, options: Options, format: str = "auto"
) -> Iterator[Document | Reject]:
    """All Documents and Rejects of one input, in its order. `name` is what messages call it.

    Gzip is unpacked. What makes the rest of the input unreadable is the last Reject.
    Raises LoadError for an unknown format before anything is read.
    """
    if format != "auto" and format not in READERS:
        raise LoadError(f"unknown format {format!r}; known are auto, {', '.join(READERS)}")
    return _read(stream, name, format, options)


def _read(
    stream: BinaryIO, name: str, format: str, options: Options
) -> Iterator[Document | Reject]:
    is_first = True
    for found in _found(stream, name, format, options):
        # What is said of an input as a whole before any record of it: no record holds its text.
        if is_first and isinstance(found, Reject) and _is_of_whole(found):
            yield with_whole_text(found, stream)
        else:
            yield found
        is_first = False


def _is_of_whole(reject: Reject) -> bool:
    return reject.received is None and all(fault.record is None for fault in reject.faults)


def _found(
    stream: BinaryIO, name: str, format: str, options: Options
) -> Iterator[Document | Reject]:
    try:
        head, stream = opened(stream)
        if reason := no_text(head, options.encoding):
            yield Reject((Fault(name, None, "", reason),), "")
            return
        chosen = detect(head, name) if format == "auto" else format
        yield from READERS[chosen](stream, name, options)
    except (UnreadableError, OSError) as error:
        yield Reject((Fault(name, None, "", str(error)),))


def detect(head: bytes, name: str) -> str:
    """The format of an input, by its first bytes and where they leave it open by its name.

    Raises UnreadableError for what looks like a format that no reader takes.
    """
    for format, looks_like in _SIGNS:
        if looks_like(head, name):
            return format
    start = head.decode(encoding_of(head, "utf-8"), "replace").lstrip("\ufeff \t\r\n")
    if _PAGE.match(start):
        return "html"
    if _MARKUP.match(start):
        raise UnreadableError(
            "XML of a kind that no reader takes; --format text loads it as plain text"
        )
    if not start.startswith(("{", "[")) and csv.has_header(head):
        return "csv"
    if json.looks_like(head, name):
        return "json"
    if start.startswith("{") or name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return "jsonl"
    return "csv" if csv.looks_like(head, name) else "text"
