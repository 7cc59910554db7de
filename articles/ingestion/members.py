"""The members of a record read by their types; whatever is wrong is a Fault, never an error."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from django.db.models import TextChoices

from articles.ingestion.document import EntityName, Fault, Place
from articles.vocabulary import EntityKind

RECEIVED = "_received"
"""In rejects: what could not be read as a record at all, as text."""

NAME_LENGTH = 200
LIST_LENGTH = 1000
_MOST_UNKNOWN = 10
_ENTITY_MEMBERS = frozenset({"name", "kind", "slug"})

Word = TypeVar("Word", bound=TextChoices)

_SURROGATE = re.compile("[\ud800-\udfff]")
# What others call our members: nearer than the nearest spelling.
_SYNONYMS = {
    "title": "headline",
    "text": "body",
    "content": "body",
    "article": "body",
    "description": "summary",
    "abstract": "summary",
    "link": "url",
    "uri": "url",
    "id": "external_id",
    "guid": "external_id",
    "lang": "language",
    "date": "published_at",
    "published": "published_at",
    "date_precision": "published_precision",
    "author": "bylines",
    "authors": "bylines",
    "byline": "bylines",
    "keywords": "tags",
    "topics": "tags",
    "publisher": "source",
}
_TYPES = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "a list"}


class Members:
    """The members of one record at one place. Readings of faulty members are empty."""

    def __init__(self, record: Mapping[str, object], place: Place) -> None:
        self.record = record
        self.place = place
        self.faults: list[Fault] = []

    def fault(self, field: str, reason: str) -> None:
        place = self.place
        self.faults.append(Fault(place.file, place.record, field, reason, place.line))

    def has_fault(self, *fields: str) -> bool:
        return any(fault.field in fields for fault in self.faults)

    def rename(self, mapping: Mapping[str, str]) -> None:
        """Give members our names (`theirs → ours`). '' leaves a member out; lists add up.

        `entities:place` makes a list of names into entities of that kind.
        """
        if not mapping:
            return
        renamed: dict[str, object] = {}
        for theirs, received in self.record.items():
            ours, _, kind = mapping.get(theirs, theirs).partition(":")
            value, earlier = received, renamed.get(ours)
            if kind and isinstance(received, list):
                value = [{"name": name, "kind": kind} for name in received]
            if isinstance(earlier, list) and isinstance(value, list):
                value = earlier + value
            elif ours in renamed:
                self.fault(ours, f"given twice, {shown(theirs)} is mapped to it as well")
            if ours:
                renamed[ours] = value
        self.record = renamed

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        unknown = [name for name in self.record if name not in known]
        if RECEIVED in unknown:
            unknown.remove(RECEIVED)
            self.fault(RECEIVED, "no record yet; write the record that it holds in its place")
        for name in unknown[:_MOST_UNKNOWN]:
            near = nearest(name, (*known, *_SYNONYMS))
            near = _SYNONYMS.get(near, near)
            advice = f"; the nearest known one is {near!r}" if near else ""
            self.fault(
                _printable(name), f"unknown member{advice}; rename or leave it out with --map"
            )
        if len(unknown) > _MOST_UNKNOWN:
            self.fault("", f"{len(unknown) - _MOST_UNKNOWN} further unknown members")

    def text(self, name: str, longest: int) -> str:
        """A string as received; '' where it is absent, null, blank or at fault."""
        value = self.record.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(name, f"a string is wanted, {shown(value)} is {_type(value)}")
        elif reason := unstorable(value):
            self.fault(name, reason)
        elif len(value) > longest:
            self.fault(name, f"{len(value):,} characters long; at most {longest:,} are kept")
        elif value.strip():
            return value
        return ""

    def line(self, name: str, longest: int) -> str:
        """A short string in normal form, on one line."""
        return one_line(self.text(name, longest))

    def names(self, name: str) -> tuple[str, ...]:
        """A list of names, each once, in their order."""
        return tuple(dict.fromkeys(self.every_name(name)))

    def every_name(self, name: str) -> tuple[str, ...]:
        """A list of names, as often as they stand in it."""
        found = (self._name(f"{name}[{index}]", value) for index, value in self._items(name))
        return tuple(entry for entry in found if entry)

    def flag(self, name: str) -> bool:
        """A boolean, or its word in a text; False where it is absent or at fault."""
        value = self.record.get(name)
        if isinstance(value, bool):
            return value
        word = "" if value is None else value
        word = word.strip().lower() if isinstance(word, str) else "neither"
        if word not in {"", "true", "false"}:
            self.fault(name, f"true or false is wanted, not {shown(value)}")
        return word == "true"

    def received_names(self, name: str) -> Iterator[tuple[str, str]]:
        """The entries of a list of names as they came, each with its path."""
        for index, value in self._items(name):
            path = f"{name}[{index}]"
            if self._name(path, value):
                yield path, str(value)

    def entities(self) -> tuple[EntityName, ...]:
        found: dict[EntityName, None] = {}
        for index, value in self._items("entities"):
            path, slug = f"entities[{index}]", ""
            if not isinstance(value, dict):
                name, kind = self._name(path, value), EntityKind.OTHER
            else:
                for key in sorted(set(value) - _ENTITY_MEMBERS, key=str)[:_MOST_UNKNOWN]:
                    known = "known are 'name', 'kind' and 'slug'"
                    self.fault(path, f"unknown member {shown(key)}; {known}")
                name = self._name(f"{path}.name", value.get("name"))
                kind = self._kind(f"{path}.kind", value.get("kind"))
                if value.get("slug") is not None:
                    slug = self._name(f"{path}.slug", value["slug"])
            if name:
                found[EntityName(name, kind, slug)] = None
        return tuple(found)

    def word(self, name: str, words: type[Word]) -> Word | None:
        """One of the words of a vocabulary, None where it is absent or at fault."""
        value = self.text(name, NAME_LENGTH).strip()
        if not value:
            return None
        try:
            return words(value)
        except ValueError:
            self.fault(name, _no_word(value, words))
            return None

    def _kind(self, path: str, value: object) -> EntityKind:
        try:
            return EntityKind.OTHER if value is None else EntityKind(str(value))
        except ValueError:
            self.fault(path, _no_word(value, EntityKind))
            return EntityKind.OTHER

    def _items(self, name: str) -> enumerate[object]:
        value = self.record.get(name)
        if value is None:
            value = []
        elif not isinstance(value, list):
            self.fault(name, f"a list is wanted, {shown(value)} is {_type(value)}")
            value = []
        elif len(value) > LIST_LENGTH:
            self.fault(name, f"{len(value):,} entries; at most {LIST_LENGTH:,} are kept")
            value = []
        return enumerate(value, 1)

    def _name(self, path: str, value: object) -> str:
        if not isinstance(value, str):
            self.fault(path, f"a name is wanted, {shown(value)} is {_type(value)}")
        elif reason := unstorable(value):
            self.fault(path, reason)
        elif len(value) > NAME_LENGTH:
            self.fault(path, f"{len(value):,} characters long; at most {NAME_LENGTH} are kept")
        elif name := one_line(value):
            return name
        else:
            self.fault(path, "empty name")
        return ""


def unstorable(text: str) -> str:
    """Why PostgreSQL cannot hold the text, '' if it can."""
    if "\0" in text:
        return f"NUL character at position {text.index(chr(0)) + 1}; remove it"
    match = None if text.isascii() else _SURROGATE.search(text)
    if match:
        return f"half of a surrogate pair (U+{ord(match[0]):04X}) at position {match.start() + 1}"
    return ""


def one_line(text: str) -> str:
    """The text in NFC, every run of blanks as one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def nearest(name: object, known: Sequence[str]) -> str:
    """The known word most like this one, '' if none is like it."""
    close = get_close_matches(name[:60].lower(), known, 1, 0.7) if isinstance(name, str) else []
    return close[0] if close else ""


def _printable(name: str) -> str:
    return ascii(name[:60]) if unstorable(name) else name[:60]


def shown(value: object) -> str:
    """A value as a message shows it: quoted, at most 60 characters, safe to print."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = ascii(value[:60]) if isinstance(value, str) and unstorable(value) else repr(value)
    return text if len(text) <= 62 else text[:60] + "…" + text[0]


def _type(value: object) -> str:
    return "null" if value is None else _TYPES.get(type(value), "an object")


def _no_word(value: object, words: type[TextChoices]) -> str:
    near = nearest(value, words.values)
    advice = f"; the nearest is {near!r}" if near else ""
    return f"{shown(value)} is none of {', '.join(words.values)}{advice}"
