"""The records of inputs, in batches of which a few fit in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from articles.ingestion.document import Document, Fault, Options, Reject
from articles.ingestion.drafts import Draft, draft
from articles.ingestion.inputs import Received, opened_input
from articles.ingestion.readers import read

BATCH = 2_000
BATCH_CHARACTERS = 10_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Records in the order of the input, and how many bytes of all inputs were read for them."""

    records: Sequence[Draft | Reject]
    bytes_read: int


def read_batches(
    inputs: Iterable[Received], options: Options, format: str, *, are_new: bool = False
) -> Iterator[Batch]:
    """All records of all inputs. An input that cannot be opened is a Reject.

    `are_new`: the archive is likely to have none of them.
    """
    records: list[Draft | Reject] = []
    characters = position = 0
    for record, position in _records(inputs, options, format):
        records.append(record if isinstance(record, Reject) else draft(record, is_new=are_new))
        characters += _length(record)
        if len(records) >= BATCH or characters >= BATCH_CHARACTERS:
            yield Batch(records, position)
            records, characters = [], 0
    if records:
        yield Batch(records, position)


def _records(
    inputs: Iterable[Received], options: Options, format: str
) -> Iterator[tuple[Document | Reject, int]]:
    before = 0
    for item in inputs:
        try:
            with opened_input(item) as stream:
                for record in read(stream, item.name, options, format):
                    yield record, before + stream.tell()
        except OSError as error:
            yield Reject((Fault(item.name, None, "", error.strerror or str(error)),)), before
        before += item.size


def _length(record: Document | Reject) -> int:
    """About how many characters of text are held."""
    if isinstance(record, Document):
        return len(record.body) + len(record.raw)
    return len(record.received) if isinstance(record.received, str) else 0
