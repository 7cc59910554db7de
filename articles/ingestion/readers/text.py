"""Raw text: one file, one article."""

from collections.abc import Iterator
from typing import BinaryIO

from articles.ingestion.document import Document, Options, Place, Reject
from articles.ingestion.readers.streams import UnreadableError, decode, mark_of
from articles.ingestion.record import parse_record

LARGEST_FILE = 40_000_000  # bytes: a body of 10 MB, in an encoding that takes four times the room


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """The one Document of a text file.

    A date line before the text is its date, a title on the first line its headline; without a title
    the headline is derived from the lead. The derived id is that of the whole file as received.
    """
    data = stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise UnreadableError(f"larger than {LARGEST_FILE:,} bytes: not one article")
    text = decode(data, mark_of(data) or options.encoding)
    yield parse_record({"body": text}, options, Place(name), is_text=True)
