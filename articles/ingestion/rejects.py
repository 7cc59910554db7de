"""Rejected records as JSON Lines that can be corrected and loaded again."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from articles.ingestion.document import Reject
from articles.ingestion.members import RECEIVED
from articles.ingestion.outputs import opened_output

FAULTS = "_faults"
"""The member that says what is wrong with a record; a load leaves it out."""


def as_line(reject: Reject) -> bytes:
    """The record as received, and its faults as `[{field, reason, file, record}]`."""
    faults = [
        {"field": f.field, "reason": f.reason, "file": f.file, "record": f.record}
        for f in reject.faults
    ]
    received = reject.received
    try:
        record = received if isinstance(received, Mapping) else {RECEIVED: received}
        return _encoded({**record, FAULTS: faults})
    except ValueError:  # a number beyond all others, which JSON has no way to write
        return _encoded({RECEIVED: repr(received), FAULTS: faults})
    except RecursionError:
        return _encoded({RECEIVED: None, FAULTS: faults})


def _encoded(record: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(record, allow_nan=False).encode() + b"\n"


@contextmanager
def rejects_file(path: Path | None) -> Iterator[Callable[[Reject], None]]:
    """A function that takes rejects. The file appears when the load is through.

    Raises LoadError where it cannot be written.
    """
    if path is None:
        yield lambda _: None
        return
    with opened_output(path, "--rejects") as write:
        yield lambda reject: write(as_line(reject))
