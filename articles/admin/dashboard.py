"""The front page of the desk: what waits, what changed, what the archive holds and what it lacks.

It reads summaries and counts nothing itself, so it asks the same few queries of every archive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from articles.admin import activity, panels
from articles.models import Article
from articles.models.summaries import Summary, refresh
from articles.models.summary_statements import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest, HttpResponse

SHOWN: Final = tuple(name for name in SUMMARIES if name != "busy")
"""The summaries of this page; the other is that of the lists."""

AT_ONCE_MS: Final = 3_000
"""As long as somebody may wait for a page; what takes longer is for the command."""


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """What the template shows to this reader. One query, two where no article is counted."""
    found = Summary.read_all(SHOWN)
    context: dict[str, Any] = {
        "counted_at": min((it.at for it in found.values()), default=None),
        "is_whole": set(found) == set(SHOWN),
        "is_quick": _is_quick(found.values()),
        "may_see_articles": _may(request, "article"),
    }
    if context["is_whole"]:
        context |= _panels(request, {name: it.data for name, it in found.items()})
    if not context.get("has_articles"):
        context["has_articles"] = Article.objects.exists()
    return context


def _panels(request: HttpRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    def may(noun: str) -> bool:
        return _may(request, noun)

    context: dict[str, Any] = {
        "has_articles": bool(data["nouns"]["articles"]),
        "holdings": panels.holdings(data["nouns"]),
        "waiting": panels.waiting(data["waiting"] | {"cleaned": data["cleaned"]["count"]}, may),
        "groups": panels.groups(data["waiting_mentions"], data["waiting_taggings"], may),
    }
    if may("ledgerentry"):
        context["changes"] = activity.changes(data["changes"])
    if may("loadrun"):
        context["loads"] = activity.loads(data["loads"])
    if may("article"):
        context |= {
            "cleaned": data["cleaned"],
            "months": panels.months(data["months"]["months"]),
            "years": panels.years(data["months"]["years"]),
            "sources": panels.sources(data["sources"]["sources"]),
            "other_sources": data["sources"],
            "gaps": panels.gaps(data["coverage"]),
            "coverage": data["coverage"],
        }
    if may("entity"):
        context |= {
            "rising": panels.movers(data["moving"]["rising"]),
            "falling": panels.movers(data["moving"]["falling"]),
            "moving": data["moving"],
        }
    return context


def refresh_view(request: HttpRequest) -> HttpResponse:
    """Count anew at once, for somebody who sees what is counted."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not _may(request, "article"):
        raise PermissionDenied
    if _is_quick(Summary.read_all(SHOWN).values()):
        refresh(SHOWN)
        messages.success(request, "Counted anew.")
    else:
        messages.warning(request, "That takes too long here: run manage.py refresh_summaries.")
    return HttpResponseRedirect(reverse("admin:index"))


def _may(request: HttpRequest, noun: str) -> bool:
    """Whether the reader may see rows of a model."""
    may = request.user.has_perm
    return may(f"articles.view_{noun}") or may(f"articles.change_{noun}")


def _is_quick(summaries: Iterable[Summary]) -> bool:
    return sum(summary.took_ms for summary in summaries) <= AT_ONCE_MS
