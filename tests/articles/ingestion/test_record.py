import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.identity import article_uid, derived_external_id
from articles.ingestion.cleaning import restore
from articles.ingestion.document import (
    Document,
    EntityName,
    Options,
    Place,
    Reject,
    SourceFacts,
)
from articles.ingestion.record import BODY_BYTES, MEMBERS, parse_record
from articles.vocabulary import ArticleStatus, DatePrecision, EntityKind

SHARED = Path(__file__).resolve().parents[4] / "shared"
PLACE = Place("news.jsonl", 3, 3)
BODY = "The boats left early.\n\nNobody saw them go."
OPTIONS = Options()
RECORD = {
    "source": "Tidal Post",
    "external_id": "tp-1",
    "headline": "Boats leave Port Hale",
    "body": BODY,
    "summary": "They left.",
    "url": "https://tidal.example/boats",
    "language": "eng",
    "bylines": ["Ada Quill", "Ben Marsh"],
    "tags": ["fishing", "harbours", "fishing"],
    "entities": ["Port Hale", {"name": "Ada Quill", "kind": "person"}, {"name": "Port Hale"}],
    "published_at": "2024-03-31T18:30:00+02:00",
    "published_precision": "exact",
    "status": "draft",
}


def parse(options: Options = OPTIONS, is_text: bool = False, **members: object) -> Document:
    found = parse_record({**RECORD, **members}, options, PLACE, is_text=is_text)
    assert isinstance(found, Document), [str(fault) for fault in found.faults]
    return found


def faults(options: Options = OPTIONS, **members: object) -> list[str]:
    found = parse_record({**RECORD, **members}, options, PLACE)
    assert isinstance(found, Reject)
    assert found.received == {**RECORD, **members}
    return [str(fault).removeprefix("news.jsonl: record 3: ") for fault in found.faults]


def test_a_full_record():
    assert parse() == Document(
        source="Tidal Post",
        external_id="tp-1",
        headline="Boats leave Port Hale",
        body=BODY,
        summary="They left.",
        url="https://tidal.example/boats",
        language="en",
        bylines=("Ada Quill", "Ben Marsh"),
        tags=("fishing", "harbours"),
        entities=(EntityName("Port Hale"), EntityName("Ada Quill", EntityKind.PERSON)),
        published_at=dt.datetime(2024, 3, 31, 16, 30, tzinfo=dt.UTC),
        published_precision=DatePrecision.EXACT,
        status=ArticleStatus.DRAFT,
        raw=BODY,
        place=PLACE,
    )


def test_a_small_record_takes_the_options():
    found = parse_record({"body": BODY}, Options(source="tidal-post"), PLACE)
    assert found == Document(
        source="tidal-post",
        external_id=derived_external_id("", "", BODY),
        headline="The boats left early",
        body=BODY,
        headline_derived=True,
        external_id_derived=True,
        raw=BODY,
        place=PLACE,
    )


def test_null_and_blank_members_are_absent():
    for nothing in (None, "", " \n"):
        absent = dict.fromkeys(set(RECORD) - {"body", "bylines", "tags", "entities"}, nothing)
        document = parse(Options(source="a", status=ArticleStatus.DRAFT), **absent)
        assert (document.source, document.status) == ("a", ArticleStatus.DRAFT)
        assert document.language is None
        assert document.published_at is None
        assert document.headline_derived
        assert document.external_id_derived


def test_all_faults_of_a_record_are_named_at_once():
    assert faults(
        headline=7,
        titel="Boats",
        published_at="2024-02-31",
        status="publshed",
        language="xx",
        url="ftp://a.example/",
        tags="fishing",
        entities=[{"name": "Ada", "kind": "organization", "age": 4}, 5, " "],
        bylines=["a\0b"],
    ) == [
        "titel: unknown member; the nearest known one is 'headline'; "
        "rename or leave it out with --map",
        "headline: a string is wanted, 7 is a number",
        "published_at: '2024-02-31' is not a date of the calendar; "
        "write 2024-03-31 or 2024-03-31T18:30:00Z",
        "url: 'ftp://a.example/' is no web address; write http:// or https:// and a host",
        "language: 'xx' names no registered language, script or region of BCP 47",
        "bylines[1]: NUL character at position 2; remove it",
        "tags: a list is wanted, 'fishing' is a string",
        "entities[1]: unknown member 'age'; known are 'name', 'kind' and 'slug'",
        "entities[1].kind: 'organization' is none of "
        "person, organisation, place, event, work, other; the nearest is 'organisation'",
        "entities[2]: a name is wanted, 5 is a number",
        "entities[3]: empty name",
        "status: 'publshed' is none of draft, published, withdrawn; the nearest is 'published'",
    ]


class TestUnknownMembers:
    @pytest.mark.parametrize(
        ("name", "near"), [("headlin", "headline"), ("Title", "headline"), ("date", "published_at")]
    )
    def test_the_nearest_known_one_is_named(self, name, near):
        assert f"the nearest known one is {near!r}" in faults(**{name: "x"})[0]

    def test_a_billion_of_them_are_a_few_faults(self):
        many = {f"column {number}": "" for number in range(5000)}
        assert len(faults(**many)) == 11
        assert faults(**many)[-1] == "4990 further unknown members"

    def test_a_name_that_cannot_be_printed_is_escaped(self):
        assert "\\ud800" in faults(**{"\ud800": 1})[0]


class TestMapping:
    def test_renames_leaves_out_and_adds_up(self):
        record = {
            "id": 12,
            "title": "Boats leave",
            "text": BODY,
            "licence": "free",
            "people": ["Ada Quill"],
            "places": ["Port Hale"],
            "entities": ["Tide"],
        }
        mapping = {
            "id": "external_id",
            "title": "headline",
            "text": "body",
            "licence": "",
            "people": "entities:person",
            "places": "entities:place",
        }
        found = parse_record(record, Options(source="a", mapping=mapping), PLACE)
        assert isinstance(found, Document)
        assert (found.external_id, found.headline, found.body) == ("12", "Boats leave", BODY)
        assert found.entities == (
            EntityName("Ada Quill", EntityKind.PERSON),
            EntityName("Port Hale", EntityKind.PLACE),
            EntityName("Tide"),
        )
        assert found.received is record

    def test_two_values_for_one_member_are_a_fault(self):
        options = Options(mapping={"title": "headline"})
        assert faults(options, title="Other") == [
            "headline: given twice, 'title' is mapped to it as well"
        ]


class TestIdentity:
    def test_numbers_are_ids(self):
        assert parse(external_id=12).external_id == "12"
        assert faults(external_id=1.5) == ["external_id: a string is wanted, 1.5 is a number"]
        assert faults(external_id=True) == ["external_id: a string is wanted, True is a boolean"]

    def test_ids_are_nfc_without_blanks_around(self):
        assert parse(external_id=" e\u0301 ").external_id == "é"

    def test_a_derived_id_is_the_url(self):
        document = parse(external_id=None, url="https://TIDAL.example/boats?utm_source=x#top")
        assert document.external_id == "https://tidal.example/boats"
        assert document.url == "https://TIDAL.example/boats?utm_source=x#top"

    def test_or_else_the_text_as_received(self):
        raw = f"January 4, 2019\n\n{BODY}  "
        document = parse(external_id=None, url=None, body=raw, headline=" Boats ")
        assert document.external_id == derived_external_id("", " Boats ", raw)


class TestDates:
    @pytest.mark.parametrize(
        ("published_at", "wanted", "moment", "precision"),
        [
            ("2024-03-31", None, "2024-03-31T00:00+00:00", "day"),
            ("2024-03-31", "day", "2024-03-31T00:00+00:00", "day"),
            ("2024-03-31T00:00:00Z", "day", "2024-03-31T00:00+00:00", "day"),
            ("2024-03-31T00:00:00+02:00", "day", "2024-03-31T00:00+00:00", "day"),
            ("2024-03-31T00:00", "day", "2024-03-31T00:00+00:00", "day"),
            ("2024-03-31T00:00:00Z", None, "2024-03-31T00:00+00:00", "exact"),
        ],
    )
    def test_the_form_says_the_precision(self, published_at, wanted, moment, precision):
        document = parse(published_at=published_at, published_precision=wanted)
        assert document.published_at == dt.datetime.fromisoformat(moment)
        assert document.published_precision == precision

    @pytest.mark.parametrize(
        ("published_at", "wanted"),
        [
            ("2024-03-31", "exact"),
            ("2024-03-31", "unknown"),
            ("2024-03-31T18:30:00Z", "day"),
            ("2024-03-31T00:00:01Z", "day"),
            ("2024-03-31T18:30:00Z", "unknown"),
            (None, "exact"),
            (None, "day"),
        ],
    )
    def test_a_precision_that_does_not_fit_is_a_fault(self, published_at, wanted):
        (fault,) = faults(published_at=published_at, published_precision=wanted)
        assert fault.startswith(f"published_precision: {wanted} ")

    def test_an_undated_record(self):
        document = parse(published_at=None, published_precision="unknown")
        assert (document.published_at, document.published_precision) == (None, "unknown")

    def test_a_zone_comes_from_the_option_or_the_source(self):
        record = {"published_at": "2024-07-01T12:00:00", "published_precision": None}
        berlin, tokyo = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
        known = Options(sources={"tidal-post": SourceFacts(timezone=berlin)})
        both = Options(timezone=tokyo, sources={"tidal-post": SourceFacts(timezone=berlin)})
        assert parse(known, **record).published_at.hour == 10
        assert parse(both, **record).published_at.hour == 3
        assert "--timezone" in faults(**record)[0]

    def test_the_date_line_of_a_body_is_the_date_of_an_undated_record(self):
        body = f"January 4, 2019\n\n{BODY}"
        document = parse(body=body, published_at=None, published_precision=None)
        assert document.published_at == dt.datetime(2019, 1, 4, tzinfo=dt.UTC)
        assert (document.published_precision, document.body) == ("day", BODY)
        assert parse(body=body).published_at == dt.datetime(2024, 3, 31, 16, 30, tzinfo=dt.UTC)
        unknown = parse(body=body, published_at=None, published_precision="unknown")
        assert unknown.published_at is None


class TestText:
    def test_body_and_headline_are_clean_and_can_be_restored(self):
        raw, headline = f"{BODY}\r\n\r\nRead more", "Boats&nbsp;leave\n<b>Port</b> Hale"
        document = parse(body=raw, headline=headline)
        assert (document.body, document.headline) == (BODY, "Boats\xa0leave Port Hale")
        assert document.raw == raw
        steps = [step for step in document.cleaning if step.field == "body"]
        assert restore(document.body, steps) == raw
        steps = [step for step in document.cleaning if step.field == "headline"]
        assert restore(document.headline, steps) == headline

    def test_bylines_are_clean_and_can_be_restored(self):
        received = [
            "By Jo\u200bhn",
            "BY: Zo\u00c3\u00ab  Gracq",
            "Ada\xa0Quill",
            "<b>Ben</b>",
            "Ada Quill",
        ]
        found = parse(bylines=received)
        assert found.bylines == ("John", "Zo\u00eb Gracq", "Ada Quill", "Ben")
        for number, name in enumerate(found.bylines, 1):
            steps = [step for step in found.cleaning if step.field == f"bylines[{number}]"]
            assert restore(name, steps) == received[number - 1]
        assert {step.rule for step in found.cleaning} >= {"byline-prefix", "unseen-characters"}
        assert parse(bylines=["By-line Desk", "Byron"]).bylines == ("By-line Desk", "Byron")

    def test_a_byline_of_nothing_that_is_seen_is_a_fault(self):
        assert faults(bylines=["Ada", "\u200b"]) == ["bylines[2]: empty name"]

    def test_a_rule_that_is_off_leaves_bylines_as_they_came(self):
        options = Options(source="wire", switched_off=frozenset({"byline-prefix"}))
        assert parse(options, bylines=["By Ada"]).bylines == ("By Ada",)

    def test_rules_are_switched_off_for_a_load_or_a_source(self):
        raw = f"{BODY}\n\nRead more"
        off = frozenset({"trailing-furniture"})
        assert parse(Options(switched_off=off), body=raw).body == raw
        sources = {"tidal-post": SourceFacts(switched_off=off)}
        assert parse(Options(sources=sources), body=raw).body == raw

    def test_a_text_that_cleaning_would_eat_is_a_fault(self):
        (fault,) = faults(body="Boats left.\n\nSubscribe to our newsletter today")
        assert fault.startswith("body: cleaning would remove 74% of the text")
        assert "trailing-furniture" in fault

    def test_a_body_may_be_absent_and_so_may_a_headline_but_not_both(self):
        assert parse(body=None).body == ""
        assert parse(headline=None).headline == "The boats left early"
        for nothing in ("", " \n", "\u200b"):
            assert faults(headline=nothing, body=nothing) == [
                "body: neither headline nor body; a record needs one of them"
            ]

    @pytest.mark.parametrize(
        ("members", "fault"),
        [
            ({"headline": "x" * 1001}, "headline: 1,001 characters long; at most 1,000 are kept"),
            ({"external_id": "x" * 501}, "external_id: 501 characters long; at most 500 are kept"),
            (
                {"url": "https://a.example/" + "x" * 2000},
                "url: 2,018 characters long; at most 2,000 are kept",
            ),
            ({"body": "é" * (BODY_BYTES // 2 + 1)}, "body: larger than 10,000,000 bytes"),
            ({"tags": ["x" * 201]}, "tags[1]: 201 characters long; at most 200 are kept"),
            ({"tags": ["x"] * 1001}, "tags: 1,001 entries; at most 1,000 are kept"),
            ({"body": "a\0b"}, "body: NUL character at position 2; remove it"),
            ({"body": "é\udc80"}, "body: half of a surrogate pair (U+DC80) at position 2"),
            (
                {"source": None},
                "source: missing; write it into the record or give --source",
            ),
            ({"source": 5}, "source: a string is wanted, 5 is a number"),
        ],
    )
    def test_what_cannot_be_kept_is_a_fault(self, members, fault):
        assert faults(**members) == [fault]

    @pytest.mark.parametrize(
        "url",
        [
            "a.example",
            "https://",
            "http:///path",
            "javascript:alert(1)",
            "https://[",
            "https://a b/",
            "https://a.example/\x01",
            "//a.example/",
        ],
    )
    def test_an_address_is_of_the_web(self, url):
        (fault,) = faults(url=url)
        assert fault.startswith("url: ")


class TestTextFile:
    def test_a_title_line_is_the_headline(self):
        body = f"Boats Leave Port Hale\n\n{BODY.replace(chr(10) * 2, ' ')}"
        document = parse(is_text=True, headline=None, body=body)
        assert document.headline == "Boats Leave Port Hale"
        assert not document.headline_derived
        steps = [step for step in document.cleaning if step.field == "body"]
        assert restore(document.body, steps) == body


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=10), VALUES, max_size=8))
def test_any_record_is_a_document_or_a_reject(record):
    found = parse_record(record, Options(source="a"), PLACE)
    if isinstance(found, Reject):
        assert found.faults
        for fault in found.faults:
            str(fault).encode()
            assert fault.reason
    else:
        assert found.headline
        assert found.external_id
        assert (found.published_at is None) == (found.published_precision == "unknown")
        steps = [step for step in found.cleaning if step.field == "body"]
        assert restore(found.body, steps) == found.raw


@pytest.mark.skipif(not SHARED.exists(), reason="needs the sample texts beside the repository")
def test_naughty_strings_in_every_field():
    naughty = json.loads((SHARED / "samples/naughty-strings/blns.json").read_text())
    for text in naughty:
        for member in MEMBERS:
            value = [text] if member in ("bylines", "tags", "entities") else text
            record = {**RECORD, "published_precision": None, member: value}
            found = parse_record(record, Options(source="a"), PLACE)
            if isinstance(found, Reject):
                assert {fault.field.partition("[")[0] for fault in found.faults} == {member}


# ── what another archive says of its own articles ────────────────────────────────────────────────


def exported(**members):
    uid = str(article_uid("old-wire", "a-1"))
    whole = {
        "source": "wire",
        "source_name": "The Wire",
        "external_id": "a-1",
        "headline": "Talks",
        "origin": "old-wire",
        "uid": uid,
        "tags": ["Peace", "Peace"],
        "tag_slugs": ["peace", "peace-2"],
        "entities": [{"name": "Cairo", "kind": "place", "slug": "cairo-eg"}],
        "cleaned": True,
        **members,
    }
    return parse_record(whole, Options(), Place("f", 1, 1))


def test_an_archives_own_members():
    document = exported(
        body="date 2024-03-31  Talks. \n\n\n\n Exit mobile version", bylines=["By B"]
    )
    assert isinstance(document, Document)
    assert (document.source, document.source_name, document.origin) == (
        "wire",
        "The Wire",
        "old-wire",
    )
    assert (document.tags, document.tag_slugs) == (("Peace", "Peace"), ("peace", "peace-2"))
    assert document.entities == (EntityName("Cairo", EntityKind.PLACE, "cairo-eg"),)
    # What was cleaned once, or written by an editor, stays as it is.
    assert document.body == "date 2024-03-31  Talks. \n\n\n\n Exit mobile version"
    assert document.bylines == ("By B",)
    assert not document.cleaning


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"uid": "7"}, "uid: '7' is not the uid of this origin and external_id"),
        ({"external_id": "a-2"}, "uid: "),
        ({"origin": None}, "uid: without origin; it is made of origin and external_id"),
        ({"tag_slugs": ["peace"]}, "tag_slugs: 1 slugs for 2 tags; one for each"),
        ({"cleaned": "perhaps"}, "cleaned: true or false is wanted, not 'perhaps'"),
        ({"cleaned": 1}, "cleaned: true or false is wanted, not 1"),
        ({"entities": [{"name": "Cairo", "slug": 5}]}, "entities[1].slug: a name is wanted"),
    ],
)
def test_an_archives_own_members_are_checked(members, fault):
    rejected = exported(**members)
    assert isinstance(rejected, Reject)
    (only,) = rejected.faults
    assert f"{only.field}: {only.reason}".startswith(fault)
