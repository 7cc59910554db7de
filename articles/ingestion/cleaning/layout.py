"""Rules that bring blanks and line ends into one form."""

import re
from collections.abc import Iterator

from articles.ingestion.cleaning.edits import Edit

_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_RUN = re.compile(r"\t[^\S\n]*|[^\S\n]{2,}")
_BLANK_LINES = re.compile(r"(?<!\s)\n(?:[^\S\n]*\n){2,}")
_OTHER_BLANK = re.compile(r"[^\S \n]")
_LINE_BREAK = re.compile(r"\s*\n\s*")


def line_ends(text: str) -> Iterator[Edit]:
    """Line ends of other systems; a form feed and U+2029 end a paragraph."""
    if text.isascii() and not any(char in text for char in "\r\x0b\x0c"):
        return
    for match in _LINE_END.finditer(text):
        yield Edit(match.start(), match[0], "\n\n" if match[0] in "\x0c\u2029" else "\n")


def runs_of_blanks(text: str) -> Iterator[Edit]:
    """Tabs, and several blanks in a row, as one blank."""
    if text.isascii() and "  " not in text and "\t" not in text:
        return
    for match in _BLANK_RUN.finditer(text):
        if match[0] != " ":
            yield Edit(match.start(), match[0], " ")


def plain_blanks(text: str) -> Iterator[Edit]:
    """No-break and other blanks as plain ones: a name is the same whatever parts its words."""
    if not text.isascii():
        for match in _OTHER_BLANK.finditer(text):
            yield Edit(match.start(), match[0], " ")


def line_edges(text: str) -> Iterator[Edit]:
    """Blanks at the start and at the end of lines."""
    start = 0
    for line in text.split("\n"):
        if line != (kept := line.strip()):
            first = len(line) - len(line.lstrip()) if kept else len(line)
            last = first + len(kept)
            if first:
                yield Edit(start, line[:first])
            if last < len(line):
                yield Edit(start + last, line[last:])
        start += len(line) + 1


def blank_lines(text: str) -> Iterator[Edit]:
    """More than one blank line in a row, and any before the first or after the last line."""
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    if first:
        yield Edit(0, text[:first])
    if "\n\n\n" in text:
        for match in _BLANK_LINES.finditer(text, first, last):
            yield Edit(match.start(), match[0], "\n\n")
    if first <= last < len(text):
        yield Edit(last, text[last:])


def one_line(text: str) -> Iterator[Edit]:
    """Line breaks in what must be one line."""
    for match in _LINE_BREAK.finditer(text):
        yield Edit(match.start(), match[0], " ")
