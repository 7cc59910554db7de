"""Rules that several tables share, with names that say the rule."""

from django.db import models
from django.db.models import Q


def known_word(
    field: str, words: type[models.TextChoices], name: str, *, blank: bool = False
) -> models.CheckConstraint:
    """Only the vocabulary's words may stand in the column."""
    allowed = ["", *words.values] if blank else words.values
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": allowed}),
        name=name,
        violation_error_message=f"{field} must be one of: {', '.join(words.values)}.",
    )


def not_blank(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__regex": r"\S"}),
        name=name,
        violation_error_message=f"{field} is missing.",
    )
