"""Sources: the outlets that articles come from."""

from __future__ import annotations

import zoneinfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from articles.models.constraints import known_word, not_blank
from articles.models.curated import Slugged, SluggedQuerySet, slug_rule
from articles.models.groups import declared
from articles.models.triggers import KeepEdits, KeepRedirect, ledger
from articles.text import LANGUAGE_LENGTH, LANGUAGE_TAG, canonical_language
from articles.vocabulary import SourceKind


def validate_language(value: str) -> None:
    try:
        canonical = canonical_language(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if canonical != value:
        raise ValidationError("write the language as %(code)s", params={"code": canonical})


def validate_timezone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            "%(value)s is not an IANA time zone such as Africa/Cairo", params={"value": value}
        )


class SourceQuerySet(SluggedQuerySet["Source"]):
    pass


class Source(Slugged):
    kind = models.CharField(max_length=20, choices=SourceKind, default=SourceKind.OTHER)
    homepage = models.URLField(max_length=500, blank=True)
    country = models.CharField(
        max_length=2, blank=True, help_text="ISO 3166-1 code of two letters, such as EG."
    )
    language = models.CharField(
        max_length=LANGUAGE_LENGTH,
        default="und",
        validators=[validate_language],
        help_text="BCP 47 tag that articles get when they bring none; und: unknown.",
    )
    timezone = models.CharField(
        max_length=50,
        blank=True,
        validators=[validate_timezone],
        help_text="IANA zone for times without an offset, such as Africa/Cairo.",
    )
    notes = models.TextField(blank=True, help_text="Internal, never public.")
    cleaning_off = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=models.Value("{}", output_field=models.TextField()),
        blank=True,
        verbose_name="cleaning rules switched off",
        help_text="Names of rules, separated by commas: manage.py load_articles --list-rules.",
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        permissions = declared("source")
        constraints = [
            slug_rule("source"),
            not_blank("name", "source_has_a_name"),
            known_word("kind", SourceKind, "source_kind_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex="^[A-Z]{2}$"),
                name="source_country_is_two_capital_letters",
                violation_error_message="Write the country as two capital letters, such as EG.",
            ),
            models.CheckConstraint(
                condition=Q(language__regex=LANGUAGE_TAG), name="source_language_is_bcp47"
            ),
        ]
        triggers = [
            KeepEdits(),
            KeepRedirect(kind="source"),
            *ledger("source", "r.slug"),
        ]
