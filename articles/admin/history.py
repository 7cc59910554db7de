"""The ledger of one row, made readable: what each entry changed, from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from articles.admin.activity import DONE
from articles.admin.differences import changed
from articles.anchors import shared_ends
from articles.models.ledger_words import kind_words
from articles.vocabulary import LedgerAction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from articles.models import LedgerEntry

# The database keeps these itself: they follow from the other changes.
SILENT_COLUMNS = frozenset({"edited_fields", "was_public"})
SHORT = 120
AROUND = 40
WORDS_FROM = 40


@dataclass(frozen=True, slots=True)
class Change:
    """One field's value before and after, as words."""

    field: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """What differs, word by word, where both are long enough to be read so."""
        is_long = min(len(self.before), len(self.after)) > WORDS_FROM
        return changed(self.before, self.after) if is_long else ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger with what it changed."""

    entry: LedgerEntry
    changes: list[Change]

    @property
    def kind_words(self) -> str:
        return kind_words(self.entry.kind)

    @property
    def action_words(self) -> str:
        return DONE[LedgerAction(self.entry.action)]

    @property
    def of_link(self) -> str:
        """What tells a link of a thing from its others: the rest of its key."""
        return self.entry.key.partition("/")[2]


def events(model: type[models.Model], entries: Iterable[LedgerEntry]) -> list[Event]:
    """The entries of rows of a model as events. One query for each foreign key that changed."""
    entries = list(entries)
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    names = {
        column: _names(field.related_model, column, entries)
        for column, field in fields.items()
        if isinstance(field, models.ForeignKey)
    }
    return [Event(entry, list(_changes(entry, fields, names))) for entry in entries]


def events_of(entries: Iterable[LedgerEntry]) -> list[Event]:
    """The same for entries of several kinds, in their order."""
    entries = list(entries)
    found: dict[int, Event] = {}
    for kind in dict.fromkeys(entry.kind for entry in entries):
        model = apps.get_model("articles", kind)
        of_kind = [entry for entry in entries if entry.kind == kind]
        found |= {event.entry.pk: event for event in events(model, of_kind)}
    return [found[entry.pk] for entry in entries]


def _names(related: Any, column: str, entries: Iterable[LedgerEntry]) -> dict[Any, str]:
    keys = {
        side[column] for entry in entries for side in _sides(entry) if side.get(column) is not None
    }
    rows = related._base_manager.in_bulk(keys) if keys else {}
    return {key: str(rows.get(key, f"#{key} (gone)")) for key in keys}


def _sides(entry: LedgerEntry) -> tuple[dict[str, Any], dict[str, Any]]:
    """The changed fields before and after; empty for an insert and a delete."""
    if entry.action != LedgerAction.UPDATE:
        return {}, {}
    return entry.before or {}, entry.after or {}


def _changes(
    entry: LedgerEntry, fields: dict[str, Any], names: dict[str, dict[Any, str]]
) -> Iterable[Change]:
    sides = _sides(entry)
    for column in sorted(set(sides[1]) - SILENT_COLUMNS):
        before, after = (side.get(column) for side in sides)
        if column in names:
            before, after = names[column].get(before), names[column].get(after)
        field = fields.get(column)
        label = str(field.verbose_name) if field else column
        yield Change(label, *around_change(_words(before), _words(after)))


def as_words(field: models.Field[Any, Any], value: Any) -> str:
    """A value of a column as an editor reads it; of a foreign key what it refers to."""
    if isinstance(field, models.ForeignKey) and value is not None:
        related: Any = field.related_model
        return str(related._base_manager.filter(pk=value).first() or f"#{value} (gone)")
    return _words(value)


def _words(value: Any) -> str:
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def around_change(before: str, after: str) -> tuple[str, str]:
    """Both values, or of long ones what differs with a few characters around it."""
    if max(len(before), len(after)) <= SHORT:
        return before, after
    head, tail = shared_ends(before, after)
    first = max(0, head - AROUND)
    cut = [text[first : len(text) - max(0, tail - AROUND)] for text in (before, after)]
    opening, closing = "…" if first else "", "…" if tail > AROUND else ""
    short = [text if len(text) <= 4 * SHORT else text[: 4 * SHORT] + " […]" for text in cut]
    return f"{opening}{short[0]}{closing}", f"{opening}{short[1]}{closing}"
