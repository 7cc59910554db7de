"""A form for a row that was deleted or merged while somebody wrote: nothing written gets lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.template.response import TemplateResponse
from django.urls import reverse

from articles.admin.differences import changed
from articles.admin.editing_together import number
from articles.models import LedgerEntry, Redirect
from articles.models.ledger import kind_of
from articles.vocabulary import LedgerAction, NounKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NOT_TEXT: Final = frozenset({"csrfmiddlewaretoken", "seen", "seen_entry", "base_entry", "editor"})
CONFLICT: Final = 409


def gone(desk: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Tell who took the row away, where it lives on, and give back all that was written."""
    kind = kind_of(desk.model)
    entries = LedgerEntry.objects.filter(kind=kind, row=number(object_id)).select_related("batch")
    last = entries.filter(action=LedgerAction.DELETE).order_by("-pk").first()
    before: dict[str, Any] = (last.before or {}) if last else {}
    survivor = _survivor(kind, last.key) if last else None
    noun = desk.opts.verbose_name
    told = f"this {noun} is not there any more."
    if last is not None:
        verb = "merged" if survivor is not None else "deleted"
        name = before.get("name") or before.get("headline") or last.key
        at = f"{last.batch.at:%Y-%m-%d %H:%M}"
        told = f"{last.batch.actor} {verb} the {noun} “{name}” at {at} UTC, while you were editing."
    context = {
        **desk.admin_site.each_context(request),
        "title": f"This {noun} is gone",
        "opts": desk.opts,
        "told": told,
        "written": written(desk, request, before),
        "survivor": survivor,
        "survivor_address": survivor
        and reverse(f"admin:articles_{survivor._meta.model_name}_change", args=[survivor.pk]),
    }
    return TemplateResponse(request, "admin/articles/gone.html", context, status=CONFLICT)


def _survivor(kind: str, slug: str) -> Any:
    if kind not in NounKind.values:
        return None
    found = Redirect.objects.filter(kind=kind, old_slug=slug).select_related(kind).first()
    return found.target if found else None


def written(desk: Any, request: HttpRequest, before: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields that were filled in, with what differs from the row as it was last."""
    labels = {f.name: str(f.verbose_name) for f in desk.opts.concrete_fields}
    found = []
    for name, values in request.POST.lists():
        text = "\n".join(values).replace("\r\n", "\n")
        if name in NOT_TEXT or name.startswith("_") or not text.strip() or "_FORMS" in name:
            continue
        was = before.get(name)
        found.append(
            {
                "label": labels.get(name, name.replace("_", " ")).capitalize(),
                "text": text,
                "rows": min(20, 2 + text.count("\n") + len(text) // 80),
                "changes": changed(was, text) if isinstance(was, str) else "",
            }
        )
    return found
