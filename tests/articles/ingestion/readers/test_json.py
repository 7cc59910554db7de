import io
import json as standard_json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.ingestion.document import Document, EntityName, Options, Place, Reject
from articles.ingestion.readers import json, read, values
from articles.vocabulary import EntityKind

SUITE = Path(__file__).resolve().parents[5] / "shared" / "samples" / "json-suite" / "test_parsing"
OPTIONS = Options(source="tidal-post")
RECORD = {"external_id": "1", "headline": "Boats leave", "body": "The boats left early."}
TEXT = standard_json.dumps(RECORD)


def results(data: str | bytes, options: Options = OPTIONS) -> list[Document | Reject]:
    data = data if isinstance(data, bytes) else data.encode()
    return list(read(io.BytesIO(data), "news.json", options, "json"))


def faults(data: str | bytes, options: Options = OPTIONS) -> list[str]:
    return [
        str(fault).removeprefix("news.json")
        for item in results(data, options)
        if isinstance(item, Reject)
        for fault in item.faults
    ]


class TestArray:
    def test_records_are_counted_and_their_lines(self):
        first, second = results(f"\n[\n  {TEXT},\r\n\r\n  {TEXT}\n]\n")
        assert (first.place, second.place) == (Place("news.json", 1, 3), Place("news.json", 2, 5))
        assert (first.headline, first.received) == ("Boats leave", RECORD)

    def test_an_empty_one_holds_nothing(self):
        assert results(" [ ] ") == []

    @pytest.mark.parametrize(
        ("element", "reason"),
        [
            ("7", "a record is wanted: a JSON object of members"),
            ('{"body": "a", "body": "b"}', "the member 'body' stands twice in one object"),
            ('{"a": [{"b": 1, "b": 2}]}', "the member 'b' stands twice in one object"),
            ('{"body": NaN}', "NaN is no JSON value"),
            ("[-Infinity]", "-Infinity is no JSON value"),
            ("1" * 5000, "a number of 5,000 digits; at most 4,000 are read"),
            ('{"body": "\\ud800"}', "body: half of a surrogate pair (U+D800) at position 1"),
            ('{"body": "\\u0000"}', "body: NUL character at position 1; remove it"),
            ('{"\\udcff": 1, "body": "a"}', "'\\udcff': unknown member"),
        ],
    )
    def test_a_bad_record_is_one_reject(self, element, reason):
        before, bad, after = results(f"[{TEXT},{element}, {TEXT}]")
        assert isinstance(before, Document)
        assert after.place == Place("news.json", 3, 1)
        assert str(bad.faults[0]).startswith(f"news.json: record 2 (line 1): {reason}")

    def test_a_bad_record_comes_with_what_was_received(self):
        assert results('[{"body": "a", "body": "b"}]')[0].received == '{"body": "a", "body": "b"}'

    def test_a_byte_of_another_encoding_is_one_reject(self):
        bad, good = results(f'[{{"body": "caf\xe9"}}, {TEXT}]'.encode("latin-1"))
        assert str(bad.faults[0]) == (
            "news.json: record 1: byte 0xE9 is not UTF-8; "
            "name the encoding that it is, as in --encoding windows-1252"
        )
        assert bad.received == '{"body": "caf\\xe9"}'
        assert isinstance(good, Document)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (f"[{TEXT}, ", "not JSON: Expecting value at line 1, column"),
            (f"[{TEXT},]", "not JSON: Expecting value at line 1, column"),
            (f"[{TEXT}\n {TEXT}]", "not JSON: Expecting ',' delimiter at line 2, column 2"),
            (f"[{TEXT}\n", "not JSON: Expecting ',' delimiter at line 2, column 1"),
            (f"[{TEXT}] [", "not JSON: Extra data at line 1, column"),
            (f'[{TEXT},\n{{"body": "a', "not JSON: Unterminated string starting at line 2, "),
            (f'[{TEXT},\n{{"body": "a\nb"}}]', "not JSON: Invalid control character at line 2,"),
            (f"[{TEXT}," + "[" * 200_000, "not JSON: nested too deeply at line 1, column"),
        ],
    )
    def test_an_error_of_syntax_ends_it_after_the_records_before(self, text, reason):
        good, bad = results(text)
        assert isinstance(good, Document)
        assert reason in str(bad.faults[0])
        assert str(bad.faults[0]).startswith("news.json: record 2")

    def test_a_place_is_told_in_the_whole_text(self, monkeypatch):
        text = f"[\n{f'{TEXT},' * 2000}\n  nonsense]"
        *_, bad = results(text)
        assert "Expecting value at line 3, column 3" in str(bad.faults[0])
        *_, bad = results(f"[{f'{TEXT},' * 2000} nonsense]")
        column = len(f"[{f'{TEXT},' * 2000} ") + 1
        assert f"Expecting value at line 1, column {column};" in str(bad.faults[0])

    def test_only_a_part_is_held(self):
        class Long(io.RawIOBase):
            """Twenty megabytes of records."""

            left = 320

            def readable(self) -> bool:
                return True

            def readinto(self, buffer) -> int:
                self.left -= 1
                if self.left < 0:
                    return 0
                piece = (b" " * (len(buffer) - len(TEXT) - 1)) + TEXT.encode()
                piece = (b"[" if self.left == 319 else b",") + piece
                buffer[: len(piece)] = piece
                return len(piece)

        tracemalloc.start()
        count = sum(
            isinstance(item, Document)
            for item in json.read(io.BufferedReader(Long(), 65_536), "a", OPTIONS)
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 320
        assert peak < 3_000_000

    def test_a_record_too_long_is_refused(self, monkeypatch):
        monkeypatch.setattr(values, "LONGEST_VALUE", 300_000)
        long = standard_json.dumps({"body": "x" * 2_000_000})
        good, bad = results(f"[{TEXT},\n{long}]")
        assert isinstance(good, Document)
        assert "a value longer than 300,000 characters, or never closed, from line 2 on" in str(
            bad.faults[0]
        )


class TestEncoding:
    @pytest.mark.parametrize(
        "encoding",
        ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-be"],
    )
    def test_any_unicode(self, encoding):
        (found,) = results('[{"headline": "Café 😀", "body": "Au port."}]'.encode(encoding))
        assert found.headline == "Café 😀"

    def test_another_one_is_named(self):
        data = '[{"headline": "Café", "body": "Au port."}]'.encode("windows-1252")
        (found,) = results(data, Options(source="a", encoding="windows-1252"))
        assert found.headline == "Café"

    @pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "a\0b", "undefined"])
    def test_what_is_no_encoding(self, encoding):
        (bad,) = faults("[]", Options(source="a", encoding=encoding))
        assert "encoding" in bad or "not UNDEFINED" in bad

    def test_a_character_of_utf_16_that_is_cut_off(self):
        (bad,) = faults(f"[{TEXT}]".encode("utf-16")[:-1])
        assert "not UTF-16 after some" in bad


class TestObject:
    def test_with_one_list_of_records(self):
        text = f'{{"count": 2,\n "tags": [], "articles": [\n{TEXT},\n{TEXT}], "page": {{}}}}'
        first, second = results(text)
        assert (first.place, second.place) == (Place("news.json", 1, 3), Place("news.json", 2, 4))
        assert first.received == RECORD

    def test_an_empty_list_beside_it_does_not_count(self):
        assert len(results(f'{{"errors": [], "articles": [{TEXT}], "names": ["a"]}}')) == 1
        assert results('{"articles": []}') == []

    def test_two_lists_are_refused_until_one_is_left_out(self):
        text = f'{{"authors": [{{"name": "A"}}], "articles": [{TEXT}]}}'
        (bad,) = faults(text)
        assert "more than one list of records: 'authors', 'articles'; leave out all but one" in bad
        (found,) = results(text, Options(source="a", mapping={"authors": ""}))
        assert isinstance(found, Document)

    def test_a_single_record(self):
        record = {**RECORD, "entities": [{"name": "Cairo", "kind": "place"}]}
        (found,) = results(f"\n{standard_json.dumps(record, indent=1)}")
        assert found.place == Place("news.json", 1, 2)
        assert found.entities == (EntityName("Cairo", EntityKind.PLACE),)

    def test_a_single_record_with_a_list_that_is_mapped(self):
        record = {"title": "Boats leave", "places": [{"name": "Cairo"}]}
        mapping = {"title": "headline", "places": "entities"}
        (found,) = results(standard_json.dumps(record), Options(source="a", mapping=mapping))
        assert found.entities == (EntityName("Cairo", EntityKind.OTHER),)

    def test_a_record_with_a_list_that_is_unknown_is_a_bad_record(self):
        (bad,) = faults(standard_json.dumps({**RECORD, "links": [{"a": 1}]}))
        assert "record 1: links: unknown member" in bad

    def test_a_bad_record_in_the_list_is_one_reject(self):
        bad, good = results(f'{{"articles": [{{"a": 1, "a": 2}}, {TEXT}]}}')
        assert "'a' stands twice" in str(bad.faults[0])
        assert isinstance(good, Document)

    @pytest.mark.parametrize(
        "text",
        [
            f'{{"articles": [{TEXT}]',
            f'{{"articles": [{TEXT}],}}',
            f'{{"articles": [{TEXT}], "x":}}',
            f'{{"articles": [{TEXT}]}} x',
            f'{{"articles": [{TEXT}] "x": 1}}',
            f"{{articles: [{TEXT}]}}",
            "{1: 2}",
            '{"a" 1}',
            "{,}",
            '{"a": ' * 100_000,
        ],
    )
    def test_an_error_of_syntax_in_a_short_one_is_all(self, text):
        (bad,) = faults(text)
        assert "not JSON: " in bad

    def test_a_long_one_is_read_as_it_comes(self, monkeypatch):
        monkeypatch.setattr(json, "LONGEST_VALUE", 200_000)
        articles = ",\n".join([TEXT] * 5000)
        found = results(f'{{"n": [1], "errors": [],\n"articles": [{articles}], "tags": []}}')
        assert len(found) == 5000
        assert found[-1].place == Place("news.json", 5000, 5001)

        *found, bad = results(f'{{"a": [{articles}], "b": [{{}}]}}')
        assert len(found) == 5000
        assert "more than one list of records: 'a', 'b'" in str(bad.faults[0])

        *found, bad = results(f'{{"a": [{articles}')
        assert len(found) == 5000
        assert "record 5001 (line 5000): not JSON: Expecting ',' delim" in str(bad.faults[0])

    def test_a_long_one_without_a_list(self, monkeypatch):
        monkeypatch.setattr(json, "LONGEST_VALUE", 200_000)
        (bad,) = faults(standard_json.dumps({str(number): 0 for number in range(50_000)}))
        assert "longer than 200,000 characters, and no list of records" in bad


@pytest.mark.parametrize("text", ["7", '"a"', "null"])
def test_a_bare_value_is_no_list(text):
    (bad,) = faults(text)
    assert "a list of records is wanted, or an object that holds one" in bad


@pytest.mark.parametrize("text", ["", " \n", "nul", "'a'", "\ufeff\ufeff[]"])
def test_what_is_no_json(text):
    (bad,) = faults(text)
    assert "not JSON: Expecting value" in bad


class TestLooksLike:
    @pytest.mark.parametrize(
        "text",
        [
            "[]",
            ' [\n {"a": 1',
            '[{"headline": "a',
            '[1, "a"]',
            '{\n "headline": "a"\n}',
            '{"headline": "a",\n "body": "b',
            '{"articles": [{"headline": "a',
            '{"title": "All news", "articles": [{"headline": "a"}]}',
            '{"articles": [\n{"headline": "a"},\n{"headl',
            '{"articles": []}\n',
        ],
    )
    def test_one_document(self, text):
        assert json.looks_like(text.encode(), "-")
        assert json.looks_like(text.encode("utf-16"), "-")

    @pytest.mark.parametrize(
        "text",
        [
            f"{TEXT}\n{TEXT}",
            TEXT,
            TEXT[:-1],
            f'{{"headline": \n{TEXT}\n',
            '{"headline": "a\n{"headline": "b"}\n',
            '{"places": [{"name": "Cairo"}]}\n{"places": []}\n',
            '{"title": "a", "places": [{"name": "Cairo"}], "body": "b',
            "[Updated] The boats left.",
            "[1] The boats left.",
            "[",
            "",
            "{" * 100_000,
            "[" * 100_000,
        ],
    )
    def test_lines_of_json_or_a_text(self, text):
        assert not json.looks_like(text.encode(), "-")

    def test_the_name_decides_what_is_open(self):
        assert json.looks_like(b"[", "a.JSON")
        assert json.looks_like(b"", "a.json.gz")


def test_the_json_suite():
    if not SUITE.exists():
        pytest.skip("needs the sample texts beside the repository")
    for path in sorted(SUITE.glob("*.json")):
        found = [*results(path.read_bytes())]
        assert not any(isinstance(item, Document) for item in found), path.name
        reasons = "".join(str(item.faults[0]) for item in found)
        is_refused = any(word in reasons for word in ("not JSON", "not UTF-8", "no JSON value"))
        assert path.name[0] != "y" or not is_refused, path.name
        assert path.name[0] != "n" or is_refused, path.name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("body"), inner),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 1]), st.integers(1, 9))
def test_elements_are_those_of_the_array(elements, indent, size):
    text = standard_json.dumps(elements, indent=indent)
    pieces = iter([text[at : at + size] for at in range(0, len(text), size)])
    window = values.Window(pieces)
    values.peek(window)
    found = [standard_json.loads(element) for _, element in values.find_elements(window)]
    assert found == elements
    assert values.peek(window) == ""


@given(st.dictionaries(st.text(), JSON, max_size=5), st.integers(1, 9))
def test_members_are_those_of_the_object(members, size):
    text = standard_json.dumps(members)
    window = values.Window(iter([text[at : at + size] for at in range(0, len(text), size)]))
    values.peek(window)
    assert list(values.find_members(window)) == list(members)
    assert values.peek(window) == ""


SCRAPS = st.sampled_from([*'[]{}",: \n\\', "1", "null", "-", '"body":', TEXT, "\xe9", "\ufeff"])


@given(st.binary(max_size=200) | st.lists(SCRAPS).map("".join).map(str.encode))
def test_any_bytes_are_documents_and_rejects(data):
    for item in json.read(io.BytesIO(data), "a", OPTIONS):
        assert isinstance(item, Document) or all(str(fault) for fault in item.faults)
    assert json.looks_like(data, "a") in (True, False)
