"""What a verdict leads to on the page of an article: data for a script, else the page again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from articles.admin.article_links import group_of, tag_row
from articles.admin.judging import Judged, judge, pressed
from articles.admin.marked_text import parts
from articles.admin.numbers import whole
from articles.admin.permissions import may_judge, may_publish
from articles.admin.queue_groups import ONLY_DRAFTS
from articles.errors import ArchiveError
from articles.models import DuplicatePair
from articles.vocabulary import ArticleStatus

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from articles.models import Article


def may_judge_here(desk: Any, request: HttpRequest, article: Article) -> bool:
    return may_judge(request) and desk.has_change_permission(request, article)


def judge_pressed(
    desk: Any, request: HttpRequest, article: Article, button: tuple[str, str]
) -> Judged:
    if not may_judge_here(desk, request, article):
        raise PermissionDenied
    try:
        _need_drafts(request, article, button[1])
        return judge(article, request.user.get_username(), *button)
    except ArchiveError as error:
        return Judged("", "", str(error), False)


def _need_drafts(request: HttpRequest, article: Article, about: str) -> None:
    """A pair is of two articles, of which a contributor sees to drafts only."""
    kind, _, rest = about.partition("-")
    if kind == "pair" and not may_publish(request):
        pairs = DuplicatePair.objects.of(article).filter(pk=whole(rest.partition("-")[0]))
        for statuses in pairs.values_list("first__status", "second__status"):
            if set(statuses) != {ArticleStatus.DRAFT}:
                raise ArchiveError(ONLY_DRAFTS)


def judge_view(desk: Any, request: HttpRequest, article: Article) -> HttpResponse:
    """Answer a script with what it shows in place of what stood there, and anybody else with the
    page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    judged = judge_pressed(desk, request, article, pressed(request.POST) or ("", ""))
    if request.headers.get("Accept") == "application/json":
        told = judged._asdict() | {"html": html_of(desk, request, article, judged)}
        return JsonResponse(told, status=200 if judged.is_done else 409)
    tell(desk, request, judged)
    return HttpResponseRedirect(back_to(article, judged))


def html_of(desk: Any, request: HttpRequest, article: Article, judged: Judged) -> str:
    """The entity or the tag as it is now; empty where nothing of it is left."""
    marked = {"of": len(parts(article.body))}
    context = {"may_judge": may_judge_here(desk, request, article), "marked": marked}
    kind, _, key = judged.place.partition("-")
    if judged.entity and (group := group_of(article, judged.entity)):
        page = "admin/articles/article/name_group.html"
        return render_to_string(page, context | {"group": group}, request)
    if kind == "tagging" and (row := tag_row(article, whole(key))):
        return render_to_string(
            "admin/articles/article/tag_row.html", context | {"row": row}, request
        )
    return ""


def tell(desk: Any, request: HttpRequest, judged: Judged) -> None:
    level = messages.SUCCESS if judged.is_done else messages.WARNING
    desk.message_user(request, judged.words, level)


def back_to(article: Article, judged: Judged) -> str:
    """The page, at the place where the button stood."""
    address = reverse("admin:articles_article_change", args=[article.pk])
    kind, _, key = judged.place.partition("-")
    asked = f"?mention={key}" if kind == "mention" else ""
    return f"{address}{asked}#{judged.place}"
