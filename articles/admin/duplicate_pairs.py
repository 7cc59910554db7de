"""Pairs of articles that may be one, on the desk: judged side by side, the waiting ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.article_buttons import choose
from articles.admin.judging import VERDICTS, judge
from articles.admin.lists import AT_ONCE
from articles.admin.nouns import badge, linked
from articles.admin.numbers import whole
from articles.admin.permissions import may_judge, may_judge_of
from articles.admin.queue_groups import ONLY_DRAFTS
from articles.admin.records import RecordAdmin
from articles.errors import ArchiveError
from articles.models import DuplicateDecision, DuplicateMember, DuplicatePair
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

PASSAGES: Final = 20
LONGEST: Final = 3_000
HEAVY: Final = ("first__body", "first__search", "second__body", "second__search")


def _judge_selected(desk: Any, request: HttpRequest, pairs: Any, state: LinkState) -> None:
    if not may_judge(request):
        raise PermissionDenied
    chosen = pairs.exclude(state=state).select_related("first", "second").defer("passages", *HEAVY)
    found = list(chosen[: AT_ONCE + 1])
    if len(found) > AT_ONCE:
        words = f"At most {AT_ONCE:,} at once: narrow the list."
        desk.message_user(request, words, messages.ERROR)
        return
    allowed = [it for it in found if may_judge_of(request, (it.first, it.second))]
    for pair in allowed:
        pair.decide(state, request.user.get_username())
    desk.message_user(request, f"{len(allowed)} {state}.", messages.SUCCESS)
    if len(allowed) < len(found):
        desk.message_user(request, ONLY_DRAFTS, messages.WARNING)


@admin.action(description="Accept: they are the same", permissions=["judge"])
def accept_selected(desk: Any, request: HttpRequest, pairs: QuerySet[DuplicatePair]) -> None:
    _judge_selected(desk, request, pairs, LinkState.ACCEPTED)


@admin.action(description="Reject: they are not the same", permissions=["judge"])
def reject_selected(desk: Any, request: HttpRequest, pairs: QuerySet[DuplicatePair]) -> None:
    _judge_selected(desk, request, pairs, LinkState.REJECTED)


class StateFilter(admin.SimpleListFilter):
    """What waits, unless another state is asked for: an index leads to each page of it."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("accepted", "accepted"), ("rejected", "rejected"), ("any", "any")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value() or LinkState.SUGGESTED
        return rows if state == "any" else rows.filter(state=state)

    def choices(self, changelist: Any) -> Any:
        waiting, *others = super().choices(changelist)
        return [{**waiting, "display": "waiting"}, *others]


class DuplicatePairAdmin(RecordAdmin):
    list_display = ("one", "other", "shares", "state_badge", "found")
    list_display_links = ("shares",)  # the others are links to the articles
    list_filter = (StateFilter,)
    search_fields = ()
    actions = (accept_selected, reject_selected)
    ordering = ("-pk",)

    def has_judge_permission(self, request: HttpRequest) -> bool:
        return may_judge(request)

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("first__source", "second__source").defer("passages", *HEAVY)

    @admin.display(description="article")
    def one(self, pair: DuplicatePair) -> str:
        return _named(pair.first)

    @admin.display(description="and")
    def other(self, pair: DuplicatePair) -> str:
        return _named(pair.second)

    @admin.display(description="of each in the other")
    def shares(self, pair: DuplicatePair) -> str:
        return f"{pair.first_share:.0%}, {pair.second_share:.0%}"

    @admin.display(description="state")
    def state_badge(self, pair: DuplicatePair) -> str:
        return badge(pair.state)

    @admin.display(description="found")
    def found(self, pair: DuplicatePair) -> str:
        return f"{pair.created_at:%Y-%m-%d %H:%M}"

    # ── one pair ─────────────────────────────────────────────────────────────────────────────

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id is None:
            raise PermissionDenied
        pair = self.get_object(request, unquote(object_id))
        if pair is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, pair):
            raise PermissionDenied
        if request.method == "POST":
            return self._judge(request, pair)
        return TemplateResponse(
            request, "admin/articles/duplicate_pair.html", self._told(request, pair)
        )

    def _told(self, request: HttpRequest, pair: DuplicatePair) -> dict[str, Any]:
        members = DuplicateMember.objects.filter(article__in=[pair.first_id, pair.second_id])
        canonical = {m.article_id for m in members if m.is_canonical}
        decisions = DuplicateDecision.objects.filter(row=pair.pk).order_by("-pk")
        return {
            **self.admin_site.each_context(request),
            "title": "Possible duplicates",
            "opts": self.opts,
            "media": self.media,
            "original": pair,
            "sides": [
                {
                    "article": pair.first,
                    "share": pair.first_share,
                    "is_chosen": pair.first_id in canonical,
                },
                {
                    "article": pair.second,
                    "share": pair.second_share,
                    "is_chosen": pair.second_id in canonical,
                },
            ],
            "passages": shared_passages(pair),
            "is_outdated": is_outdated(pair),
            "more_passages": max(0, len(pair.passages) - PASSAGES),
            "may_judge": may_judge_of(request, (pair.first, pair.second)),
            "decisions": decisions[:PASSAGES],
            "next_pair": DuplicatePair.objects.waiting()
            .filter(pk__lt=pair.pk)
            .order_by("-pk")
            .first(),
        }

    def _judge(self, request: HttpRequest, pair: DuplicatePair) -> HttpResponse:
        """A verdict, or which of the two stands for all."""
        if not may_judge_of(request, (pair.first, pair.second)):
            raise PermissionDenied
        here = reverse("admin:articles_duplicatepair_change", args=[pair.pk])
        if "canonical" in request.POST:
            choose(self, request, pair.first, whole(request.POST["canonical"]))
            return HttpResponseRedirect(here)
        verb = next((name for name in VERDICTS if name in request.POST), "")
        try:
            judged = judge(
                pair.first, request.user.get_username(), verb, request.POST.get(verb, "")
            )
        except ArchiveError as error:
            self.message_user(request, str(error), messages.WARNING)
        else:
            level = messages.SUCCESS if judged.is_done else messages.WARNING
            self.message_user(request, judged.words, level)
        return HttpResponseRedirect(here)


def shared_passages(pair: DuplicatePair) -> list[tuple[str, str]]:
    """What the texts share, as it stands in each; of texts that have changed since, nothing."""
    if is_outdated(pair):
        return []
    return [
        (pair.first.body[a:b][:LONGEST], pair.second.body[c:d][:LONGEST])
        for a, b, c, d in pair.passages[:PASSAGES]
    ]


def is_outdated(pair: DuplicatePair) -> bool:
    """Whether a text has changed since the places were noted."""
    now = (pair.first.fingerprint, pair.second.fingerprint)
    return now != (pair.first_fingerprint, pair.second_fingerprint)


def _named(article: Any) -> str:
    return format_html('{}<br><span class="quiet">{}</span>', linked(article), article.source.name)
