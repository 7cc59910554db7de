"""Streams of bytes that are safe to read: heads that come back, capped decompression, decoding."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from articles.errors import ArchiveError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_SIZE = 65_536
# News compresses some 4 times, a file of one repeated line perhaps 200 times, a bomb 1,000 times.
MOST_EXPANSION = 250
FREE_EXPANSION = 50_000_000  # bytes out before the ratio is judged

_CHUNK = 65_536
_GZIP_MAGIC = b"\x1f\x8b"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableError(ArchiveError):
    """The bytes themselves are at fault: damaged, cut off, too large, of another encoding."""


class Chunks(io.RawIOBase):
    """A stream of the chunks that an iterator gives; `given` counts the bytes handed out."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        self._rest = self._rest or next(self._chunks, b"")
        piece, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def opened(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first 64 KiB of a stream, and the stream from its start; gzip is unpacked on the way."""
    head, stream = replayed(stream)
    if head.startswith(_GZIP_MAGIC):
        head, stream = replayed(io.BufferedReader(Chunks(_gunzip(stream))))
    return head, stream


def replayed(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first 64 KiB of a stream, and the stream from its start."""
    pieces: list[bytes] = []
    size = 0
    while size < HEAD_SIZE and (piece := stream.read(HEAD_SIZE - size)):
        pieces.append(piece)
        size += len(piece)
    head = b"".join(pieces)
    return head, io.BufferedReader(Chunks(_chunks(head, stream)))


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    if head:
        yield head
    while chunk := stream.read(_CHUNK):
        yield chunk


def _gunzip(stream: BinaryIO) -> Iterator[bytes]:
    """What a gzip stream holds; raises UnreadableError where it is damaged, cut off or a bomb."""
    packed = Chunks(_chunks(b"", stream))
    given = 0
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(packed), mode="rb") as unpacked:
            while piece := unpacked.read1(_CHUNK):
                given += len(piece)
                if given > FREE_EXPANSION and given > packed.given * MOST_EXPANSION:
                    raise UnreadableError(
                        f"gzip data that unpack to more than {MOST_EXPANSION} times their size"
                    )
                yield piece
    except (zlib.error, gzip.BadGzipFile):
        raise UnreadableError(f"damaged gzip data after {given:,} unpacked bytes") from None
    except EOFError:
        raise UnreadableError(f"gzip data cut off after {given:,} unpacked bytes") from None


def mark_of(data: bytes) -> str:
    """The encoding that a byte-order mark announces, '' without one."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def decode(data: bytes, encoding: str) -> str:
    """The text of bytes, without a byte-order mark of UTF-8.

    No encoding is guessed: raises UnreadableError with the offset of the first byte that is wrong.
    """
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError:
        raise UnreadableError(f"there is no encoding {encoding!r}") from None
    except UnicodeDecodeError as error:
        if error.reason in ("unexpected end of data", "truncated data"):
            reason = f"breaks off within a character at byte {error.start:,}: the text is cut off"
        else:
            reason = (
                f"byte 0x{data[error.start]:02X} at {error.start:,} is not {encoding.upper()}; "
                "name the encoding that it is, as in --encoding windows-1252"
            )
        raise UnreadableError(reason) from None
    except UnicodeError:
        raise UnreadableError(f"{encoding!r} is no encoding of texts") from None
