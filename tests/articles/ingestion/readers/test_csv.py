import csv as standard_csv
import dataclasses
import io
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.ingestion.document import Document, EntityName, Options, Place, Reject
from articles.ingestion.readers import csv, read, rows, streams
from articles.ingestion.readers.characters import Window
from articles.vocabulary import EntityKind

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples"
OPTIONS = Options(source="tidal-post")
HEADER = "external_id,headline,body\n"


def results(data: str | bytes, options: Options = OPTIONS) -> list[Document | Reject]:
    data = data if isinstance(data, bytes) else data.encode()
    return list(read(io.BytesIO(data), "news.csv", options, "csv"))


def document(data: str | bytes, options: Options = OPTIONS) -> Document:
    (found,) = results(data, options)
    assert isinstance(found, Document), [str(fault) for fault in found.faults]
    return found


def faults(data: str | bytes, options: Options = OPTIONS) -> list[str]:
    return [
        str(fault).removeprefix("news.csv")
        for item in results(data, options)
        if isinstance(item, Reject)
        for fault in item.faults
    ]


class TestRows:
    def test_are_counted_and_their_lines(self):
        text = f'\r\n{HEADER}1,Boats,"They\r\nleft."\r\n\n,,\n2,Ships,Gone.'
        first, second = results(text)
        assert (first.place, second.place) == (Place("news.csv", 1, 3), Place("news.csv", 2, 7))
        assert first.body == "They\nleft."
        assert first.raw == "They\r\nleft."
        assert first.received == {"external_id": "1", "headline": "Boats", "body": "They\r\nleft."}

    def test_an_empty_cell_is_an_absent_member(self):
        found = document(f'{HEADER}"",Boats, \n')
        assert found.received == {"headline": "Boats"}
        assert (found.body, found.external_id_derived) == ("", True)

    def test_line_ends_of_old_are_line_ends(self):
        first, second = results(f"{HEADER}1,a,b\n2,c,d\n".replace("\n", "\r"))
        assert (first.place.line, second.place.line) == (2, 3)

    def test_quotes_in_quotes(self):
        found = document(f'{HEADER}1,"The ""boats""",5" nails and "more"\n')
        assert (found.headline, found.body) == ('The "boats"', '5" nails and "more"')

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("2,c", "2 cells, where the header has 3"),
            ("2,c,d,", "4 cells, where the header has 3"),
            ('2,"c\nd"', "2 cells, where the header has 3 (lines 3 to 4)"),
            ('2,"c "and" d",e', "not CSV: ',' expected after '\"'"),
            ('2,"c\nd"e,f', "not CSV: ',' expected after '\"' (lines 3 to 4)"),
            ("2,c\0,d", "headline: NUL character at position 2; remove it"),
            ("," * 1000, "more than 1,000 columns; passed over and not kept"),
        ],
    )
    def test_a_bad_one_is_one_reject(self, row, reason):
        before, bad, after = results(f"{HEADER}1,a,b\n{row}\n3,e,f\n")
        assert str(bad.faults[0]) == f"news.csv: record 2 (line 3): {reason}"
        assert bad.received in (row, None) or bad.received["external_id"] == "2"
        assert isinstance(before, Document)
        assert after.place.record == 3

    def test_a_byte_of_another_encoding_is_one_reject(self):
        bad, good = results(f"{HEADER}1,caf\xe9,b\n2,c,d\n".encode("latin-1"))
        assert "record 1 (line 2): byte 0xE9 is not UTF-8; name" in str(bad.faults[0])
        assert bad.received == "1,caf\\xe9,b"
        assert isinstance(good, Document)

    def test_a_quote_never_closed_is_named_by_its_line(self):
        good, bad = results(f'{HEADER}1,a,b\n2,c\n,"d\n3,e,f\n4,g,h\n'.replace("c\n,", "c,"))
        assert isinstance(good, Document)
        assert str(bad.faults[0]) == (
            "news.csv: record 2 (line 3): the quote that was opened on line 3 is never closed: "
            "all up to the end (line 6) is in its cell, and none of it was read"
        )
        assert bad.received == '2,c,"d\n3,e,f\n4,g,h\n'

    def test_a_quote_opened_further_down_a_row(self):
        (bad,) = faults(f'{HEADER}1,"a\n\nb","c\n')
        assert "the quote that was opened on line 4 is never closed" in bad

    def test_one_too_long_is_passed_over_to_its_end(self, monkeypatch):
        monkeypatch.setattr(rows, "LONGEST_ROW", 200_000)
        for cell in ("x" * 500_000, f'"{"x," * 100_000}\n{"y" * 100_000}"'):
            bad, good = results(f"{HEADER}1,a,{cell}\n2,c,d\n")
            assert "record 1 (line 2): longer than 200,000 characters" in str(bad.faults[0])
            assert good.place == Place("news.csv", 2, 3 + cell.count("\n"))
        assert "a quote was opened on line 2" in str(bad.faults[0])

    @pytest.mark.parametrize("piece", [b",", b'"",', b'"\n""",', b"x", b"x,y"])
    def test_one_too_long_is_never_held(self, monkeypatch, piece):
        monkeypatch.setattr(rows, "LONGEST_ROW", 200_000)
        held: list[int] = []

        class Watched(Window):
            def grow(self, least: int = 1) -> bool:
                grown = super().grow(least)
                held.append(len(self.text))
                return grown

        monkeypatch.setattr(csv, "Window", Watched)
        chunk = piece * 20_000
        chunks = itertools.chain([HEADER.encode()], itertools.repeat(chunk, 100), [b"\n1,a,b"])
        found = list(csv.read(io.BufferedReader(streams.Chunks(chunks)), "a", OPTIONS))
        assert isinstance(found[0], Reject)
        assert found[-1].headline == "a"
        assert len(found) == 2
        assert max(held) < 400_000

    def test_nothing_is_read_ahead_of_need(self):
        chunks = itertools.chain([HEADER.encode()], itertools.repeat(b"1,a,b\n"))
        found = csv.read(io.BufferedReader(streams.Chunks(chunks)), "a", OPTIONS)
        assert [next(found).place.record, next(found).place.record] == [1, 2]


class TestHeader:
    def test_names_are_trimmed(self):
        assert document("\ufeff\ufeff headline \t,body\xa0\na,b\n").headline == "a"

    def test_unnamed_columns_at_the_end_are_empty(self):
        good, bad = results("headline,body,,\na,b,,\nc,d,,e\n")
        assert isinstance(good, Document)
        assert "record 2 (line 3): a cell that is not empty in a column without a name" in str(
            bad.faults[0]
        )

    @pytest.mark.parametrize(
        ("header", "reasons"),
        [
            ("", [": empty; a header row of column names is wanted"]),
            ("\n \n", [": empty; a header row of column names is wanted"]),
            (
                "Boats,They left\na,b",
                ["the first row, 'Boats, They left', names no column of a record"],
            ),
            (
                "body,Headline,author\na,b,c",
                [
                    "(line 1): Headline: unknown member; the nearest known one is 'headline'; "
                    "rename or leave it out with --map",
                    "(line 1): author: unknown member; the nearest known one is 'bylines'; ",
                ],
            ),
            ("body,url,body\na,b,c", ["(line 1): body: column 3 has the name of an earlier one"]),
            ("body,,url\na,b,c", ["(line 1): column 2 has no name"]),
            ("url,tags\na,b", ["body: missing; neither a column headline nor a column body"]),
            ('body,"url\na,b', ["header: the quote that was opened on line 1 is never closed"]),
            ('body,"u"r\na,b', ["header: not CSV: ',' expected after '\"'"]),
            ("body" + "," * 1000 + "\na,b", ["header: more than 1,000 columns"]),
        ],
    )
    def test_faults(self, header, reasons):
        found = faults(header)
        assert len(found) == len(reasons)
        assert all(reason in fault for fault, reason in zip(found, reasons, strict=True))

    def test_the_source_must_come_from_somewhere(self):
        (bad,) = faults("headline\na\n", Options())
        assert "source: missing; add the column or give --source" in bad
        assert document("source,headline\nwire,a\n", Options()).source == "wire"

    def test_a_byte_of_another_encoding(self):
        (bad,) = faults("headline,caf\xe9\na,b\n".encode("latin-1"))
        assert "header: byte 0xE9 is not UTF-8" in bad

    def test_columns_are_mapped(self):
        mapping = {
            "Titel": "headline",
            "Text": "body",
            "Ort": "entities:place",
            "Person": "entities:person",
            "intern": "",
        }
        text = 'Titel;Text;Ort;Person;intern\nBoote;Sie liefen aus.;Kiel;"Anna; Otto";x\n'
        found = document(text, Options(source="a", mapping=mapping))
        assert (found.headline, found.body) == ("Boote", "Sie liefen aus.")
        assert found.entities == (
            EntityName("Kiel", EntityKind.PLACE),
            EntityName("Anna", EntityKind.PERSON),
            EntityName("Otto", EntityKind.PERSON),
        )

    def test_two_columns_mapped_to_one_member(self):
        mapping = {"title": "headline"}
        (bad,) = faults("title,headline\na,b\n", Options(source="a", mapping=mapping))
        assert "headline: given twice, 'headline' is mapped to it as well" in bad
        mapping = {"tag1": "tags", "tag2": "tags"}
        text = "headline,tag1,tag2\na,b,c;d\ne,,f\n"
        first, second = results(text, Options(source="a", mapping=mapping))
        assert (first.tags, second.tags) == (("b", "c", "d"), ("f",))


class TestLists:
    def test_as_names_between_semicolons_or_as_json(self):
        names = '["Ann; Bob", "Cy"]'
        entities = '[{"name": "Cairo", "kind": "place"}, "Nile"]'
        text = io.StringIO()
        standard_csv.writer(text).writerows(
            [["headline", "bylines", "tags", "entities"], ["a", names, " x ; y;;", entities]]
        )
        found = document(text.getvalue())
        assert found.bylines == ("Ann; Bob", "Cy")
        assert found.tags == ("x", "y")
        assert found.entities == (
            EntityName("Cairo", EntityKind.PLACE),
            EntityName("Nile", EntityKind.OTHER),
        )

    def test_a_single_entity_as_an_object(self):
        found = document('headline,entities\na,"{""name"": ""Cairo"", ""kind"": ""place""}"\n')
        assert found.entities == (EntityName("Cairo", EntityKind.PLACE),)

    def test_all_faults_of_a_row_are_told(self):
        text = 'headline,tags,entities,status\na,[x,"{""name"": 1, ""name"": 2}",gone\n'
        found = faults(text)
        assert [fault.split(": ", 2)[2].split(" ")[0] for fault in found] == [
            "tags:",
            "entities:",
            "status:",
        ]
        assert "tags: not JSON: Expecting value at column 2" in found[0]
        (reject,) = results(text)
        assert reject.received == text.splitlines()[1]


class TestDialect:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    def test_any_delimiter_in_any_unicode(self, delimiter, encoding):
        text = io.StringIO()
        writer = standard_csv.writer(text, delimiter=delimiter)
        body = "One, two; three\tfour|five\n\nCafé 😀."
        writer.writerows([["headline", "tags", "body"], ["a", "x", body]] * 1)
        found = document(text.getvalue().encode(encoding))
        assert (found.headline, found.tags, found.body.split("\n")[-1]) == ("a", ("x",), "Café 😀.")

    def test_another_encoding_is_named(self):
        data = "headline;body\nCafé;Au port.\n".encode("windows-1252")
        assert document(data, Options(source="a", encoding="windows-1252")).headline == "Café"
        (bad,) = faults(data, Options(source="a", encoding="klingon"))
        assert "there is no encoding 'klingon'" in bad

    def test_one_column(self):
        first, second = results("headline\nBoats, ships; and more\n\nLeft, all\n")
        assert (first.headline, second.headline) == ("Boats, ships; and more", "Left, all")

    def test_known_names_outweigh_more_cells(self):
        mapping = {"Titel, kurz, knapp": "headline"}
        text = "Titel, kurz, knapp;body\na;b, c\n"
        assert document(text, Options(source="a", mapping=mapping)).body == "b, c"

    def test_blanks_after_the_delimiter(self):
        found = document('headline, body, tags\na, "b, ""c""", "x; y"\n')
        assert (found.body, found.tags) == ('b, "c"', ("x", "y"))


class TestLooksLike:
    @pytest.mark.parametrize(
        "text",
        [
            "headline,body\na,b\n",
            '"headline";"body";"Ort"',
            "id\ttitle\tbody\tpublished_at\n",
            "\ufeffsource|body\r\n",
            "\nheadline, body\n",
        ],
    )
    def test_a_header(self, text):
        assert csv.looks_like(text.encode(), "-")
        assert csv.looks_like(text.encode("utf-16"), "-")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "body",
            "The body, the source and the url were found.",
            "Headline, and body, and tags, and source",
            "status,a,b,c,d\n",
            "body,a,b\n",
            "\n\n",
            '"headline,body',
        ],
    )
    def test_a_text(self, text):
        assert not csv.looks_like(text.encode(), "a.txt")

    def test_the_name_decides_what_is_open(self):
        assert csv.looks_like(b"Titel;Text", "a.CSV")
        assert csv.looks_like(b"Titel;Text", "a.tsv.gz")


SCRAPS = st.lists(st.sampled_from([*'aé",;\t|\r\n ', "\0", "body", "\udcff"])).map("".join)
DIALECTS = st.builds(rows.Dialect, st.sampled_from(rows.DELIMITERS), st.booleans())


def cells(text: str, dialect: rows.Dialect) -> list[list[str]]:
    found = standard_csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        skipinitialspace=dialect.skips_blanks,
        strict=True,
    )
    return [row for row in found if any(cell.strip() for cell in row)]


@given(SCRAPS, DIALECTS)
def test_rows_are_those_of_the_csv_module(text, dialect):
    found = list(rows.find_rows(Window.of(text), dialect))
    try:
        expected = cells(text, dialect)
    except standard_csv.Error:
        return
    parsed = [rows.parse_cells(row.text, dialect) for row in found if not row.fault]
    assert [row for row in parsed if any(cell.strip() for cell in row)] == expected


@given(SCRAPS, DIALECTS, st.integers(1, 5))
def test_rows_are_the_same_in_any_pieces(text, dialect, size):
    pieces = iter([text[at : at + size] for at in range(0, len(text), size)])
    found = list(rows.find_rows(Window(pieces), dialect))
    whole = list(rows.find_rows(Window.of(text), dialect))
    assert [(row.text, row.fault[:20]) for row in found] == [
        (row.text, row.fault[:20]) for row in whole
    ]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=8), st.sampled_from(",;\t|"))
def test_what_the_csv_module_writes_is_read(written, delimiter):
    text = io.StringIO()
    standard_csv.writer(text, delimiter=delimiter, quoting=standard_csv.QUOTE_ALL).writerows(
        [["headline", "body"], *written]
    )
    found = list(csv.read(io.BytesIO(text.getvalue().encode()), "a", OPTIONS))
    expected = [
        {name: cell for name, cell in zip(("headline", "body"), row, strict=True) if cell.strip()}
        for row in written
    ]
    assert [item.received for item in found] == [record for record in expected if record]


@given(
    st.binary(max_size=200)
    | SCRAPS.map(lambda text: HEADER + text).map(
        lambda text: text.encode("utf-8", "surrogateescape")
    ),
    st.sampled_from(["utf-8", "utf-16", "shift_jis", "windows-1252", "idna", "hex", "utf-7"]),
)
def test_any_bytes_are_documents_and_rejects(data, encoding):
    for item in csv.read(io.BytesIO(data), "a", Options(source="a", encoding=encoding)):
        assert isinstance(item, Document) or all(str(fault) for fault in item.faults)
        if isinstance(item, Reject) and isinstance(item.received, str):
            item.received.encode()
    assert csv.looks_like(data, "a") in (True, False)


def test_the_record_of_the_contract_comes_back():
    record = {
        "source": "tidal-post",
        "external_id": "1",
        "headline": "Boats leave",
        "body": "The boats left early.\n\nNobody waved.",
        "summary": "Short.",
        "url": "https://tidal.example/1",
        "language": "en",
        "bylines": ["Ann Doe", "Bob Roe"],
        "tags": ["harbour"],
        "entities": [{"name": "Cairo", "kind": "place"}],
        "published_at": "2024-03-31",
        "published_precision": "day",
        "status": "draft",
    }
    text = io.StringIO()
    writer = standard_csv.DictWriter(text, record)
    writer.writeheader()
    writer.writerow(
        {
            name: json.dumps(value) if isinstance(value, list) else value
            for name, value in record.items()
        }
    )
    from_csv = document(text.getvalue(), Options())
    (from_json,) = read(io.BytesIO(json.dumps([record]).encode()), "a.json", Options())
    assert from_csv.received == from_json.received == record


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the sample texts beside the repository")
class TestSamples:
    """The same records as CSV and as JSON are the same Documents."""

    def assert_same(self, records: list[dict[str, object]], options: Options) -> None:
        text = io.StringIO()
        writer = standard_csv.DictWriter(text, dict.fromkeys(itertools.chain(*records)), "")
        writer.writeheader()
        writer.writerows(
            {
                name: json.dumps(value) if isinstance(value, list) else value
                for name, value in record.items()
            }
            for record in records
        )
        from_csv = results(text.getvalue().encode("utf-16"), options)
        from_json = read(io.BytesIO(json.dumps(records).encode()), "news.csv", options, "json")
        for one, other in zip(from_csv, from_json, strict=True):
            assert type(one) is type(other)
            if isinstance(one, Document):
                assert dataclasses.replace(one, place=other.place) == other
            else:
                assert [fault.reason for fault in one.faults] == [
                    fault.reason for fault in other.faults
                ]

    def test_wikinews(self):
        lines = (SAMPLES / "wikinews.jsonl").read_text(encoding="utf-8").splitlines()
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
        self.assert_same([json.loads(line) for line in lines], Options(mapping=mapping))

    def test_naughty_strings_in_every_field(self):
        strings = json.loads((SAMPLES / "naughty-strings/blns.json").read_text(encoding="utf-8"))
        names = ("headline", "body", "summary", "url", "language", "published_at", "status")
        self.assert_same(
            [
                {"external_id": "1", "headline": "a", name: string}
                for name in names
                for string in strings
            ],
            OPTIONS,
        )
