"""What editors read and never write: the ledger, decisions, redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ShowFacets

from articles.admin.lists import BoundedChangeList, BoundedPaginator
from articles.admin.nouns import badge, linked
from articles.models import (
    Alias,
    Article,
    Entity,
    Mention,
    Redirect,
    Settlement,
    Source,
    Storyline,
    StorylineArticle,
    Tag,
    Tagging,
)
from articles.models.ledger import kind_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from articles.models import Decision, LedgerEntry

    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin

LEDGERED = (
    Source, Article, Entity, Alias, Tag, Mention, Tagging, Storyline, StorylineArticle, Redirect,
    Settlement,
)  # fmt: skip


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
        return [(kind_of(model), kind_of(model)) for model in LEDGERED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class LedgerEntryAdmin(RecordAdmin):
    list_display = ("at", "actor", "way", "action", "kind", "key", "fields_changed")
    list_display_links = ("at",)
    list_filter = (KindFilter, "action")
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
        return str(entry.batch.run or "—")

    @admin.display
    def note(self, entry: LedgerEntry) -> str:
        return entry.batch.note or "—"

    @admin.display(description="fields")
    def fields_changed(self, entry: LedgerEntry) -> str:
        return ", ".join(sorted(entry.after or ())) or "—"


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
