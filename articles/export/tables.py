"""Tables for spreadsheets and programs: CSV, JSON Lines and XLSX of any columns, as streams.

No cell of them is ever executed: in CSV what a spreadsheet would take for a formula begins with an
apostrophe (the column `defused` says so, and `load_articles` takes it off again), in XLSX every
cell is written as text.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import orjson
import xlsxwriter

from articles.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_ROWS: Final = 1_048_575
"""What a sheet of XLSX holds below its header."""

CELL_UNITS: Final = 32_767
"""What a cell of XLSX holds, in units of UTF-16."""

DEFUSED: Final = "defused"
CUT: Final = "cut"
BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the server's old code page

# Signs of full width begin formulas in East Asian editions; blanks before a sign are passed over by
# some programs. The apostrophe is among them so that it can be taken off again.
_RISKY: Final = re.compile(r"\s*[=+\-@＝＋－＠']|[\t\r\n]")
_MARK: Final = "…"


class Table(NamedTuple):
    """Names of columns, and rows of text, numbers, booleans, lists and None, some at a time."""

    columns: Sequence[str]
    chunks: Iterable[Sequence[Sequence[Any]]]


class TooManyRowsError(ArchiveError):
    def __init__(self) -> None:
        super().__init__(
            f"A sheet holds {MOST_ROWS:,} rows, and the list has more: narrow it, or download "
            "it as CSV or JSON Lines."
        )


def csv_pieces(table: Table) -> Iterator[str]:
    """RFC 4180 with a header; lists are JSON."""
    yield BYTE_ORDER_MARK + _as_csv([[*table.columns, DEFUSED]])
    for rows in table.chunks:
        yield _as_csv([*map(_defused, row), "true"] for row in rows)


def jsonl_pieces(table: Table) -> Iterator[str]:
    """An object a line, its members as they are."""
    for rows in table.chunks:
        lines = (orjson.dumps(dict(zip(table.columns, row, strict=True))) for row in rows)
        yield "".join(line.decode() + "\n" for line in lines)


def write_xlsx(table: Table, file: IO[bytes]) -> None:
    """One sheet, its header frozen. A text longer than a cell is cut, and the last column says
    which. Rows go through temporary files: memory does not grow with them.

    Raises TooManyRowsError beyond MOST_ROWS.
    """
    options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {**options, "strings_to_formulas": False})
    try:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, 0, len(table.columns))
        rows = chain([[*table.columns, CUT]], (_fitting(table, row) for row in _each(table)))
        for number, row in enumerate(rows):
            if number > MOST_ROWS:
                raise TooManyRowsError
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(number, column, text)
    finally:
        book.close()


def _each(table: Table) -> Iterator[Sequence[Any]]:
    return (row for rows in table.chunks for row in rows)


def _fitting(table: Table, row: Sequence[Any]) -> list[str]:
    texts = [_text(value) for value in row]
    cut = [name for name, text in zip(table.columns, texts, strict=True) if _is_long(text)]
    return [*(_shortened(text) if _is_long(text) else text for text in texts), ", ".join(cut)]


def _is_long(text: str) -> bool:
    return len(text) > CELL_UNITS // 2 and len(text.encode("utf-16-le")) > 2 * CELL_UNITS


def _shortened(text: str) -> str:
    """As much as a cell holds: half of a pair of units is left out."""
    kept = text.encode("utf-16-le")[: 2 * (CELL_UNITS - 1)]
    return kept.decode("utf-16-le", "ignore") + _MARK


def _defused(value: Any) -> str:
    text = _text(value)
    return f"'{text}" if _RISKY.match(text) else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return str(value)


def _as_csv(rows: Iterable[Sequence[Any]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
