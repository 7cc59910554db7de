"""Tables of any cells: what comes back of CSV and XLSX, and that no cell is ever a formula."""

import csv
import io
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from typing import Any
from unicodedata import normalize
from xml.etree.ElementTree import Element

import orjson
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from articles.export import tables
from articles.export.tables import (
    CELL_UNITS,
    Table,
    TooManyRowsError,
    csv_pieces,
    jsonl_pieces,
    write_xlsx,
)

# What PostgreSQL can hold.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
RISKY = TEXTS.map(lambda text: f"=cmd|' /C calc'!A0{text}") | st.tuples(
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "'", " =", "＝", "＠", "\u00a0="]), TEXTS
).map("".join)
ROWS = st.lists(st.tuples(TEXTS | RISKY, TEXTS | RISKY), max_size=5)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def table(*rows: tuple[Any, ...]) -> Table:
    return Table([f"column{n}" for n in range(len(rows[0]) if rows else 2)], [rows])


def sheet(data: bytes) -> Element:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert not [name for name in book.namelist() if "external" in name.lower()]
        return fromstring(book.read("xl/worksheets/sheet1.xml"))


def cells(data: bytes) -> list[dict[str, str]]:
    """Each row's texts by the letter of their column, as a spreadsheet reads them."""
    found = []
    for row in sheet(data).iter(f"{MAIN}row"):
        texts = {}
        for cell in row.iter(f"{MAIN}c"):
            assert cell.get("t") == "inlineStr"
            text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
            name = cell.get("r", "").rstrip("0123456789")
            texts[name] = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        found.append(texts)
    return found


def workbook(given: Table) -> bytes:
    file = io.BytesIO()
    write_xlsx(given, file)
    return file.getvalue()


@given(ROWS)
def test_no_cell_of_csv_is_a_formula_and_all_come_back(rows: list[tuple[str, str]]):
    text = "".join(csv_pieces(table(*rows)))
    assert text.startswith("\ufeffcolumn0,column1,defused\r\n")
    found = list(csv.reader(io.StringIO(text[1:], newline="")))[1:]
    for row, cells_of_row in zip(rows, found, strict=True):
        *shown, defused = cells_of_row
        assert defused == "true"
        assert tuple(cell.removeprefix("'") for cell in shown) == row
        for cell in shown:
            assert not normalize("NFKC", cell).lstrip().startswith(("=", "+", "-", "@"))
            assert not cell.startswith(("\t", "\r", "\n"))


@given(ROWS)
def test_every_cell_of_a_workbook_is_text(rows: list[tuple[str, str]]):
    data = workbook(table(*rows))
    assert not list(sheet(data).iter(f"{MAIN}f"))
    found = cells(data)
    assert found[0] == {"A": "column0", "B": "column1", "C": "cut"}
    filled = [row for row in rows if any(row)]  # of an empty row a workbook has nothing
    for row, shown in zip(filled, filter(None, found[1:]), strict=False):
        for letter, text in zip("AB", row, strict=True):
            # The line ends of XML are one, and nobody tells a program's `_x0041_` from its own.
            if not ESCAPED.search(text):
                assert shown.get(letter, "").replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_values_are_written_as_text_or_as_themselves():
    row = (None, True, False, 7, ["a;b", "=1"], "")
    (line,) = [orjson.loads(it) for it in jsonl_pieces(table(row))]
    assert tuple(line.values()) == row
    text = "".join(csv_pieces(table(row)))
    assert text.splitlines()[1] == ',true,false,7,"[""a;b"",""=1""]",,true'
    assert cells(workbook(table(row)))[1] == {
        "B": "true", "C": "false", "D": "7", "E": '["a;b","=1"]',
    }  # fmt: skip


@pytest.mark.parametrize("sign", ["x", "ü", "😀"])
def test_a_text_longer_than_a_cell_is_cut_and_named(sign: str):
    units = len(sign.encode("utf-16-le")) // 2
    fitting, long = sign * (CELL_UNITS // units), sign * (CELL_UNITS // units + 1)
    whole, cut = cells(workbook(table((fitting, "a"), (long, "b"))))[1:]
    assert whole == {"A": fitting, "B": "a"}
    assert cut["C"] == "column0"
    assert cut["A"].endswith("…")
    assert long.startswith(cut["A"][:-1])
    assert CELL_UNITS - 2 < len(cut["A"].encode("utf-16-le")) // 2 <= CELL_UNITS


def test_a_sheet_holds_so_many_rows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert len(cells(workbook(table(*[("a", "b")] * 3)))) == 4
    with pytest.raises(TooManyRowsError, match="narrow it"):
        workbook(table(*[("a", "b")] * 4))


@pytest.mark.parametrize("name", ["csv", "jsonl", "xlsx"])
def test_memory_does_not_grow_with_the_rows(name: str, tmp_path):
    def chunks(number: int) -> Iterator[list[tuple[str, str]]]:
        for chunk in range(number):
            yield [(f"{chunk}/{row}", f"خبر {chunk} {row} " * 50) for row in range(100)]

    def peak(number: int) -> int:
        given = Table(["key", "text"], chunks(number))
        tracemalloc.start()
        if name == "xlsx":
            with (tmp_path / "book.xlsx").open("wb") as file:
                write_xlsx(given, file)
        else:
            for _ in csv_pieces(given) if name == "csv" else jsonl_pieces(given):
                pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(30) < peak(3) + 300_000
