"""Fixture files as records: read, converted and checked one by one, without the database."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from articles.errors import LoadError
from articles.identity import article_uid
from articles.ingestion.document import Fault
from articles.ingestion.members import nearest, shown
from articles.ingestion.seeds.values import Key, python_value, reference
from articles.models import (
    Alias,
    Article,
    Entity,
    Mention,
    Redirect,
    Source,
    Tag,
    TagAlias,
    Tagging,
)

Tell = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A model that fixtures may hold: its natural key, and what its records must name."""

    model: type[models.Model]
    key: tuple[str, ...]
    required: tuple[str, ...]


# In the order in which they refer to one another.
KINDS = {
    "source": Kind(Source, ("slug",), ("slug", "name")),
    "tag": Kind(Tag, ("slug",), ("slug", "name")),
    "entity": Kind(Entity, ("slug",), ("slug", "name")),
    "alias": Kind(Alias, ("entity", "spelling"), ("entity", "spelling")),
    "tagalias": Kind(TagAlias, ("tag", "spelling"), ("tag", "spelling")),
    "article": Kind(Article, ("origin", "external_id"), ("uid", "origin", "external_id", "source")),
    "tagging": Kind(Tagging, ("article", "tag"), ("article", "tag")),
    "mention": Kind(Mention, ("article", "entity", "start", "end"), ("article", "entity")),
    "redirect": Kind(Redirect, ("kind", "old_slug"), ("kind", "old_slug")),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One object of a fixture. `values` holds Python values by field, references as keys."""

    file: str
    number: int
    kind: str
    key: Key
    values: dict[str, Any]

    def fault(self, name: str, reason: str) -> Fault:
        return Fault(self.file, self.number, name, reason)


@dataclass(frozen=True, slots=True)
class Fixtures:
    """What the files hold. `faulty` are keys of records with a fault, `unread` files without one
    readable record: what they would have brought is not missing."""

    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    faulty: set[tuple[str, Key]] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)


class _Twice(dict[str, Any]):
    """A JSON object that names a member twice."""

    name = ""


def read_fixtures(paths: Iterable[Path]) -> Fixtures:
    """All records of the files and folders (`*.json`, in name order), and all their faults."""
    fixtures = Fixtures()
    for file in _files(paths):
        _read_file(file, fixtures)
    _find_duplicates(fixtures)
    return fixtures


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found or not path.exists():
            raise LoadError(f"{path}: " + ("no fixtures in it" if path.exists() else "not there"))
        files += found
    return files


def _read_file(path: Path, fixtures: Fixtures) -> None:
    try:
        objects = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_members)
        if not isinstance(objects, list):
            raise ValueError("a fixture is a list of objects")
    except UnicodeDecodeError as error:
        reason = f"not UTF-8: byte {error.start + 1} is {error.object[error.start]:#04x}"
    except json.JSONDecodeError as error:
        reason = f"broken JSON in line {error.lineno}, column {error.colno}: {error.msg}"
    except RecursionError:
        reason = "broken JSON: nested too deeply"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
    else:
        for number, item in enumerate(objects, 1):
            _read_record(str(path), number, item, fixtures)
        return
    fixtures.faults.append(Fault(str(path), None, "", reason))
    fixtures.unread.append(str(path))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    names = [name for name, _ in pairs]
    twice = _Twice(members)
    twice.name = next(name for name in names if names.count(name) > 1)
    return twice


def _read_record(file: str, number: int, item: object, fixtures: Fixtures) -> None:
    def fault(name: str, reason: str) -> None:
        fixtures.faults.append(Fault(file, number, name, reason))

    if not isinstance(item, dict) or not isinstance(item.get("fields"), dict):
        fault("", "not an object with the members model and fields")
        return
    for part in (item, item["fields"]):
        if isinstance(part, _Twice):
            fault(part.name, "stands here twice")
    for name in item.keys() - {"model", "fields"}:
        reason = "rows are known by their natural keys: leave it out" if name == "pk" else "unknown"
        if name != "pk" or item["pk"] is not None:
            fault(name, reason)
    label = item.get("model")
    kind = label.lower().removeprefix("articles.") if isinstance(label, str) else ""
    if kind not in KINDS or label == kind:
        known = ", ".join(f"articles.{k}" for k in KINDS)
        fault("model", f"{shown(label)} is not one of: {known}")
        return
    before = len(fixtures.faults)
    record = Record(file, number, kind, *_converted(kind, item["fields"], fault))
    if kind == "article" and not len(fixtures.faults) > before:
        _check_uid(record, fault)
    if len(fixtures.faults) > before:
        fixtures.faulty.add((kind, record.key))
    else:
        fixtures.records.append(record)


def _check_uid(record: Record, fault: Tell) -> None:
    right = article_uid(record.values["origin"], record.values["external_id"])
    if record.values["uid"] != right:
        fault("uid", f"does not follow from origin and external_id: it must be {right}")


def _converted(kind: str, fields: dict[str, Any], fault: Tell) -> tuple[Key, dict[str, Any]]:
    """The key and the values of a record; each fault is told to `fault(field, reason)`."""
    model = KINDS[kind].model
    known = {f.name: f for f in model._meta.concrete_fields if not (f.generated or f.primary_key)}
    values: dict[str, Any] = {}
    for name, raw in fields.items():
        if name not in known:
            near = nearest(name, list(known))
            fault(name, "unknown field" + (f"; the nearest is {near}" if near else ""))
            continue
        try:
            values[name] = _value(known[name], raw)
        except ValidationError as error:
            fault(name, " ".join(error.messages))
        except ValueError as error:
            fault(name, str(error))
    errors = _field_errors(model, values)
    for name in KINDS[kind].required:
        if fields.get(name) in (None, "") and (name not in fields or name in values):
            errors[name] = "missing"
    for name, reason in errors.items():
        fault(name, reason)
    return tuple(values.get(name) for name in KINDS[kind].key), values


def _field_errors(model: type[models.Model], values: dict[str, Any]) -> dict[str, str]:
    """What the model's own validators say of the values."""
    plain = {
        name: value for name, value in values.items() if not model._meta.get_field(name).is_relation
    }
    others = {f.name for f in model._meta.concrete_fields} - plain.keys()
    try:
        model(**plain).clean_fields(exclude=others)
    except ValidationError as errors:
        return {name: " ".join(messages) for name, messages in errors.message_dict.items()}
    return {}


def _value(of: Any, raw: object) -> object:
    if of.is_relation and raw is not None:
        kind = of.related_model._meta.model_name
        return reference(kind, KINDS[kind].key, raw)
    return python_value(of, raw)


def _find_duplicates(fixtures: Fixtures) -> None:
    """The later of two records with the same key, or the same value where each has its own."""
    seen: dict[tuple[str, str, object], Record] = {}
    for record in fixtures.records:
        model = KINDS[record.kind].model
        unique = [f.name for f in model._meta.concrete_fields if f.unique]
        marks = [(name, record.values.get(name)) for name in unique]
        key = [(", ".join(KINDS[record.kind].key), record.key)] if len(record.key) > 1 else []
        for name, value in [*key, *marks]:
            if value is None:
                continue
            first = seen.setdefault((record.kind, name, value), record)
            if first is not record:
                place = f"{first.file}, record {first.number}"
                fixtures.faults.append(record.fault(name, f"stands already in {place}"))
                break
