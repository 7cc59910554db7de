import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.ingestion.readers import feed, html, newsml, ninjs
from articles.ingestion.readers.documents import decode_document, members_of, root_of, whole
from articles.ingestion.readers.moments import as_iso, is_ahead
from articles.ingestion.readers.streams import UnreadableError

JSON_FEED = b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1", "items": []}'
READERS = {"feed": feed, "ninjs": ninjs, "newsml": newsml, "html": html}


class TestWhole:
    def test_up_to_a_size(self):
        assert whole(io.BytesIO(b"12345"), 5) == b"12345"
        with pytest.raises(UnreadableError, match="larger than 4 bytes"):
            whole(io.BytesIO(b"12345"), 4)


class TestDecode:
    @pytest.mark.parametrize(
        ("data", "given", "text"),
        [
            ("\ufeff<a>é".encode(), "utf-8", "<a>é"),
            ("<a>é".encode("utf-16"), "latin-1", "<a>é"),
            ("<a>é".encode("utf-16-be"), "utf-8", "<a>é"),
            ("<a>é".encode("utf-16-le"), "utf-8", "<a>é"),
            (b"<?xml version='1.0' encoding='ISO-8859-1'?>\xe9", "utf-8", "é"),
            (b"<?xml version='1.0' encoding='utf-8'?>\xe9", "latin-1", "é"),
            ("<a>é".encode(), "utf-8", "<a>é"),
        ],
    )
    def test_mark_then_caller_then_declaration(self, data, given, text):
        assert decode_document(data, given).endswith(text)

    @pytest.mark.parametrize("name", ["x-none", "idna", "rot13", "undefined", "unicode_escape"])
    def test_what_is_no_encoding_of_documents(self, name):
        data = f'<?xml version="1.0" encoding="{name}"?><a/>'.encode()
        with pytest.raises(UnreadableError, match="no encoding"):
            decode_document(data, "utf-8")

    def test_nothing_is_guessed(self):
        with pytest.raises(UnreadableError, match="byte 0xE9 at 3"):
            decode_document(b"caf\xe9 x", "utf-8")


class TestRoot:
    @pytest.mark.parametrize(
        ("head", "root"),
        [
            (b"<rss version='2.0'>", "rss"),
            (b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- <html> --><?x y?><rdf:RDF x='y'>", "RDF"),
            (b"<!DOCTYPE rss PUBLIC '-//X//DTD 0.91//EN' 'http://x/d.dtd'>\n<rss>", "rss"),
            (b"<!DOCTYPE newsItem [<!ENTITY a 'b]'>\n]><newsItem>", "newsItem"),
            (b"<!doctype html>\nThe page", "html"),
            (b"<!DOCTYPE newsItem [<!ENTITY a '", "newsItem"),
            ("<feed>".encode("utf-16"), "feed"),
            ("<feed>".encode("utf-16-le"), "feed"),
            (b"<p>", "p"),
            (b"<!-- not closed <rss>", ""),
            (b"5 < 6", ""),
            (b"", ""),
        ],
    )
    def test_is_found_after_the_prologue(self, head, root):
        assert root_of(head) == root


class TestMembers:
    @pytest.mark.parametrize(
        ("text", "members"),
        [
            ('{"a": "b", "c": {"d": 1}, "e": ["f", {"g": 2}], "h": null}', "a c e h"),
            ('[{"a": 1}, {"b": 2}]', "a"),
            ('{"a": "x\\"y", "b": "cut of', "a b"),
            ('{"a": {"b": 1', "a"),
            ("[]", ""),
            ("", ""),
        ],
    )
    def test_are_those_of_the_first_object(self, text, members):
        assert " ".join(members_of(text)) == members

    def test_have_the_values_of_strings(self):
        assert members_of('{"a": "b", "c": ["d"], "e": 1}') == {"a": "b", "c": "", "e": ""}


class TestLooksLike:
    @pytest.mark.parametrize(
        ("head", "format"),
        [
            (b"<rss version='0.91'>", "feed"),
            (b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>", "feed"),
            (b"<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", "feed"),
            (b"<rdf:RDF xmlns='http://example.org/things'>", ""),
            (JSON_FEED, "feed"),
            (b'{"version": "1.1", "items": []}', ""),
            (b'{"uri": "urn:1", "versioncreated": "2024"', "ninjs"),
            (b'[{"uri": "urn:1", "bodies": []}]', "ninjs"),
            (b'{"items": [{"uri": "urn:1", "pubStatus": "usable"}]}', "ninjs"),
            (b'{"uri": "urn:1", "title": "A", "type": "note"}', ""),
            (b'{"external_id": "1", "headline": "A", "body": "B"}', ""),
            (b"<newsItem guid='1'>", "newsml"),
            (b"<nar:newsMessage>", "newsml"),
            (b"<groupSet>", "newsml"),
            (b"<!DOCTYPE html><title>", "html"),
            (b"\n<HTML>", "html"),
            (b"<svg>", ""),
            (b"The boats left.", ""),
        ],
    )
    def test_each_format_by_its_content_alone(self, head, format):
        found = [name for name, reader in READERS.items() if reader.looks_like(head, "-")]
        assert found == ([format] if format else [])

    @given(st.binary(max_size=200) | st.text('{}[]",:<>!-?\\ a', max_size=60).map(str.encode))
    def test_any_head_has_an_answer(self, head):
        assert sum(reader.looks_like(head, "-") for reader in READERS.values()) < 2


class TestMoments:
    @pytest.mark.parametrize(
        ("text", "iso"),
        [
            ("Sun, 31 Mar 2024 18:30:00 +0200", "2024-03-31T18:30:00+0200"),
            ("31 Mar 24 18:30 GMT", "2024-03-31T18:30:00Z"),
            ("Sun, 31 March 1999 8:30:05 EST", "1999-03-31T08:30:05-05:00"),
            ("Sun, 31 Mar 2024 18:30:00", "2024-03-31T18:30:00"),
            ("Sun, 31 Mar 2024", "2024-03-31"),
            ("March 31, 2024", "2024-03-31"),
            (" 2024-03-31T18:30Z ", "2024-03-31T18:30Z"),
            ("", ""),
        ],
    )
    def test_are_written_as_a_record_does(self, text, iso):
        assert as_iso(text) == iso

    @pytest.mark.parametrize(
        "text", ["Sun, 31 Mar 2024 18:30:00 IST", "yesterday", "31 Foo 2024 10:00 GMT", "2024"]
    )
    def test_what_is_not_certain_stands(self, text):
        assert as_iso(text) == text

    def test_an_embargo_that_cannot_be_read_holds(self):
        assert is_ahead("9999-01-01T00:00:00Z", None)
        assert not is_ahead("2020-01-01T00:00:00Z", None)
        assert is_ahead("2020-01-01T00:00:00", None)
        assert is_ahead("", None)
