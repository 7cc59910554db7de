"""Filters of the desk's lists that cost the same however many rows there are."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from articles.admin.lists import COUNTED
from articles.models import Alias, Article, LedgerEntry, Mention, Tagging
from articles.vocabulary import DatePrecision, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.admin import AdminSite
    from django.contrib.admin.views.main import ChangeList
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest


def picker(link: type[Model], field: str, site: AdminSite) -> forms.ModelChoiceField[Any]:
    """A row that is found by typing instead of in a giant list."""
    relation: Any = link._meta.get_field(field)
    return forms.ModelChoiceField(
        relation.related_model._base_manager.all(),
        required=False,
        widget=AutocompleteSelect(relation, site),
    )


def day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class ArticleFilter(admin.ListFilter):
    """A small form for what has too many values for a list of links. It works without scripts,
    but for the picking, and keeps the list's other parameters."""

    title = "source, link and date"
    template = "admin/articles/form_filter.html"
    parameters = ("source", "tag", "entity", "published_from", "published_to")

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
    ) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.parameters:
            if given := params.pop(name, [""])[-1].strip():
                self.used_parameters[name] = given
        # The page number belongs to the list as it was.
        self.others = [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in {*self.parameters, "p", "e"}
        ]
        self.form = forms.Form(self.used_parameters, auto_id="filter-%s")
        self.form.fields = {
            "source": picker(Article, "source", model_admin.admin_site),
            "tag": picker(Tagging, "tag", model_admin.admin_site),
            "entity": picker(Mention, "entity", model_admin.admin_site),
            "published_from": day("Published from"),
            "published_to": day("Published to"),
        }
        # What is not a key at all cannot be shown as picked; its error stays.
        self.form.data = {
            name: value
            for name, value in self.used_parameters.items()
            if name not in self.form.errors
        }

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        remove = list(self.parameters)
        yield {
            "form": self.form,
            "others": self.others,
            "clear": changelist.get_query_string(remove=remove) if self.used_parameters else "",
        }

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        """Both days are whole; undated articles fail every range. Nonsense finds nothing."""
        if self.form.errors:
            return queryset.none()  # type: ignore[no-any-return]
        source, tag, entity, first, last = (self.form.cleaned_data[n] for n in self.parameters)
        if source:
            queryset = queryset.filter(source=source)
        if tag:
            queryset = queryset.tagged(tag)
        if entity:
            queryset = queryset.mentioning(entity)
        if first:
            queryset = queryset.filter(published_at__gte=datetime.combine(first, time(), UTC))
        if last:
            queryset = queryset.filter(published_at__lte=datetime.combine(last, time.max, UTC))
        return queryset  # type: ignore[no-any-return]


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
