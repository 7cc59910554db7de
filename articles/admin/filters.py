"""Filters of the desk's lists that cost the same however many rows there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from articles.admin.form_filters import FormFilter, between, day
from articles.admin.lists import COUNTED
from articles.admin.numbers import whole
from articles.models import Alias, Article, LedgerEntry, Mention, Tagging
from articles.vocabulary import DatePrecision, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.admin import AdminSite
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest


class RowSelect(AutocompleteSelect):
    """What is the key of no row cannot be shown as picked; Django would ask the database for it."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        keys = [key for key in value if not key or whole(str(key))]
        return super().optgroups(name, keys, attr)


def picker(link: type[Model], field: str, site: AdminSite) -> forms.ModelChoiceField[Any]:
    """A row that is found by typing instead of in a giant list."""
    relation: Any = link._meta.get_field(field)
    return forms.ModelChoiceField(
        relation.related_model._base_manager.all(),
        required=False,
        widget=RowSelect(relation, site),
    )


class ArticleFilter(FormFilter):
    """Source, link and date. Both days are whole; undated articles fail every range."""

    title = "source, link and date"
    range = ("published_from", "published_to")

    def fields(self, model_admin: admin.ModelAdmin[Any]) -> dict[str, forms.Field]:
        return {
            "source": picker(Article, "source", model_admin.admin_site),
            "tag": picker(Tagging, "tag", model_admin.admin_site),
            "entity": picker(Mention, "entity", model_admin.admin_site),
            "published_from": day("Published from"),
            "published_to": day("Published to"),
        }

    def narrow(self, queryset: Any, given: Mapping[str, Any]) -> QuerySet[Any]:
        if source := given["source"]:
            queryset = queryset.filter(source=source)
        if tag := given["tag"]:
            queryset = queryset.tagged(tag)
        if entity := given["entity"]:
            queryset = queryset.mentioning(entity)
        return between(queryset, "published_at", given["published_from"], given["published_to"])


class RunFilter(admin.SimpleListFilter):
    """What one run changed. Reached by the links that reports give, so it shows only when used."""

    title, parameter_name = "run", "run"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(run, "Changed in one run")] if (run := self.value()) else []

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        """Of a very large run the list shows what it changed last. A download, an action and a
        command take all of it."""
        given = self.value()
        if not given:
            return queryset  # type: ignore[no-any-return]
        try:
            run = UUID(given)
        except ValueError:
            return queryset.none()  # type: ignore[no-any-return]
        page = getattr(request.resolver_match, "url_name", None)
        if request.method == "POST" or page != "articles_article_changelist":
            return queryset.changed_in(run)  # type: ignore[no-any-return]
        entries = LedgerEntry.objects.filter(batch__run=run).order_by("-batch__at", "-pk")
        newest = list(entries.values_list("kind", "row", "key")[: COUNTED + 1])
        if len(newest) > COUNTED:
            self.title = f"run (its newest {COUNTED:,} changes)"
        return queryset.changed_by(newest)  # type: ignore[no-any-return]


class PrecisionFilter(admin.SimpleListFilter):
    """How much of the date is known. “Undated” is asked of the date, which has an index."""

    title, parameter_name = "date precision", "precision"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [
            ("dated", "Dated"),
            (DatePrecision.EXACT.value, "Exact time"),
            (DatePrecision.DAY.value, "Day"),
            (DatePrecision.UNKNOWN.value, "Undated"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        precision = self.value()
        if precision in {DatePrecision.EXACT, DatePrecision.DAY}:
            return queryset.filter(published_precision=precision)
        if precision is None:
            return queryset
        return queryset.filter(published_at__isnull=precision == DatePrecision.UNKNOWN)


class LanguageFilter(admin.SimpleListFilter):
    """The languages that articles have, found without reading the articles."""

    title, parameter_name = "language", "language"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(word, word) for word in Article.objects.present("language")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(language=self.value()) if self.value() else queryset


class StandingFilter(admin.SimpleListFilter):
    """Entities with an alias for which an editor has given this rule."""

    title, parameter_name = "standing of an alias", "standing"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(word.value, str(word.label)) for word in Standing]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=Alias.objects.filter(standing=self.value()).values("entity"))
