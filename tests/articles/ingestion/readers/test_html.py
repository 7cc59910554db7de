import datetime as dt
import importlib.util
import io
import socket
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.ingestion.document import Document, Options, Reject
from articles.ingestion.readers import html
from articles.vocabulary import DatePrecision
from tests.articles.ingestion.readers.mutations import damaged
from tests.examples import examples

OPTIONS = Options(source="tidal-post")
PARAGRAPHS = (
    "The boats left the harbour early on Sunday, because the tide was turning & nobody waited.",
    "A crowd had come to the quay, and the harbour master counted more than forty boats in all.",
    "The last of them was out of sight by noon, when the wind had gone round to the north-east.",
)
META = '<meta property="article:published_time" content="2024-03-31T18:30:00+02:00">'
HEAD = (
    '<meta charset="utf-8"><title>Boats leave | Tidal Post</title>'
    '<meta property="og:title" content="Boats leave"><meta name="author" content="Ann Lee">'
    '<meta name="description" content="In short."><link rel="canonical" '
    'href="https://tidal.example/news/boats">'
)


def page(head: str = HEAD + META, lang: str = ' lang="en-GB"', extra: str = "") -> str:
    text = "".join(f"<p>{line.replace('&', '&amp;')}</p>" for line in PARAGRAPHS)
    return (
        f"<!doctype html><html{lang}><head>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>Boats leave</h1>{extra}{text}</article>"
        "<footer>Copyright 2019 Tidal Post, all rights reserved</footer></body></html>"
    )


def read(data: str | bytes, options: Options = OPTIONS) -> list[Document | Reject]:
    raw = data.encode() if isinstance(data, str) else data
    return list(html.read(io.BytesIO(raw), "page.html", options))


def document(data: str | bytes, options: Options = OPTIONS) -> Document:
    (found,) = read(data, options)
    assert isinstance(found, Document), found
    return found


def fault(data: str | bytes, options: Options = OPTIONS) -> str:
    (found,) = read(data, options)
    assert isinstance(found, Reject)
    return str(found.faults[0])


def is_installed() -> bool:
    return all(map(importlib.util.find_spec, ("trafilatura", "lxml_html_clean")))


class TestWithoutTrafilatura:
    def test_a_reject_says_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "trafilatura", None)
        assert "pip install trafilatura" in fault(page())

    def test_size_is_limited(self, monkeypatch):
        monkeypatch.setattr(html, "LARGEST_PAGE", 100)
        assert "larger than 100 bytes" in fault(page())

    def test_no_encoding_is_guessed(self):
        assert "is not UTF-8" in fault(page("").encode() + b"\xe9 ")


@pytest.mark.skipif(not is_installed(), reason="trafilatura is not installed")
class TestPage:
    def test_with_everything(self):
        found = document(page())
        assert found.headline == "Boats leave"
        assert found.body == "\n\n".join(PARAGRAPHS)
        assert (found.url, found.summary) == ("https://tidal.example/news/boats", "In short.")
        assert found.external_id == "https://tidal.example/news/boats"
        assert (found.bylines, found.language) == (("Ann Lee",), "en-GB")
        assert found.published_at == dt.datetime(2024, 3, 31, 16, 30, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        ("head", "extra", "day"),
        [
            ('<meta name="date" content="2024-03-31">', "", 31),
            ('<meta itemprop="datePublished" content="Sun, 31 Mar 2024">', "", 31),
            (
                '<script type="application/ld+json">{"datePublished": "2024-03-31"}</script>',
                "",
                31,
            ),
            ("", '<time datetime="2024-03-31">Sunday</time>', 31),
            (
                '<meta name="date" content="last Sunday">',
                '<time pubdate datetime="2024-03-30">Saturday</time>',
                30,
            ),
        ],
    )
    def test_dates_that_the_page_states(self, head, extra, day):
        found = document(page(HEAD + head, extra=extra))
        assert found.published_at == dt.datetime(2024, 3, day, tzinfo=dt.UTC)
        assert found.published_precision is DatePrecision.DAY

    def test_no_date_is_guessed(self):
        two = '<time datetime="2024-03-31">a</time><time datetime="2024-03-30">b</time>'
        assert document(page(HEAD)).published_at is None
        assert document(page(HEAD, extra=two)).published_at is None
        link = HEAD.replace("/news/", "/2024/03/31/")
        assert document(page(link)).published_at is None

    def test_a_time_without_zone_is_a_fault(self):
        meta = META.replace("+02:00", "")
        assert "published_at: '2024-03-31T18:30:00' has no offset" in fault(page(HEAD + meta))

    def test_the_language_may_stand_in_the_locale(self):
        locale = '<meta property="og:locale" content="pt_BR">'
        assert document(page(HEAD + locale, lang="")).language == "pt-BR"
        assert document(page(HEAD, lang="")).language is None

    @pytest.mark.parametrize(
        ("declared", "encoding"),
        [("windows-1252", "windows-1252"), ("iso-8859-1", "windows-1252"), ("gbk", "gb18030")],
    )
    def test_encodings_as_browsers_read_them(self, declared, encoding):
        quoted = "“Early” they left"
        text = page(HEAD.replace("utf-8", declared)).replace("Boats leave", quoted)
        assert document(text.encode(encoding)).headline == quoted

    def test_byte_order_mark_and_the_callers_encoding(self):
        assert document(page().encode("utf-16")).headline == "Boats leave"
        options = Options(source="s", encoding="windows-1252")
        text = page(HEAD.replace("utf-8", "x")).replace("Boats leave", "Båtar")
        assert document(text.encode("windows-1252"), options).headline == "Båtar"

    @pytest.mark.parametrize("data", ["", "<html>", "<html><body></body></html>", "\0", "text"])
    def test_a_page_without_a_text(self, data):
        assert "no text of an article is found" in fault(data)

    def test_a_page_of_very_many_elements(self):
        assert "more than 50,000 elements" in fault("<html><body>" + "<p>" * 60_000)

    def test_nothing_is_fetched(self, monkeypatch):
        def refuse(*arguments):
            raise AssertionError("the network was used")

        monkeypatch.setattr(socket, "socket", refuse)
        assert document(page()).headline == "Boats leave"
        assert "no text of an article" in fault("https://tidal.example/news/boats")

    @settings(max_examples=examples(25), deadline=None)
    @given(st.binary(max_size=100) | damaged([page().encode()]))
    def test_any_bytes_are_documents_and_rejects(self, data):
        for found in read(data):
            assert isinstance(found, Document) or all(str(fault) for fault in found.faults)
