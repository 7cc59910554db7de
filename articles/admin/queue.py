"""The review queue: one page for what waits, grouped so that one decision settles many.

It works as plain forms. A script that asks for JSON gets what was done, and the group as it is now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from articles.admin.lists import PAGES, capped
from articles.admin.nouns import words_of
from articles.admin.numbers import whole
from articles.admin.permissions import may_publish
from articles.admin.queue_decided import Decided, decided_of, refuse, remember, undo
from articles.admin.queue_groups import GROUPS, ONLY_DRAFTS, Refused
from articles.admin.queue_links import Taggings
from articles.admin.queue_mentions import Mentions
from articles.admin.queue_names import Names, Storylines
from articles.admin.queue_orders import key_in, order_in, orders_in
from articles.admin.queue_pairs import Conflicts, Duplicates
from articles.admin.queue_rights import may_judge, may_see, may_undo, offered, offers
from articles.admin.queue_rows import Cleaning, Headlines, Undated
from articles.admin.queue_sure import SureMentions
from articles.models.waiting import Waits, waiting_counts
from articles.vocabulary import EntityKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.admin import AdminSite
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from articles.admin.queue_groups import Group, Kind

_ALL: Final = (
    Mentions(), SureMentions(), Taggings(), Names(), Duplicates(), Storylines(), Headlines(),
    Undated(), Conflicts(), Cleaning(),
)  # fmt: skip
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _ALL}
PAGE: Final = "admin:articles_queue"


def queue_urls(site: AdminSite) -> list[Any]:
    """The pages of the queue, for the desk's own addresses."""

    def view(request: HttpRequest) -> HttpResponseBase:
        return queue_view(request, site)

    return [
        path("articles/queue/", site.admin_view(view), name="articles_queue"),
        path("articles/queue/undo/", site.admin_view(undo_view), name="articles_queue_undo"),
    ]


def queue_entries(request: HttpRequest) -> list[dict[str, Any]]:
    """The queue as the desk's index and navigation list it, for those who may see it."""
    if not may_see(request):
        return []
    return [
        {
            "name": "Review queue",
            "object_name": "ReviewQueue",
            "perms": {"view": True},
            "admin_url": reverse(PAGE),
            "add_url": None,
            "view_only": True,
        }
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def queue_view(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    if not may_see(request):
        raise PermissionDenied
    kind = _kind(request.GET.get("show"))
    if request.method == "POST":
        return _settle(request, kind)
    key = key_in(request.GET)
    if "fragment" in request.GET:
        return JsonResponse({"html": _group_html(request, kind, key)})
    if key:
        groups = _opened(request, kind, key, request.GET.get("before"))
        number, has_more = 1, False
    else:
        number = whole(request.GET.get("p")) or 1
        found = kind.page(number) if number <= PAGES else []
        groups = offered(request, kind, found, None, is_opened=False)
        has_more = bool(groups) and _may_have_more(kind, groups)
    context = {
        **site.each_context(request),
        **_shared(request, kind),
        "title": "Review queue",
        "tabs": _tabs(),
        "groups": groups,
        "opened": _is_one(key),
        "number": number,
        "has_more": has_more,
        "is_last": number >= PAGES,
        "decided": decided_of(request),
        "total": capped(sum(group.size for group in groups if group.is_offered)),
        "number_offered": sum(group.is_offered for group in groups),
    }
    return TemplateResponse(request, "admin/articles/queue/page.html", context)


@require_POST
def undo_view(request: HttpRequest) -> HttpResponseBase:
    if not may_undo(request):
        raise PermissionDenied
    try:
        with transaction.atomic():
            decided = undo(request, request.POST.get("run", ""))
    except Refused as error:
        decided = refuse(request, error)
    if _wants_json(request):
        return JsonResponse(_told(request, decided))
    return HttpResponseRedirect(_back(request))


# ── a decision ───────────────────────────────────────────────────────────────────────────────────


def _settle(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    if not may_judge(request):
        raise PermissionDenied
    key = key_in(request.POST)
    try:
        with transaction.atomic():
            if "accept_all" in request.POST and isinstance(kind, SureMentions):
                outcome = kind.settle_all(orders_in(request))
            else:
                outcome = kind.settle(order_in(request, key))
        decided = remember(request, outcome)
    except Refused as error:
        decided = refuse(request, error)
    except IntegrityError as error:
        decided = refuse(request, Refused(words_of(error)))
    if _wants_json(request):
        return JsonResponse({
            **_told(request, decided),
            "html": _group_html(request, kind, key) if key else "",
            "counts": {tab["kind"].name: tab["words"] for tab in _tabs()},
        })  # fmt: skip
    return HttpResponseRedirect(_back(request))


# ── what is shown ────────────────────────────────────────────────────────────────────────────────


def _shared(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    is_page = request.method == "GET" and "fragment" not in request.GET
    return {
        "kind": kind,
        "entity_kinds": EntityKind.choices,
        "may_judge": may_judge(request),
        "offers": offers(request, kind),
        "of_drafts": not may_publish(request) and ONLY_DRAFTS,
        "back": request.get_full_path() if is_page else f"{reverse(PAGE)}?show={kind.name}",
    }


def _tabs() -> list[dict[str, Any]]:
    counts = waiting_counts()
    found = {name: counts.get(name, Waits(0, is_cut=False)) for name in KINDS}
    return [
        {"kind": KINDS[name], "count": it.number, "words": f"{it.number:,}{'+' * it.is_cut}"}
        for name, it in found.items()
    ]


def _is_one(key: Mapping[str, str]) -> bool:
    """Whether an address names one group, and not all of an entity or a tag."""
    return bool(key.keys() - {"entity", "tag"})


def _opened(
    request: HttpRequest, kind: Kind, key: Mapping[str, str], before: str | None
) -> list[Group]:
    first = whole(before) or None
    try:
        return offered(request, kind, kind.groups(key, first), first, is_opened=_is_one(key))
    except Refused as error:
        raise Http404(str(error)) from error


def _group_html(request: HttpRequest, kind: Kind, key: Mapping[str, str]) -> str:
    """A group as it is now; empty where nothing of it waits."""
    is_opened = bool(request.POST.get("opened") or request.GET.get("opened"))
    groups = _opened(request, kind, key, None)
    if not groups:
        return ""
    if not is_opened:
        groups[0].shorten()
    context = {**_shared(request, kind), "group": groups[0], "opened": is_opened}
    return render_to_string("admin/articles/queue/group.html", context, request)


def _told(request: HttpRequest, decided: Decided) -> dict[str, Any]:
    html = render_to_string(
        "admin/articles/queue/decided.html", {"decided": decided_of(request)}, request
    )
    return {
        "message": decided.message,
        "warning": decided.warning,
        "run": decided.run,
        "decided": html,
    }


def _may_have_more(kind: Kind, groups: list[Group]) -> bool:
    """Pages of mentions and taggings go by entity and tag, of which each has a group or more."""
    if isinstance(kind, (Mentions, Taggings)) and not isinstance(kind, SureMentions):
        return len({next(iter(group.key.values())) for group in groups}) >= GROUPS
    return len(groups) >= GROUPS


def _kind(name: str | None) -> Kind:
    kind = KINDS.get(name or "mentions")
    if kind is None:
        raise Http404("The queue has no such part.")
    return kind


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _back(request: HttpRequest) -> str:
    """The page of the queue that the form stood on, and no other."""
    page = reverse(PAGE)
    given = request.POST.get("back", "")
    if given.startswith(page + "?") or given == page:
        return given
    return f"{page}?{urlencode({'show': request.GET.get('show', 'mentions')})}"
