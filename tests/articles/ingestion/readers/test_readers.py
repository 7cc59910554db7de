import gzip
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.errors import LoadError
from articles.ingestion.document import Document, Options, Reject
from articles.ingestion.readers import READERS, detect, read, streams
from articles.ingestion.readers.streams import UnreadableError, opened

OPTIONS = Options(source="tidal-post")
LINE = b'{"headline": "Boats leave", "body": "The boats left early."}\n'


# Bytes of any kind, and scraps of every format put together at random.
HEADS = st.binary(max_size=400) | st.lists(
    st.sampled_from(
        [
            *(b"[", b"]", b"{", b"}", b":", b",", b";", b'"', b"\n", b" ", b"\0", b"\xe9", b"\\u"),
            *(b"<", b">", b"<rss>", b"<?xml version='1.0'?>", b"<!DOCTYPE html>", b"<!DOCTYPE a ["),
            *(
                b"<newsItem>",
                b"\xef\xbb\xbf",
                b"\xff\xfe",
                b"\x1f\x8b",
                LINE,
                b'"articles"',
                b"1e9",
            ),
            *(b"headline,body\n", b'"headline"', b'"uri"', b'"body_text"', b"\\ud800", b"\r"),
        ]
    ),
    max_size=30,
).map(b"".join)


class Dribble(io.RawIOBase):
    """A stream such as a pipe that gives a few bytes at a time and cannot seek."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        piece, self.data = self.data[: min(len(buffer), 7)], self.data[min(len(buffer), 7) :]
        buffer[: len(piece)] = piece
        return len(piece)


def results(data: bytes, name: str = "news", options: Options = OPTIONS, format: str = "auto"):
    return list(read(io.BytesIO(data), name, options, format))


def fault(data: bytes, **options) -> str:
    (reject,) = results(data, **options)
    assert isinstance(reject, Reject)
    (found,) = reject.faults
    return str(found)


class TestDetect:
    @pytest.mark.parametrize(
        ("head", "name", "format"),
        [
            (LINE, "-", "jsonl"),
            (b"\xef\xbb\xbf\n " + LINE, "news.txt", "jsonl"),
            (b"\xef\xbb\xbfThe boats left.", "-", "text"),
            ("The boats left.".encode("utf-16"), "-", "text"),
            (b"The boats left.", "a.txt", "text"),
            (b"not json", "a.JSONL", "jsonl"),
            (b"headline,body\nTalks,They met.\n", "wrong.json", "csv"),
            (b"sep=;\r\nheadline;body\r\nTalks;They met.\r\n", "excel.txt", "csv"),
            (b"\xef\xbb\xbfheadline;body\nTalks;They met.\n", "csv.jsonl.gz", "csv"),
            ("headline\tbody\n".encode("utf-16"), "wrong.ndjson", "csv"),
            (b"not json", "a.ndjson", "jsonl"),
            (b"", "a.txt", "text"),
            (b"\xff\x00\xfe", "a.txt", "text"),
            (b"[" + LINE + b"]", "a.csv", "json"),
            (b'{"articles": [' + LINE + b"]}", "a.jsonl", "json"),
            (b'{\n"headline": "Boats leave"}', "-", "json"),
            (b"[Updated] The boats left.", "-", "text"),
            (b"headline;body\nBoats leave;They left.\n", "a.txt", "csv"),
            (b"Titel;Text\n", "a.csv", "csv"),
            (b"Titel;Text\n", "a.csv.gz", "csv"),
            (b"Titel;Text\n", "-", "text"),
            ("headline;body\n".encode("utf-16"), "-", "csv"),
            (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "a.csv", "feed"),
            (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "a.json", "feed"),
            (b'{"uri": "a:1", "headline": "Boats", "body_text": "Left."}', "a.json", "ninjs"),
            (b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/">', "a.xml", "newsml"),
            (b"\n<!DOCTYPE html>\n<html><body>", "-", "html"),
            (b"<!doctype HTML><title>Boats</title>", "-", "html"),
        ],
    )
    def test_by_content_and_then_by_name(self, head, name, format):
        assert detect(head, name) == format

    @pytest.mark.parametrize(
        "head", [b"<?xml version='1.0'?>", b"\n<!DOCTYPE svg>", b"<?xml version='1.0'?><svg>"]
    )
    def test_what_no_reader_takes_is_said(self, head):
        with pytest.raises(UnreadableError, match="XML of a kind"):
            detect(head, "a.txt")

    @given(HEADS, st.text(max_size=10) | st.sampled_from(["a.csv", "a.json", "a.jsonl.gz"]))
    def test_any_head_has_a_format_or_is_refused(self, head, name):
        try:
            assert detect(head, name) in READERS
        except UnreadableError:
            assert b"<" in head


class TestRead:
    def test_an_unknown_format_is_an_error_at_once(self):
        with pytest.raises(LoadError, match="text, jsonl"):
            read(io.BytesIO(LINE), "a", OPTIONS, "docx")

    def test_a_format_that_is_given_is_not_detected(self):
        (document,) = results(LINE, format="text")
        assert document.body == LINE.decode().strip()

    def test_a_stream_that_cannot_seek(self):
        stream = io.BufferedReader(Dribble(LINE * 3), buffer_size=16)
        assert [item.headline for item in read(stream, "-", OPTIONS)] == ["Boats leave"] * 3

    def test_nothing_is_read_ahead_of_need(self):
        def endless():
            while True:
                yield LINE

        stream = io.BufferedReader(streams.Chunks(endless()))
        items = read(stream, "-", OPTIONS)
        assert isinstance(next(items), Document)
        assert isinstance(next(items), Document)

    def test_an_error_of_the_disk_is_the_last_reject(self):
        def broken():
            yield LINE * 2000
            raise OSError("Input/output error")

        items = list(read(io.BufferedReader(streams.Chunks(broken())), "a.jsonl", OPTIONS))
        assert sum(isinstance(item, Document) for item in items) > 900
        assert str(items[-1].faults[0]) == "a.jsonl: Input/output error"


class TestGzip:
    def test_is_read_as_what_it_holds(self):
        packed = gzip.compress(LINE) + gzip.compress(LINE) + b"\0" * 20
        assert [item.headline for item in results(packed, "a.jsonl.gz")] == ["Boats leave"] * 2

    def test_cut_off(self):
        noise = random.Random(1).randbytes(300_000).hex().encode()
        packed = gzip.compress(b"The boats left. " + noise)
        assert "cut off after" in fault(packed[: len(packed) // 2], name="a.gz")

    def test_damaged(self):
        packed = bytearray(gzip.compress(random.Random(1).randbytes(200_000).hex().encode()))
        packed[60_000:60_020] = b"\xff" * 20
        assert "damaged gzip data" in fault(bytes(packed), name="a.gz")
        assert "damaged gzip data" in fault(gzip.compress(LINE)[:-8] + b"\0" * 8, name="a.gz")
        assert "damaged gzip data" in fault(b"\x1f\x8b nothing of the kind", name="a.gz")

    def test_a_bomb_is_refused_before_it_unfolds(self, monkeypatch):
        monkeypatch.setattr(streams, "FREE_EXPANSION", 1_000_000)
        packed = gzip.compress(b"a" * 20_000_000)
        with pytest.raises(UnreadableError, match="250 times"):
            while opened(io.BytesIO(packed))[1].read():
                pass
        assert "250 times" in fault(packed, name="a.gz")

    @given(st.binary(max_size=2000), st.integers(1, 50))
    def test_what_was_packed_comes_out(self, data, times):
        head, stream = opened(io.BytesIO(gzip.compress(data * times)))
        whole = stream.read()
        assert whole == data * times
        assert whole.startswith(head)


@settings(deadline=None)  # the first page loads the libraries that read pages
@given(HEADS, st.sampled_from(["auto", *READERS]))
def test_any_bytes_are_documents_and_rejects(data, format):
    for item in read(io.BytesIO(data), "a", OPTIONS, format):
        assert isinstance(item, Document) or all(str(found) for found in item.faults)
