"""JSON Lines: one record a line, in UTF-8, UTF-16, UTF-32 or as the options say."""

from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from typing import BinaryIO

from articles.ingestion.document import Document, Fault, Options, Place, Reject
from articles.ingestion.readers.characters import decoded, encoding_of
from articles.ingestion.readers.objects import parse_json
from articles.ingestion.readers.streams import Chunks, UnreadableError, decode, mark_of, replayed
from articles.ingestion.record import parse_record

LONGEST_LINE = 16_000_000
_CHUNK = 65_536
_WIDE = ("utf-16", "utf-32")


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """A Document or a Reject for each line that is not blank; records are counted, and lines."""
    stream, options = _with_byte_lines(stream, options)
    record = number = 0
    try:
        for number, line in enumerate(_lines(stream), 1):
            if line is not None and not line.strip():
                continue
            record += 1
            yield _read_line(line, options, Place(name, record, number))
    except UnreadableError as error:  # of UTF-16 and UTF-32: what follows has no lines
        yield _reject(Place(name, record + 1, number + 1), str(error), None)


def _with_byte_lines(stream: BinaryIO, options: Options) -> tuple[BinaryIO, Options]:
    """The stream, in UTF-8 if its line ends are none of bytes (UTF-16, UTF-32)."""
    head, stream = replayed(stream)
    told = options.encoding.lower().replace("_", "-")
    encoding = told if told.startswith(_WIDE) else encoding_of(head, "utf-8")
    if not encoding.startswith(_WIDE):
        return stream, options
    is_told = encoding == told or bool(mark_of(head))
    if not is_told and not head.startswith("{".encode(encoding)):
        return stream, options  # zero bytes alone make no UTF-16
    pieces = decoded(stream, encoding)
    data = (piece.encode("utf-8", "surrogateescape") for piece in pieces)
    return BufferedReader(Chunks(data)), replace(options, encoding="utf-8")


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines, None for one that is too long: it is passed over and never held in memory."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (piece := stream.readline(_CHUNK)) and not piece.endswith(b"\n"):
            pass
        yield None


def _read_line(line: bytes | None, options: Options, place: Place) -> Document | Reject:
    if line is None:
        return _reject(
            place, f"line longer than {LONGEST_LINE:,} bytes; passed over and not kept", None
        )
    try:
        value = parse_json(decode(line.rstrip(), options.encoding))
    except (UnreadableError, ValueError) as error:
        return _reject(place, str(error), line)
    if not isinstance(value, dict):
        return _reject(place, "a record is wanted: a JSON object of members", line)
    return parse_record(value, options, place)


def _reject(place: Place, reason: str, line: bytes | None) -> Reject:
    received = line.decode("utf-8", "backslashreplace").strip() if line else None
    return Reject((Fault(place.file, place.record, "", reason, place.line),), received)
