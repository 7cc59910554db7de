"""How rows stood before and after what a run did to them, and how they stand now: plain values by
column, as PostgreSQL writes them in JSON.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import connection, models
from django.utils.dateparse import parse_datetime

from articles.models.ledger import LedgerEntry
from articles.models.triggers import Ledger, recorded_columns
from articles.vocabulary import LedgerAction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

State = dict[str, Any]

CLOCKS: Final = frozenset({"updated_at"})


@dataclass(frozen=True, slots=True)
class Deed:
    """What a run did to one row. `before` and `after` hold the columns that it changed, or all of
    them where it made or deleted the row; None: the row was not there. `now` is the whole row."""

    row: int
    key: str
    before: State | None
    after: State | None
    now: State | None
    later: tuple[LedgerEntry, ...]  # what others did to it since, newest first

    def last_of(self, column: str = "") -> LedgerEntry | None:
        """Who touched the column, or the row, last since the run; what was undone meanwhile and its
        undo count only where there is nothing else."""
        touched = [it for it in self.later if not column or column in (it.after or it.before or {})]
        runs = {it.batch.run for it in touched}
        over: set[UUID | None] = set()
        for entry in touched:
            batch = entry.batch
            if batch.undoes in runs and batch.undoes != batch.run and batch.run not in over:
                over |= {batch.run, batch.undoes}
            elif batch.run is None or batch.run not in over:
                return entry
        return next(iter(touched), None)


@cache
def ledgered_models() -> tuple[type[models.Model], ...]:
    """Every model whose rows the ledger follows: what is referred to before what refers to it."""
    kinds = {
        model: [trigger for trigger in model._meta.triggers if isinstance(trigger, Ledger)]
        for model in apps.get_app_config("articles").get_models()
        if hasattr(model._meta, "triggers")
    }
    followed = {model for model, triggers in kinds.items() if triggers}
    order = TopologicalSorter(
        {
            model: {to for to in map(_target, _references(model)) if to in followed - {model}}
            for model in sorted(followed, key=lambda model: model.__name__)
        }
    )
    return tuple(order.static_order())


def _references(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    return [f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)]


def _target(field: models.ForeignKey[Any, Any]) -> Any:
    return field.related_model


def rows_now(model: type[models.Model], keys: Iterable[int]) -> dict[int, State]:
    """The rows as they stand, locked until the end of the transaction."""
    columns = ", ".join(f'"{column}"' for column in recorded_columns(model))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, (SELECT row_to_json(r)::text FROM (SELECT {_of('t', columns)}) AS r)"
            f" FROM {table} t WHERE t.id = ANY (%s) ORDER BY t.id FOR UPDATE",
            [list(keys)],
        )
        return {key: json.loads(row) for key, row in cursor.fetchall()}


def _of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


def deeds(model: type[models.Model], entries: Mapping[int, list[LedgerEntry]]) -> list[Deed]:
    """What the given entries (by row, oldest first) did, beside all that happened since."""
    now = rows_now(model, entries)
    firsts = [its[0].pk for its in entries.values()]
    kind = model._meta.model_name
    since: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in (
        LedgerEntry.objects.filter(kind=kind, row__in=list(entries), pk__gt=min(firsts))
        .select_related("batch")
        .order_by("-id")
    ):
        since[entry.row].append(entry)
    return [_deed(model, row, its, since[row], now.get(row)) for row, its in entries.items()]


def _deed(
    model: type[models.Model],
    row: int,
    own: list[LedgerEntry],
    since: list[LedgerEntry],
    now: State | None,
) -> Deed:
    ours = {entry.pk for entry in own}
    later = tuple(entry for entry in since if entry.pk > own[-1].pk)
    if all(entry.action == LedgerAction.UPDATE for entry in own):
        return Deed(row, own[-1].key, *_changed(own), now, later)
    state = now
    for entry in later:
        state = _undone(model, entry, state)
    after = state
    for entry in reversed(own):
        state = _undone(model, entry, state)
    # What others did between two deeds of one run is theirs, and counts as later.
    between = tuple(e for e in since if e.pk < own[-1].pk and e.pk not in ours and e.pk > own[0].pk)
    return Deed(row, own[-1].key, state, after, now, later + between)


def _changed(own: list[LedgerEntry]) -> tuple[State, State]:
    """The columns that updates changed: their first values and their last."""
    before: State = {}
    after: State = {}
    for entry in own:
        before = {**(entry.before or {}), **before}
        after |= entry.after or {}
    return before, after


def _undone(model: type[models.Model], entry: LedgerEntry, state: State | None) -> State | None:
    """A row just before an entry, from how it was just after it."""
    if entry.action == LedgerAction.INSERT:
        return None
    known = {*recorded_columns(model), *CLOCKS}
    kept = {c: v for c, v in (entry.before or {}).items() if c in known}
    return kept if entry.action == LedgerAction.DELETE else {**(state or {}), **kept}


def is_same(model: type[models.Model], column: str, one: Any, other: Any) -> bool:
    """Whether two values of a column are one: a time may be written in more than one zone."""
    if one == other:
        return True
    field = next(f for f in model._meta.concrete_fields if f.column == column)
    if isinstance(field, models.DateTimeField) and isinstance(one, str) and isinstance(other, str):
        return parse_datetime(one) == parse_datetime(other)
    return False


def is_same_row(model: type[models.Model], one: State, other: State) -> bool:
    """Whether two states of a row are alike, but for its clock and the columns that one lacks."""
    columns = (one.keys() & other.keys()) - CLOCKS
    return all(is_same(model, column, one[column], other[column]) for column in columns)
