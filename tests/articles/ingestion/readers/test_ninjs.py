import datetime as dt
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.ingestion.document import Document, Options, Reject
from articles.ingestion.readers import ninjs
from tests.articles.ingestion.readers.mutations import damaged
from tests.examples import examples

EXAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples" / "ninjs" / "examples"
OPTIONS = Options(source="tidal-post")

FIRST = {
    "uri": "urn:tidal:1",
    "type": "text",
    "versioncreated": "2024-03-31T18:30:00+02:00",
    "language": "en",
    "headline": "Boats leave",
    "byline": "By Ann Lee",
    "description_text": "In short.",
    "body_text": "Boats leave\nThe boats left. Nobody waited.",
    "body_xhtml": "<h1>Boats leave</h1><p>The boats left.</p><p>Nobody waited.</p>",
    "subject": [{"name": "Harbour", "rel": "about"}, {"code": "04"}],
    "person": [{"name": "Ann Lee"}],
    "organisation": [{"name": "Port Authority"}],
    "place": [{"name": "Port"}],
    "event": [{"name": "Regatta"}],
    "object": [{"name": "The Tern"}],
    "infosource": [{"name": "Harbour Wire"}],
    "associations": {"main": {"uri": "urn:tidal:p", "type": "picture"}},
}
SECOND = {
    "uri": "urn:tidal:2",
    "standard": {"name": "ninjs", "version": "2.1"},
    "firstcreated": "2024-03-30T08:00:00Z",
    "versioncreated": "2024-03-31T18:30:00Z",
    "pubstatus": "usable",
    "headlines": [{"role": "short", "value": "Boats"}, {"role": "main", "value": "Boats leave"}],
    "descriptions": [{"role": "text", "contenttype": "text/html", "value": "<p>In short.</p>"}],
    "bodies": [
        {"role": "own", "contenttype": "application/xml", "value": "<OWN>x</OWN>"},
        {"role": "text", "contenttype": "text/plain", "value": "The boats left."},
        {"role": "html5", "contenttype": "text/html", "value": "<p>The boats</p><p>left.</p>"},
    ],
    "people": [{"name": "Ann Lee"}],
    "subjects": [{"name": "Harbour"}],
    "infosources": [{"name": "One"}, {"name": "Two"}],
    "by": "Ann Lee and Bo Ek",
}
THIRD = {
    "uri": "urn:tidal:3",
    "type": "text",
    "versionCreated": "2024-03-31T18:30:00Z",
    "pubStatus": "usable",
    "title": "Boats leave",
    "bodies": [
        {
            "contentType": "text/vnd.IPTC.NITF",
            "value": "<nitf><body.content><p>One.</p><p>Two.</p></body.content></nitf>",
        }
    ],
    "contentCreated": "2024-03-01T00:00:00Z",
}


def read(value: object, options: Options = OPTIONS) -> list[Document | Reject]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(ninjs.read(io.BytesIO(data), "news.json", options))


def document(value: object, options: Options = OPTIONS) -> Document:
    (found,) = read(value, options)
    assert isinstance(found, Document), found
    return found


def fault(value: object) -> str:
    (found,) = read(value)
    assert isinstance(found, Reject)
    return str(found.faults[0])


class TestVersions:
    def test_1(self):
        found = document(FIRST)
        assert (found.source, found.external_id) == ("Harbour Wire", "urn:tidal:1")
        assert found.headline == "Boats leave"
        assert found.body == "The boats left.\n\nNobody waited."
        assert (found.summary, found.language) == ("In short.", "en")
        assert (found.bylines, found.tags) == (("Ann Lee",), ("Harbour",))
        assert found.published_at == dt.datetime(2024, 3, 31, 16, 30, tzinfo=dt.UTC)
        assert [(entity.name, entity.kind) for entity in found.entities] == [
            ("Ann Lee", "person"),
            ("Port Authority", "organisation"),
            ("Port", "place"),
            ("Regatta", "event"),
            ("The Tern", "other"),
        ]

    def test_2(self):
        found = document(SECOND)
        assert (found.source, found.headline) == ("tidal-post", "Boats leave")
        assert (found.body, found.summary) == ("The boats\n\nleft.", "In short.")
        assert found.published_at == dt.datetime(2024, 3, 30, 8, tzinfo=dt.UTC)
        assert found.bylines == ("Ann Lee and Bo Ek",)

    def test_3(self):
        found = document(THIRD)
        assert (found.headline, found.body) == ("Boats leave", "One.\n\nTwo.")
        assert found.published_at == dt.datetime(2024, 3, 31, 18, 30, tzinfo=dt.UTC)

    def test_an_item_of_10_may_have_no_uri(self):
        found = document({"headline": "Boats", "body_text": "They left."})
        assert found.external_id_derived

    def test_plain_text_is_the_last_choice(self):
        assert document({"uri": "1", "body_text": "a < b\r\nc"}).body == "a < b\nc"
        assert document({"uri": "1", "body_text": "Text", "body_xhtml": "<p/>"}).body == "Text"


class TestShapes:
    @pytest.mark.parametrize(
        "data",
        [
            json.dumps([FIRST, SECOND]).encode(),
            json.dumps({"items": [FIRST, SECOND]}, indent=1).encode(),
            b"\n\n" + json.dumps(FIRST).encode() + b"\n\n" + json.dumps(SECOND).encode() + b"\n",
            b"\xef\xbb\xbf" + json.dumps([FIRST, SECOND], indent=2).encode(),
            json.dumps([FIRST, SECOND], ensure_ascii=False).encode("utf-16"),
        ],
    )
    def test_lists_objects_and_lines(self, data):
        found = read(data)
        assert [item.external_id for item in found] == ["urn:tidal:1", "urn:tidal:2"]
        assert [item.place.record for item in found] == [1, 2]

    def test_a_bad_line_costs_that_line_only(self):
        line = json.dumps(THIRD).encode()
        found = read(b"\n".join((line, b'{"uri": }', b"[1, 2]", b"7", b"{\xff}", line)))
        assert [isinstance(item, Document) for item in found] == [True, *[False] * 4, True]
        assert [item.faults[0].line for item in found[1:5]] == [2, 3, 4, 5]
        assert found[5].place.line == 6

    def test_a_long_line_is_passed_over(self, monkeypatch):
        monkeypatch.setattr(ninjs, "LARGEST_DOCUMENT", 600)
        line = json.dumps(THIRD).encode()
        long = line.replace(b"One", b"One" * 1000)
        found = read(b"\n".join((line, long, line)))
        assert [isinstance(item, Document) for item in found] == [True, False, True]
        assert "line longer than 600 bytes" in str(found[1].faults[0])

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "not JSON"),
            (b"[", "not JSON"),
            (b"[" * 100_000, "nested too deeply"),
            (b"[1]", "an item is wanted"),
            (b"\n\n\n[\n}", "not JSON: Expecting value at line 5, column 1"),
            (b'{"uri": "1", "uri": "2"}', "'uri' stands twice"),
            (b'["caf\xe9"]', "is not UTF-8"),
        ],
    )
    def test_what_is_no_ninjs(self, data, reason):
        assert reason in fault(data)

    def test_size_is_limited(self, monkeypatch):
        monkeypatch.setattr(ninjs, "LARGEST_DOCUMENT", 100)
        assert "larger than 100 bytes" in fault([FIRST])


class TestStatus:
    @pytest.mark.parametrize(
        ("members", "status"),
        [
            ({}, "published"),
            ({"pubstatus": "usable"}, "published"),
            ({"pubstatus": "withheld"}, "draft"),
            ({"pubStatus": "canceled"}, "withdrawn"),
            ({"embargoed": "9999-01-01T00:00:00Z"}, "draft"),
            ({"embargoedUntil": "next week"}, "draft"),
            ({"embargoed": "2020-01-01T00:00:00Z"}, "published"),
            ({"embargoed": "9999-01-01T00:00:00Z", "pubstatus": "canceled"}, "withdrawn"),
        ],
    )
    def test_of_an_item(self, members, status):
        assert document({"uri": "1", "headline": "A", **members}).status == status

    def test_usable_is_no_order_to_publish(self):
        options = Options(source="s", status="draft")
        assert document({"uri": "1", "headline": "A", "pubstatus": "usable"}, options).status == (
            "draft"
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("item", "reason"),
        [
            ({"uri": "1", "type": "picture", "headline": "A"}, "a picture, not a text"),
            ({"uri": "1", "type": "video", "headline": "A"}, "a video, not a text"),
            ({"uri": "1", "title": "A", "eventDetails": {}}, "a calendar entry, not a text"),
            ({"$schema": "x", "title": "A", "description": "B"}, "not a ninjs item"),
            ({"uri": "1"}, "neither headline nor body"),
        ],
    )
    def test_say_what_it_is(self, item, reason):
        assert reason in fault(item)

    @pytest.mark.parametrize("kind", ["picture", "graphic", "audio", "video", "event", "planning"])
    def test_a_text_makes_no_article_of_another_type(self, kind):
        item = {"uri": "1", "type": kind, "body_text": "Rights reserved.", "objects": ["a.jpg"]}
        assert "not a text" in fault(item)

    @pytest.mark.parametrize("kind", ["picture", "graphic", "audio", "video"])
    def test_such_an_item_is_known_as_one_by_its_type(self, kind):
        item = {"uri": "1", "type": kind, "headline": "A", "renditions": []}
        for text in (json.dumps(item), json.dumps([item], indent=1)):
            assert ninjs.looks_like(text.encode(), "-")
        assert not ninjs.looks_like(json.dumps({**item, "type": "text"}).encode(), "-")
        assert not ninjs.looks_like(json.dumps({"url": "1", "type": kind}).encode(), "-")

    @pytest.mark.parametrize("kind", ["text", "composite", None])
    def test_texts_and_composites_are_articles(self, kind):
        item = {"uri": "1", "type": kind, "headline": "A", "body_text": "Text."}
        assert document(item).body == "Text."

    def test_a_type_that_nobody_knows_is_named(self):
        assert "of type 'hologram', not a text" in fault({"uri": "1", "type": "hologram"})

    def test_the_record_can_be_mended(self):
        (found,) = read({"uri": "1", "type": "picture", "headline": "A"})
        assert found.received == {"external_id": "1", "headline": "A"}

    def test_wrong_types_name_the_field(self):
        item = {"uri": ["x"], "headline": 5, "bodies": [{"value": 7}], "subject": [3], "by": 1}
        (found,) = read({**item, "versioncreated": 2024, "language": {}, "person": 4})
        assert {fault.field for fault in found.faults} >= {
            "external_id",
            "headline",
            "body",
            "tags[1]",
            "bylines[1]",
            "published_at",
            "language",
            "entities[1].name",
        }


@settings(max_examples=examples(60))
@given(
    st.binary(max_size=100)
    | damaged([json.dumps(item).encode() for item in (FIRST, SECOND, THIRD)])
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda part: (
            st.lists(part, max_size=3)
            | st.dictionaries(st.sampled_from([*FIRST, *SECOND, "value", "name"]), part, max_size=4)
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_are_documents_and_rejects(data):
    for item in read(data):
        assert isinstance(item, Document) or all(str(found) for found in item.faults)


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the sample files are not here")
def test_every_example_is_loaded_or_its_refusal_explained():
    reasons = (
        *("a picture, not", "a video, not", "a sound recording, not", "a calendar entry, not"),
        *("stands twice in one object", "not a ninjs item"),
    )
    loaded = 0
    for path in sorted(EXAMPLES.rglob("*.json")):
        for item in ninjs.read(io.BytesIO(path.read_bytes()), path.name, OPTIONS):
            if isinstance(item, Document):
                loaded += 1
                assert item.headline
                assert "<" not in item.body
            else:
                assert any(reason in str(item.faults[0]) for reason in reasons), item.faults
    assert loaded == 22
