import codecs
import datetime as dt
import hashlib
import io
from pathlib import Path

import pytest

from articles.ingestion.cleaning import restore
from articles.ingestion.document import Document, Options, Reject
from articles.ingestion.readers import read, text
from articles.text import sections
from articles.vocabulary import DatePrecision

SEEDS = Path(__file__).resolve().parents[5] / "shared" / "seeds"
OPTIONS = Options(source="sample-wire")
PARAGRAPH = (
    "The harbour council met on Monday and agreed to dredge the old channel before winter comes. "
    "Skippers had asked for it since the storm of last spring."
)


def document(data: bytes | str, options: Options = OPTIONS) -> Document:
    data = data if isinstance(data, bytes) else data.encode()
    (found,) = read(io.BytesIO(data), "a.txt", options, "text")
    assert isinstance(found, Document), [str(fault) for fault in found.faults]
    return found


def fault(data: bytes, options: Options = OPTIONS) -> str:
    (found,) = read(io.BytesIO(data), "a.txt", options, "text")
    assert isinstance(found, Reject)
    return "; ".join(map(str, found.faults))


def test_a_scraped_text_with_date_headings_and_furniture():
    raw = (
        f" date 2024-03-31 {PARAGRAPH}\n\nHarbour Opens Its Gates\n\n{PARAGRAPH}\n\n"
        "Exit mobile version"
    )
    found = document(raw)
    assert found.published_at == dt.datetime(2024, 3, 31, tzinfo=dt.UTC)
    assert found.published_precision is DatePrecision.DAY
    assert found.body == f"{PARAGRAPH}\n\nHarbour Opens Its Gates\n\n{PARAGRAPH}"
    assert found.headline.startswith("The harbour council met on Monday and agreed to dredge")
    assert found.headline_derived
    assert (found.raw, restore(found.body, found.cleaning)) == (raw, raw)
    assert found.external_id == hashlib.sha256(b"\0" + raw.encode()).hexdigest()
    assert found.external_id_derived
    assert str(found.place) == "a.txt"


def test_an_undated_text():
    found = document(PARAGRAPH)
    assert (found.published_at, found.published_precision) == (None, DatePrecision.UNKNOWN)


def test_a_title_line_is_the_headline():
    found = document(f"January 4, 2019\r\n\r\nHarbour Opens Its Gates\r\n\r\n{PARAGRAPH}\r\n")
    assert (found.headline, found.headline_derived) == ("Harbour Opens Its Gates", False)
    assert found.body == PARAGRAPH
    assert found.published_at == dt.datetime(2019, 1, 4, tzinfo=dt.UTC)


class TestEncoding:
    @pytest.mark.parametrize(
        "data",
        [
            codecs.BOM_UTF8 + "Café au port.".encode(),
            "Café au port.".encode("utf-16"),
            codecs.BOM_UTF16_BE + "Café au port.".encode("utf-16-be"),
            "Café au port.".encode("utf-32"),
        ],
    )
    def test_a_byte_order_mark_says_it(self, data):
        assert document(data).body == "Café au port."

    def test_another_one_is_named_and_not_guessed(self):
        data = "Café au port.".encode("windows-1252")
        assert fault(data) == (
            "a.txt: byte 0xE9 at 3 is not UTF-8; "
            "name the encoding that it is, as in --encoding windows-1252"
        )
        assert document(data, Options(source="a", encoding="windows-1252")).body == "Café au port."
        assert "no encoding 'klingon'" in fault(data, Options(source="a", encoding="klingon"))

    def test_a_character_that_is_cut_off(self):
        assert fault("Au café".encode()[:-1]) == (
            "a.txt: breaks off within a character at byte 6: the text is cut off"
        )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "a.txt: body: neither headline nor body"),
        (b" \n\n", "a.txt: body: neither headline nor body"),
        (b"bo\0ats", "a.txt: body: NUL character at position 3"),
        (b"Exit mobile version", "a.txt: body: cleaning would remove 100%"),
    ],
)
def test_what_is_no_article(data, reason):
    assert fault(data).startswith(reason)


def test_a_file_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(text, "LARGEST_FILE", 10)
    assert fault(b"x" * 11) == "a.txt: larger than 10 bytes: not one article"
    assert document(b"x" * 10).body == "x" * 10


@pytest.mark.skipif(not SEEDS.exists(), reason="needs the seed texts beside the repository")
def test_the_seed_texts():
    first, second = (document(path.read_bytes()) for path in sorted(SEEDS.glob("*.txt")))
    assert first.published_at == dt.datetime(2024, 3, 31, tzinfo=dt.UTC)
    assert first.body.startswith("In a significant")
    assert [section.heading for section in sections(first.body)] == [
        None,
        "Egypt Takes the Lead",
        "Humanitarian Crisis and the Urgency for Peace",
    ]
    assert second.published_at is None
    assert "Exit mobile version" not in second.body
    assert [section.heading for section in sections(second.body)] == [None]
    for found in (first, second):
        assert found.headline_derived
        assert "Cairo" in found.headline
        assert restore(found.body, found.cleaning) == found.raw
