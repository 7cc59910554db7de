"""What stands in the way of an undo, and how it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from articles.models.duplicate_clusters import DuplicateMember
from articles.models.ledger_states import ledgered_models
from articles.models.redirects import Redirect
from articles.models.suggestions import Suggestion
from articles.vocabulary import LinkState, Origin

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db import IntegrityError
    from django.db.models import Model

    from articles.models.ledger_states import Deed

# They follow from other rows and go with them.
FOLLOWING: Final = (DuplicateMember, Suggestion)


def held_by(model: type[Model], keys: Collection[int]) -> dict[int, str]:
    """Of these rows those to which others refer, with a word for it: editors and sources, not what
    a machine only suggests."""
    held: dict[int, str] = {}
    for other in ledgered_models():
        if other in FOLLOWING:
            continue
        for field in other._meta.concrete_fields:
            if field.related_model is not model:
                continue
            said = other._base_manager.filter(_is_said(other), **{f"{field.name}__in": keys})
            for key in said.values_list(field.attname, flat=True).distinct():
                held[key] = _article_before(str(other._meta.verbose_name))
    return held


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


def missing_references(model: type[Model], lost: list[Deed]) -> dict[int, str]:
    """Of the rows that would be made again those that refer to a row that is gone: to what."""
    missing: dict[int, str] = {}
    for each in model._meta.concrete_fields:
        target: Any = each.related_model
        if target is None:
            continue
        asked = {d.row: (d.before or {}).get(str(each.column)) for d in lost}
        own = {d.row for d in lost} if target is model else set()
        wanted = {key for key in asked.values() if key is not None}
        there = set(target._base_manager.filter(pk__in=wanted).values_list("pk", flat=True)) | own
        for row, key in asked.items():
            if key is not None and key not in there:
                missing[row] = str(target._meta.verbose_name)
    return missing


def since(deed: Deed, what: str, column: str = "") -> str:
    last = deed.last_of(column)
    if last is None:
        return f"{what} since"
    return f"{what} since by {last.batch.actor} ({last.batch.at:%Y-%m-%d %H:%M} UTC)"


def rule(error: IntegrityError) -> str:
    rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return f"refused by the rule “{rule.replace('_', ' ')}”" if rule else str(error).split("\n")[0]
