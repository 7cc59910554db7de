"""Readers: bytes in, Documents and Rejects out. One pure module a format."""

import re
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import BinaryIO

from articles.errors import LoadError
from articles.ingestion.document import Document, Fault, Options, Reject
from articles.ingestion.readers import jsonl, text
from articles.ingestion.readers.streams import UnreadableError, mark_of, opened

__all__ = ["READERS", "detect", "read"]

Reader = Callable[[BinaryIO, str, Options], Iterator[Document | Reject]]

READERS: MappingProxyType[str, Reader] = MappingProxyType({"text": text.read, "jsonl": jsonl.read})
"""Readers by the name of their format. Each yields lazily, in memory that no input makes grow."""

_MARKUP = re.compile(r"<(?:\?xml|!doctype|html|rss|feed|newsItem|newsMessage)\b", re.IGNORECASE)


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
    try:
        head, stream = opened(stream)
        chosen = detect(head, name) if format == "auto" else format
        yield from READERS[chosen](stream, name, options)
    except (UnreadableError, OSError) as error:
        yield Reject((Fault(name, None, "", str(error)),))


def detect(head: bytes, name: str) -> str:
    """The format of an input, by its first bytes and where they leave it open by its name.

    Raises UnreadableError for what looks like a format that no reader takes.
    """
    start = head.decode(mark_of(head) or "utf-8", "replace").lstrip("\ufeff \t\r\n")
    if _MARKUP.match(start):
        raise UnreadableError("looks like XML or HTML; --format text loads it as plain text")
    if start.startswith("{") or name.lower().endswith((".jsonl", ".ndjson")):
        return "jsonl"
    return "text"
