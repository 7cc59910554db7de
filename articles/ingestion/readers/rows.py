"""The rows of delimiter-separated text: where each ends, and in what dialect it is written."""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from articles.ingestion.readers.characters import Window

LONGEST_ROW = 12_000_000  # characters
MOST_COLUMNS = 1000
DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 20
_QUOTED = re.compile(r'(?:[^"]++|"")*+')
_LINE_ENDS = re.compile(r"[\r\n]*+")
_LINE_END = re.compile(r"(?:\r\n?|\n)?")

# The csv module keeps one limit for the whole process, and its default refuses a longer article.
csv.field_size_limit(LONGEST_ROW)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What stands between cells, and whether blanks after it are part of the next cell."""

    delimiter: str
    skips_blanks: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row from its first to its last line. `text` is as received, '' where `fault` is a cap."""

    line: int
    last_line: int
    text: str
    fault: str = ""

    @property
    def span(self) -> str:
        """Its lines as a message ends with them, '' for one line."""
        return f" (lines {self.line} to {self.last_line})" if self.last_line > self.line else ""


class _Scan:
    """Steps through one row of a window, whose position it never moves by itself."""

    def __init__(self, dialect: Dialect) -> None:
        self._delimiter = dialect.delimiter
        delimiter, blanks = re.escape(dialect.delimiter), " *+" if dialect.skips_blanks else ""
        # All cells up to one that is quoted, or is the last that is known.
        plain = rf'[^\r\n"{delimiter}][^\r\n{delimiter}]*+'
        self._start = re.compile(rf"(?:{blanks}(?:{plain})?{delimiter}++)*+{blanks}")
        # The same over quoted cells, where nobody counts columns any more.
        quoted = r'"(?:[^"]++|"")*+"'
        self._pass = re.compile(rf"(?:{blanks}(?:{plain}|{quoted})?{delimiter}++)*+{blanks}")
        self._plain = re.compile(rf"[^\r\n{delimiter}]*+")
        self._state = self._start
        self.columns = 1
        self.quote_line = 0  # where the quote that is open was opened

    def pass_over(self) -> None:
        """Be quick to the end: the row is lost."""
        if self._state is self._start:
            self._state = self._pass
        self._start = self._pass

    def run(self, window: Window, position: int) -> tuple[int, bool]:
        """How far the row is known to go, and whether it ends there."""
        position, opened, ends = self._run(window, position)
        if opened:
            self.quote_line = window.line_of(opened - 1)
        return position, ends

    def _run(self, window: Window, position: int) -> tuple[int, int, bool]:
        text, opened = window.text, 0
        while True:
            start = position
            position = _end(self._state, text, start)
            if self._state is self._start:
                self.columns += text.count(self._delimiter, start, position)
            if len(text) - position < 2 and not window.is_last:
                return position, opened, False
            char = text[position : position + 1]
            if self._state is _QUOTED and char:
                self._state, self.quote_line, opened = self._plain, 0, 0
            elif self._state is self._start and char == '"':
                self._state, opened = _QUOTED, position + 1
            elif self._state is self._start:
                self._state = self._plain
                continue
            elif char == self._delimiter:
                self._state = self._start
                self.columns += 1
            else:
                return position, opened, True
            position += 1


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def find_rows(window: Window, dialect: Dialect) -> Iterator[Row]:
    """The rows that are not blank, by the rules of the csv module.

    One that is longer or has more columns than is read is passed over to its end, and never held.
    """
    while window.at < len(window.text) or window.grow():
        window.advance(_end(_LINE_ENDS, window.text, window.at))
        row = _find_row(window, dialect)
        if row.text.strip() or row.fault:
            yield row


def _find_row(window: Window, dialect: Dialect) -> Row:
    scan = _Scan(dialect)
    line, fault, position, ends = window.line, "", window.at, False
    while not ends:
        position, ends = scan.run(window, position)
        fault = fault or _cap(scan, position - window.at)
        if fault:
            scan.pass_over()
            window.advance(position)
        if not ends:
            position -= window.at
            window.grow()
    last_line = window.line_of(position)
    if scan.quote_line:
        fault = (
            f"the quote that was opened on line {scan.quote_line} is never closed: "
            f"all up to the end (line {last_line}) is in its cell, and none of it was read"
        )
    text = window.text[window.at : position]
    window.advance(_end(_LINE_END, window.text, position))
    return Row(line, last_line, text, fault)


def _cap(scan: _Scan, length: int) -> str:
    if scan.columns > MOST_COLUMNS:
        return f"more than {MOST_COLUMNS:,} columns; passed over and not kept"
    if length <= LONGEST_ROW:
        return ""
    quote = f"; a quote was opened on line {scan.quote_line}" if scan.quote_line else ""
    return f"longer than {LONGEST_ROW:,} characters; passed over and not kept{quote}"


def parse_cells(text: str, dialect: Dialect) -> list[str]:
    """The cells of one row. Raises ValueError with the reason."""
    try:
        return next(
            csv.reader(
                [text],
                delimiter=dialect.delimiter,
                skipinitialspace=dialect.skips_blanks,
                strict=True,
            )
        )
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from None


def sniff(sample: str, known: Collection[str]) -> Dialect:
    """The dialect of a text: whose header has most of the known names, whose rows agree best."""
    delimiter = max(DELIMITERS, key=lambda each: _score(sample, each, known))
    header = next(iter(_sample_cells(sample, Dialect(delimiter))), [])
    return Dialect(delimiter, any(cell.startswith(" ") for cell in header[1:]))


def header_of(sample: str, dialect: Dialect) -> list[str]:
    """The names in the first row of a text; none where it is no row."""
    return [column_name(cell) for cells in _sample_cells(sample, dialect)[:1] for cell in cells]


def column_name(cell: str) -> str:
    return cell.strip("\ufeff \t\r\n\xa0")


def _score(sample: str, delimiter: str, known: Collection[str]) -> tuple[int, bool, float, int]:
    rows = _sample_cells(sample, Dialect(delimiter))
    # A header at fault is still that of its delimiter.
    header = (rows and rows[0]) or sample.lstrip().partition("\n")[0].split(delimiter)
    names = {column_name(cell).strip('"') for cell in header}
    agreeing = sum(len(cells) == len(header) for cells in rows) / max(len(rows), 1)
    return len(names.intersection(known)), len(header) > 1, agreeing, len(header)


def _sample_cells(sample: str, dialect: Dialect) -> list[list[str]]:
    """The cells of the first rows, none for a row that is at fault."""
    found: list[list[str]] = []
    for row in islice(find_rows(Window.of(sample), dialect), _SAMPLE_ROWS):
        try:
            found.append([] if row.fault else parse_cells(row.text, dialect))
        except ValueError:
            found.append([])
    return found
