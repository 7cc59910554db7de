"""Earlier states of one row on the desk: any two compared word by word, and any one restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from articles.admin.activity import entries_address
from articles.admin.corrections import write_correction
from articles.admin.differences import changed
from articles.admin.editing_together import last_entry
from articles.admin.history import SILENT_COLUMNS, as_words
from articles.admin.history_note import note_of
from articles.admin.lists import BoundedPaginator
from articles.admin.numbers import whole
from articles.admin.permissions import may_undo
from articles.admin.runs import undo_offer
from articles.models import LedgerEntry, earlier_states, revert_to
from articles.models.ledger import current_run, kind_of, recorded_values, recording
from articles.vocabulary import LedgerAction, Way

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

CHOSEN_FROM: Final = 200
"""Of a row with more states the newest so many are compared."""
NOT_COMPARED: Final = SILENT_COLUMNS | {"created_at"}


class RevisionPages:
    """The pages of a `NounAdmin` about its rows' earlier states and its deleted rows."""

    admin_site: Any
    model: type[Model]
    opts: Any

    def revision_urls(self) -> list[URLPattern]:
        name = f"articles_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("deleted/", view(self.deleted_view), name=f"{name}_deleted"),
            path("<path:object_id>/compare/", view(self.compare_view), name=f"{name}_compare"),
            path(
                "<path:object_id>/restore/<int:entry>/",
                view(self.restore_view),
                name=f"{name}_restore",
            ),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"has_tombstones": True, **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc, no-any-return]

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """What was deleted and is not back, newest first: each with the way to its return."""
        if not self.has_view_or_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        kind = kind_of(self.model)
        deleted = LedgerEntry.objects.filter(kind=kind, action=LedgerAction.DELETE)
        # Its last one, by a walk of its own: as a join each would be compared with all others.
        again = deleted.filter(row=OuterRef("row"))
        tombs = (
            deleted.exclude(Exists(self.model._base_manager.filter(pk=OuterRef("row"))))
            .filter(pk=Subquery(again.order_by("-pk").values("pk")[:1]))
            .exclude(batch__is_redaction=True)
            .select_related("batch")
            .order_by("-id")
        )
        page = BoundedPaginator(tombs, 50).get_page(request.GET.get("p"))
        for tomb in page.object_list:
            kept = tomb.before or {}
            tomb.title = kept.get("headline") or kept.get("name") or tomb.key
        context = {
            **self.admin_site.each_context(request),
            "title": f"Deleted {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "page": page,
            "narrower": entries_address(kind=kind, action=LedgerAction.DELETE.value),
            "may_undo": may_undo(request),
        }
        return TemplateResponse(request, "admin/articles/deleted.html", context)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """As Django, but that the message offers the undo."""
        run = current_run()
        if IS_POPUP_VAR in request.POST or run is None:
            return super().response_delete(request, obj_display, obj_id)  # type: ignore[misc, no-any-return]
        undo_offer(request, run, f"The {self.opts.verbose_name} “{obj_display}” was deleted.")
        filters = {
            "preserved_filters": self.get_preserved_filters(request),  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        page = reverse(f"admin:articles_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(add_preserved_filters(filters, page))

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two states of a row, field by field; without a choice the last two."""
        row = self._row(request, object_id)
        states = self._states(row)
        first = _chosen(request.GET.get("from"), states, 1)
        second = _chosen(request.GET.get("to"), states, 0)
        context = {
            **self.admin_site.each_context(request),
            "title": "Compare",
            "subtitle": str(row),
            "opts": self.opts,
            "object": row,
            "states": [(key, label) for key, label, _ in states],
            "first": first[0],
            "second": second[0],
            "fields": _differing(self.model, first[2], second[2]),
        }
        return TemplateResponse(request, "admin/articles/compare.html", context)

    def restore_view(self, request: HttpRequest, object_id: str, entry: int) -> HttpResponse:
        """Show what would change, then give the row the state that it had before an entry."""
        row = self._row(request, object_id)
        if not may_undo(request) or not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        told = LedgerEntry.objects.of(row).filter(pk=entry).select_related("batch").first()
        if told is None or told.action == LedgerAction.INSERT:
            raise Http404("no such state of this row")
        then = next(state for it, state in earlier_states(told.kind, told.row) if it.pk == entry)
        question = self.restore_question(request, row, then or {})
        if request.method == "POST":
            # Locked, so that what is compared with what was shown is what gets changed.
            self.model._base_manager.select_for_update().only("pk").get(pk=row.pk)
            if last_entry(row) != whole(request.POST.get("seen_entry")):
                changed_since = "It has changed since you looked, so nothing was done: look again."
                self.message_user(request, changed_since, "WARNING")  # type: ignore[attr-defined]
                return HttpResponseRedirect(request.path)
            if question is None or question.is_valid():
                return self._restore(request, row, told, question)
        context = {
            **self.admin_site.each_context(request),
            "title": "Restore an earlier state",
            "subtitle": str(row),
            "opts": self.opts,
            "object": row,
            "entry": told,
            "seen_entry": last_entry(row),
            "question": question,
            "fields": _differing(self.model, recorded_values(row), then or {}),
        }
        return TemplateResponse(request, "admin/articles/restore.html", context)

    def _restore(
        self, request: HttpRequest, row: Any, told: LedgerEntry, question: Any
    ) -> HttpResponse:
        note, editor = note_of(request), request.user.get_username()
        as_it_was = f"{self.opts.verbose_name} {told.key} as it was"
        report = revert_to(told, editor=editor, note=f"{as_it_was}: {note}" if note else "")
        self.after_restore(row)
        if question is not None:
            with recording(Way.ADMIN, actor=editor, run=report.run, note=note):
                write_correction(request, row, question)
        restored = self.model._base_manager.get(pk=row.pk)
        done = f"“{restored}” is as it was before {told.batch.at:%Y-%m-%d %H:%M}."
        undo_offer(request, report.run, done)
        for left in report.left:
            self.message_user(request, f"Left as it is: {left}", "WARNING")  # type: ignore[attr-defined]
        change = f"admin:articles_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(change, args=[row.pk]))

    def restore_question(self, request: HttpRequest, row: Any, then: dict[str, Any]) -> Any:
        """The form of what has to be answered before the row gets a state; None: nothing."""
        return None

    def after_restore(self, row: Any) -> None:
        """What follows a row that has an earlier state again; it is still as it was until now."""

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404("no such row")
        if not self.has_view_or_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return row

    def _states(self, row: Any) -> list[tuple[str, str, dict[str, Any]]]:
        """Key, label and values of each state, newest first; the key of the present one is now."""
        found = [("now", "now", recorded_values(row))]
        for entry, state in earlier_states(kind_of(self.model), row.pk):
            if state is None or len(found) > CHOSEN_FROM:
                break
            batch = entry.batch
            label = (
                f"before {batch.at:%Y-%m-%d %H:%M:%S} ({batch.actor}, {batch.get_way_display()})"
            )
            found.append((str(entry.pk), label, state))
        return found


def _chosen(
    key: str | None, states: list[tuple[str, str, dict[str, Any]]], default: int
) -> tuple[str, str, dict[str, Any]]:
    for state in states:
        if state[0] == key:
            return state
    return states[min(default, len(states) - 1)]


def _differing(
    model: type[Model], first: dict[str, Any], second: dict[str, Any]
) -> list[tuple[str, str]]:
    """Label and marked words of each field in which two states differ."""
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    found: list[tuple[str, str]] = []
    for column, other in second.items():
        one = first.get(column)
        if column in NOT_COMPARED or one == other:
            continue
        before, after = (as_words(fields[column], value) for value in (one, other))
        found.append((str(fields[column].verbose_name).capitalize(), changed(before, after)))
    return found
