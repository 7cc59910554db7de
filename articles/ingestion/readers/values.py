"""JSON values one after the other, of a text that need not be held whole."""

import json
import re
from collections.abc import Iterator

from articles.ingestion.readers.characters import Window
from articles.ingestion.readers.streams import UnreadableError

LONGEST_VALUE = 12_000_000  # characters

_BLANKS = re.compile(r"[ \t\r\n]*+")
_LONGEST_TOKEN = 20  # what is wrong nearer to the end than this may be right with the next piece
# Finds where a value ends. What it means is left to parse_json: what that refuses is one record.
_SCANNER = json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=len)


def peek(window: Window) -> str:
    """The next character that is not blank, '' at the end."""
    while True:
        window.advance(_end_of_blanks(window.text, window.at))
        if window.at < len(window.text):
            return window.text[window.at]
        if not window.grow():
            return ""


def peek_inside(window: Window) -> str:
    """The first character of the list that opens here, `]` if it is empty, '' if none opens."""
    while window.text.startswith("[", window.at):
        end = _end_of_blanks(window.text, window.at + 1)
        if end < len(window.text):
            return window.text[end]
        if end - window.at > LONGEST_VALUE or not window.grow():
            break
    return ""


def find_elements(window: Window) -> Iterator[tuple[int, str]]:
    """The elements of the array that opens here: the line and the text of each.

    Raises UnreadableError where it is not JSON, after the elements before.
    """
    window.advance(window.at + 1)
    if peek(window) != "]":
        yield _value(window)
        while peek(window) == ",":
            window.advance(window.at + 1)
            peek(window)
            yield _value(window)
        _expect(window, "]", "Expecting ',' delimiter")
    window.advance(window.at + 1)


def find_members(window: Window) -> Iterator[str]:
    """The names in the object that opens here; the window stands at the value of each.

    A value that is read meanwhile is left at its end, any other is passed by.
    Raises UnreadableError where it is not JSON, after the members before.
    """
    separator = "{"
    window.advance(window.at + 1)
    if peek(window) == "}":
        separator = ""
    while separator:
        _expect(window, '"', "Expecting property name enclosed in double quotes")
        name = json.loads(_value(window)[1])
        _expect(window, ":", "Expecting ':' delimiter")
        window.advance(window.at + 1)
        if peek(window) in (",", "}"):
            raise _error(window, "Expecting value", window.at)
        yield name
        if peek(window) not in (",", "}"):
            _value(window)
        separator = "" if peek(window) == "}" else ","
        if separator:
            _expect(window, separator, "Expecting ',' delimiter")
            window.advance(window.at + 1)
            peek(window)
    window.advance(window.at + 1)


def expect_end(window: Window) -> None:
    """Raises UnreadableError if anything follows."""
    _expect(window, "", "Extra data")


def pass_value(window: Window) -> None:
    """Go to the end of the value that stands here. Raises UnreadableError where there is none."""
    _value(window)


def _expect(window: Window, char: str, reason: str) -> None:
    if peek(window) != char:
        raise _error(window, reason, window.at)


def _value(window: Window) -> tuple[int, str]:
    """The line and the text of the value that stands here, which is passed by."""
    while True:
        end, reason, position = 0, "", 0
        try:
            end = _SCANNER.raw_decode(window.text, window.at)[1]
        except json.JSONDecodeError as error:
            reason, position = error.msg, error.pos
        except RecursionError:
            raise _error(window, "nested too deeply", window.at) from None
        is_cut = position > len(window.text) - _LONGEST_TOKEN or reason.startswith("Unterminated")
        # A number that ends with what is held may have more digits.
        if window.is_last or 0 < end < len(window.text) or (reason and not is_cut):
            break
        if len(window.text) - window.at > LONGEST_VALUE:
            raise UnreadableError(
                f"a value longer than {LONGEST_VALUE:,} characters, or never closed, "
                f"from line {window.line} on"
            )
        window.grow()
    if reason:
        raise _error(window, reason, position)
    line, text = window.line, window.text[window.at : end]
    window.advance(end)
    return line, text


def _error(window: Window, reason: str, position: int) -> UnreadableError:
    line, column = window.line_of(position), window.column(position)
    return UnreadableError(
        f"not JSON: {reason.removesuffix(' at')} at line {line}, column {column}"
    )


def _end_of_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at
