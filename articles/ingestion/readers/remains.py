"""What is left of an input that cannot be read: its text for the rejects, or that it is no text."""

import re
from dataclasses import replace
from typing import BinaryIO

from articles.ingestion.document import Fault, Reject
from articles.ingestion.readers.characters import Window, encoding_of, printable
from articles.ingestion.readers.streams import UnreadableError, mark_of, opened

MOST_KEPT = 1_000_000
"""As many bytes or characters are kept of what could not be read as records."""

_CHUNK = 65_536
_MAGIC = (
    (b"\x1f\x8b", "gzip data within gzip data; unpack it"),
    (b"PK\x03\x04", "a ZIP archive, as Word and Excel write; unpack it, or save it as text or CSV"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"BZh", "bzip2 data; unpack it"),
    (b"\xfd7zXZ\0", "xz data; unpack it"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data; unpack it"),
    (b"\xd0\xcf\x11\xe0", "a file of old Word or Excel; save it as text or CSV"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def no_text(head: bytes, encoding: str) -> str:
    """What an input is that begins so and is no text at all, '' where it may be one.

    `encoding` is the one that the caller names, `utf-8` where none.
    """
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")
    if kind:
        return f"no text: {kind}"
    if encoding != "utf-8" or mark_of(head) or encoding_of(head, "utf-8") != "utf-8":
        return ""
    try:
        head[: _CHUNK - 4].decode()
    except UnicodeDecodeError:
        # Of text in another encoding these bytes are rare, of anything else every tenth or so.
        if len(_CONTROLS.findall(head)) * 20 > len(head):
            return "no text: binary data"
    return ""


def with_whole_text(reject: Reject, stream: BinaryIO) -> Reject:
    """The reject of a whole input with its text; as it is, where the input cannot be read again."""
    try:
        stream.seek(0)
    except (OSError, ValueError):
        return reject
    data = b""
    try:
        unpacked = opened(stream)[1]
        while len(data) <= MOST_KEPT and (piece := unpacked.read1(_CHUNK)):  # type: ignore[attr-defined]
            data += piece
    except (UnreadableError, OSError):  # as far as it goes
        pass
    if not data.strip():
        return reject
    is_cut = len(data) > MOST_KEPT
    text = as_text(data[:MOST_KEPT])
    return replace(
        reject,
        received=text,
        faults=tuple(map(_said_cut, reject.faults)) if is_cut else reject.faults,
    )


def as_text(data: bytes) -> str:
    """Bytes as text, those that are none written out as in `caf\\xe9`."""
    return data.decode(mark_of(data) or encoding_of(data, "utf-8"), "backslashreplace").lstrip(
        "\ufeff"
    )


def rest_of(window: Window) -> tuple[str, str]:
    """What has not been read of a text, and what a message adds about it."""
    try:
        while len(window.text) - window.at <= MOST_KEPT and window.grow():
            pass
    except UnreadableError:  # as far as it goes
        pass
    end = window.at + MOST_KEPT
    return printable(window.text[window.at : end]), _CUT if len(window.text) > end else ""


_CUT = f"; of its text the first {MOST_KEPT:,} characters are kept"


def _said_cut(fault: Fault) -> Fault:
    return replace(fault, reason=fault.reason + _CUT)
