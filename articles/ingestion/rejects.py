"""Rejected records as JSON Lines that can be corrected and loaded again."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from articles.errors import LoadError
from articles.ingestion.document import Reject

FAULTS = "_faults"
"""The member that says what is wrong with a record; a load leaves it out."""

RECEIVED = "_received"
"""What could not be read as a record at all, as text."""


def as_line(reject: Reject) -> bytes:
    """The record as received, and its faults as `[{field, reason, file, record}]`."""
    received = reject.received
    record: dict[str, Any] = (
        dict(received) if isinstance(received, Mapping) else {RECEIVED: received}
    )
    record[FAULTS] = [
        {"field": f.field, "reason": f.reason, "file": f.file, "record": f.record}
        for f in reject.faults
    ]
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(record).encode() + b"\n"


def _write(stream: BinaryIO, reject: Reject) -> None:
    stream.write(as_line(reject))


@contextmanager
def rejects_file(path: Path | None) -> Iterator[Callable[[Reject], None]]:
    """A function that takes rejects. The file appears when the load is through: it may be the
    very one that is loaded.

    Raises LoadError where it cannot be written.
    """
    if path is None:
        yield lambda _: None
        return
    part = path.with_name(f"{path.name}.part")
    try:
        stream = part.open("wb")
    except OSError as error:
        raise LoadError(f"--rejects {path}: {error.strerror}") from error
    try:
        with stream:
            yield partial(_write, stream)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
