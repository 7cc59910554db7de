import io
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.ingestion.document import Document, Options, Place, Reject
from articles.ingestion.readers import jsonl, read
from articles.ingestion.readers.objects import parse_json

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples"
OPTIONS = Options(source="tidal-post")
RECORD = {"external_id": "1", "headline": "Boats leave", "body": "The boats left early."}
LINE = json.dumps(RECORD).encode()


def results(*lines: bytes, options: Options = OPTIONS) -> list[Document | Reject]:
    return list(read(io.BytesIO(b"\n".join(lines)), "news.jsonl", options, "jsonl"))


def fault(line: bytes) -> str:
    (found,) = results(line)
    assert isinstance(found, Reject)
    return str(found.faults[0]).removeprefix("news.jsonl: record 1: ")


def test_records_and_lines_are_counted():
    first, second = results(b"\xef\xbb\xbf" + LINE, b"", b" \r", LINE + b"\r")
    assert first.place == Place("news.jsonl", 1, 1)
    assert second.place == Place("news.jsonl", 2, 4)
    assert (first.headline, first.received) == ("Boats leave", RECORD)


def test_a_bad_line_is_rejected_with_what_it_holds_and_the_next_is_read():
    bad, good = results(b'{"headline": ', LINE)
    assert isinstance(good, Document)
    assert bad.received == '{"headline":'
    assert str(bad.faults[0]) == ("news.jsonl: record 1: not JSON: Expecting value at column 13")


def test_faults_of_a_record_name_its_record_and_line():
    (bad,) = results(b"", json.dumps({**RECORD, "status": "gone"}).encode())
    assert str(bad.faults[0]).startswith("news.jsonl: record 1 (line 2): status: 'gone' is none of")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"[1]", "a record is wanted: a JSON object of members"),
        (b"null", "a record is wanted: a JSON object of members"),
        (b'{"body": "a", "body": "b"}', "the member 'body' stands twice in one object"),
        (
            b'{"entities": [{"name": "a", "name": "b"}]}',
            "the member 'name' stands twice in one object",
        ),
        (b'{"body": NaN}', "NaN is no JSON value"),
        (b'{"body": -Infinity}', "-Infinity is no JSON value"),
        (b'{"body": ' + b"1" * 5000 + b"}", "a number of 5,000 digits; at most 4,000 are read"),
        (b"[" * 100_000, "not JSON that can be read: nested too deeply"),
        (b'{"body": "caf\xe9"}', "byte 0xE9 at 13 is not UTF-8; name the encoding that it is, "),
        (b'{"body": "caf\xc3', "breaks off within a character at byte 13: the text is cut off"),
        (b'{"body": "\\ud800"}', "body: half of a surrogate pair (U+D800) at position 1"),
        (b'{"body": "\\u0000"}', "body: NUL character at position 1; remove it"),
    ],
)
def test_reasons(line, reason):
    assert fault(line).startswith(reason)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_read_as_they_show_or_are_told(encoding):
    lines = '{"headline": "Käse ਊ"}\n\n{"headline": "Sun"\n{"headline": "Rain"}'
    for told in ("utf-8", encoding):
        options = replace(OPTIONS, encoding=told)
        found = list(jsonl.read(io.BytesIO(lines.encode(encoding)), "news.jsonl", options))
        assert [getattr(each, "headline", "") for each in found] == ["Käse ਊ", "", "Rain"]
        assert found[1].received == '{"headline": "Sun"'
        assert found[2].place == Place("news.jsonl", 3, 4)


def test_wide_text_that_is_cut_off_loses_its_last_line_only():
    data = '{"headline": "Sun"}\n{"headline": "Rain"}'.encode("utf-16")[:-1]
    first, last = list(read(io.BytesIO(data), "news.jsonl", OPTIONS))
    assert (first.headline, isinstance(last, Reject)) == ("Sun", True)


def test_a_line_too_long_is_passed_over_and_never_held(monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 200_000)

    class Long(io.RawIOBase):
        """Thirty megabytes without a line end, then a record."""

        left = 480

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            self.left -= 1
            piece = b"x" * 65_536 if self.left > 0 else b"\n" + LINE if not self.left else b""
            piece = piece[: len(buffer)]
            buffer[: len(piece)] = piece
            return len(piece)

    tracemalloc.start()
    bad, good = jsonl.read(io.BufferedReader(Long(), 70_000), "news.jsonl", OPTIONS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(bad.faults[0]) == (
        "news.jsonl: record 1: line longer than 200,000 bytes; passed over and not kept"
    )
    assert good.place == Place("news.jsonl", 2, 2)
    assert peak < 3_000_000


def test_a_line_of_just_the_length_is_read(monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST_LINE", len(LINE))
    assert all(isinstance(found, Document) for found in results(LINE, LINE))
    assert isinstance(results(LINE + b" ", LINE)[0], Reject)


@given(st.lists(st.binary(max_size=60) | st.just(LINE), max_size=6))
def test_any_lines(lines):
    lines = [LINE, *(line.replace(b"\n", b"") for line in lines)]
    found = list(jsonl.read(io.BytesIO(b"\n".join(lines)), "news.jsonl", OPTIONS))
    assert len(found) == sum(bool(line.strip()) for line in lines)
    assert sum(isinstance(item, Document) for item in found) == lines.count(LINE)


@given(st.sampled_from([b"", b"\0", b"\xff\xfe", b"\0\0\xfe\xff", b"{\0"]), st.binary(max_size=99))
def test_whatever_it_opens_with(head, rest):
    found = list(jsonl.read(io.BytesIO(head + rest), "news.jsonl", OPTIONS))
    assert found or not (head + rest).strip(b"\xff\xfe\0 \t\r\n\x0b\x0c")
    assert all(isinstance(item, Reject) for item in found)


class TestParseJson:
    def test_names_the_line_of_a_longer_text(self):
        with pytest.raises(ValueError, match=r"at line 2, column 1$"):
            parse_json('{"a":\n}')

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        )
    )
    def test_reads_what_json_writes(self, value):
        assert parse_json(json.dumps(value)) == value


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the sample texts beside the repository")
class TestSamples:
    def test_the_json_suite(self):
        for path in sorted((SAMPLES / "json-suite/test_parsing").glob("*.json")):
            found = list(read(io.BytesIO(path.read_bytes()), path.name, OPTIONS, "jsonl"))
            assert not any(isinstance(item, Document) for item in found)
            try:
                parse_json(path.read_text(encoding="utf-8"))
            except (UnicodeDecodeError, ValueError) as error:
                # Members that stand twice are valid JSON, and no record.
                assert path.name[0] in "ni" or "stands twice" in str(error), path.name
            else:
                assert path.name[0] in "yi", path.name

    def test_wikinews_by_a_mapping(self):
        mapping = {
            "id": "external_id",
            "title": "headline",
            "date_precision": "published_precision",
            "places": "entities:place",
            "people": "entities:person",
            "orgs": "entities:organisation",
            "topics": "tags",
            "license": "",
        }
        with (SAMPLES / "wikinews.jsonl").open("rb") as stream:
            found = list(read(stream, "wikinews.jsonl", Options(mapping=mapping)))
        rejects = [
            str(fault) for item in found if isinstance(item, Reject) for fault in item.faults
        ]
        assert len(found) == 295
        assert len(rejects) == 1
        assert "record 275: body: cleaning would remove 100%" in rejects[0]
