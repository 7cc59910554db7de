"""Filters of the history: who, what kind, when and by which way, together in one address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin

from articles.admin.activity import DONE
from articles.admin.form_filters import FormFilter, between, day
from articles.admin.lists import COUNTED
from articles.admin.numbers import whole
from articles.models import LedgerBatch, LedgerEntry
from articles.models.bulk import AnyOf
from articles.models.ledger import kind_of
from articles.models.ledger_search import newest_entries, touching
from articles.models.ledger_states import ledgered_models
from articles.models.ledger_words import kind_words
from articles.vocabulary import Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest


def _one_of(label: str, words: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    refusal = f"There is no {label.lower()} “%(value)s”."
    return forms.ChoiceField(
        label=label,
        choices=[("", "Any"), *words],
        required=False,
        error_messages={"invalid_choice": refusal},
    )


class HistoryFilter(FormFilter):
    """Batches of changes. The kinds are known: looking for those that occur would read the ledger;
    people are typed, for there are as many as there are."""

    title = "person, kind and time"
    range = ("from", "to")

    def fields(self, model_admin: admin.ModelAdmin[Any]) -> dict[str, forms.Field]:
        kinds = {kind_of(model): kind_words(kind_of(model)) for model in ledgered_models()}
        return {
            "actor": forms.CharField(label="Person or program", required=False),
            "kind": _one_of("Kind", sorted(kinds.items(), key=lambda it: it[1])),
            "from": day("From"),
            "to": day("To"),
            "way": _one_of("Way", Way.choices),
        }

    def narrow(self, queryset: Any, given: Mapping[str, Any]) -> QuerySet[Any]:
        return touching(self.batches(queryset, given), given["kind"])

    def batches(self, rows: Any, given: Mapping[str, Any]) -> QuerySet[LedgerBatch]:
        """Those of the person, the days and the way."""
        if actor := given["actor"]:
            rows = rows.filter(actor=actor)
        if way := given["way"]:
            rows = rows.filter(way=way)
        return between(rows, "at", given["from"], given["to"])


class EntryFilter(HistoryFilter):
    """Single entries of the ledger: of a person, of days and of a way the newest of them."""

    title = "person, kind, action and time"

    def fields(self, model_admin: admin.ModelAdmin[Any]) -> dict[str, forms.Field]:
        actions = [(action.value, words) for action, words in DONE.items()]
        return super().fields(model_admin) | {"action": _one_of("Action", actions)}

    def narrow(self, queryset: Any, given: Mapping[str, Any]) -> QuerySet[Any]:
        kind, action = given["kind"], given["action"]
        if any(given[name] for name in ("actor", "from", "to", "way")):
            batches = self.batches(LedgerBatch.objects.all(), given)
            newest = newest_entries(batches, kind, action, COUNTED + 1)
            return queryset.filter(AnyOf("id", newest))  # type: ignore[no-any-return]
        if kind:
            queryset = queryset.filter(kind=kind)
        return queryset.filter(action=action) if action else queryset  # type: ignore[no-any-return]


class BatchFilter(admin.SimpleListFilter):
    """The changes of one run, or of one transaction: only links lead here, with its number."""

    title, parameter_name = "transaction", "batch"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        given = request.GET.get(self.parameter_name)
        return [(given, f"this {self.title}")] if given else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Nonsense finds nothing."""
        batch = whole(self.value())
        return queryset.filter(batch=batch) if batch else queryset.none()


class RunFilter(BatchFilter):
    title, parameter_name = "run", "run"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The newest of them, found first: in the list's order all of the ledger may be read."""
        try:
            of_run = LedgerEntry.objects.filter(batch__run=UUID(self.value() or ""))
        except ValueError:
            return queryset.none()
        newest = of_run.order_by("-batch__at", "-pk").values_list("pk", flat=True)
        return queryset.filter(AnyOf("id", newest[: COUNTED + 1]))


class RowFilter(BatchFilter):
    """The changes of one row, of the kind that the list is narrowed to."""

    title, parameter_name = "row", "row"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Numbers of rows mean nothing without a kind."""
        row = whole(self.value())
        return queryset.filter(row=row) if row and request.GET.get("kind") else queryset.none()
