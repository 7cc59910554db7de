"""What editors read and never write: the ledger, decisions, redirects."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.db.models import Count
from django.utils.html import format_html

from articles.admin.activity import entry_words
from articles.admin.filters import day
from articles.admin.lists import COUNTED, BoundedChangeList, BoundedPaginator
from articles.admin.nouns import badge, linked
from articles.admin.runs import run_link
from articles.models import LedgerEntry, Redirect
from articles.models.bulk import AnyOf
from articles.models.ledger import kind_of
from articles.models.ledger_states import ledgered_models

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from articles.models import Decision, LedgerBatch

    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


class RecordAdmin(AnyAdmin):
    """A list of rows that cannot be changed, newest first."""

    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    ordering: ClassVar[Any] = ("-pk",)
    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedChangeList]:
        return BoundedChangeList

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows

    def counted(self, rows: list[Any]) -> list[Any]:
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class KindFilter(admin.SimpleListFilter):
    """The kinds are known: looking for those that occur would read the whole ledger."""

    title, parameter_name = "kind", "kind"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(kind_of(model), kind_of(model)) for model in ledgered_models()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


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
        value = self.value() or ""
        return queryset.filter(batch=value) if value.isdecimal() else queryset.none()


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


class LedgerEntryAdmin(RecordAdmin):
    list_display = ("at", "actor", "way", "action", "kind", "key", "fields_changed")
    list_display_links = ("at",)
    list_filter = (KindFilter, "action", RunFilter, BatchFilter)
    fields = ("at", "actor", "way", "run", "note", "action", "kind", "key", "before", "after")

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("batch")

    @admin.display(description="at (UTC)")
    def at(self, entry: LedgerEntry) -> str:
        return f"{entry.batch.at:%Y-%m-%d %H:%M:%S}"

    @admin.display
    def actor(self, entry: LedgerEntry) -> str:
        return entry.batch.actor

    @admin.display
    def way(self, entry: LedgerEntry) -> str:
        return entry.batch.way

    @admin.display
    def run(self, entry: LedgerEntry) -> str:
        return run_link(entry.batch.run, str(entry.batch.run)) if entry.batch.run else "—"

    @admin.display
    def note(self, entry: LedgerEntry) -> str:
        return entry.batch.note or "—"

    @admin.display(description="fields")
    def fields_changed(self, entry: LedgerEntry) -> str:
        return ", ".join(sorted(entry.after or ())) or "—"


class PersonAndTimeFilter(admin.ListFilter):
    """Who and when: typed, for there are as many people and days as there are."""

    title, template = "person and time", "admin/articles/form_filter.html"
    parameters = ("actor", "from", "to")

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.parameters:
            if given := params.pop(name, [""])[-1].strip():
                self.used_parameters[name] = given
        self.others = [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in {*self.parameters, "p", "e"}
        ]
        self.form = forms.Form(self.used_parameters, auto_id="filter-%s")
        self.form.fields = {
            "actor": forms.CharField(label="Person or program", required=False),
            "from": day("From"),
            "to": day("To"),
        }

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters)

    def choices(self, changelist: Any) -> Any:
        clear = changelist.get_query_string(remove=list(self.parameters))
        yield {
            "form": self.form,
            "others": self.others,
            "clear": clear if self.used_parameters else "",
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.form.errors:
            return queryset.none()
        actor, first, last = (self.form.cleaned_data[name] for name in self.parameters)
        if actor:
            queryset = queryset.filter(actor=actor)
        if first:
            queryset = queryset.filter(at__gte=datetime.combine(first, time(), UTC))
        if last:
            queryset = queryset.filter(at__lte=datetime.combine(last, time.max, UTC))
        return queryset


class LedgerBatchAdmin(RecordAdmin):
    """The history of the archive: one line for what somebody did in one go."""

    nouns = ("batch of changes", "batches of changes")
    list_display = ("when", "who", "way", "what", "note")
    list_display_links = None
    list_filter = (PersonAndTimeFilter, "way")

    def counted(self, rows: list[Any]) -> list[Any]:
        """With what each changed, counted by kind. One query."""
        found: dict[int, list[str]] = {}
        some = LedgerEntry.objects.filter(batch__in=rows).values_list("batch", "kind", "action")
        for batch, kind, action, number in some.annotate(n=Count("pk")).order_by("kind", "action"):
            found.setdefault(batch, []).append(entry_words(kind, action, number))
        for row in rows:
            row.told = ", ".join(found.get(row.pk, []))
        return rows

    @admin.display(description="at (UTC)")
    def when(self, batch: LedgerBatch) -> str:
        shown = f"{batch.at:%Y-%m-%d %H:%M:%S}"
        return run_link(batch.run, shown) if batch.run else shown

    @admin.display(description="who")
    def who(self, batch: LedgerBatch) -> str:
        return format_html('<span dir="auto">{}</span>', batch.actor)

    @admin.display(description="what")
    def what(self, batch: Any) -> str:
        undone = "undo: " if batch.undoes else ""
        return undone + (batch.told or "—")


class DecisionAdmin(RecordAdmin):
    list_display = ("when", "editor", "verdict_badge", "kind", "target", "quote", "reason")
    list_display_links = ("when",)
    list_filter = ("kind", "verdict")

    @admin.display(description="at (UTC)")
    def when(self, decision: Decision) -> str:
        return f"{decision.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="verdict")
    def verdict_badge(self, decision: Decision) -> str:
        return badge(decision.verdict)


class RedirectAdmin(RecordAdmin):
    list_display = ("old_slug", "kind", "leads_to")
    list_filter = ("kind",)
    list_display_links = None

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("source", "entity", "tag")

    @admin.display(description="leads to")
    def leads_to(self, redirect: Redirect) -> str:
        return linked(redirect.target)
