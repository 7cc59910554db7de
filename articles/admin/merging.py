"""Merging and splitting on the desk: what moves is shown before it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from articles.admin.filters import picker
from articles.admin.lists import COUNTED, capped
from articles.admin.permissions import may_merge
from articles.admin.runs import undo_offer
from articles.errors import ArchiveError
from articles.models import Alias, Article, Mention, Moved, Redirect, Tag, Tagging, merge
from articles.models.ledger import current_run
from articles.models.merging import AT_MOST, differences

if TYPE_CHECKING:
    from collections import Counter

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

MOST_ARTICLES: Final = 20_000
"""Of a source with more articles a page moves none: a command does."""
TRIED: Final = 1_000
"""Where so many links move the merge is tried before it is asked for; where more do, when an editor
wants that."""

EXACTLY: Final = "exactly"
# Where a picker of each noun comes from: it needs some foreign key to it.
LINKS: Final[dict[str, tuple[type[Any], str]]] = {
    "source": (Article, "source"), "entity": (Mention, "entity"), "tag": (Tagging, "tag"),
}  # fmt: skip
LINKING: Final = (Article, Mention, Alias, Tagging, Tag, Redirect)


@admin.action(description="Merge…", permissions=["merge"])
def merge_selected(desk: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Go to the page that asks which of the rows stays."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: AT_MOST + 2])
    if len(keys) > AT_MOST + 1:
        desk.message_user(request, f"At most {AT_MOST + 1} are merged at a time.", messages.ERROR)
        return None
    chosen = "&".join(f"row={key}" for key in keys)
    return HttpResponseRedirect(f"{_address(desk, 'merge')}?{chosen}")


def _address(desk: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:articles_{desk.opts.model_name}_{page}", args=args)


class MergePages:
    """The page of a `NounAdmin` that makes one row of several."""

    admin_site: Any
    model: type[Any]
    opts: Any

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may_merge(request, self.model)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.merge_view)
        merge_url = path("merge/", view, name=f"articles_{self.opts.model_name}_merge")
        return [merge_url, *super().get_urls()]  # type: ignore[misc]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        context["has_merge_permission"] = may_merge(request, self.model)
        return super().render_change_form(request, context, *args, **kw)  # type: ignore[misc]

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Choose the rows and the one that stays; see what moves; merge."""
        if not may_merge(request, self.model):
            raise PermissionDenied
        given = request.POST if request.method == "POST" else request.GET
        rows, survivor = self._chosen(given)
        context: dict[str, Any] = {"rows": rows, "survivor": survivor}
        if survivor is not None and len(rows) > 1:
            others = [row for row in rows if row.pk != survivor.pk]
            try:
                self._refuse_giant(others)
                if request.method == "POST":
                    return self._merge(request, survivor, others)
                context |= self._shown(request, survivor, others)
            except ArchiveError as error:
                context["refusal"] = str(error)
        return self._page(request, context)

    def _chosen(self, given: Any) -> tuple[list[Any], Any]:
        """The rows that were asked for, in their order, and the one that is to stay."""
        asked = [*given.getlist("row"), given.get("another", ""), given.get("survivor", "")]
        keys = list(dict.fromkeys(int(key) for key in asked if key.isdecimal() and len(key) < 19))
        found = self.model._base_manager.in_bulk(keys[: AT_MOST + 1])
        rows = [found[key] for key in keys if key in found]
        wanted = given.get("survivor", "")
        survivor = found.get(int(wanted)) if wanted.isdecimal() else None
        return rows, survivor

    def _refuse_giant(self, others: list[Any]) -> None:
        if self.opts.model_name != "source":
            return
        moving = Article.objects.filter(source__in=others).order_by()[: MOST_ARTICLES + 1].count()
        if moving > MOST_ARTICLES:
            raise ArchiveError(
                f"More than {MOST_ARTICLES:,} articles would move: run manage.py merge_rows source "
                "with the slug that stays and the others."
            )

    def _shown(self, request: HttpRequest, survivor: Any, others: list[Any]) -> dict[str, Any]:
        """What would happen; of much that would move no more than how much it is."""
        links = _links(others)
        if EXACTLY not in request.GET and any(number > TRIED for _, number in links):
            asked = request.GET.copy()
            asked[EXACTLY] = "1"
            counted = [(words, capped(number)) for words, number in links]
            differing = [it for other in others for it in differences(survivor, other)]
            return {"links": counted, "exactly": asked.urlencode(), "differing": differing}
        report = _planned(survivor, others, request.user.get_username())
        # A template would ask a counter for its key "items".
        moved, dropped = _in_words(report.moved), _in_words(report.dropped)
        context = {"report": report, "differing": report.conflicts}
        return {**context, "moved": moved, "dropped": dropped}

    def _merge(self, request: HttpRequest, survivor: Any, others: list[Any]) -> HttpResponse:
        names = ", ".join(f"“{other}”" for other in others)
        merge(survivor, others, request.user.get_username())
        if run := current_run():
            undo_offer(request, run, f"{names} merged into “{survivor}”.")
        return HttpResponseRedirect(_address(self, "change", survivor.pk))

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        form = forms.Form(auto_id="id_%s")
        form.fields["another"] = picker(*LINKS[self.opts.model_name], self.admin_site)
        form.fields["another"].label = "Another one"
        context |= {
            **self.admin_site.each_context(request),
            "title": f"Merge {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "media": self.media + form.media,  # type: ignore[attr-defined]
            "form": form,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/articles/merge.html", context)


def _links(rows: list[Any]) -> list[tuple[str, int]]:
    """What refers to the rows and moves with them, in words and counted as far as lists count."""
    found = []
    for relation in rows[0]._meta.related_objects:
        model: Any = relation.related_model
        if model not in LINKING:
            continue
        of_rows = model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        number = of_rows.order_by()[: COUNTED + 1].count()
        name = model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural
        found += [(str(name), number)] if number else []
    return found


def _planned(survivor: Any, others: list[Any], editor: str) -> Moved:
    """What a merge would do: it is done and taken back, so that the page tells no fairy tales."""
    with transaction.atomic():
        report = merge(survivor, others, editor)
        transaction.set_rollback(True)
    survivor.refresh_from_db()
    return report


def _in_words(counter: Counter[str]) -> list[tuple[str, int]]:
    plurals = {"alias": "aliases"}
    return [
        (kind if number == 1 else plurals.get(kind, f"{kind}s"), number)
        for kind, number in counter.items()
    ]
