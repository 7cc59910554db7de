"""What stands in the way of an undo, and how it is told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.apps import apps
from django.db.models import Max, Q

from articles.models.duplicate_clusters import DuplicateMember
from articles.models.ledger import LedgerEntry, kind_of
from articles.models.ledger_states import ledgered_models
from articles.models.redirects import Redirect
from articles.models.suggestions import Suggestion
from articles.vocabulary import LedgerAction, LinkState, Origin

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.db import IntegrityError
    from django.db.models import Model

    from articles.models.ledger import LedgerBatch
    from articles.models.ledger_states import Deed

# They follow from other rows and go with them.
FOLLOWING: Final = (DuplicateMember, Suggestion)


class Obstacle(NamedTuple):
    """Why something is left, and what was done since that is the cause, if it is known."""

    reason: str
    later: LedgerBatch | None = None


IN_USE: Final = Obstacle("its slug names a row again")


def held_by(model: type[Model], keys: Collection[int]) -> dict[int, Obstacle]:
    """Of these rows those to which others refer: editors and sources, not what a machine only
    suggests."""
    held: dict[int, Obstacle] = {}
    for other in ledgered_models():
        if other in FOLLOWING:
            continue
        for field in other._meta.concrete_fields:
            if field.related_model is not model:
                continue
            said = other._base_manager.filter(_is_said(other), **{f"{field.name}__in": keys})
            newest = dict(said.order_by().values_list(field.attname).annotate(Max("pk")))
            batches = _batches(other, newest.values(), str(field.column)) if newest else {}
            word = _article_before(str(other._meta.verbose_name))
            for key, holder in newest.items():
                held[key] = Obstacle(f"{word} refers to it since", batches.get(holder))
    return held


def _batches(model: type[Model], rows: Collection[int], column: str) -> dict[int, LedgerBatch]:
    """By row in which batch its column got the value that it has."""
    wrote = Q(action=LedgerAction.INSERT) | Q(after__has_key=column)
    entries = LedgerEntry.objects.filter(wrote, kind=kind_of(model), row__in=list(rows))
    last = entries.order_by("row", "-id").distinct("row").select_related("batch")
    return {entry.row: entry.batch for entry in last.defer("before", "after")}


def _is_said(model: type[Any]) -> Q:
    names = {field.name for field in model._meta.concrete_fields}
    if {"state", "origin"} <= names:
        return ~Q(origin=Origin.MACHINE, state=LinkState.SUGGESTED)
    return ~Q(state=LinkState.SUGGESTED) if "state" in names else Q()


def _article_before(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def leads_already(model: type[Model], deed: Deed) -> bool:
    """Whether a renaming that was taken back has made the same redirect by itself."""
    kept = deed.before or {}
    names = ("kind", "old_slug", "source_id", "entity_id", "tag_id")
    same = {name: kept.get(name) for name in names}
    return model is Redirect and Redirect.objects.filter(**same).exists()


def is_in_use(model: type[Model], deed: Deed) -> bool:
    """Whether a former slug names a row again: a slug in use leads nowhere else."""
    kind, _, slug = deed.key.partition("/")
    return model is Redirect and _noun(kind)._base_manager.filter(slug=slug).exists()


def _noun(kind: str) -> type[Model]:
    return apps.get_model("articles", kind)


def missing_references(
    model: type[Model], deeds: list[Deed], run: UUID | None
) -> dict[int, dict[str, Obstacle]]:
    """Of the rows that would be as they were before the run those that would refer to a row that is
    gone, by the columns that would. What they refer to now is there."""
    missing: dict[int, dict[str, Obstacle]] = defaultdict(dict)
    for each in model._meta.concrete_fields:
        target: Any = each.related_model
        if target is None:
            continue
        column = str(each.column)
        asked = {d.row: (d.before or {}).get(column) for d in deeds}
        as_now = {(d.now or {}).get(column) for d in deeds}
        own = {d.row for d in deeds if d.now is None} if target is model else set()
        wanted = {key for key in asked.values() if key is not None} - as_now - own
        there = set(target._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        gone = _gone(target, wanted - there, run) if wanted - there else {}
        for row, key in asked.items():
            if key in gone:
                missing[row][column] = gone[key]
    return missing


def _gone(model: type[Model], rows: Collection[int], run: UUID | None) -> dict[int, Obstacle]:
    """Who took these rows away, as far as the ledger knows; the run itself is no obstacle."""
    noun = str(model._meta.verbose_name)
    found = {row: Obstacle(f"its {noun} is gone") for row in rows}
    entries = LedgerEntry.objects.filter(
        kind=kind_of(model), row__in=list(rows), action=LedgerAction.DELETE
    )
    for entry in entries.order_by("row", "-id").distinct("row").select_related("batch"):
        name = (entry.before or {}).get("name")
        who = f"{noun} “{name}”" if name else noun
        if run is not None and entry.batch.run == run:
            found[entry.row] = Obstacle(f"its {who} is not back")
        else:
            found[entry.row] = Obstacle(
                f"its {who} is gone since: {_told(entry.batch)}", entry.batch
            )
    return found


def since(deed: Deed, what: str, column: str = "") -> Obstacle:
    last = deed.last_of(column)
    if last is None:
        return Obstacle(f"{what} since")
    return Obstacle(f"{what} since by {_told(last.batch)}", last.batch)


def _told(batch: LedgerBatch) -> str:
    return f"{batch.actor} ({batch.at:%Y-%m-%d %H:%M} UTC)"


def rule(error: IntegrityError) -> str:
    rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return f"refused by the rule “{rule.replace('_', ' ')}”" if rule else str(error).split("\n")[0]
