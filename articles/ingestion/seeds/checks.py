"""What no record can tell alone: spans, values that only one row may have, constraints."""

from collections.abc import Iterator
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import BooleanField, CheckConstraint, Model, Q, Value
from django.db.models.functions import Cast, Coalesce

from articles.ingestion.document import Fault
from articles.ingestion.nouns import MODELS
from articles.ingestion.seeds.fixtures import KINDS, Fixtures
from articles.ingestion.seeds.plan import Change, Plan


def span_faults(plan: Plan, fixtures: Fixtures) -> Iterator[Fault]:
    """Mentions whose words do not stand at their place in the fixture's own body."""
    bodies = {r.key: r.values.get("body", "") for r in fixtures.records if r.kind == "article"}
    for record in fixtures.records:
        start, end = record.values.get("start"), record.values.get("end")
        if record.kind != "mention" or start is None or end is None:
            continue
        key = record.values["article"]
        article = plan.rows.get(("article", key))
        body = bodies.get(key, article.body if article else None)
        quote = record.values.get("quote", "")
        if body is not None and body[start:end] != quote:
            there = body[start:end]
            yield record.fault("quote", f"{quote!r} is not at {start}–{end}: there is {there!r}")


def collisions(plan: Plan) -> Iterator[Fault]:
    """Values that another row has and that only one may have (Wikidata ids, Media Topics)."""
    for kind, model in MODELS.items():
        changes = [*plan.creates[kind.value], *plan.updates[kind.value]]
        for of in model._meta.concrete_fields:
            if of.unique and not of.primary_key and of.name != "slug":
                yield from _collisions(model, of.name, changes)


def _collisions(model: Any, name: str, changes: list[Change]) -> Iterator[Fault]:
    wanted = {
        value: change
        for change in changes
        if (value := (change.values or change.record.values).get(name)) is not None
    }
    given_up = {change.row.pk for change in changes if name in change.values}
    holders = model._base_manager.filter(**{f"{name}__in": wanted}).exclude(pk__in=given_up)
    for holder in holders:
        value = getattr(holder, name)
        change = wanted[value]
        yield change.record.fault(name, f"{value!r} belongs to {holder.slug} already")


def constraint_faults(plan: Plan) -> Iterator[Fault]:
    """The checks of the database that a planned row would break, by asking it row by row.

    Slow, so only asked when something is known to be wrong: the database refuses such rows itself.
    """
    for kind in KINDS:
        constraints = [
            c for c in KINDS[kind].model._meta.constraints if isinstance(c, CheckConstraint)
        ]
        together = reduce(and_, (_passes(c) for c in constraints))
        for change in [*plan.creates[kind], *plan.updates[kind]]:
            columns = _as_written(change)
            if not together.check(columns):
                broken = [c for c in constraints if not _passes(c).check(columns)]
                yield from (_fault(change, constraint) for constraint in broken)


def _passes(constraint: CheckConstraint) -> Q:
    """The constraint's condition, where NULL passes as in the database."""
    return Q(Coalesce(constraint.condition, True, output_field=BooleanField()))


def _fault(change: Change, constraint: CheckConstraint) -> Fault:
    names: set[str] = getattr(constraint.condition, "referenced_base_fields", set())
    named = sorted(names & change.record.values.keys()) or sorted(names)
    return change.record.fault(", ".join(named), str(constraint.get_violation_error_message()))


def _as_written(change: Change) -> dict[str, Value | Cast]:
    """The row's columns as they would be; 0 stands for the key of a row that is not saved yet."""
    columns: dict[str, Value | Cast] = {}
    for of in change.row._meta.concrete_fields:
        if of.generated:
            continue
        value = change.values.get(of.name, getattr(change.row, of.attname))
        if of.is_relation and of.name not in change.values and of.is_cached(change.row):
            value = getattr(change.row, of.name)
        if isinstance(value, Model):
            value = value.pk or 0
        if not hasattr(value, "resolve_expression"):
            columns[of.name] = Cast(Value(None), of) if value is None else Value(value, of)
    return columns
