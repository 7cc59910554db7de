"""Characters out of bytes, a window of them at a time."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from articles.ingestion.readers.streams import UnreadableError, mark_of

_CHUNK = 65_536
_MOST_GROWTH = 1_000_000
_WRONG_BYTE = re.compile("[\udc80-\udcff]")


def encoding_of(head: bytes, told: str) -> str:
    """The encoding that a byte-order mark announces, else the one told, else a kind of Unicode.

    What opens with ASCII shows by its zero bytes whether it is UTF-8, UTF-16 or UTF-32.
    """
    mark = mark_of(head)
    if mark:
        return "utf-8-sig" if mark == "utf-8" else mark
    return told if told != "utf-8" else json.detect_encoding(head)


def decoded(stream: BinaryIO, told: str) -> Iterator[str]:
    """The text of a stream in pieces, none empty. No encoding is guessed.

    A wrong byte stands as half of a surrogate pair (`wrong_byte` finds it), so that only the record
    that holds it is lost. Raises UnreadableError where the encoding allows no going on.
    """
    held = ""  # a carriage return, until it is known what follows: a line end is never torn
    for piece in _decoded(stream, told):
        whole = held + piece
        held = "\r" if whole.endswith("\r") else ""
        if whole := whole.removesuffix("\r"):
            yield whole
    if held:
        yield held


def _decoded(stream: BinaryIO, told: str) -> Iterator[str]:
    chunk = stream.read(_CHUNK)
    encoding = encoding_of(chunk, told)
    decoder = _decoder(encoding)
    given = 0
    try:
        while chunk:
            yield decoder.decode(chunk)
            given += len(chunk)
            chunk = stream.read(_CHUNK)
        yield decoder.decode(b"", True)
    except UnicodeError as error:
        reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
        raise UnreadableError(
            f"not {encoding.upper()} after some {given:,} bytes: {reason}"
        ) from None


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        b" ".decode(encoding, "replace")  # refuses what is no encoding of text, as base64
        return codecs.getincrementaldecoder(encoding)("surrogateescape")
    except (LookupError, ValueError):
        raise UnreadableError(f"there is no encoding {encoding[:60]!a} of text") from None


def wrong_byte(text: str, told: str) -> str:
    """Why decoded text is no text: the first byte that its encoding does not know; '' without."""
    match = None if text.isascii() else _WRONG_BYTE.search(text)
    if not match:
        return ""
    return (
        f"byte 0x{ord(match[0]) - 0xDC00:02X} is not {told.upper()}; "
        "name the encoding that it is, as in --encoding windows-1252"
    )


def printable(text: str) -> str:
    """Decoded text with its wrong bytes and halves of pairs written out, as in `caf\\xe9`."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()


class Window:
    """A text of which only a part is held: `text`, read up to `at`, which stands on `line`."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._column = 1  # of the first character that is held
        self.text = ""
        self.at = 0
        self.line = 1
        self.is_last = False  # nothing comes after what is held

    @classmethod
    def of(cls, text: str) -> "Window":
        """A window that holds the whole of a text."""
        window = cls(iter(()))
        window.text, window.is_last = text, True
        return window

    def advance(self, to: int) -> None:
        """Everything before the position `to` has been read."""
        self.line += _line_ends(self.text, self.at, to)
        self.at = to

    def grow(self, least: int = 1) -> bool:
        """Hold more, and no longer what has been read: `at` becomes 0. False at the end.

        At least so many characters come, and about as many as are held: scanning them again with
        what comes costs little.
        """
        if self.is_last:
            return False
        self._column = self.column(self.at)
        pieces = [self.text[self.at :]]
        self.text, self.at = "", 0
        wanted = max(least, min(len(pieces[0]), _MOST_GROWTH))
        while wanted > 0 and (piece := next(self._pieces, "")):
            pieces.append(piece)
            wanted -= len(piece)
        self.text = "".join(pieces)
        self.is_last = wanted > 0
        return len(pieces) > 1

    def line_of(self, position: int) -> int:
        """The line of a position at or after `at`, from 1."""
        return self.line + _line_ends(self.text, self.at, position)

    def column(self, position: int) -> int:
        """The column of a position, from 1."""
        start = max(self.text.rfind("\n", 0, position), self.text.rfind("\r", 0, position))
        return position - start if start >= 0 else self._column + position


def _line_ends(text: str, start: int, end: int) -> int:
    ends = text.count("\n", start, end)
    if returns := text.count("\r", start, end):
        ends += returns - text.count("\r\n", start, end + 1)
    return ends
