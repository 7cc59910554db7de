"""What the ledger calls by the names of models and columns, as people call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.apps import apps

if TYPE_CHECKING:
    from collections import Counter

    from django.db.models import Model

_NOUNS: Final = {
    "alias": ("spelling", "spellings"),
    "storylinearticle": ("place in a storyline", "places in storylines"),
}


def kind_words(kind: str, count: int = 1) -> str:
    """A kind of row, or several of them."""
    if kind in _NOUNS:
        return _NOUNS[kind][count != 1]
    model = _model(kind)
    if model is None:
        return kind
    return str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)


def counted(rows: Counter[str]) -> str:
    """Rows by their kind, in one line."""
    return ", ".join(f"{n:,} {kind_words(kind, n)}" for kind, n in sorted(rows.items()))


def column_words(kind: str, column: str) -> str:
    """A column of a kind of row."""
    model = _model(kind)
    fields: Any = model._meta.concrete_fields if model else ()
    named = (str(field.verbose_name) for field in fields if field.column == column)
    return next(named, column)


def _model(kind: str) -> type[Model] | None:
    """None of a model of former days."""
    try:
        return apps.get_model("articles", kind)
    except LookupError:
        return None
