import datetime as dt
import io
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.ingestion.document import Document, Options, Reject
from articles.ingestion.readers import feed
from articles.vocabulary import DatePrecision
from tests.articles.ingestion.readers.mutations import damaged
from tests.examples import examples

OPTIONS = Options(source="tidal-post")

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Tidal Post - World</title><language>en-gb</language>
<item><title>Boats &amp;amp; nets</title><link>https://tidal.example/1</link>
<guid isPermaLink="false">tp-1</guid><description>In short.</description>
<content:encoded><![CDATA[<p>The boats left.</p><p>Nobody waited.<script>x()</script></p>]]>
</content:encoded><pubDate>Sun, 31 Mar 2024 18:30:00 +0200</pubDate>
<author>desk@tidal.agency (Ann Lee)</author><dc:creator>Bo Ek</dc:creator>
<category>Harbour</category><category domain="x">Weather, sea</category></item>
<item><title>Second</title><link>https://tidal.example/2</link><description>A synopsis.
</description><dc:date>2024-03-30</dc:date></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://tidal.example/">
<title>Tidal</title><author><name>The Desk</name></author>
<entry><id>urn:a:1</id><title type="html">Bateaux &amp;amp; &lt;i>filets&lt;/i></title>
<link href="fr/1"/><published>2024-03-31T18:30:00.5+02:00</published>
<updated>2024-04-01T08:00:00Z</updated><category term="port" label="Le port"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Un.</p><p>Deux.</p></div>
</content></entry>
<entry xml:lang="en"><id>urn:a:2</id><title>5 &lt; 6</title><author><name>Bo Ek</name></author>
<updated>2024-04-01T08:00:00Z</updated><summary>Only a summary.</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Tidal</title></channel><item rdf:about="https://tidal.example/3">
<title>Dritte</title><link>https://tidal.example/3</link><dc:date>2024-03-31T10:00:00Z</dc:date>
<dc:language>de</dc:language></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "language": "en", "title": "Tidal",
"authors": [{"name": "The Desk"}], "items": [
{"id": "j1", "url": "https://tidal.example/j1", "title": "Boats", "summary": "In short.",
 "content_html": "<p>One.</p><p>Two.</p>", "date_published": "2024-03-31T18:30:00Z",
 "tags": ["Harbour"], "authors": [{"name": "Ann Lee"}]},
{"id": 2, "content_text": "Plain text.", "language": "sv"}]}"""


def read(data: str | bytes, options: Options = OPTIONS) -> list[Document | Reject]:
    raw = data.encode() if isinstance(data, str) else data
    return list(feed.read(io.BytesIO(raw), "news.xml", options))


def documents(data: str | bytes, options: Options = OPTIONS) -> list[Document]:
    found = read(data, options)
    assert all(isinstance(item, Document) for item in found), found
    return [item for item in found if isinstance(item, Document)]


def fault(data: str | bytes) -> str:
    (reject,) = read(data)
    assert isinstance(reject, Reject)
    return str(reject.faults[0])


def rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


class TestRss:
    def test_an_item_with_everything(self):
        first = documents(RSS)[0]
        assert (first.source, first.external_id) == ("tidal-post", "tp-1")
        assert first.headline == "Boats & nets"
        assert first.body == "The boats left.\n\nNobody waited."
        assert first.summary == "In short."
        assert first.url == "https://tidal.example/1"
        assert first.language == "en-GB"
        assert first.bylines == ("Ann Lee", "Bo Ek")
        assert first.tags == ("Harbour", "Weather, sea")
        assert first.published_at == dt.datetime(2024, 3, 31, 16, 30, tzinfo=dt.UTC)

    def test_without_guid_the_id_is_derived_from_the_link(self):
        second = documents(RSS)[1]
        assert (second.external_id, second.external_id_derived) == ("https://tidal.example/2", True)

    def test_a_description_beside_a_link_is_the_synopsis(self):
        second = documents(RSS)[1]
        assert (second.body, second.summary) == ("", "A synopsis.")
        assert second.published_precision is DatePrecision.DAY

    @pytest.mark.parametrize(
        ("item", "body"),
        [
            ("<description>All there is.</description>", "All there is."),
            ("<link>https://t.example/</link><description>&lt;p>A&lt;p>B</description>", "A\n\nB"),
            (f"<link>https://t.example/</link><description>{'x ' * 600}</description>", "x " * 600),
            ("<description>One\n\nTwo</description>", "One\n\nTwo"),
        ],
    )
    def test_a_description_that_is_the_text(self, item, body):
        (found,) = documents(rss(f"<item>{item}</item>"))
        assert found.body == body.strip()

    def test_a_guid_that_is_no_address_is_no_link(self):
        (found,) = documents(rss("<item><guid>tp-9</guid><title>A</title></item>"))
        assert (found.external_id, found.url) == ("tp-9", "")

    @pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
    def test_versions(self, version):
        data = f'<rss version="{version}"><channel><item><title>A</title></item></channel></rss>'
        assert documents(data)[0].headline == "A"

    def test_091_with_its_document_type_and_html_entities(self):
        (found,) = documents(
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
            '"http://my.netscape.com/publish/formats/rss-0.91.dtd">'
            + rss("<item><title>Caf&eacute; &nbsp;A&B &#1; &amp; c</title></item>")
        )
        assert found.headline == "Café A&B & c"

    def test_090_and_10(self):
        (found,) = documents(RDF)
        assert (found.headline, found.language) == ("Dritte", "de")
        assert found.published_at == dt.datetime(2024, 3, 31, 10, tzinfo=dt.UTC)
        old = RDF.replace("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
        assert documents(old)[0].headline == "Dritte"

    @pytest.mark.parametrize(
        ("author", "bylines"),
        [
            ("desk@tidal.agency", ()),
            ("<![CDATA[desk@tidal.agency (Ann Lee)]]>", ("Ann Lee",)),
            ("By Ann Lee", ("Ann Lee",)),
        ],
    )
    def test_authors_are_names_not_addresses(self, author, bylines):
        (found,) = documents(rss(f"<item><title>A</title><author>{author}</author></item>"))
        assert found.bylines == bylines


class TestDates:
    def test_a_date_without_zone_is_not_guessed(self):
        item = "<item><title>A</title><pubDate>Sun, 31 Mar 2024 18:30:00</pubDate></item>"
        assert "published_at: '2024-03-31T18:30:00' has no offset" in fault(rss(item))

    def test_a_zone_of_no_certain_meaning_is_not_guessed(self):
        item = "<item><title>A</title><pubDate>Sun, 31 Mar 2024 18:30:00 IST</pubDate></item>"
        assert "18:30:00 IST' is not a date" in fault(rss(item))


class TestAtom:
    def test_entries(self):
        first, second = documents(ATOM)
        assert first.headline == "Bateaux & filets"
        assert (first.body, first.summary) == ("Un.\n\nDeux.", "")
        assert first.url == "https://tidal.example/fr/1"
        assert (first.language, first.tags) == ("fr", ("Le port",))
        assert first.bylines == ("The Desk",)
        assert first.published_at == dt.datetime(2024, 3, 31, 16, 30, 0, 500000, tzinfo=dt.UTC)
        assert second.headline == "5 < 6"
        assert (second.body, second.summary) == ("", "Only a summary.")
        assert (second.url, second.language, second.bylines) == ("", "en", ("Bo Ek",))
        assert second.published_at == dt.datetime(2024, 4, 1, 8, tzinfo=dt.UTC)


class TestJsonFeed:
    def test_items(self):
        first, second = documents(JSON)
        assert first.external_id == "j1"
        assert (first.body, first.summary) == ("One.\n\nTwo.", "In short.")
        assert (first.bylines, first.tags) == (("Ann Lee",), ("Harbour",))
        assert first.published_at == dt.datetime(2024, 3, 31, 18, 30, tzinfo=dt.UTC)
        assert (second.external_id, second.body) == ("2", "Plain text.")
        assert (second.language, second.bylines) == ("sv", ("The Desk",))

    def test_version_10_has_one_author(self):
        data = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "A",'
        assert documents(data + '"author": {"name": "Ann Lee"}}]}')[0].bylines == ("Ann Lee",)

    def test_wrong_types_name_the_field(self):
        (reject, other) = read('{"items": [{"id": "1", "title": 5, "tags": "x"}, 7]}')
        assert isinstance(reject, Reject)
        assert [found.field for found in reject.faults] == ["headline", "tags"]
        assert isinstance(other, Reject)
        assert "an item is wanted" in str(other.faults[0])

    @pytest.mark.parametrize("data", ["{}", '{"items": 1}', '{"items": [}', '{"a": 1, "a": 2}'])
    def test_what_is_none(self, data):
        assert fault(data).startswith("news.xml: ")


class TestBroken:
    def test_whole_entries_before_a_break_are_read(self):
        first, last = read(RSS[: RSS.index("A synopsis")])
        assert isinstance(first, Document)
        assert isinstance(last, Reject)
        assert "not well-formed XML: no element found: line 11" in str(last.faults[0])

    def test_a_cut_entry_is_not_read(self):
        found = read(ATOM[: ATOM.index("Only a")])
        assert [type(item) for item in found] == [Document, Reject]
        found = read(RDF.replace("</rdf:RDF>", "<item><title>x"))
        assert [type(item) for item in found] == [Document, Reject]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ("", "not a feed that can be read: not well-formed XML"),
            ("The boats left.", "not a feed that can be read"),
            ("<opml version='2.0'><body/></opml>", "not a feed: neither RSS, Atom nor JSON Feed"),
            (rss("<item><b></item>"), "mismatched tag"),
            (b"<rss version='2.0'>caf\xe9 x</rss>", "byte 0xE9 at 22 is not UTF-8"),
            ('<?xml version="1.0" encoding="none"?><rss/>', "there is no encoding 'none'"),
        ],
    )
    def test_what_is_no_feed(self, data, reason):
        assert reason in fault(data)

    def test_an_empty_feed_has_no_records(self):
        assert read(rss("")) == []

    @pytest.mark.parametrize(
        "entity", ['<!ENTITY a "aaa">', '<!ENTITY a SYSTEM "file:///etc/hostname">']
    )
    def test_entities_are_refused(self, entity):
        data = f"<!DOCTYPE rss [{entity}]>" + rss("<item><title>&a;</title></item>")
        assert "declares entities" in fault(data)

    def test_size_is_limited(self, monkeypatch):
        monkeypatch.setattr(feed, "LARGEST_FEED", 100)
        assert "larger than 100 bytes" in fault(RSS)

    def test_other_encodings(self):
        text = RSS.replace("utf-8", "iso-8859-1").replace("In short", "Båten")
        assert documents(text.encode("iso-8859-1"))[0].summary == "Båten."
        assert documents(RSS.encode("utf-16"))[0].summary == "In short."


def test_nothing_is_fetched(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", refuse)
    assert "not a feed" in fault("https://tidal.example/feed.xml")
    assert "not a feed" in fault("/etc/hostname")
    assert len(documents(ATOM)) == 2


@settings(max_examples=examples(60))
@given(
    st.binary(max_size=200)
    | damaged([text.encode() for text in (RSS, ATOM, RDF, JSON)])
    | st.text("<>/&;'\" rsitemtld", max_size=40).map(lambda text: rss(text).encode())
)
def test_any_bytes_are_documents_and_rejects(data):
    for item in read(data):
        assert isinstance(item, Document) or all(str(found) for found in item.faults)
