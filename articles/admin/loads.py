"""Loads on the desk: what each read and did, what it refused, and where an editor's word stood."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from articles.admin.activity import outcome_words
from articles.admin.history import around_change
from articles.admin.lists import BoundedPaginator
from articles.admin.nouns import badge
from articles.admin.records import RecordAdmin
from articles.admin.uploads import upload_urls
from articles.models import LoadConflict, LoadFault, Upload
from articles.vocabulary import LoadState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from articles.models import LoadRun

SHOWN_INPUTS = 20


class Conflict(NamedTuple):
    """A field that an editor keeps: what stands here, and what the record said."""

    article: int
    headline: str
    field: str
    ours: str
    theirs: str


class OutcomeFilter(admin.SimpleListFilter):
    title, parameter_name = "outcome", "outcome"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [("rejected", "Records rejected"), ("conflict", "Records in conflict")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"rejected", "conflict"}:
            return queryset
        return queryset.filter(**{f"counts__{self.value()}__gt": 0})


class LoadRunAdmin(RecordAdmin):
    list_display = ("started", "actor", "state_badge", "outcome", "files")
    list_display_links = ("started",)
    list_filter = ("state", OutcomeFilter)
    ordering = ("-started_at", "-pk")
    change_form_template = "admin/articles/load_run.html"
    fields = (
        "started", "ended", "actor", "state_badge", "outcome", "settings", "files",
        "history",
    )  # fmt: skip

    @admin.display(description="started (UTC)")
    def started(self, load: LoadRun) -> str:
        return f"{load.started_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="ended (UTC)")
    def ended(self, load: LoadRun) -> str:
        return f"{load.finished_at:%Y-%m-%d %H:%M:%S}" if load.finished_at else "—"

    @admin.display(description="state")
    def state_badge(self, load: LoadRun) -> str:
        if load.state == LoadState.RUNNING:
            return badge("suggested", "running, or ended early")
        bad = load.counts.get("rejected") or load.counts.get("conflict")
        return badge("rejected", "with faults") if bad else badge(load.state)

    @admin.display(description="outcome")
    def outcome(self, load: LoadRun) -> str:
        return outcome_words(load.counts)

    @admin.display(description="options")
    def settings(self, load: LoadRun) -> str:
        given = ((name, value) for name, value in sorted(load.options.items()) if value)
        return format_html_join("", "<div>{}: <bdi>{}</bdi></div>", given) or "—"

    @admin.display(description="inputs")
    def files(self, load: LoadRun) -> str:
        shown = format_html_join(
            "",
            '<div><bdi>{}</bdi> <span class="quiet">{}</span></div>',
            ((it["name"], filesizeformat(it["size"])) for it in load.inputs[:SHOWN_INPUTS]),
        )
        more = len(load.inputs) - SHOWN_INPUTS
        return format_html("{}<div>and {:,} more</div>", shown, more) if more > 0 else shown or "—"

    @admin.display(description="changes")
    def history(self, load: LoadRun) -> str:
        address = reverse("admin:articles_ledgerentry_changelist")
        return format_html('<a href="{}?run={}">All that it changed</a>', address, load.run)

    def get_urls(self) -> list[URLPattern]:
        return [*upload_urls(self), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        load = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if load is not None and self.has_view_permission(request, load):
            context |= self._shown(request, load)
        return super().change_view(request, object_id, form_url, context)

    def _shown(self, request: HttpRequest, load: LoadRun) -> dict[str, Any]:
        """The faults and conflicts of the page, each kind with pages of its own."""
        faults = LoadFault.objects.filter(load=load).order_by("pk")
        conflicts = LoadConflict.objects.filter(load=load).order_by("pk")
        pages = {
            name: BoundedPaginator(rows, self.list_per_page).get_page(request.GET.get(name))
            for name, rows in (
                ("faults", faults),
                ("conflicts", conflicts.select_related("article__source")),
            )
        }
        upload = Upload.objects.light().filter(load=load).first()
        return {
            "upload": upload,
            "fault_page": pages["faults"],
            "conflict_page": pages["conflicts"],
            "conflicts": shown_conflicts(pages["conflicts"].object_list),
        }


def shown_conflicts(rows: Iterable[LoadConflict]) -> list[Conflict]:
    return [
        Conflict(
            row.article_id,
            str(row.article),
            row.field,
            *around_change(_words(_ours(row)), _words(row.theirs)),
        )
        for row in rows
    ]


def _ours(row: LoadConflict) -> Any:
    value = getattr(row.article, row.field, None)
    return value.isoformat() if isinstance(value, datetime) else value


def _words(value: Any) -> str:
    if value is None or value in ("", []):
        return "—"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
