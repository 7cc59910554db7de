"""The article's page around its form: the marked text, the panels, and the buttons in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path

from articles.admin import article_panels, cleaning_page
from articles.admin.article_buttons import QUEUED, is_left, is_pressed, press
from articles.admin.article_links import names_page, tags_page
from articles.admin.article_verdicts import judge_view, may_judge_here
from articles.admin.marked_text import MARKED, marked_text, part_of
from articles.admin.nouns import NounAdmin
from articles.admin.numbers import whole
from articles.enrichment.enrich import MOST_NOW, enrich_now
from articles.models import Article

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
                context |= {
                    "errors": [],
                    "is_unsaved": True,
                    "written": getattr(request, "written", ()),
                }
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """A button beside the text sends the form: it does what it says, and the form comes back
        as it was left, with nothing of it saved."""
        is_button = request.method == "POST" and object_id and is_pressed(request.POST)
        article = self.get_object(request, unquote(object_id or "")) if is_button else None
        if article is None:
            return super().changeform_view(request, object_id, *args, **kwargs)
        address = press(self, request, article)
        written = self._written(request, article)
        if not written and not is_left(request.POST):
            return HttpResponseRedirect(address)
        request.look, request.written = WRITTEN, written  # type: ignore[attr-defined]
        self.message_user(request, WRITTEN, messages.WARNING)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _written(self, request: HttpRequest, article: Article) -> list[str]:
        """The names of what stands in the sent form and is not saved."""
        current = Article.objects.get(pk=article.pk)
        form = self.get_form(request, current, change=True)(request.POST, instance=current)
        formsets, _ = self._create_formsets(request, article, change=True)  # type: ignore[attr-defined]
        forms = [form, *(it for formset in formsets for it in formset.forms)]
        return [it.add_prefix(name) for it in forms for name in it.changed_data]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page("judge", judge_view),
            self._page("cleaning", cleaning_page.cleaning_view),
            *super().get_urls(),
        ]

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
