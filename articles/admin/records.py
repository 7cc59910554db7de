"""What editors read and never write: the ledger, decisions, redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.db.models import Count
from django.utils.html import format_html

from articles.admin.activity import DONE, entry_words
from articles.admin.ledger_filters import (
    BatchFilter,
    EntryFilter,
    HistoryFilter,
    RowFilter,
    RunFilter,
)
from articles.admin.lists import BoundedChangeList, BoundedPaginator
from articles.admin.nouns import badge, linked
from articles.admin.runs import run_link
from articles.models import LedgerEntry, Redirect
from articles.models.ledger_words import kind_words
from articles.vocabulary import LedgerAction

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


class LedgerEntryAdmin(RecordAdmin):
    list_display = ("at", "actor", "way", "done", "kind_words", "key", "fields_changed")
    list_display_links = ("at",)
    list_filter = (EntryFilter, RunFilter, BatchFilter, RowFilter)
    fields = (
        "at", "actor", "way", "run", "note", "done", "kind_words", "key", "before", "after",
    )  # fmt: skip

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
        return entry.batch.get_way_display()

    @admin.display(description="action")
    def done(self, entry: LedgerEntry) -> str:
        return DONE[LedgerAction(entry.action)]

    @admin.display(description="kind")
    def kind_words(self, entry: LedgerEntry) -> str:
        return kind_words(entry.kind)

    @admin.display
    def run(self, entry: LedgerEntry) -> str:
        return run_link(entry.batch.run, str(entry.batch.run)) if entry.batch.run else "—"

    @admin.display
    def note(self, entry: LedgerEntry) -> str:
        return entry.batch.note or "—"

    @admin.display(description="fields")
    def fields_changed(self, entry: LedgerEntry) -> str:
        return ", ".join(sorted(entry.after or ())) or "—"


class LedgerBatchAdmin(RecordAdmin):
    """The history of the archive: one line for what somebody did in one go."""

    nouns = ("batch of changes", "batches of changes")
    list_display = ("when", "who", "way", "what", "note")
    list_display_links = None
    list_filter = (HistoryFilter,)

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
