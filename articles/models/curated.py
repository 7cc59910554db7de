"""What the four nouns share: who curates them, since when, under which slug."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from articles.text import slug_variant, slugify

if TYPE_CHECKING:
    from collections.abc import Sequence

SLUG_LENGTH = 80


def validate_slug(value: str) -> None:
    """Slugs are Unicode: letters and digits of any script in lower case, and hyphens."""
    if value != slugify(value):
        raise ValidationError(
            "%(value)s is not a slug: use lower-case letters, digits and hyphens, such as %(slug)s",
            params={"value": value, "slug": slugify(value) or "a-name"},
        )


def slug_rule(model: str) -> models.CheckConstraint:
    """A slug stands in an address and in comma-separated lists."""
    return models.CheckConstraint(
        condition=Q(slug__regex=r"^[^\s/?#,;:&%+.\\\"'<>]+$"), name=f"{model}_slug_fits_an_address"
    )


class Curated(models.Model):
    """A row that editors curate. The database keeps all three columns (see `KeepEdits`)."""

    edited_fields = ArrayField(
        models.TextField(),
        default=list,
        db_default=models.Value("{}", output_field=models.TextField()),
        blank=True,
        editable=False,
        help_text="Fields last changed by an editor; no load overwrites them.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


AnySlugged_co = TypeVar("AnySlugged_co", bound="Slugged", covariant=True)


class SluggedQuerySet(models.QuerySet[AnySlugged_co]):
    def get_by_natural_key(self, slug: str) -> AnySlugged_co:
        return self.get(slug=slug)

    def named(self, words: str) -> Self:
        """What a person may mean by the words: part of a name, or how a slug begins."""
        words = " ".join(words.split())
        return self.filter(Q(name__icontains=words) | Q(slug__startswith=slugify(words) or words))


class Slugged(Curated):
    """A noun with a public slug: sources, entities and tags."""

    slug = models.CharField(
        max_length=SLUG_LENGTH, unique=True, blank=True, validators=[validate_slug]
    )
    name = models.CharField(max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def clean(self) -> None:
        if not self.slug and self.name:
            self.slug = type(self).free_slug(self.name)

    @classmethod
    def free_slug(cls, name: str, taken: Sequence[str] = ()) -> str:
        """A slug for a new name: `-2` and so on where it is taken, by a row or a redirect."""
        slug = slugify(name) or cls._meta.model_name or ""
        used = set(taken)
        redirects = apps.get_model("articles", "Redirect")
        number = 1
        while True:
            candidate = slug if number == 1 else slug_variant(slug, number)
            if (
                candidate not in used
                and not cls._base_manager.filter(slug=candidate).exists()
                and not redirects._base_manager.filter(
                    kind=cls._meta.model_name, old_slug=candidate
                ).exists()
            ):
                return candidate
            number += 1
