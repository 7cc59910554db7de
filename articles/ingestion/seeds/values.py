"""Values of fixtures: JSON to Python, as strictly as the models mean it."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from articles.ingestion.members import shown, unstorable

Key = tuple[object, ...]


def python_value(of: Any, raw: object) -> object:
    """A JSON value as the field's Python value. Raises ValueError or ValidationError."""
    if raw is None:
        if not of.null:
            raise ValueError("null is not allowed here")
        return None
    if isinstance(of, ArrayField):
        return [python_value(of.base_field, item) for item in _list(raw)]
    expected, name = _json_type(of)
    if type(raw) is not expected:
        raise ValueError(f"{shown(raw)} is not {name}")
    if isinstance(raw, str) and (reason := unstorable(raw)):
        raise ValueError(reason)
    if of.choices and raw not in dict(of.flatchoices):
        words = ", ".join(str(word) for word in dict(of.flatchoices))
        raise ValueError(f"{shown(raw)} is not one of: {words}")
    value: object = of.to_python(raw)
    return _moment(value) if isinstance(value, datetime) else value


def reference(kind: str, parts: tuple[str, ...], raw: object) -> Key:
    """The natural key of a row of another kind, given the names of its parts."""
    if isinstance(raw, list) and len(raw) == len(parts) and all(isinstance(r, str) for r in raw):
        return tuple(raw)
    raise ValueError(f"{shown(raw)} is no reference to {kind}: write [{', '.join(parts)}]")


def _list(raw: object) -> list[object]:
    """A list, or the string of one as `dumpdata` writes it."""
    items = raw
    if isinstance(raw, str) and raw.startswith("["):
        with suppress(ValueError, RecursionError):
            items = json.loads(raw)
    if not isinstance(items, list):
        raise ValueError(f"{shown(raw)} is not a list")
    return items


def _json_type(of: Any) -> tuple[type, str]:
    if isinstance(of, models.BooleanField):
        return bool, "true or false"
    if isinstance(of, models.IntegerField):
        return int, "a whole number"
    return str, "a string"


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no offset from UTC: write a Z at its end")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value.isoformat()} lies outside of the years 1 to 9999") from None
