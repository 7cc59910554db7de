"""The article's page around its form: the marked text, the panels, and the buttons in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse

from articles.admin import article_panels, cleaning_page
from articles.admin.article_links import names_page, tags_page
from articles.admin.article_verdicts import (
    back_to,
    judge_pressed,
    judge_view,
    may_judge_here,
    tell,
)
from articles.admin.judging import pressed
from articles.admin.link_pages import whole
from articles.admin.marked_text import MARKED, marked_text, part_of
from articles.admin.nouns import NounAdmin, linked
from articles.admin.permissions import may_judge_of
from articles.admin.queue_groups import ONLY_DRAFTS
from articles.enrichment.enrich import MOST_NOW, enrich_now
from articles.errors import ArchiveError
from articles.models import Article, DuplicateMember, declare_duplicates

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    Answer = Callable[[Any, HttpRequest, Article], HttpResponse]

FAR: Final = 10_000
WRITTEN: Final = "What you wrote stands in the form as you left it. It is not saved yet."


class ArticlePage(NounAdmin):
    """What stands around the form. `ArticleAdmin` has the form and the list."""

    change_form_template = "admin/articles/article/change_form.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        article = context.get("original")
        if isinstance(article, Article):
            if request.method == "POST":  # the form has put into it what is not saved
                article = Article.objects.select_related("source").get(pk=article.pk)
            context |= around_form(self, request, article)
            if hasattr(request, "look"):
                context["errors"] = []
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """A verdict's button sends the form that it stands in: it decides, and the form comes back
        as it was left, with nothing of it saved."""
        button = pressed(request.POST) if request.method == "POST" and object_id else None
        article = self.get_object(request, unquote(object_id or "")) if button else None
        if button is None or article is None:
            return super().changeform_view(request, object_id, *args, **kwargs)
        judged = judge_pressed(self, request, article, button)
        tell(self, request, judged)
        if not self._is_written(request, article):
            return back_to(article, judged)
        request.look = WRITTEN  # type: ignore[attr-defined]
        self.message_user(request, WRITTEN, messages.WARNING)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _is_written(self, request: HttpRequest, article: Article) -> bool:
        """Whether something stands in the sent form that is not saved."""
        current = Article.objects.get(pk=article.pk)
        form = self.get_form(request, current, change=True)(request.POST, instance=current)
        formsets, _ = self._create_formsets(request, article, change=True)  # type: ignore[attr-defined]
        return any(it.has_changed() for it in (form, *formsets))

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, Answer] = {
            "judge": judge_view,
            "enrich": enrich_view,
            "duplicate": declare_view,
            "canonical": choose_view,
        }
        return [
            *(self._button(name, answer) for name, answer in pages.items()),
            self._page("cleaning", cleaning_page.cleaning_view),
            *super().get_urls(),
        ]

    def _button(self, name: str, answer: Answer) -> URLPattern:
        def posted(desk: Any, request: HttpRequest, article: Article) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return answer(desk, request, article)

        return self._page(name, posted)

    def _page(self, name: str, answer: Answer) -> URLPattern:
        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            article = self.get_object(request, unquote(object_id))
            if article is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
            if not self.has_change_permission(request, article):
                raise PermissionDenied
            return answer(self, request, article)

        page: URLPattern = path(
            f"<path:object_id>/{name}/",
            self.admin_site.admin_view(view),
            name=f"articles_article_{name}",
        )
        return page


def around_form(desk: Any, request: HttpRequest, article: Article) -> dict[str, Any]:
    """The part of the text that was asked for, by number or by a mention in it, and the panels."""
    number = whole(request.GET.get("part"))
    if not number and (key := whole(request.GET.get("mention"))):
        start = article.mentions.filter(pk=key).values_list("start", flat=True).first()
        number = part_of(article.body, start or 0)
    marked = marked_text(article, number or 1)
    return {
        "stored": article,
        "marked": marked,
        "most_marked": MARKED,
        "earlier_part": marked.number - 1,
        "later_part": marked.number + 1 if marked.number < marked.of else 0,
        "panels": article_panels.panels(article),
        "links": {
            "tags": tags_page(article, request.GET),
            "names": names_page(article, request.GET),
        },
        "may_judge": may_judge_here(desk, request, article),
    }


def back(article: Article, place: str = "") -> HttpResponseRedirect:
    address = reverse("admin:articles_article_change", args=[article.pk])
    return HttpResponseRedirect(f"{address}{place}")


def enrich_view(desk: Any, request: HttpRequest, article: Article) -> HttpResponse:
    """Let the machine read the article now."""
    if enrich_now([article.pk]):
        waiting = article.mentions.waiting().count() + article.taggings.waiting().count()
        words = f"The machine has read the article. Links that wait for a decision: {waiting}."
        desk.message_user(request, words, messages.SUCCESS)
    else:
        desk.message_user(request, QUEUED.format("The article waits"), messages.INFO)
    return back(article, "#enrichment")


QUEUED: Final = "{} for the machine: `manage.py enrich_articles --watch` reads what waits."


def enrich_selected(desk: Any, request: HttpRequest, articles: Any) -> None:
    """Let the machine read the selection, at once where somebody can wait for it."""
    keys = list(articles.order_by("pk").values_list("pk", flat=True)[: FAR + 1])
    if len(keys) > FAR:
        words = f"More than {FAR:,} are selected: `manage.py enrich_articles --all` reads all."
        desk.message_user(request, words, messages.ERROR)
    elif number := enrich_now(keys):
        noun = "article" if number == 1 else "articles"
        desk.message_user(request, f"The machine has read {number} {noun}.", messages.SUCCESS)
    else:
        told = QUEUED.format(f"{len(keys):,} articles wait")
        at_once = f" Up to {MOST_NOW} are read at once."
        desk.message_user(request, told + at_once, messages.INFO)


enrich_selected.short_description = "Enrich selected"  # type: ignore[attr-defined]
enrich_selected.allowed_permissions = ("change",)  # type: ignore[attr-defined]


def declare_view(desk: Any, request: HttpRequest, article: Article) -> HttpResponse:
    """Say that another article is the same, named by its uid, id, address or key."""
    words = request.POST.get("other", "").strip()
    found = list(Article.objects.identified_by(words).defer("search")[:2]) if words else []
    if not found and (key := whole(words)):
        found = list(Article.objects.filter(pk=key).defer("search"))
    others = [other for other in found if other.pk != article.pk]
    if len(others) != 1:
        told = "another article" if not others else "one article only"
        desk.message_user(
            request, f"“{words[:80]}” does not name {told}: nothing was changed.", messages.WARNING
        )
        return back(article, "#duplicates")
    if not may_judge_of(request, (article, others[0])):
        desk.message_user(request, ONLY_DRAFTS, messages.WARNING)
        return back(article, "#duplicates")
    declare_duplicates(article, others[0], request.user.get_username())
    desk.message_user(request, f"“{others[0]}” counts as the same now.", messages.SUCCESS)
    return back(article, "#duplicates")


def choose_view(desk: Any, request: HttpRequest, article: Article) -> HttpResponse:
    """Let an article of the cluster stand for all."""
    choose(desk, request, article, whole(request.POST.get("article")))
    return back(article, "#duplicates")


def choose(desk: Any, request: HttpRequest, article: Article, key: int) -> None:
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
        words = f"{linked(member.article)} stands for all now."
        desk.message_user(request, words, messages.SUCCESS)
