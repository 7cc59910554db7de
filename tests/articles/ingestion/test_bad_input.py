"""Whatever a person loads by mistake or malice: the fault is named, its neighbours are loaded.

All of it goes through the command, as a person would give it. The bulk of what has been collected
elsewhere lies beside the checkout; where it is absent, the inputs made here are the proof.
"""

import csv
import gzip
import io
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from articles.ingestion.document import Options, Reject
from articles.ingestion.readers import READERS, read
from articles.models import Article
from articles.text import LANGUAGE_LENGTH, LANGUAGE_TAG, canonical_language

pytestmark = pytest.mark.django_db

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the collected samples lie beside the checkout, not in it"
)

GOOD = {"source": "wire", "external_id": "good", "headline": "Good news", "body": "All is well."}


class Answer:
    """What loading said, and its exit code. A traceback would be an error of the test."""

    def __init__(self, *arguments: object, **options: Any) -> None:
        out, err = StringIO(), StringIO()
        self.code = 0
        options = {"create_missing": True, "source": "wire", **options}
        try:
            call_command("load_articles", *map(str, arguments), stdout=out, stderr=err, **options)
        except CommandError as error:
            assert "Unforeseen" not in str(error)
            self.code = error.returncode
            err.write(str(error))
        self.out, self.err = out.getvalue(), err.getvalue()

    def rejected(self, *words: str) -> None:
        """Some record was rejected, in words that say these."""
        assert self.code == 1, self.err
        for word in words:
            assert word in self.err


def json_lines(path: Path, *records: Mapping[str, Any] | bytes) -> Path:
    """The records with a good one before and after them."""
    good = [json.dumps(GOOD | {"external_id": name}).encode() for name in ("first", "last")]
    given = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
    path.write_bytes(b"\n".join([good[0], *given, good[1]]) + b"\n")
    return path


def neighbours_are_loaded() -> None:
    ids = set(Article.objects.values_list("external_id", flat=True))
    assert {"first", "last"} <= ids


# ── strings ──────────────────────────────────────────────────────────────────────────────────────

NAUGHTY = [
    "undefined", "null", "NaN", "-1", "1e309", "0x0", "true", "../../../etc/passwd", "${HOME}",
    "'; DROP TABLE articles_article; --", '"quoted"', "\\", "\\N", "\\.", "%s %n {0} {{x}}",
    "<script>alert(1)</script>", "&lt;b&gt;", "=cmd()", "@SUM(1)", "-- ", "/* */",
    "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい", "👩‍👩‍👧‍👦🇺🇳", "الكل في المجمو", "ทำ ได้", "Z̮̞̠͙͔ͅA̷̡L̵G̢O",
    "\u202eright to left", "\u2066isolated", "\ufeffmark", "\u200b\u200b", "a\u2028b\u2029c",
    "\x01\x1b[31m", "\x7f\x85", "\ufffe\uffff", "\U0010ffff", "\xa0 ", "\t\t", "a\r\nb\rc\n",
    "Ãƒâ€šÃ‚Â£", "é", "e\u0301", "ﷺ" * 30, "x" * 5_000, "",
]  # fmt: skip
TEXT_FIELDS = (
    "source", "external_id", "headline", "body", "summary", "url", "language", "published_at",
    "published_precision", "status",
)  # fmt: skip


def naughty_records(strings: list[str]) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(strings):
        for name in TEXT_FIELDS:
            yield GOOD | {"external_id": f"{name}-{number}", name: text}
        for name in ("bylines", "tags", "entities"):
            yield GOOD | {"external_id": f"{name}-{number}", name: [text]}
        yield GOOD | {
            "external_id": f"kind-{number}",
            "entities": [{"name": text, "kind": text or "x"}],
        }
        yield GOOD | {"external_id": f"member-{number}", text: text}


def all_strings_load_or_are_named(strings: list[str], folder: Path) -> None:
    records = list(naughty_records(strings))
    rejects = folder / "rejects.jsonl"
    answer = Answer(json_lines(folder / "in.jsonl", *records), rejects=rejects)
    assert answer.code == 1
    neighbours_are_loaded()
    rejected = [json.loads(line) for line in rejects.read_bytes().splitlines()]
    assert all(record["_faults"] and record["_faults"][0]["reason"] for record in rejected)
    done = answer.out.splitlines()[-1]
    assert f"{len(rejected)} rejected" in done
    assert f"Done: {len(records) + 2 - len(rejected)} created" in done
    assert "\x1b" not in answer.out + answer.err
    again = Answer(folder / "in.jsonl")
    assert "Done: 0 created, 0 updated" in again.out


def test_naughty_strings_in_every_field(tmp_path: Path) -> None:
    all_strings_load_or_are_named(NAUGHTY, tmp_path)


@needs_samples
@pytest.mark.slow
def test_the_big_list_of_naughty_strings(tmp_path: Path) -> None:
    strings = json.loads((SAMPLES / "naughty-strings" / "blns.json").read_text("utf-8"))
    assert len(strings) > 500
    all_strings_load_or_are_named(strings, tmp_path)


@pytest.mark.parametrize("name", [*TEXT_FIELDS, "bylines", "tags", "entities"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [("a\0b", "NUL character at position 2"), ("a\ud800b", "half of a surrogate pair (U+D800)")],
)
def test_what_the_database_cannot_hold(tmp_path: Path, name: str, text: str, reason: str) -> None:
    value = [text] if name in ("bylines", "tags", "entities") else text
    path = json_lines(tmp_path / "in.jsonl", GOOD | {name: value})
    Answer(path).rejected(f"{path}: record 2: {name}", reason)
    neighbours_are_loaded()


# ── structure ────────────────────────────────────────────────────────────────────────────────────

NO_RECORDS: dict[str, bytes] = {
    "nothing closed": b'{"headline": "a"',
    "twice": b'{"headline": "a", "headline": "b"}',
    "a list": b'["headline"]',
    "a number": b"12",
    "null": b"null",
    "NaN": b'{"headline": NaN}',
    "deep": b'{"body": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "digits": b'{"external_id": ' + b"9" * 10_000 + b"}",
    "beyond": b'{"headline": 1e400}',
    "bytes": b'{"headline": "\xff\xfe"}',
    "cut within a letter": b'{"headline": "caf\xc3',
    "overlong": b'{"headline": "\xc0\xaf"}',
    "surrogates in UTF-8": b'{"headline": "\xed\xa0\x80"}',
    "NUL": b"\0\0\0",
    "text": b"Once upon a time",
    "wrong types": b'{"headline": 1, "body": true, "tags": "a", "entities": {"a": 1}, "url": []}',
    "nested wrongly": b'{"headline": "a", "entities": [[], {"name": {}, "kind": 3, "x": 1}, null]}',
}


@pytest.mark.parametrize("line", NO_RECORDS.values(), ids=NO_RECORDS)
def test_lines_that_are_no_records(tmp_path: Path, line: bytes) -> None:
    rejects = tmp_path / "rejects.jsonl"
    path = json_lines(tmp_path / "in.jsonl", line)
    Answer(path, rejects=rejects).rejected(f"{path}: record 2: ")
    neighbours_are_loaded()
    assert len(rejects.read_bytes().splitlines()) == 1


def test_a_line_of_100_megabytes(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "in.jsonl", b'{"body": "' + b"x" * 100_000_000 + b'"}')
    Answer(path).rejected(f"{path}: record 2: line longer than 16,000,000 bytes; passed over")
    neighbours_are_loaded()


def test_a_row_of_a_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    rows = ["external_id,headline", "first,News", "," * 1_000_000, "a,b,c", "last,News"]
    path.write_text("\n".join(rows), "utf-8")
    Answer(path).rejected(
        "record 2 (line 3): more than 1,000 columns", "record 3 (line 4): 3 cells"
    )
    neighbours_are_loaded()


@pytest.mark.parametrize("quote", ['"', '""', '"a"b', 'a"b', '"' * 7])
def test_quotes_of_rows_that_do_not_close(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"external_id,headline\nfirst,News\n{quote},News\nlast,News\n", "utf-8")
    answer = Answer(path)
    assert answer.code in (0, 1)
    assert Article.objects.filter(external_id="first").exists()


@needs_samples
def test_the_json_suite() -> None:
    files = sorted((SAMPLES / "json-suite" / "test_parsing").glob("*.json"))
    assert len(files) > 300
    for format in ("auto", "json", "jsonl", "ninjs", "csv", "text"):
        for file in files:
            with file.open("rb") as stream:
                found = list(read(stream, file.name, Options(source="wire"), format))
            assert all(fault.reason for r in found if isinstance(r, Reject) for fault in r.faults)
            if file.name.startswith("n_") and format == "json":
                assert any(isinstance(each, Reject) for each in found), file.name
    answer = Answer(*files)
    answer.rejected("n_object_trailing_comma.json: record 1: not JSON")


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────


def beside_good_ones(folder: Path, name: str, data: bytes) -> Path:
    """A folder in which this file stands between two good ones."""
    folder = folder / "news"
    folder.mkdir()
    for good in ("first", "last"):
        record = json.dumps(GOOD | {"external_id": good})
        (folder / f"{'a' if good == 'first' else 'z'}.jsonl").write_text(record, "utf-8")
    (folder / name).write_bytes(data)
    return folder


PACKED = gzip.compress(json.dumps(GOOD).encode() * 100, mtime=0)
BOMB = gzip.compress(b"x" * 100_000_000, mtime=0)
UTF16 = "Gute Nachrichten vom Tage.".encode("utf-16")

BROKEN_BYTES: dict[str, tuple[str, bytes, str]] = {
    "gzip cut off": ("m.jsonl.gz", PACKED[:-9], "gzip data cut off after"),
    "gzip damaged": ("m.jsonl.gz", PACKED[:30] + b"\xff\xff" + PACKED[32:], "gzip data"),
    "gzip of nothing": ("m.jsonl.gz", b"\x1f\x8b", "gzip data cut off"),
    "gzip bomb": ("m.jsonl.gz", BOMB, "more than 250 times their size"),
    "text cut off": (
        "m.txt",
        b"Die Verhandlungen \xc3",
        "breaks off within",
    ),
    "text in Latin-1": (
        "m.txt",
        b"Caf\xe9 ferm\xe9",
        "--encoding windows-1252",
    ),
    "UTF-16 cut off": ("m.txt", UTF16[:-1], "m.txt: "),
    "NUL in a text": ("m.txt", b"News\0of the day", "NUL character at position 5"),
    "a picture": ("m.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)), "m.jpg: "),
    "nothing": ("m.txt", b"", "m.txt: "),
    "a page without text": ("m.html", b"<!doctype html><html></html>", "m.html: "),
    "an image of XML": ("m.svg", b"<?xml version='1.0'?><svg/>", "XML of a kind that no reader"),
}


@pytest.mark.parametrize(("name", "data", "reason"), BROKEN_BYTES.values(), ids=BROKEN_BYTES)
def test_bytes_that_are_no_news(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    folder = beside_good_ones(tmp_path, name, data)
    Answer(folder).rejected(str(folder / name), reason)
    neighbours_are_loaded()


ENTITIES = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x0 "ha">{ENTITIES}]>'
SECRET = "the text of a file that nobody may read"

XML: dict[str, Callable[[str], str]] = {
    "billion laughs, RSS": lambda _: (
        f"{BILLION}<rss version='2.0'><channel><item><title>&x9;</title></item></channel></rss>"
    ),
    "billion laughs, NewsML": lambda _: (
        f"{BILLION}<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'><a>&x9;</a></newsItem>"
    ),
    "external entity, Atom": lambda secret: (
        f"<!DOCTYPE feed [<!ENTITY e SYSTEM 'file://{secret}'>]>"
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>&e;</title></entry></feed>"
    ),
    "external entity, NewsML": lambda secret: (
        f"<!DOCTYPE newsItem [<!ENTITY e SYSTEM 'file://{secret}'>]>"
        "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='a'>"
        "<contentSet><inlineData contenttype='text/plain'>&e;</inlineData></contentSet></newsItem>"
    ),
    "external DTD": lambda _: (
        "<!DOCTYPE newsItem SYSTEM 'http://127.0.0.1:9/never.dtd'>"
        "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'/>"
    ),
    "included document": lambda secret: (
        "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='a'><contentSet><inlineXML>"
        f"<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='{secret}' parse='text'/>"
        "</inlineXML></contentSet></newsItem>"
    ),
}


@pytest.mark.parametrize("make", XML.values(), ids=XML)
def test_xml_neither_grows_nor_reads_other_files(
    tmp_path: Path, make: Callable[[str], str]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    folder = beside_good_ones(tmp_path, "m.xml", make(str(secret)).encode())
    answer = Answer(folder)
    answer.rejected(str(folder / "m.xml"))
    neighbours_are_loaded()
    assert SECRET not in answer.err
    assert Article.objects.count() == 2


@needs_samples
@pytest.mark.parametrize(("folder", "least"), [("newsmlg2", 5), ("ninjs", 12)])
def test_the_examples_of_the_agencies_load_or_are_explained(folder: str, least: int) -> None:
    answer = Answer(SAMPLES / folder / "examples", rejects=None)
    answer.rejected("not a text" if folder == "ninjs" else "a package of other items")
    assert Article.objects.count() >= least
    if folder == "newsmlg2":
        assert answer.err.count("a fragment (<") == 5


@needs_samples
def test_news_in_17_languages() -> None:
    pairs = ("id=external_id", "title=headline", "language_name=", "translation_of=", "license=")
    answer = Answer(
        SAMPLES / "translated-news.jsonl", *(f"--map={pair}" for pair in pairs), source=None
    )
    assert (answer.code, answer.err) == (0, "")
    assert Article.objects.values("language").distinct().count() == 17


@needs_samples
def test_a_dump_of_wikinews() -> None:
    pairs = (
        "id=external_id", "title=headline", "date_precision=published_precision", "license=",
        "places=entities:place", "people=entities:person", "orgs=entities:organisation",
        "topics=tags",
    )  # fmt: skip
    answer = Answer(SAMPLES / "wikinews.jsonl", *(f"--map={pair}" for pair in pairs), source=None)
    assert Article.objects.count() == 294
    answer.rejected("record 275: body: cleaning would remove 100% of the text")


# ── the file system ──────────────────────────────────────────────────────────────────────────────


def test_loops_and_special_files_in_a_folder(tmp_path: Path) -> None:
    folder = beside_good_ones(tmp_path, "m.txt", b"News of the day.\n\nIt was a good day for all.")
    (folder / "self").symlink_to("self")
    (folder / "circle").symlink_to(folder)
    (folder / "nowhere").symlink_to("missing")
    (tmp_path / "secret").write_text("Nobody may read this.")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "within").symlink_to("m.txt")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fsencode(folder / "socket"))
        answer = Answer(folder)
    assert answer.code == 0
    assert answer.err.splitlines() == [
        f"{folder}/{name}: passed over, {reason}"
        for name, reason in (
            ("circle", "a link to a folder"),
            ("nowhere", "a link to nothing"),
            ("out", "a link out of the folder; name it to read it"),
            ("pipe", "no ordinary file"),
            ("self", "a link to nothing"),
            ("socket", "no ordinary file"),
        )
    ]
    neighbours_are_loaded()
    assert Article.objects.count() == 3


@pytest.mark.parametrize("name", ["self", "missing", "empty", "nowhere"])
def test_paths_that_cannot_be_read_at_all(tmp_path: Path, name: str) -> None:
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "nowhere").symlink_to("missing")
    (tmp_path / "empty").mkdir()
    answer = Answer(tmp_path / name)
    assert answer.code == 2
    assert str(tmp_path / name) in answer.err


def test_a_file_that_cannot_be_read_in_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = beside_good_ones(tmp_path, "m.txt", b"News.")
    true_open = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "m.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return true_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)  # root, who may run this, can read every file
    Answer(folder).rejected(f"{folder / 'm.txt'}: Permission denied")
    neighbours_are_loaded()


def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9\n\x1b[2J.txt"
    Path(os.fsdecode(path)).write_bytes(b"\xff\xff")
    answer = Answer(tmp_path)
    answer.rejected(r"caf\xe9\n\x1b[2J.txt: ")


# ── values ───────────────────────────────────────────────────────────────────────────────────────

DATES = [
    ("0001-01-01", "0001-01-01 00:00:00+00:00"),
    ("0001-01-01T00:00:00Z", "0001-01-01 00:00:00+00:00"),
    ("9999-12-31", "9999-12-31 00:00:00+00:00"),
    ("9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999+00:00"),
    ("1752-09-03", "1752-09-03 00:00:00+00:00"),
    ("2016-12-31T23:59:59-12:00", "2017-01-01 11:59:59+00:00"),
    ("2999-01-01T00:00:00+14:00", "2998-12-31 10:00:00+00:00"),
]


@pytest.mark.parametrize(("date", "stored"), DATES)
def test_dates_of_all_years(tmp_path: Path, date: str, stored: str) -> None:
    path = json_lines(tmp_path / "in.jsonl", GOOD | {"published_at": date})
    answer = Answer(path)
    assert (answer.code, answer.err) == (0, "")
    assert str(Article.objects.get(external_id="good").published_at) == stored


@pytest.mark.parametrize(
    "date",
    [
        "0000-01-01", "-0044-03-15", "10000-01-01", "2023-02-29", "2024-13-01", "2024-00-10",
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2024-06-30T23:59:60Z",
        "2024-01-01T25:00:00Z", "2024-01-01T10:00:00", "2024-01-01T10:00:00+99:00", "yesterday",
        "1711900800", "01/02/2024", "٢٠٢٤-٠١-٠١", "2024-W05-1", "24-1-1", "2024",
    ],
)  # fmt: skip
def test_dates_that_are_none(tmp_path: Path, date: str) -> None:
    path = json_lines(tmp_path / "in.jsonl", GOOD | {"published_at": date})
    answer = Answer(path)
    if answer.code:  # a leap second or a year alone may as well be read
        answer.rejected(f"{path}: record 2: published_at: ")
    else:
        assert Article.objects.get(external_id="good").published_at is not None
        assert date in ("2024-06-30T23:59:60Z", "2024")
    neighbours_are_loaded()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("xx", "xx"), ("klingonese", "klingonese"), ("e", "'e'"), ("en-Latin-Foo-Bar", "language"),
        ("english", "english"), ("en_US_POSIX_x", "language"), ("-", "'-'"), ("zz-ZZ", "zz"),
        ("x" * 300, "300 characters long"), ("'; DROP", "language"),
        ("x-private", "names no language"),
        ("X-Klingon", "names no language"), ("en-x-" + "abcdefgh-" * 4 + "a", "longer than 35"),
    ],
)  # fmt: skip
def test_languages_that_do_not_exist(tmp_path: Path, code: str, reason: str) -> None:
    path = json_lines(tmp_path / "in.jsonl", GOOD | {"language": code})
    planned = Answer(path, plan=True)
    planned.rejected(f"{path}: record 2: language: ")
    answer = Answer(path)
    answer.rejected(f"{path}: record 2: language: ")
    assert reason in answer.err
    assert "database" not in answer.err
    neighbours_are_loaded()


@given(
    st.lists(
        st.sampled_from(("x", "i", "en", "zh", "und", "qaa", "Latn", "CN", "u", "1996", "a-bc"))
        | st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=9),
        min_size=1,
        max_size=7,
    ).map("-".join)
    | st.text(max_size=40)
)
@example("x-private")
def test_a_language_that_is_read_can_be_kept(code: str) -> None:
    try:
        canonical = canonical_language(code)
    except ValueError:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~ %s", [canonical, LANGUAGE_TAG])
        assert cursor.fetchone() == (True,)
    assert len(canonical) <= LANGUAGE_LENGTH


def test_a_text_of_ten_megabytes_and_one_byte_more(tmp_path: Path) -> None:
    words = "good news " * 1_000_000
    path = json_lines(
        tmp_path / "in.jsonl",
        GOOD | {"external_id": "all", "body": words[:-1] + "s"},
        GOOD | {"external_id": "more", "body": words + "s"},
    )
    Answer(path).rejected(f"{path}: record 3: body: 10,000,001 characters long")
    neighbours_are_loaded()
    assert Article.objects.filter(external_id="all").exists()


# ── every reader, every input ────────────────────────────────────────────────────────────────────

STRANGE: dict[str, bytes] = {
    **{name: data for name, (_, data, _) in BROKEN_BYTES.items() if name != "gzip bomb"},
    **{name: make("/nowhere").encode() for name, make in XML.items()},
    **NO_RECORDS,
    "one good record": json.dumps(GOOD).encode(),
    "only marks": b"\xef\xbb\xbf\xef\xbb\xbf",
    "half a mark": b"\xff",
    "UTF-32": "News of the day".encode("utf-32"),
    "all bytes": bytes(range(256)) * 4,
    "a long line without end": b"<" * 100_000,
    "brackets": b"[" * 100_000,
    "braces": b"{" * 100_000,
    "tags": b"<a>" * 10_000,
    "quotes": b'"' * 100_001,
    "lines": b"\n" * 100_000,
    "blanks": b" " * 1_000_000,
}


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_no_reader_fails(data: bytes) -> None:
    for format in ("auto", *READERS):
        for each in read(io.BytesIO(data), "in", Options(source="wire"), format):
            if isinstance(each, Reject):
                assert all(fault.reason and fault.file == "in" for fault in each.faults), format


def test_cells_that_begin_a_formula_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerows([["headline", "body"], ["=1+1", '=HYPERLINK("http://a.example")']])
    assert Answer(path).code == 0
    assert Article.objects.get().headline == "=1+1"
