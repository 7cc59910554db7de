"""Refused records as lines that can be corrected and loaded again."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.ingestion.document import Fault, Options, Reject
from articles.ingestion.members import RECEIVED
from articles.ingestion.readers import read
from articles.ingestion.rejects import FAULTS, as_line, rejects_file

FAULT = Fault("in.jsonl", 3, "status", "is none of draft, published", 7)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def rejected(received: Any) -> dict[str, Any]:
    line = as_line(Reject((FAULT,), received))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    record: dict[str, Any] = json.loads(line)
    return record


def test_a_record_stands_as_it_came_with_its_faults() -> None:
    record = rejected({"headline": "Käse", "status": "new"})
    fault = record.pop(FAULTS)
    assert record == {"headline": "Käse", "status": "new"}
    assert fault == [
        {
            "field": "status",
            "reason": "is none of draft, published",
            "file": "in.jsonl",
            "record": 3,
        }
    ]


@pytest.mark.parametrize("received", ["{broken", "caf\\xe9;1", "a\nb\0c", "half \ud800", None])
def test_what_is_no_record_stands_as_text(received: str | None) -> None:
    assert rejected(received)[RECEIVED] == received


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_any_record_comes_back(received: dict[str, Any]) -> None:
    record = rejected(received)
    if RECEIVED not in record or RECEIVED in received:
        assert {**received, FAULTS: record[FAULTS]} == record
    else:  # only a number without end has no JSON
        assert "inf" in record[RECEIVED]


def test_a_number_without_end_stands_as_text() -> None:
    assert rejected({"external_id": float("inf")})[RECEIVED] == "{'external_id': inf}"


def test_what_is_nested_too_deeply_to_be_written_leaves_its_faults() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    record = rejected({"body": nested})
    assert (record[RECEIVED], record[FAULTS][0]["record"]) == (None, 3)


def test_a_corrected_line_is_the_record(tmp_path: Path) -> None:
    path = tmp_path / "rejects.jsonl"
    with rejects_file(path) as take:
        take(Reject((FAULT,), {"source": "wire", "headline": "Talks", "status": "new"}))
    data = path.read_bytes().replace(b'"new"', b'"draft"', 1)
    options = Options(mapping={FAULTS: ""})
    [document] = read(io.BytesIO(data), "rejects.jsonl", options)
    assert not isinstance(document, Reject)
    assert (document.headline, document.status) == ("Talks", "draft")


def test_what_was_received_is_to_be_written_as_a_record() -> None:
    line = as_line(Reject((FAULT,), "{broken"))
    options = Options(source="wire", mapping={FAULTS: ""})
    [reject] = read(io.BytesIO(line), "rejects.jsonl", options)
    assert isinstance(reject, Reject)
    assert (reject.faults[0].field, reject.faults[0].reason) == (
        "_received",
        "no record yet; write the record that it holds in its place",
    )
    assert "--map" not in str(reject.faults)


def test_without_a_file_rejects_go_nowhere() -> None:
    with rejects_file(None) as take:
        take(Reject((FAULT,), None))
