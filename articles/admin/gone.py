"""A form for a row that was deleted or merged while somebody wrote: nothing written gets lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.template.response import TemplateResponse
from django.urls import reverse

from articles.admin.differences import changed
from articles.admin.numbers import whole
from articles.models import LedgerEntry, Redirect
from articles.models.ledger import kind_of
from articles.vocabulary import LedgerAction, NounKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse

NOT_TEXT: Final = frozenset({"csrfmiddlewaretoken", "seen", "seen_entry", "base_entry", "editor"})
CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that somebody took away: its name, who did it and when, and where it lives on."""

    name: str
    actor: str
    at: datetime
    before: dict[str, Any]
    survivor: Any
    address: str

    @property
    def verb(self) -> str:
        return "deleted" if self.survivor is None else "merged"


def gone_rows(model: type[Model], keys: Collection[int]) -> list[Gone]:
    """Of the keys that name no row any more those that once did. Two queries."""
    kind = kind_of(model)
    deleted = LedgerEntry.objects.filter(kind=kind, row__in=keys, action=LedgerAction.DELETE)
    last = list(deleted.select_related("batch").order_by("row", "-pk").distinct("row"))
    found: dict[str, Any] = {}
    if kind in NounKind.values and last:
        led = Redirect.objects.filter(kind=kind, old_slug__in=[entry.key for entry in last])
        found = {it.old_slug: it.target for it in led.select_related(kind)}
    return [_gone(entry, found.get(entry.key)) for entry in last]


def _gone(entry: LedgerEntry, survivor: Any) -> Gone:
    before = entry.before or {}
    name = before.get("name") or before.get("headline") or entry.key
    page = survivor and f"admin:articles_{survivor._meta.model_name}_change"
    address = reverse(page, args=[survivor.pk]) if page else ""
    return Gone(name, entry.batch.actor, entry.batch.at, before, survivor, address)


def gone(desk: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Tell who took the row away, where it lives on, and give back all that was written."""
    last = next(iter(gone_rows(desk.model, [whole(object_id)])), None)
    noun = desk.opts.verbose_name
    told = f"this {noun} is not there any more."
    if last is not None:
        at = f"{last.at:%Y-%m-%d %H:%M}"
        told = f"{last.actor} {last.verb} the {noun} “{last.name}” at {at} UTC, "
        told += "while you were editing."
    context = {
        **desk.admin_site.each_context(request),
        "title": f"This {noun} is gone",
        "opts": desk.opts,
        "told": told,
        "written": written(desk, request, last.before if last else {}),
        "survivor": last and last.survivor,
        "survivor_address": last and last.address,
    }
    return TemplateResponse(request, "admin/articles/gone.html", context, status=CONFLICT)


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
