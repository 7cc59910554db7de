"""Bulk work on the desk: one change of all chosen articles, shown before it happens and undoable.

Chosen are the marked rows or all that the list's words and filters leave. The page works in three
steps, all of them the list's own POST: what to write, what would change, done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse

from articles.admin.filters import picker
from articles.admin.runs import undo_offer
from articles.errors import ArchiveError
from articles.models import Article, Tagging
from articles.models.bulk import AnyOf
from articles.models.bulk_work import (
    MOST_ROWS,
    BulkChange,
    BulkPlan,
    change_in_bulk,
    plan_bulk,
    publishing,
    setting_language,
    setting_source,
    tagging,
    untagging,
    withdrawing,
)
from articles.models.ledger import current_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

NAMED: Final = 10
EXACTLY: Final = "exactly"
BIG = forms.Textarea({"rows": 3, "dir": "auto", "class": "vLargeTextField"})
SMALL = forms.Textarea({"rows": 2, "dir": "auto", "class": "vLargeTextField"})

Fields = dict[str, forms.Field]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of bulk work: what it asks for, the change that it makes of the answers, and how the
    command says the same."""

    title: str
    fields: Callable[[Any], Fields]
    change: Callable[[dict[str, Any]], BulkChange]
    command: Callable[[dict[str, Any]], str]


def _tag(site: Any) -> Fields:
    field = picker(Tagging, "tag", site)
    field.label, field.required = "Tag", True
    return {"tag": field}


def _source(site: Any) -> Fields:
    field = picker(Article, "source", site)
    field.label, field.required = "Source", True
    return {"source": field}


def _language(site: Any) -> Fields:
    words = "BCP 47 tag such as ar or pt-BR; und: unknown."
    return {"language": forms.CharField(label="Language", max_length=35, help_text=words)}


def _reason(site: Any) -> Fields:
    public = "Readers see it in place of the article."
    return {
        "reason": forms.CharField(label="Public reason", widget=BIG, help_text=public),
        "note": forms.CharField(
            label="Internal note", required=False, widget=SMALL, help_text="For editors only."
        ),
    }


KINDS: Final = {
    "tag_selected": Kind(
        "Tag articles", _tag, lambda d: tagging(d["tag"]), lambda d: f"--tag {d['tag'].slug}"
    ),
    "untag_selected": Kind(
        "Untag articles", _tag, lambda d: untagging(d["tag"]), lambda d: f"--untag {d['tag'].slug}"
    ),
    "publish_selected": Kind(
        "Publish articles", lambda site: {}, lambda d: publishing(), lambda d: "--publish"
    ),
    "withdraw_selected": Kind(
        "Withdraw articles",
        _reason,
        lambda d: withdrawing(d["reason"], d["note"]),
        lambda d: "--withdraw REASON",
    ),
    "language_selected": Kind(
        "Set the language",
        _language,
        lambda d: setting_language(d["language"]),
        lambda d: f"--language {d['language']}",
    ),
    "source_selected": Kind(
        "Set the source",
        _source,
        lambda d: setting_source(d["source"]),
        lambda d: f"--source {d['source'].slug}",
    ),
}


def _action(name: str, words: str, permission: str) -> Any:
    @admin.action(description=words, permissions=[permission])
    def selected(desk: Any, request: HttpRequest, articles: QuerySet[Article]) -> HttpResponse:
        return _work(desk, request, articles, name)

    selected.__name__ = name
    return selected


BULK_ACTIONS: Final = (
    _action("tag_selected", "Tag…", "bulk"),
    _action("untag_selected", "Untag…", "bulk"),
    _action("publish_selected", "Publish…", "publish"),
    _action("withdraw_selected", "Withdraw…", "withdraw"),
    _action("language_selected", "Set language…", "bulk"),
    _action("source_selected", "Set source…", "bulk"),
)


def _work(desk: Any, request: HttpRequest, articles: QuerySet[Article], name: str) -> HttpResponse:
    kind = KINDS[name]
    articles, chosen = _gathered(articles)
    wanted = EXACTLY in request.POST or request.POST.get("step") == "apply"
    asked = request.POST.get("step") in {"preview", "apply"}
    form = forms.Form(request.POST if asked or not kind.fields(desk.admin_site) else None)
    form.fields = kind.fields(desk.admin_site)
    context: dict[str, Any] = {"kind": kind, "form": form, "name": name}
    if form.is_valid():
        try:
            change = kind.change(form.cleaned_data)
            context["command"] = kind.command(form.cleaned_data)
            if chosen > MOST_ROWS and not wanted:
                return _page(desk, request, articles, context | _giant(change))
            if request.POST.get("step") == "apply":
                try:
                    return _apply(request, articles, change)
                except ArchiveError as error:
                    context["refusal"] = str(error)
            if chosen > MOST_ROWS:
                chosen = articles.count()
            plan = plan_bulk(articles, change, chosen)
            context |= {"plan": plan, "change": change} | _shown(plan)
        except ArchiveError as error:
            context["refusal"] = str(error)
    return _page(desk, request, articles, context)


def _gathered(articles: QuerySet[Article]) -> tuple[QuerySet[Article], int]:
    """The chosen articles by their keys, looked for once, and how many they are; of more than
    MOST_ROWS, which are looked through only once somebody has asked for it, that they are more."""
    keys = articles.order_by().values("pk")
    found = list(keys.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(found) <= MOST_ROWS:
        return Article.objects.filter(AnyOf("id", found)), len(found)
    return Article.objects.filter(pk__in=keys), len(found)


def _giant(change: BulkChange) -> dict[str, Any]:
    return {"is_giant": True, "exactly": EXACTLY, "change": change, "most_rows": MOST_ROWS}


def _apply(request: HttpRequest, articles: QuerySet[Article], change: BulkChange) -> HttpResponse:
    """To exactly the articles that the editor was shown; a load may be at work meanwhile."""
    shown = request.POST.get("shown", "")
    count = change_in_bulk(articles, change, request.user.get_username(), shown)
    noun = "article was" if count == 1 else "articles were"
    if (run := current_run()) and count:
        undo_offer(request, run, f"{count:,} {noun} {change.done}.")
        return HttpResponseRedirect(f"{request.path}?run={run}")
    messages.info(request, f"No article had to be changed: all were {change.done} already.")
    return HttpResponseRedirect(request.get_full_path())


def _shown(plan: BulkPlan) -> dict[str, Any]:
    return {
        "named": _named(plan.keys),
        "unnamed": max(0, plan.changing - NAMED),
        "refused": _named(plan.refused_keys),
        "is_too_much": plan.changing > MOST_ROWS,
        "most_rows": MOST_ROWS,
    }


def _named(keys: list[int]) -> QuerySet[Article]:
    light = Article.objects.defer("body", "search").order_by("-pk")
    return light.filter(pk__in=keys[-NAMED:])


def _page(
    desk: Any, request: HttpRequest, articles: QuerySet[Article], context: dict[str, Any]
) -> HttpResponse:
    across = request.POST.get("select_across") == "1"
    context |= {
        **desk.admin_site.each_context(request),
        "title": context["kind"].title,
        "opts": desk.opts,
        "media": desk.media + context["form"].media,
        "across": across,
        # Where all are chosen Django still asks for one key, and then looks at none.
        "keys": ["0"] if across else request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
        "query": request.META.get("QUERY_STRING", ""),
        "editor": request.user.get_username(),
    }
    return TemplateResponse(request, "admin/articles/bulk.html", context)
