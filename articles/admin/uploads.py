"""Uploads on the desk: a file comes, its plan is shown, and then it is applied or discarded.

What is applied is a load as any other, in the name of its editor. A page works for a few seconds at
a time, so that no server waits in vain; what is not through by then goes on with the next request.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from articles.admin.activity import outcome_words
from articles.admin.permissions import may_undo, may_upload
from articles.admin.runs import PLANNED, run_link, undo_offer
from articles.admin.upload_form import UploadForm, in_words
from articles.admin.upload_plan import lines, page_of, tabs
from articles.errors import ArchiveError
from articles.ingestion.planned_records import REJECTED
from articles.ingestion.uploads import apply_upload, begin_applying, keep_upload, plan_upload
from articles.models import LedgerBatch, LoadFault, PlannedRecord, Upload
from articles.models.summaries import refresh_after_writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.urls import URLPattern

STEP: Final = 5.0  # seconds; what is read again and a batch or two come on top
SHOWN_WAITING: Final = 20
SHOWN_NAMES: Final = 50
BAD: Final = 400
TOO_LARGE: Final = 413


def upload_urls(desk: Any) -> list[URLPattern]:
    """The pages of uploads, below the list of loads."""

    def page(view: Callable[..., HttpResponseBase]) -> Any:
        @wraps(view)
        def allowed(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not may_upload(request):
                raise PermissionDenied
            return view(desk, request, **kwargs)

        allowed.records_itself = True  # type: ignore[attr-defined]  # the loader does
        return desk.admin_site.admin_view(allowed)

    return [
        path("upload/", page(upload_page), name="articles_loadrun_upload"),
        path("upload/<int:key>/", page(plan_page), name="articles_loadrun_plan"),
        path(
            "upload/<int:key>/rejects.jsonl",
            require_safe(page(rejects)),
            name="articles_loadrun_rejects",
        ),
        path("upload/<int:key>/file", require_safe(page(file)), name="articles_loadrun_file"),
    ]


def upload_page(desk: Any, request: HttpRequest) -> HttpResponseBase:
    """The form, and the uploads that wait for a decision."""
    form = UploadForm(request)
    if form.is_valid():
        upload = keep_upload(form.data_sent, form.name, form.choices, request.user.get_username())
        try:
            plan_upload(upload, STEP)
        except ArchiveError as error:
            upload.delete()
            form.refuse(error)
        except Exception:
            upload.delete()
            raise
        else:
            return HttpResponseRedirect(_address(upload))
    context = {
        **_context(desk, request, "Upload a file"),
        "form": form,
        "waiting": [
            (upload, _address(upload), outcome_words(upload.counts))
            for upload in Upload.objects.light().waiting()[:SHOWN_WAITING]
        ],
    }
    status = TOO_LARGE if form.is_too_large else BAD if form.errors else None
    return TemplateResponse(request, "admin/articles/upload.html", context, status=status)


def plan_page(desk: Any, request: HttpRequest, key: int) -> HttpResponseBase:
    upload = _upload(key)
    if request.method == "POST":
        return _step(request, upload)
    return _shown(desk, request, upload)


def _step(request: HttpRequest, upload: Upload) -> HttpResponse:
    step = request.POST.get("step")
    try:
        if step == "discard":
            return _discard(request, upload)
        if step == "apply":
            begin_applying(upload, request.user.get_username())
            upload = _upload(upload.pk)
        if upload.load is None and not upload.is_planned:
            plan_upload(upload, STEP)
        elif upload.load is not None and not upload.is_applied:
            apply_upload(upload, STEP)
            _told(request, _upload(upload.pk))
    except ArchiveError as error:
        messages.error(request, in_words(str(error)))
        return HttpResponseRedirect(f"{_address(upload)}?stopped=1")  # and not again by itself
    return HttpResponseRedirect(_address(upload))


def _discard(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Nothing of an upload stays; one that somebody applies meanwhile does."""
    if Upload.objects.discard(upload.pk):
        messages.info(request, f"“{upload.name}” was discarded. Nothing was changed.")
        return HttpResponseRedirect(reverse("admin:articles_loadrun_upload"))
    messages.error(request, "It is applied already: undo the load instead.")
    return HttpResponseRedirect(_address(upload))


def _told(request: HttpRequest, upload: Upload) -> None:
    """What a load has done, when it is through; with the way to its undo."""
    load = upload.load
    if load is None or not upload.is_applied:
        return
    refresh_after_writing()
    done = f"“{upload.name}” was loaded: {outcome_words(load.counts)}."
    if not LedgerBatch.objects.filter(run=load.run).exists():
        messages.info(request, f"{done} Nothing had to be changed.")
    else:
        undo_offer(request, load.run, done)


def _shown(desk: Any, request: HttpRequest, upload: Upload) -> HttpResponseBase:
    load = upload.load
    context = {**_context(desk, request, upload.name), "upload": upload, "load": load}
    context["is_stopped"] = "stopped" in request.GET
    context["progress"] = f"{(load or upload).records:,}"
    if upload.is_planned and (load is None or upload.is_applied):
        kinds = tabs(upload, request.GET.get("show"))
        shown = next((kind for kind in kinds if kind.is_shown), None)
        page = page_of(upload, shown.name if shown else "", request.GET.get("p"))
        context |= {
            "tabs": kinds,
            "shown": shown,
            "page": page,
            "lines": lines(upload, list(page.object_list)),
            "names": upload.names[:SHOWN_NAMES],
            "more_names": max(0, len(upload.names) - SHOWN_NAMES),
            "changing": (changing := _changing(upload.counts)),
            "changing_told": f"{changing:,}",
        }
    if load is not None:
        context |= _applied(request, upload, load)
    return TemplateResponse(request, "admin/articles/upload_plan.html", context)


def _applied(request: HttpRequest, upload: Upload, load: Any) -> dict[str, Any]:
    """What became of the plan: also what was left, for it was not any more as it was shown."""
    extra = load.counts.get(REJECTED, 0) - upload.counts.get(REJECTED, 0)
    changes = _changing(load.counts)
    return {
        "outcome": outcome_words(load.counts),
        "skipped": max(0, extra),
        "has_faults": LoadFault.objects.filter(load=load).exists(),
        "run_link": run_link(load.run, "See what changed") if changes else "",
        "may_undo": may_undo(request) and bool(changes),
        "is_large": changes > PLANNED,
    }


def rejects(desk: Any, request: HttpRequest, key: int) -> HttpResponseBase:
    """The refused records, to be corrected and uploaded."""
    upload = _upload(key)
    rows = PlannedRecord.objects.filter(upload=upload, outcome=REJECTED).order_by("pk")

    def pieces() -> Iterator[str]:
        return rows.values_list("received", flat=True).iterator(chunk_size=500)

    return _attachment(StreamingHttpResponse(pieces()), f"rejected-{upload.pk}.jsonl")


def file(desk: Any, request: HttpRequest, key: int) -> HttpResponseBase:
    """The file as it came."""
    upload = Upload.objects.filter(pk=key).first()
    if upload is None or not upload.data:
        raise Http404("It is not kept any more.")
    answer = _attachment(HttpResponse(bytes(upload.data)), upload.name)
    answer.headers["Content-Type"] = "application/octet-stream"
    return answer


def _changing(counts: dict[str, int]) -> int:
    return counts.get("created", 0) + counts.get("updated", 0)


def _attachment(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer.headers["Content-Type"] = "application/x-ndjson; charset=utf-8"
    header = content_disposition_header(as_attachment=True, filename=name)
    answer.headers["Content-Disposition"] = header or "attachment"
    return answer


def _upload(key: int) -> Upload:
    upload = Upload.objects.light().filter(pk=key).first()
    if upload is None:
        raise Http404("There is no such upload any more.")
    return upload


def _address(upload: Upload) -> str:
    return reverse("admin:articles_loadrun_plan", args=[upload.pk])


def _context(desk: Any, request: HttpRequest, title: str) -> dict[str, Any]:
    return {**desk.admin_site.each_context(request), "title": title, "opts": desk.opts}
