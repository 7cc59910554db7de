"""Withdrawing an article asks for its reason. (A selection is bulk work.)"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.template.response import TemplateResponse

from articles.errors import ArchiveError
from articles.models import Article

if TYPE_CHECKING:
    from collections.abc import Callable

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
    }
    return TemplateResponse(request, "admin/articles/withdraw.html", context)
