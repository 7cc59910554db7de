"""The buttons beside an article's text. Each sends the form of the page: it does at once what it
says, and what is being written comes back as it was left, with nothing of it saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.html import format_html

from articles.admin import article_verdicts, cleaning_page
from articles.admin.judging import AT_ONCE, pressed
from articles.admin.nouns import linked
from articles.admin.numbers import whole
from articles.admin.permissions import may_judge_of
from articles.admin.queue_groups import ONLY_DRAFTS
from articles.enrichment.enrich import enrich_now
from articles.errors import ArchiveError
from articles.models import Article, DuplicateMember, declare_duplicates

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from django.http import HttpRequest

    Act = Callable[[Any, HttpRequest, Article], str]

SAME_AS: Final = "same_as"
"""Names another article that is the same, for the button `declare`."""

QUEUED: Final = "{} for the machine: `manage.py enrich_articles --watch` reads what waits."
DUPLICATES: Final = "#duplicates"


def is_pressed(data: Container[str]) -> bool:
    return any(name in data for name in AT_ONCE)


def press(desk: Any, request: HttpRequest, article: Article) -> str:
    """Do what the button says. Returns the address at which the page goes on."""
    if not desk.has_change_permission(request, article):
        raise PermissionDenied
    act = next((act for name, act in ACTS.items() if name in request.POST), _judge)
    address = act(desk, request, article)
    page = reverse("admin:articles_article_change", args=[article.pk])
    return f"{page}{address}" if address.startswith("#") else address


def is_left(data: Mapping[str, str]) -> bool:
    """Whether something is written beside the fields of the form."""
    return any(data.get(name, "").strip() for name in ("history_note", SAME_AS))


def _judge(desk: Any, request: HttpRequest, article: Article) -> str:
    button = pressed(request.POST) or ("", "")
    judged = article_verdicts.judge_pressed(desk, request, article, button)
    article_verdicts.tell(desk, request, judged)
    return article_verdicts.back_to(article, judged)


def _turn(desk: Any, request: HttpRequest, article: Article) -> str:
    """Show another part of the text, or another page of names: the address says which."""
    return request.get_full_path()


def _enrich(desk: Any, request: HttpRequest, article: Article) -> str:
    """Let the machine read the article now."""
    if enrich_now([article.pk]):
        waiting = article.mentions.waiting().count() + article.taggings.waiting().count()
        words = f"The machine has read the article. Links that wait for a decision: {waiting}."
        desk.message_user(request, words, messages.SUCCESS)
    else:
        desk.message_user(request, QUEUED.format("The article waits"), messages.INFO)
    return "#enrichment"


def _declare(desk: Any, request: HttpRequest, article: Article) -> str:
    """Say that another article is the same, named by its uid, id, address or key."""
    words = request.POST.get(SAME_AS, "").strip()
    found = list(Article.objects.identified_by(words).defer("search")[:2]) if words else []
    if not found and (key := whole(words)):
        found = list(Article.objects.filter(pk=key).defer("search"))
    others = [other for other in found if other.pk != article.pk]
    if len(others) != 1:
        told = "another article" if not others else "one article only"
        refusal = f"“{words[:80]}” does not name {told}: nothing was changed."
        desk.message_user(request, refusal, messages.WARNING)
    elif not may_judge_of(request, (article, others[0])):
        desk.message_user(request, ONLY_DRAFTS, messages.WARNING)
    else:
        declare_duplicates(article, others[0], request.user.get_username())
        desk.message_user(request, f"“{others[0]}” counts as the same now.", messages.SUCCESS)
        _empty(request, SAME_AS)
    return DUPLICATES


def _empty(request: HttpRequest, name: str) -> None:
    data = request.POST.copy()
    data[name] = ""
    request.POST = data  # type: ignore[assignment]


def _choose(desk: Any, request: HttpRequest, article: Article) -> str:
    choose(desk, request, article, whole(request.POST.get("canonical")))
    return DUPLICATES


def choose(desk: Any, request: HttpRequest, article: Article, key: int) -> None:
    """Let an article of the cluster stand for all."""
    members = DuplicateMember.objects.filter(cluster__members__article=article, article=key)
    member = members.select_related("cluster", "article").first()
    try:
        if member is None:
            raise ArchiveError("That article is not in the cluster: accept a pair of it first.")
        held = DuplicateMember.objects.filter(cluster=member.cluster_id).select_related("article")
        if not may_judge_of(request, (it.article for it in held)):
            raise ArchiveError(ONLY_DRAFTS)
        member.cluster.choose(member.article)
    except ArchiveError as error:
        desk.message_user(request, str(error), messages.WARNING)
    else:
        words = format_html("{} stands for all now.", linked(member.article))
        desk.message_user(request, words, messages.SUCCESS)


ACTS: Final[Mapping[str, Act]] = {
    "turn": _turn,
    "enrich": _enrich,
    "declare": _declare,
    "canonical": _choose,
    "put_back": cleaning_page.put_back_written,
}
