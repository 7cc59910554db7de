"""What could not be read as records is kept for the rejects, as text."""

import gzip
import io
import json

import pytest

from articles.ingestion.document import Options, Reject
from articles.ingestion.readers import read, remains

GOOD = {"external_id": "1", "headline": "Talks"}
TWO = '{"headline": "Talks"}, {"headline": "Rain", "headline": "Sun"}'
NEWS_ITEM = "<newsItem guid='a'><contentMeta><headline>Talks</headline></contentMeta></newsItem>"
RSS = "<rss version='2.0'><channel><item><title>Talks</title></item>"


def last(data: bytes, name: str, format: str = "auto") -> Reject:
    reject = list(read(io.BytesIO(data), name, Options(source="wire"), format))[-1]
    assert isinstance(reject, Reject)
    return reject


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("in.json", '{"headline": "Talks", "body": "They'),
        ("in.json", '[{"headline": "Talks", "body": "They'),
        ("in.json", '"Talks"'),
        ("in.ninjs", '{"uri": "a", "versioncreated": "2024", "headline": "Talks", "headli'),
        ("in.xml", "<newsItem guid='a'><contentMeta><headline>Talks</contentMeta>"),
        ("in.xml", "<rss version='2.0'><channel><item><title>Talks</title>"),
        ("in.csv", "headline;headline\nTalks;Rain"),
        ("in.svg", "<?xml version='1.0'?><svg/>"),
    ],
)
def test_an_input_of_no_record_stands_in_its_reject(name: str, text: str) -> None:
    received = last(text.encode(), name).received
    assert isinstance(received, str)
    assert received in (text, text[1:], text.partition("\n")[0])  # of a list, or a header


def test_what_follows_a_fault_of_a_list_is_kept() -> None:
    reject = last(b'[{"headline": "Talks"}, {"headline" "Rain"}, {"headline": "Sun"}]', "in.json")
    assert reject.faults[0].record == 2
    assert reject.received == '{"headline" "Rain"}, {"headline": "Sun"}]'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_follows_the_last_whole_item_is_kept(encoding: str) -> None:
    message = f"<newsMessage><itemSet>{NEWS_ITEM}<newsItem guid='é'>broken</newsMessage>"
    received = str(last(message.encode(encoding), "in.xml").received)
    assert received.replace("\0", "").endswith("<newsItem guid='é'>broken</newsMessage>") or (
        encoding == "utf-16"
    )
    received = str(last(f"{RSS}<item><title>Rain</channel></rss>".encode(encoding), "in").received)
    assert received == "<item><title>Rain</channel></rss>"


def test_an_object_with_a_member_twice_is_kept() -> None:
    for name, data in (("in.json", f"[{TWO}]"), ("in.jsonl", TWO.replace(", {", "\n{", 1))):
        assert last(data.encode(), name).received == '{"headline": "Rain", "headline": "Sun"}'


def test_what_is_no_object_among_items_is_kept() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": ["é"]}
    assert last(json.dumps(feed).encode(), "in").received == '"é"'
    assert last(b'[{"uri": "a", "versioncreated": "2024"}, 3]', "in", "ninjs").received == "3"


def test_bytes_of_another_encoding_are_written_out() -> None:
    assert last(b"Caf\xe9 ferm\xe9", "in.txt").received == "Caf\\xe9 ferm\\xe9"
    wide = "Gute Nachrichten.".encode("utf-16")[:-1]
    assert "Gute Nachrichten" in str(last(wide, "in.txt").received)


def test_of_damaged_gzip_what_can_be_unpacked_is_kept() -> None:
    packed = gzip.compress(b"Talks in Cairo. " * 10_000, mtime=0)
    assert str(last(packed[:-9], "in.txt.gz").received).startswith("Talks in Cairo.")


def test_of_a_long_input_the_beginning_is_kept_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remains, "MOST_KEPT", 20)
    for data in (b'{"headline": "Talks", "body": "They', b'["a", "b" "cccccccccccccccccccccccc"]'):
        reject = last(data, "in.json", "json")
        assert len(str(reject.received)) == 20
        assert "are kept" in reject.faults[0].reason


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (gzip.compress(gzip.compress(b"Talks", mtime=0), mtime=0), "gzip data within gzip data"),
        (b"PK\x03\x04" + bytes(50), "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image"),
        (b"%PDF-1.7 \xff", "a PDF document"),
        (b"ab" + bytes(range(256)) * 4, "binary data"),
    ],
)
def test_what_is_no_text_is_called_so(data: bytes, kind: str) -> None:
    for format in ("auto", "jsonl", "text", "csv"):
        reject = last(data, "in", format)
        assert f"no text: {kind}" in reject.faults[0].reason
        assert not reject.received


def test_the_line_in_which_excel_names_its_delimiter_is_no_header() -> None:
    data = b"\xef\xbb\xbfsep=;\r\nheadline;body\r\nTalks;They met.\r\n"
    [document] = read(io.BytesIO(data), "in.csv", Options(source="wire"))
    assert not isinstance(document, Reject)
    assert (document.headline, document.place.line) == ("Talks", 3)
