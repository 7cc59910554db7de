"""JSON: an array of records, an object that holds one list of them, or a single record."""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from articles.ingestion.document import Document, Fault, Options, Place, Reject
from articles.ingestion.members import shown
from articles.ingestion.readers.characters import (
    Window,
    decoded,
    encoding_of,
    printable,
    wrong_byte,
)
from articles.ingestion.readers.objects import parse_json
from articles.ingestion.readers.remains import rest_of
from articles.ingestion.readers.streams import UnreadableError
from articles.ingestion.readers.values import (
    LONGEST_VALUE,
    expect_end,
    find_elements,
    find_members,
    pass_value,
    peek,
    peek_inside,
)
from articles.ingestion.record import MEMBERS, parse_record

_CONTENT = frozenset(("headline", "body", "title", "text", "content"))


@dataclass(frozen=True, slots=True)
class _List:
    """A member of an object that may be the list of records, and where it opens."""

    name: str
    at: int
    line: int
    is_empty: bool


Found = Generator[Document | Reject, None, bool]


def read(stream: BinaryIO, name: str, options: Options) -> Iterator[Document | Reject]:
    """A Document or a Reject for each record, in UTF-8, UTF-16, UTF-32 or as the options say.

    Only a part of the text is held. The records before an error of syntax are read, and the error
    is the last Reject.
    """
    window = Window(decoded(stream, options.encoding))
    try:
        if peek(window) == "[":
            yield from _read_array(window, name, options)
        elif peek(window) == "{":
            yield from _read_object(window, name, options)
        else:
            pass_value(window)
            expect_end(window)
            raise UnreadableError("a list of records is wanted, or an object that holds one")
    except UnreadableError as error:
        yield Reject((Fault(name, None, "", str(error), window.line),))


def looks_like(head: bytes, name: str) -> bool:
    """Whether this is one JSON document, and neither JSON Lines nor a text that opens with `[`."""
    text = head.decode(encoding_of(head, "utf-8"), "replace").lstrip("\ufeff \t\r\n")
    is_named = name.lower().removesuffix(".gz").endswith(".json")
    if text.startswith("{"):
        return _is_one_object(text)
    if text.startswith("["):
        return is_named or peek_inside(Window.of(text)) in ("{", "]") or _is_value(text)
    return is_named


def _is_value(text: str) -> bool:
    try:
        json.loads(text, parse_int=len)
    except (ValueError, RecursionError):
        return False
    return True


def _is_one_object(text: str) -> bool:
    """An object over several lines, or one that holds a list of records: no line of JSON Lines."""
    window = Window.of(text)
    names: list[str] = []
    is_whole = has_list = has_list_first = False
    try:
        for name in find_members(window):
            names.append(name)
            if name not in MEMBERS and peek_inside(window) in ("{", "]"):
                has_list = True
                has_list_first = has_list_first or _CONTENT.isdisjoint(names)
        is_whole = True
    except UnreadableError:  # damaged, or longer than its head
        pass
    if is_whole:
        return window.line > 1 or (has_list and not peek(window))
    # Where the second line opens an object, the first is a damaged one of JSON Lines.
    second_line = text.partition("\n")[2].lstrip()
    return has_list_first or (window.line > 1 and not second_line.startswith("{"))


def _read_array(window: Window, name: str, options: Options, *, is_inside: bool = False) -> Found:
    """The records of the array that opens here. Returns False where an error of syntax ends it."""
    record = 0
    try:
        for record, (line, text) in enumerate(find_elements(window), 1):
            yield _read_record(text, options, Place(name, record, line))
        if not is_inside:
            expect_end(window)
    except UnreadableError as error:
        line = window.line
        rest, kept = rest_of(window)
        reason = f"{error}; nothing from there on is read{kept}"
        yield Reject((Fault(name, record + 1, "", reason, line),), rest or None)
        return False
    return True


def _read_object(window: Window, name: str, options: Options) -> Iterator[Document | Reject]:
    """The records of the one list of an object, or the object as a record."""
    window.grow(LONGEST_VALUE + 1)
    if not window.is_last:  # too long for a record
        yield from _read_long_object(window, name, options)
        return
    at, line = window.at, window.line
    members: list[str] = []
    lists: list[_List] = []
    for member in find_members(window):
        members.append(_ours(member, options))
        inside = peek_inside(window)
        if inside in ("{", "]") and _may_be_records(member, options):
            lists.append(_List(member, window.at, window.line, inside == "]"))
    expect_end(window)
    lists = [found for found in lists if not found.is_empty] or lists[:1]
    if not lists or "headline" in members or "body" in members:
        yield _read_record(window.text[at:].rstrip(), options, Place(name, 1, line))
    elif len(lists) > 1:
        raise _several([found.name for found in lists])
    else:
        window.at, window.line = lists[0].at, lists[0].line
        yield from _read_array(window, name, options, is_inside=True)


def _read_long_object(window: Window, name: str, options: Options) -> Iterator[Document | Reject]:
    """The records of the first list; a second one is only seen when those have been read."""
    chosen = ""
    for member in find_members(window):
        if not _may_be_records(member, options) or peek_inside(window) != "{":
            continue
        if chosen:
            raise _several([chosen, member])
        chosen = member
        if not (yield from _read_array(window, name, options, is_inside=True)):
            return
    expect_end(window)
    if not chosen:
        raise UnreadableError(f"longer than {LONGEST_VALUE:,} characters, and no list of records")


def _ours(member: str, options: Options) -> str:
    return options.mapping.get(member, member).partition(":")[0]


def _may_be_records(member: str, options: Options) -> bool:
    """Whether a list of this name is none of a record's own and has not been left out."""
    return _ours(member, options) not in (*MEMBERS, "")


def _several(names: list[str]) -> UnreadableError:
    return UnreadableError(
        f"more than one list of records: {', '.join(map(shown, names))}; "
        "leave out all but one, as in --map theirs="
    )


def _read_record(text: str, options: Options, place: Place) -> Document | Reject:
    try:
        if reason := wrong_byte(text, options.encoding):
            raise ValueError(reason)
        value = parse_json(text)
        if not isinstance(value, dict):
            raise ValueError("a record is wanted: a JSON object of members")
    except ValueError as error:
        fault = Fault(place.file, place.record, "", str(error), place.line)
        return Reject((fault,), printable(text))
    return parse_record(value, options, place)
