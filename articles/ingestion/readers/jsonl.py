"""JSON Lines: one record a line, in UTF-8."""

from collections.abc import Iterator
from typing import BinaryIO

from articles.ingestion.document import Document, Fault, Options, Place, Reject
from articles.ingestion.readers.objects import parse_json
from articles.ingestion.readers.streams import UnreadableError, decode, mark_of
from articles.ingestion.record import parse_record

LONGEST_LINE = 16_000_000
_CHUNK = 65_536


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """A Document or a Reject for each line that is not blank; records are counted, and lines."""
    record = 0
    for number, line in enumerate(_lines(stream), 1):
        if line is not None and not line.strip():
            continue
        record += 1
        yield _read_line(line, options, Place(name, record, number))


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
        if place.line == 1 and mark_of(line) not in ("", "utf-8"):
            raise ValueError("JSON Lines are in UTF-8; convert the file")
        value = parse_json(decode(line.rstrip(), options.encoding))
    except (UnreadableError, ValueError) as error:
        return _reject(place, str(error), line)
    if not isinstance(value, dict):
        return _reject(place, "a record is wanted: a JSON object of members", line)
    return parse_record(value, options, place)


def _reject(place: Place, reason: str, line: bytes | None) -> Reject:
    received = line.decode("utf-8", "backslashreplace").strip() if line else None
    return Reject((Fault(place.file, place.record, "", reason, place.line),), received)
