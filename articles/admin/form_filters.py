"""A filter of the desk that is a small form: for what has too many values for a list of links."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

from articles.admin.dates import MISREAD, YEAR_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from django.contrib.admin.views.main import ChangeList
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest


def day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"size": 10, "maxlength": 10, "autocomplete": "off"}),
        help_text=YEAR_FIRST,
        error_messages={"invalid": MISREAD},
    )


def between(queryset: Any, moment: str, first: date | None, last: date | None) -> QuerySet[Any]:
    """Rows of whole days in UTC, both included; None: no end there."""
    if first:
        queryset = queryset.filter(**{f"{moment}__gte": datetime.combine(first, time(), UTC)})
    if last:
        queryset = queryset.filter(**{f"{moment}__lte": datetime.combine(last, time.max, UTC)})
    return queryset  # type: ignore[no-any-return]


class FormFilter(admin.ListFilter):
    """It works without scripts, but for the picking, and keeps the list's other parameters. What
    cannot be meant finds nothing, and the form says why."""

    template = "admin/articles/form_filter.html"
    range: tuple[str, str]
    """The fields that hold the first and the last day."""

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
    ) -> None:
        super().__init__(request, params, model, model_admin)
        fields = self.fields(model_admin)
        self.parameters = list(fields)
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
        self.form.fields = fields
        self._refuse_reversed(*self.range)
        # What is not a key at all cannot be shown as picked; its error stays.
        self.form.data = {
            name: value
            for name, value in self.used_parameters.items()
            if name not in self.form.errors
        }

    def fields(self, model_admin: admin.ModelAdmin[Any]) -> dict[str, forms.Field]:
        """The form's fields by the parameters of the address."""
        raise NotImplementedError

    def narrow(self, queryset: Any, given: Mapping[str, Any]) -> QuerySet[Any]:
        """The rows that are meant; every field is there, and empty where nothing was given."""
        raise NotImplementedError

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
        if self.form.errors:
            return queryset.none()  # type: ignore[no-any-return]
        return self.narrow(queryset, self.form.cleaned_data)

    def _refuse_reversed(self, first: str, last: str) -> None:
        self.form.is_valid()
        begins, ends = (self.form.cleaned_data.get(name) for name in (first, last))
        if begins and ends and ends < begins:
            self.form.add_error(last, "This is before the first day: no day lies between them.")
