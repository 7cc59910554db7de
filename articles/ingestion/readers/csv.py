"""CSV and TSV: a header of column names, then one record a row."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from articles.ingestion.document import Document, Fault, Options, Place, Reject
from articles.ingestion.members import Members, shown
from articles.ingestion.readers.characters import (
    Window,
    decoded,
    encoding_of,
    printable,
    wrong_byte,
)
from articles.ingestion.readers.objects import parse_json
from articles.ingestion.readers.remains import rest_of
from articles.ingestion.readers.rows import (
    Dialect,
    Row,
    column_name,
    find_rows,
    header_of,
    parse_cells,
    sniff,
)
from articles.ingestion.readers.streams import UnreadableError
from articles.ingestion.record import MEMBERS, parse_record

_SAMPLE = 65_536  # characters
# A first line of Excel's; what stands between cells is seen from the header below it.
_TOLD = re.compile(r"\ufeff?\"?sep=.\"?(?:\r\n?|\n)")
# A column of the desk's downloads: cells that a spreadsheet might take for formulas begin with an
# apostrophe, which is not part of them.
_DEFUSED = "defused"
_LISTS = frozenset(("bylines", "tags", "tag_slugs", "entities"))


@dataclass(frozen=True, slots=True)
class _Table:
    """What the header says of every row: names as they stand there, and which are of lists."""

    file: str
    dialect: Dialect
    names: tuple[str, ...]
    lists: frozenset[str]
    width: int
    is_defused: bool


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """A Document or a Reject for each row below the header; rows are counted, and lines.

    What stands between cells is seen from the header and the first rows. A header at fault is the
    one Reject: no row can be read without it.
    """
    window = Window(decoded(stream, options.encoding))
    record = 0
    try:
        window.grow()
        if told := _TOLD.match(window.text):
            window.advance(told.end())
        sample = window.text[window.at : window.at + _SAMPLE]
        dialect = sniff(sample, {*MEMBERS, *options.mapping})
        rows = find_rows(window, dialect)
        table = _read_header(next(rows, Row(1, 1, "")), name, dialect, options)
        if isinstance(table, Reject):
            yield table
            return
        for row in rows:
            found = _read_row(row, table, options, Place(name, record + 1, row.line))
            if found:
                record += 1
                yield found
    except UnreadableError as error:
        line = window.line
        rest, kept = rest_of(window)
        fault = Fault(name, record + 1, "", f"{error}{kept}", line)
        yield Reject((fault,), rest or None)


def looks_like(head: bytes, name: str) -> bool:
    """Whether the first row is a header of the record's columns, or the name says so."""
    return name.lower().removesuffix(".gz").endswith((".csv", ".tsv")) or has_header(head)


def has_header(head: bytes) -> bool:
    """Whether the first row is a header of the record's columns, whatever the name says."""
    text = head.decode(encoding_of(head, "utf-8"), "replace")
    text = _TOLD.sub("", text, count=1)
    names = header_of(text, sniff(text, MEMBERS))
    known = set(names).intersection(MEMBERS)
    return len(known) > 1 and len(known) * 2 >= len(names)


def _read_header(row: Row, file: str, dialect: Dialect, options: Options) -> _Table | Reject:
    place = Place(file, None, row.line)
    if not row.text and not row.fault:
        return _reject(place, "empty; a header row of column names is wanted", None)
    try:
        cells = _cells(row, dialect, options)
    except ValueError as error:
        return _reject(place, f"header: {error}", row.text)
    names = [column_name(cell) for cell in cells]
    while names and not names[-1]:  # as spreadsheets write them; rows must leave them empty
        del names[-1]
    ours = {name: options.mapping.get(name, name).partition(":")[0] for name in names}
    lists = frozenset(name for name in names if ours[name] in _LISTS)
    faults = _header_faults(names, ours, place, options)
    if faults:
        return Reject(tuple(faults), printable(row.text))
    return _Table(file, dialect, tuple(names), lists, len(cells), _DEFUSED in names)


def _header_faults(
    names: list[str], ours: Mapping[str, str], place: Place, options: Options
) -> list[Fault]:
    columns: dict[str, object] = {name: [] if ours[name] in _LISTS else None for name in names}
    members = Members(columns, place)
    for number, name in enumerate(names, 1):
        if not name:
            members.fault("", f"column {number} has no name")
        elif name in names[: number - 1]:
            members.fault(name[:60], f"column {number} has the name of an earlier one")
    if not set(ours.values()).intersection(MEMBERS):
        members.fault("", f"the first row, {shown(', '.join(names))}, names no column of a record")
        return members.faults
    columns.pop("", None)
    columns.pop(_DEFUSED, None)
    members.rename(options.mapping)
    members.refuse_unknown(MEMBERS)
    if "headline" not in members.record and "body" not in members.record:
        members.fault("body", "missing; neither a column headline nor a column body")
    if "source" not in members.record and not options.source:
        members.fault("source", "missing; add the column or give --source")
    return members.faults


def _read_row(row: Row, table: _Table, options: Options, place: Place) -> Document | Reject | None:
    """The Document or the Reject of a row, None for a row of empty cells."""
    try:
        cells = _cells(row, table.dialect, options)
    except ValueError as error:
        return _reject(place, str(error), row.text)
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) != table.width:
        reason = f"{len(cells)} cells, where the header has {table.width}{row.span}"
        return _reject(place, reason, row.text)
    if any(cells[len(table.names) :]):
        return _reject(place, "a cell that is not empty in a column without a name", row.text)
    record: dict[str, object] = {}
    faults: list[Fault] = []
    for name, cell in zip(table.names, cells, strict=False):
        try:
            if table.is_defused:
                cell = cell.removeprefix("'")  # noqa: PLW2901
            if cell.strip() and name != _DEFUSED:
                record[name] = _list(cell) if name in table.lists else cell
        except ValueError as error:
            faults.append(Fault(place.file, place.record, name, str(error), place.line))
    found = parse_record(record, options, place)
    if not faults:
        return found
    further = found.faults if isinstance(found, Reject) else ()
    return Reject((*faults, *further), printable(row.text))


def _cells(row: Row, dialect: Dialect, options: Options) -> list[str]:
    reason = row.fault or wrong_byte(row.text, options.encoding)
    if reason:
        raise ValueError(reason)
    try:
        return parse_cells(row.text, dialect)
    except ValueError as error:
        raise ValueError(f"{error}{row.span}") from None


def _list(cell: str) -> list[object]:
    """A list as JSON, a single JSON object, or names between semicolons."""
    text = cell.strip()
    if not text.startswith(("[", "{")):
        return [name.strip() for name in text.split(";") if name.strip()]
    value = parse_json(text)
    return value if isinstance(value, list) else [value]


def _reject(place: Place, reason: str, text: str | None) -> Reject:
    faults = (Fault(place.file, place.record, "", reason, place.line),)
    return Reject(faults, printable(text) if text else None)
