"""Runs on the desk: what one action, load or merge changed, all together, and its undo."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from articles.admin.activity import DONE, entries_address
from articles.admin.corrections import Question, note_for_readers
from articles.admin.history import events_of
from articles.admin.lists import BoundedPaginator
from articles.admin.permissions import may_undo
from articles.errors import ArchiveError
from articles.models import LedgerBatch, LedgerEntry, revert
from articles.models.ledger_words import kind_words
from articles.vocabulary import LedgerAction

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.admin import AdminSite
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from articles.models import Reversal

PER_PAGE: Final = 50
SHOWN_LEFT: Final = 200
PLANNED: Final = 20_000
"""A run that changed more rows is undone by a command."""

TRIED: Final = 300
"""The undo of so many rows is tried before it is asked for; of more when an editor wants that."""

EXACTLY: Final = "exactly"
EMPTY: Final = "empty"
"""What an editor marks who wants rows back that have lost all that was theirs."""


def run_urls(site: AdminSite) -> list[URLPattern]:
    def page(view: Any) -> Any:
        def with_site(request: HttpRequest, run: UUID) -> HttpResponse:
            return view(site, request, run)  # type: ignore[no-any-return]

        return site.admin_view(with_site)

    return [
        path("articles/run/<uuid:run>/", page(run_page), name="articles_run"),
        path("articles/run/<uuid:run>/undo/", page(undo_page), name="articles_run_undo"),
    ]


def run_link(run: UUID, words: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse("admin:articles_run", args=[run]), words)


def undo_offer(request: HttpRequest, run: UUID, done: str) -> None:
    """Tell what was done, with the way to what it changed and to its undo."""
    undo = reverse("admin:articles_run_undo", args=[run])
    what = run_link(run, "See what changed")
    offer = format_html(' · <a href="{}">Undo…</a>', undo) if may_undo(request) else ""
    messages.success(request, format_html("{} {}{}", done, what, offer))


def run_page(site: AdminSite, request: HttpRequest, run: UUID) -> HttpResponse:
    """What a run changed: how much of what, then each row."""
    context = _context(site, request, run)
    # By time first: the keys alone lead PostgreSQL to read the whole ledger backwards.
    entries = LedgerEntry.objects.filter(batch__run=run).order_by("-batch__at", "-id")
    entries = entries.select_related("batch")
    page = BoundedPaginator(entries, PER_PAGE).get_page(request.GET.get("p"))
    context |= {
        "title": "What a run changed",
        "page": page,
        "events": events_of(page.object_list),
        "narrower": entries_address(run=str(run)),
        "articles": reverse("admin:articles_article_changelist") + f"?run={run}",
    }
    return TemplateResponse(request, "admin/articles/run.html", context)


def undo_page(site: AdminSite, request: HttpRequest, run: UUID) -> HttpResponse:
    """What the undo would do and leave; then, once it is wanted, what it did."""
    if not may_undo(request):
        raise PermissionDenied
    context = _context(site, request, run)
    editor = request.user.get_username()
    is_small = context["entry_count"] <= PLANNED
    try:
        if request.method == "POST" and is_small:
            context |= _undo(request, run, editor)
        elif is_small and (EXACTLY in request.GET or context["entry_count"] <= TRIED):
            report = revert(run, editor=editor, is_plan=True)
            context |= {"report": report, "question": Question() if report.retold else None}
    except ArchiveError as error:
        context["refusal"] = str(error)
    if shown := context.get("report"):
        context |= _told(shown)
    context |= {"title": "Undo", "is_small": is_small, "editor": editor, "exactly": EXACTLY}
    return TemplateResponse(request, "admin/articles/undo.html", context)


def _undo(request: HttpRequest, run: UUID, editor: str) -> dict[str, Any]:
    """Undo it, or ask what is still to be answered: then nothing is done."""
    question, note = Question(request.POST), request.POST.get("note", "").strip()
    is_answered = question.is_valid()
    with transaction.atomic():
        correction = note_for_readers(question)
        report = revert(run, editor=editor, note=note, correction=correction)
        asked = bool(report.retold and not is_answered)
        is_unsure = bool(report.empty_shells and EMPTY not in request.POST)
        if asked or is_unsure:
            transaction.set_rollback(True)
            return {
                "report": report,
                "question": question if report.retold else None,
                "is_unsure": is_unsure,
                "is_asked": True,
            }
    if not report.left:
        undo_offer(request, report.run, _undone(report.total))
    return {"is_done": True, "report": report}


def _told(report: Reversal) -> dict[str, Any]:
    """What an undo does in words: counted by kind, what it leaves row by row, and why."""
    counted = (
        ("earlier values", report.restored),
        ("back again", report.made),
        ("gone", report.deleted),
    )
    return {
        "left": report.left[:SHOWN_LEFT],
        "more_left": max(0, len(report.left) - SHOWN_LEFT),
        "later_runs": report.later_runs(),
        "counts": [
            (words, [(kind_words(kind, n), n) for kind, n in sorted(counter.items())])
            for words, counter in counted
            if counter
        ],
    }


def _undone(rows: int) -> str:
    return "Undone: 1 row is as before." if rows == 1 else f"Undone: {rows:,} rows are as before."


def _context(site: AdminSite, request: HttpRequest, run: UUID) -> dict[str, Any]:
    """Who, when, which way, and how many rows of which kind, as far as they are counted."""
    batches = LedgerBatch.objects.filter(run=run).order_by("pk")
    first = batches.first()
    if first is None:
        raise Http404(f"no run {run}")
    if not request.user.has_perm("articles.view_ledgerentry"):
        raise PermissionDenied
    entries = LedgerEntry.objects.filter(batch__run=run)
    # Again by time: without an order PostgreSQL may read the whole ledger for them.
    some = entries.order_by("-batch__at").values_list("kind", "action")[: PLANNED + 1]
    counts = sorted((*what, number) for what, number in Counter(some).items())
    undone = LedgerBatch.objects.filter(undoes=run).exclude(run=run).order_by("pk").first()
    return {
        **site.each_context(request),
        "run": run,
        "first": first,
        "last": batches.last(),
        "counts_by_kind": [
            (kind_words(kind, number), DONE[LedgerAction(action)], number)
            for kind, action, number in counts
        ],
        "entry_count": sum(number for _, _, number in counts),
        "planned": PLANNED,
        "undone": undone,
        "undoes": first.undoes if first.undoes != run else None,
        "may_undo": may_undo(request),
        "opts": LedgerEntry._meta,
    }
