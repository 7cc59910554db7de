"""The pages that are neither the desk nor the API: the front page, and health for machines."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views import defaults
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from articles.admin.kept_forms import keep_posted
from articles.api.problems import problem_response
from articles.models import Article, Entity, Source, Tag

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

NEWEST = 8
COUNTED = 20_000


@require_safe
@cache_control(no_cache=True)
def front_page(request: HttpRequest) -> HttpResponse:
    """What this archive holds and where its doors are."""
    public = Article.objects.published()
    dated = public.filter(published_at__isnull=False).order_by("published_at")
    context = {
        "counts": [
            ("articles", rough_count(public)),
            ("sources", rough_count(Source.objects.all())),
            ("entities", rough_count(Entity.objects.all())),
            ("tags", rough_count(Tag.objects.all())),
        ],
        "oldest": dated.values_list("published_at", flat=True).first(),
        "latest": dated.values_list("published_at", flat=True).last(),
        "newest": public.newest_first().select_related("source").defer("body", "search")[:NEWEST],
    }
    return render(request, "articles/front_page.html", context)


def rough_count(queryset: QuerySet[Any]) -> str:
    """Exact up to COUNTED rows, beyond that the planner's estimate, which costs nothing."""
    counted = queryset.order_by().values("pk")[: COUNTED + 1].count()
    if counted <= COUNTED:
        return f"{counted:,}"
    plan = json.loads(queryset.order_by().values("pk").explain(format="json"))
    estimate = max(int(plan[0]["Plan"]["Plan Rows"]), COUNTED)
    magnitude = 10 ** (len(str(estimate)) - 2)
    return f"about {estimate // magnitude * magnitude:,}"


def refused(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that no door was asked for, such as one for another host."""
    if is_for_programs(request):
        return problem_response(400, "The request was refused: its host or its form is wrong.")
    return defaults.bad_request(request, exception)


def missing(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if is_for_programs(request):
        return problem_response(404, "Nothing is found at this address.")
    return defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponseBase:
    if is_for_programs(request):
        return problem_response(500, "The server failed to answer; the failure has been recorded.")
    return defaults.server_error(request)


def not_sent(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without the token against forgery; what an editor wrote in it is kept."""
    kept = keep_posted(request)
    return render(request, "403_csrf.html", {"kept": kept}, status=HTTPStatus.FORBIDDEN)


def is_for_programs(request: HttpRequest) -> bool:
    """Below the API every error is a problem (RFC 9457)."""
    return request.path_info.startswith("/api/")


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers too, and holds our tables."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM articles_article LIMIT 1")
    except DatabaseError:
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
