"""Merging on the desk: what moves is shown before it happens, and exactly that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse

from articles.admin.filters import picker
from articles.admin.gone import gone_rows
from articles.admin.lists import capped
from articles.admin.numbers import whole
from articles.admin.permissions import may_merge
from articles.admin.runs import undo_offer
from articles.errors import ArchiveError
from articles.models import Article, Mention, Tagging
from articles.models.ledger import current_run
from articles.models.merge_plans import merge_as_shown, plan_merge
from articles.models.merging import AT_MOST

if TYPE_CHECKING:
    from collections import Counter

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

MOST_ARTICLES: Final = 20_000
"""Of a source with more articles a page moves none: a command does."""
EXACTLY: Final = "exactly"
# Where a picker of each noun comes from: it needs some foreign key to it.
LINKS: Final[dict[str, tuple[type[Any], str]]] = {
    "source": (Article, "source"), "entity": (Mention, "entity"), "tag": (Tagging, "tag"),
}  # fmt: skip


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
        is_post = request.method == "POST"
        given = request.POST if is_post else request.GET
        keys = _keys(given)
        found = self.model._base_manager.in_bulk(keys[: AT_MOST + 1])
        rows = [found[key] for key in keys if key in found]
        survivor = found.get(whole(given.get("survivor")))
        context: dict[str, Any] = {"rows": rows, "survivor": survivor, "is_post": is_post}
        if missing := [key for key in keys[: AT_MOST + 1] if key not in found]:
            context["gone"] = gone_rows(self.model, missing)
        others = [row for row in rows if row != survivor]
        try:
            if len(keys) > AT_MOST + 1:
                raise ArchiveError(f"At most {AT_MOST + 1} are merged at a time.")
            if survivor is not None and others:
                self._refuse_giant(others)
                if is_post and not missing:
                    try:
                        return self._merge(request, survivor, others)
                    except ArchiveError as error:
                        context["refusal"] = str(error)
                context |= self._shown(request, given, survivor, others)
            elif is_post and not context.get("gone"):
                raise ArchiveError("Choose two of them or more, and the one that stays.")
        except ArchiveError as error:
            context["refusal"] = str(error)
        return self._page(request, context)

    def _refuse_giant(self, others: list[Any]) -> None:
        if self.opts.model_name != "source":
            return
        moving = Article.objects.filter(source__in=others).order_by()[: MOST_ARTICLES + 1].count()
        if moving > MOST_ARTICLES:
            raise ArchiveError(
                f"More than {MOST_ARTICLES:,} articles would move: run manage.py merge_rows source "
                "with the slug that stays and the others."
            )

    def _shown(
        self, request: HttpRequest, given: QueryDict, survivor: Any, others: list[Any]
    ) -> dict[str, Any]:
        """What would happen; of much that would move no more than how much it is."""
        exactly = EXACTLY in given
        plan = plan_merge(survivor, others, request.user.get_username(), exactly=exactly)
        context = {"plan": plan, "exactly": exactly, "differing": plan.differing}
        if plan.report is None:
            asked = QueryDict(mutable=True)
            asked.setlist("row", [str(row.pk) for row in (survivor, *others)])
            asked["survivor"], asked[EXACTLY] = str(survivor.pk), "1"
            counted = [(words, capped(number)) for words, number in plan.links]
            return context | {"links": counted, "asking": asked.urlencode()}
        # A template would ask a counter for its key "items".
        moved, dropped = _in_words(plan.report.moved), _in_words(plan.report.dropped)
        return context | {"moved": moved, "dropped": dropped}

    def _merge(self, request: HttpRequest, survivor: Any, others: list[Any]) -> HttpResponse:
        """Exactly what the editor was shown; others may be at work meanwhile."""
        names = ", ".join(f"“{other}”" for other in others)
        editor, shown = request.user.get_username(), request.POST.get("shown", "")
        merge_as_shown(survivor, others, editor, shown, exactly=EXACTLY in request.POST)
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


def _keys(given: QueryDict) -> list[int]:
    """Of the rows that were asked for, in their order."""
    asked = [*given.getlist("row"), given.get("another"), given.get("survivor")]
    return list(dict.fromkeys(key for it in asked if (key := whole(it))))


def _in_words(counter: Counter[str]) -> list[tuple[str, int]]:
    plurals = {"alias": "aliases"}
    return [
        (kind if number == 1 else plurals.get(kind, f"{kind}s"), number)
        for kind, number in counter.items()
    ]
