"""Publishing and withdrawing articles, one or a selection. Withdrawing asks for its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse

from articles.admin.lists import AT_ONCE
from articles.errors import ArchiveError
from articles.models import Article
from articles.vocabulary import ArticleStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

NAMED = 20


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Public reason",
        help_text="Readers see it in place of the article.",
        widget=forms.Textarea({"rows": 3, "dir": "auto", "class": "vLargeTextField"}),
    )
    note = forms.CharField(
        label="Internal note",
        required=False,
        help_text="For editors only.",
        widget=forms.Textarea({"rows": 2, "dir": "auto", "class": "vLargeTextField"}),
    )


def selected(desk: Any, request: HttpRequest, articles: QuerySet[Article]) -> list[Article]:
    """The selection, locked; empty and explained when it is larger than one request can bear."""
    keys = list(articles.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(keys) > AT_ONCE:
        desk.message_user(
            request,
            f"More than {AT_ONCE:,} articles are selected: narrow the list first.",
            messages.ERROR,
        )
        return []
    found = Article.objects.filter(pk__in=keys).defer("body", "search").order_by("pk")
    return list(found.select_for_update())


def apply(
    desk: Any,
    request: HttpRequest,
    articles: list[Article],
    change: Callable[[Article], None],
    done: str,
) -> None:
    """Change each article, and say what was done and what was refused."""
    refusals, changed = [], 0
    for article in articles:
        try:
            change(article)
        except ArchiveError as error:
            refusals.append(str(error))
        else:
            desk.log_change(request, article, f"{done.capitalize()}.")
            changed += 1
    if changed:
        noun = "article was" if changed == 1 else "articles were"
        desk.message_user(request, f"{changed:,} {noun} {done}.", messages.SUCCESS)
    for refusal in refusals[:NAMED]:
        desk.message_user(request, refusal, messages.ERROR)
    if len(refusals) > NAMED:
        desk.message_user(request, f"And {len(refusals) - NAMED:,} more.", messages.ERROR)


@admin.action(description="Publish", permissions=["publish"])
def publish_selected(desk: Any, request: HttpRequest, articles: QuerySet[Article]) -> None:
    """Show the selection to readers; what they see already stays as it is."""
    chosen = selected(desk, request, articles)
    waiting = [a for a in chosen if a.status != ArticleStatus.PUBLISHED]
    if chosen and not waiting:
        desk.message_user(request, "These articles are published already.", messages.INFO)
    apply(desk, request, waiting, Article.publish, "published")


@admin.action(description="Withdraw…", permissions=["withdraw"])
def withdraw_selected(
    desk: Any, request: HttpRequest, articles: QuerySet[Article]
) -> HttpResponse | None:
    """Ask for the reason, then take the selection from the readers."""
    chosen = selected(desk, request, articles)
    if not chosen:
        return None
    form = WithdrawForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        withdraw_with(desk, request, chosen, form)
        return HttpResponseRedirect(request.get_full_path())
    return ask_reason(desk, request, chosen, form)


def withdraw_with(
    desk: Any, request: HttpRequest, articles: list[Article], form: WithdrawForm
) -> None:
    reason, note = form.cleaned_data["reason"], form.cleaned_data["note"]
    apply(desk, request, articles, lambda article: article.withdraw(reason, note), "withdrawn")


def ask_reason(
    desk: Any, request: HttpRequest, articles: list[Article], form: WithdrawForm
) -> HttpResponse:
    context = {
        **desk.admin_site.each_context(request),
        "title": "Withdraw the article" if len(articles) == 1 else "Withdraw articles",
        "opts": desk.opts,
        "media": desk.media,
        "form": form,
        "articles": articles,
        "named": articles[:NAMED],
        "unnamed": max(0, len(articles) - NAMED),
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/articles/withdraw.html", context)
