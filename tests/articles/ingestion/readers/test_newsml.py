import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.ingestion.document import Document, Options, Reject
from articles.ingestion.readers import newsml
from tests.articles.ingestion.readers.mutations import damaged
from tests.examples import examples

EXAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples" / "newsmlg2" / "examples"
OPTIONS = Options(source="tidal-post")

META = """<itemMeta><itemClass qcode="ninat:text"/>
<provider qcode="p:tidal"><name>Tidal Wire</name></provider>
<versionCreated>2024-03-31T18:30:00+02:00</versionCreated>
<firstCreated>2024-03-30T08:00:00Z</firstCreated><pubStatus qcode="stat:usable"/></itemMeta>"""
ABOUT = """<contentMeta><contentCreated>2024-03-29T08:00:00Z</contentCreated>
<creator><name>Desk</name></creator><by>By Ann Lee</by><dateline>PORT, Sunday</dateline>
<language tag="en-GB"/><headline xml:lang="de">Boote</headline>
<headline xml:lang="en">Boats <br/>leave</headline><description>In short.</description>
<subject type="cpnat:abstract" qcode="medtop:1"><name xml:lang="de">Hafen</name>
<name xml:lang="en-GB">Harbour</name></subject>
<subject type="cpnat:person" qcode="p:1"><name>Ann Lee</name></subject>
<subject typeuri="http://cv.example.org/cpnature/organisation" qcode="o:1"/>
<subject type="cpnat:geoArea" qcode="g:1"><name>Port</name></subject>
<subject qcode="e:1"/><subject qcode="none:1"/>
<subject><mainConcept><name>Rowing</name></mainConcept></subject><keyword>tide</keyword>
</contentMeta><assert qcode="o:1"><name>Port Authority</name></assert>
<assert qcode="e:1"><name>Regatta</name><eventDetails/></assert>"""
XHTML = """<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>No</title></head><body><p>The boats left.</p><p>Nobody waited.</p></body></html>
</inlineXML>"""
NITF = """<inlineXML><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.head><hedline>
<hl1>Boats leave</hl1></hedline><byline>By Bo Ek, <byttl>Reporter</byttl></byline></body.head>
<body.content><p>One.</p><p>Two.</p></body.content></body></nitf></inlineXML>"""


def item(*parts: str, content: str = "", guid: str = "urn:tidal:1") -> str:
    inner = "".join(parts) + (f"<contentSet>{content}</contentSet>" if content else "")
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="1"'
        f' standard="NewsML-G2" xml:lang="en">{inner}</newsItem>'
    )


def message(*items: str) -> str:
    sets = "".join(f"<itemSet>{part}</itemSet>" for part in items)
    return (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/">'
        f"<header><sent>2024-03-31T18:30:00Z</sent></header>{sets}</newsMessage>"
    )


FULL = item(META, ABOUT, content=XHTML)


def read(data: str | bytes, options: Options = OPTIONS) -> list[Document | Reject]:
    raw = data.encode() if isinstance(data, str) else data
    return list(newsml.read(io.BytesIO(raw), "news.xml", options))


def document(data: str | bytes, options: Options = OPTIONS) -> Document:
    (found,) = read(data, options)
    assert isinstance(found, Document), found
    return found


def fault(data: str | bytes) -> str:
    (found,) = read(data)
    assert isinstance(found, Reject)
    return str(found.faults[0])


class TestItem:
    def test_with_everything(self):
        found = document(FULL)
        assert (found.source, found.external_id) == ("Tidal Wire", "urn:tidal:1")
        assert found.headline == "Boats leave"
        assert found.body == "PORT, Sunday\n\nThe boats left.\n\nNobody waited."
        assert (found.summary, found.language) == ("In short.", "en-GB")
        assert found.bylines == ("Ann Lee",)
        assert found.tags == ("Harbour", "Rowing", "tide")
        assert found.published_at == dt.datetime(2024, 3, 30, 8, tzinfo=dt.UTC)
        assert [(entity.name, entity.kind) for entity in found.entities] == [
            ("Ann Lee", "person"),
            ("Port Authority", "organisation"),
            ("Port", "place"),
            ("Regatta", "event"),
        ]

    def test_nitf_fills_what_the_metadata_leave_open(self):
        found = document(item(content=NITF))
        assert (found.headline, found.body) == ("Boats leave", "One.\n\nTwo.")
        assert (found.bylines, found.language) == (("Bo Ek",), "en")
        assert found.source == "tidal-post"

    @pytest.mark.parametrize(
        ("content", "body"),
        [
            ("<inlineXML><p>One.</p><p>Two.</p></inlineXML>", "One.\n\nTwo."),
            ("<inlineXML>Bare text.</inlineXML>", "Bare text."),
            ("<inlineData>Line\nbreak</inlineData>", "Line\nbreak"),
            (
                '<inlineData contenttype="text/html">&lt;p>A&lt;/p>&lt;p>B&lt;/p></inlineData>',
                "A\n\nB",
            ),
            ('<inlineData encoding="e:base64">VGV4dC4=</inlineData>', "Text."),
            ('<remoteContent href="x.jpg"/><inlineData>Text.</inlineData>', "Text."),
            (
                "<inlineXML><score>1</score></inlineXML>" + XHTML,
                "The boats left.\n\nNobody waited.",
            ),
        ],
    )
    def test_the_first_content_that_is_a_text(self, content, body):
        assert document(item(content=content)).body == body

    def test_one_information_source_is_the_source_without_provider(self):
        one = "<infoSource><name>Wire</name></infoSource>"
        two = one + "<infoSource><name>Other</name></infoSource>"
        headline = "<headline>Boats</headline>"
        assert document(item(f"<contentMeta>{one}{headline}</contentMeta>")).source == "Wire"
        assert document(item(f"<contentMeta>{two}{headline}</contentMeta>")).source == "tidal-post"

    @pytest.mark.parametrize(
        ("members", "status"),
        [
            ("", "published"),
            ('<pubStatus qcode="stat:withheld"/>', "draft"),
            ('<pubStatus uri="http://cv.example.org/pubstatus/canceled"/>', "withdrawn"),
            ("<embargoed>9999-01-01T00:00:00Z</embargoed>", "draft"),
            ("<embargoed/>", "draft"),
            ("<embargoed>2020-01-01T00:00:00Z</embargoed>", "published"),
        ],
    )
    def test_status(self, members, status):
        assert document(item(f"<itemMeta>{members}</itemMeta>", content=XHTML)).status == status


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (item(META.replace("ninat:text", "ninat:picture"), ABOUT), "body: a picture, not a"),
            (item(META), "neither headline nor body"),
            (item(META, content=XHTML, guid=""), "external_id: the news item has no guid"),
            (item(META, content="<inlineXML><events><e/></events></inlineXML>"), "is <events>"),
            (
                item(META, content='<remoteContent href="http://t.example/1"/>'),
                "http://t.example/1",
            ),
            (item(META, content='<inlineData contenttype="image/png">x</inlineData>'), "image/png"),
            (item(META, content='<inlineData encoding="b">x</inlineData>'), "is not base64"),
            ('<packageItem guid="1"/>', "a package of other items, not an article"),
            ('<conceptItem guid="1"/>', "a concept, not an article"),
            ('<knowledgeItem guid="1"/>', "a list of concepts, not an article"),
            ('<planningItem guid="1"/>', "a plan of coverage, not an article"),
            ('<catalogItem guid="1"/>', "a catalogue of vocabularies, not an article"),
            ("<contentSet><inlineXML/></contentSet>", "a fragment (<contentSet>)"),
            ("<NewsML><NewsItem/></NewsML>", "NewsML 1, not NewsML-G2"),
            ("<nitf/>", "NITF that stands alone"),
            ("<newsMessage/>", "no NewsML-G2 item in <newsMessage>"),
            ("", "no element found"),
            ("The boats left.", "not well-formed XML: syntax error: line 1"),
            (b'<?xml version="1.0" encoding="x-none"?><newsItem/>', "unknown encoding"),
            (b"<newsItem guid='\xe9'/>", "not well-formed XML"),
        ],
    )
    def test_say_what_it_is(self, data, reason):
        assert reason in fault(data)

    def test_a_wrong_member_names_the_field(self):
        assert "published_at: '2024-13-01'" in fault(
            FULL.replace("2024-03-30T08:00:00Z", "2024-13-01")
        )
        assert "language: 'xx-none'" in fault(FULL.replace('tag="en-GB"', 'tag="xx-none"'))

    def test_the_record_can_be_mended(self):
        (found,) = read(item(META.replace("ninat:text", "ninat:video"), ABOUT))
        assert isinstance(found.received, dict)
        assert found.received["headline"] == "Boats leave"


class TestMessage:
    def test_items_of_several_sets(self):
        package = '<packageItem guid="p"/>'
        found = read(message(FULL, package + item(content=NITF, guid="urn:tidal:2")))
        assert [type(part) for part in found] == [Document, Reject, Document]
        assert [part.place.record for part in found if isinstance(part, Document)] == [1, 3]
        assert found[1].faults[0].record == 2

    def test_items_before_a_fault_are_read(self):
        found = read(message(FULL, FULL)[:-20])
        assert [type(part) for part in found] == [Document, Document, Reject]
        found = read(message(FULL, FULL.replace("</p>", "</q>")))
        assert [type(part) for part in found] == [Document, Reject]
        assert "mismatched tag" in str(found[1].faults[0])

    def test_items_are_read_one_by_one(self):
        def endless():
            yield b"<newsMessage><itemSet>"
            while True:
                yield FULL.encode() * 50

        class Endless(io.RawIOBase):
            chunks = endless()

            def read(self, size=-1):
                return next(self.chunks)

        items = newsml.read(Endless(), "-", OPTIONS)
        assert [isinstance(next(items), Document) for _ in range(200)] == [True] * 200

    def test_the_size_of_an_item_is_limited(self, monkeypatch):
        monkeypatch.setattr(newsml, "LARGEST_ITEM", 100_000)
        long = FULL.replace("Nobody", "Nobody " * 50_000)
        found = read(message(*[FULL] * 300, long))
        assert sum(isinstance(part, Document) for part in found) == 300
        assert "an item larger than 100,000 bytes" in str(found[-1].faults[0])


class TestDangers:
    @pytest.mark.parametrize(
        "declaration",
        [
            '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
            '<!ENTITY a SYSTEM "file:///etc/hostname">',
            '<!ENTITY % a SYSTEM "http://t.example/x.dtd"> %a;',
        ],
    )
    def test_entities_are_refused(self, declaration):
        data = f"<!DOCTYPE newsItem [{declaration}]>" + FULL.replace("Nobody", "&a;")
        assert "declares entities" in fault(data)

    def test_an_undefined_entity(self):
        assert "undefined entity" in fault(FULL.replace("Nobody", "&nobody;"))

    def test_deep_nesting(self):
        deep = "<b>" * 50_000 + "deep" + "</b>" * 50_000
        assert document(item(content=f"<inlineXML><p>{deep}</p></inlineXML>")).body == "deep"

    def test_other_encodings(self):
        text = FULL.replace("Nobody", "Ingen på")
        latin = '<?xml version="1.0" encoding="iso-8859-1"?>' + text
        assert "Ingen på" in document(latin.encode("iso-8859-1")).body
        assert "Ingen på" in document(text.encode("utf-16")).body
        options = Options(source="s", encoding="windows-1252")
        assert "Ingen på" in document(text.encode("windows-1252"), options).body


@settings(max_examples=examples(60))
@given(st.binary(max_size=100) | damaged([FULL.encode(), message(FULL, FULL).encode()]))
def test_any_bytes_are_documents_and_rejects(data):
    for found in read(data):
        assert isinstance(found, Document) or all(str(fault) for fault in found.faults)


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the sample files are not here")
def test_every_example_is_loaded_or_its_refusal_explained():
    reasons = (
        *("not an article", "a picture, not", "a video, not", "a fragment", "which is no text"),
        "neither headline nor body",
    )
    loaded = []
    for path in sorted(EXAMPLES.glob("*.xml")):
        for found in newsml.read(io.BytesIO(path.read_bytes()), path.name, OPTIONS):
            if isinstance(found, Document):
                loaded.append(path.name.partition("_A")[0].partition(".")[0])
            else:
                assert any(reason in str(found.faults[0]) for reason in reasons), found.faults
    assert len(loaded) == 6
