"""Storylines on the desk: name what a machine suggests, choose its articles, accept or reject."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.article_links import WAITING_FIRST
from articles.admin.disagreements import disagreements_of
from articles.admin.link_forms import (
    SHOWN,
    DecisionForm,
    DecisionFormSet,
    NewLinkForm,
    NewLinkFormSet,
)
from articles.admin.links import LinkInline, NewLinkInline
from articles.admin.lists import capped
from articles.admin.nouns import FACTS, NounAdmin, badge, linked
from articles.admin.permissions import may_judge, may_publish
from articles.admin.queue_groups import ONLY_DRAFTS
from articles.models import Entity, Storyline, StorylineArticle
from articles.vocabulary import ArticleStatus, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest

AT_ONCE: Final = 200
EVIDENCE: Final = {"entity": "both name", "word": "both say", "days": "days between them"}


def names_shared(members: Iterable[Any]) -> dict[str, str]:
    """Of the entities that the reasons of members name, by their slugs. One query."""
    reasons = [reason for member in members for reason in member.reasons]
    slugs = {fact for kind, fact in reasons if kind == "entity"}
    return dict(Entity.objects.filter(slug__in=slugs).values_list("slug", "name"))


def why(member: Any, names: Mapping[str, str]) -> str:
    """What it shares with the article of the storyline that it is most like."""
    reasons = member.reasons
    told = [
        f"{words}: {', '.join(facts)}"
        for word, words in EVIDENCE.items()
        if (facts := [names.get(fact, str(fact)) for kind, fact in reasons if kind == word])
    ]
    return "; ".join(told)


class MemberFormSet(DecisionFormSet):
    def get_queryset(self) -> QuerySet[Any]:
        if not hasattr(self, "_queryset"):
            members = StorylineArticle.objects.filter(storyline=self.instance.pk)
            members = members.select_related("article__source")
            members = members.defer("article__body", "article__search")
            if self.is_bound:  # the rows the editor saw, whatever a machine has added since
                members = members.filter(pk__in=self._posted_keys())
            by_day = F("article__published_at").asc(nulls_last=True)
            self._queryset = members.order_by(WAITING_FIRST, by_day, "pk")[:SHOWN]
        found: QuerySet[Any] = self._queryset
        return found

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.storyline = self.instance
        form.instance.names_shared = self._names
        return form

    @cached_property
    def _names(self) -> dict[str, str]:
        """Of the entities that reasons name by their slugs."""
        return names_shared(self.get_queryset())


class MemberInline(LinkInline):
    """The articles it has, those that wait for a decision first, then by day."""

    model = StorylineArticle
    form = DecisionForm
    formset = MemberFormSet
    verbose_name_plural = "articles"
    fields = ("article_link", "day", "source", "why", "origin", "state_badge", "decision", "seen")
    readonly_fields = ("article_link", "day", "source", "why", "origin", "state_badge")

    @admin.display(description="Article")
    def article_link(self, member: Any) -> str:
        return linked(member.article)

    @admin.display(description="Published")
    def day(self, member: Any) -> str:
        at = member.article.published_at
        return f"{at:%Y-%m-%d}" if at else "—"

    @admin.display(description="Source")
    def source(self, member: Any) -> str:
        return str(member.article.source)

    @admin.display(description="Why")
    def why(self, member: Any) -> str:
        return why(member, member.names_shared) or "—"


class NewMemberForm(NewLinkForm):
    def clean(self) -> dict[str, Any]:
        article, storyline = self.cleaned_data.get("article"), self.instance.storyline
        if article and storyline.pk:
            same = storyline.members.filter(article=article).first()
            if same is not None:
                self.add_error("article", f"It is here already and {same.state}: decide above.")
        return self.cleaned_data


class NewMemberFormSet(NewLinkFormSet):
    target = "article"

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super(NewLinkFormSet, self)._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.storyline = self.instance
        return form

    def clean(self) -> None:
        super(NewLinkFormSet, self).clean()
        seen = set()
        for form in self.forms:
            article = getattr(form, "cleaned_data", {}).get("article")
            if article is not None and article in seen:
                form.add_error("article", "This is here twice.")
            seen.add(article)


class NewMemberInline(NewLinkInline):
    model = StorylineArticle
    form = NewMemberForm
    formset = NewMemberFormSet
    fields = ("article",)
    autocomplete_fields = ("article",)
    verbose_name = "article"
    verbose_name_plural = "new articles"


def of_drafts(rows: QuerySet[Storyline]) -> QuerySet[Storyline]:
    """Those with no article that readers see or saw."""
    others = StorylineArticle.objects.exclude(state=LinkState.REJECTED)
    others = others.exclude(article__status=ArticleStatus.DRAFT)
    return rows.exclude(Exists(others.filter(storyline=OuterRef("pk"))))


def _judge(
    desk: Any, request: HttpRequest, rows: QuerySet[Storyline], state: LinkState,
    judge: Callable[[Storyline, str], object],
) -> None:  # fmt: skip
    if not desk.has_change_permission(request):
        rows = rows.filter(state=LinkState.SUGGESTED)  # what an editor judged is the editors'
    if not may_publish(request) and rows.exclude(pk__in=of_drafts(rows)).exists():
        rows = of_drafts(rows)
        desk.message_user(request, ONLY_DRAFTS, messages.WARNING)
    chosen = list(rows.exclude(state=state)[: AT_ONCE + 1])
    if len(chosen) > AT_ONCE:
        desk.message_user(request, f"At most {AT_ONCE} at once: narrow the list.", messages.ERROR)
        return
    for storyline in chosen:
        judge(storyline, request.user.get_username())
    desk.message_user(request, f"{len(chosen)} {state}.", messages.SUCCESS)


@admin.action(description="Accept with the articles that wait", permissions=["judge"])
def accept_selected(desk: Any, request: HttpRequest, rows: QuerySet[Storyline]) -> None:
    """Show them to readers: those of their articles that are published."""
    _judge(desk, request, rows, LinkState.ACCEPTED, lambda it, editor: it.accept(editor))


@admin.action(description="Reject", permissions=["judge"])
def reject_selected(desk: Any, request: HttpRequest, rows: QuerySet[Storyline]) -> None:
    _judge(desk, request, rows, LinkState.REJECTED, lambda it, editor: it.reject(editor))


class StorylineAdmin(NounAdmin):
    list_display = ("title", "state_badge", "origin", "member_count")
    sortable_by = ("title",)
    list_filter = ("state", "origin")
    search_help_text = "Part of a name, or the beginning of a slug."
    actions = (accept_selected, reject_selected)
    public_route = "storyline-detail"
    readonly_fields = (*FACTS, "standing", "origin", "former_slugs", "disagreements")
    fieldsets = (
        (None, {"fields": ["name", "slug", "standing", "description"]}),
        ("Where reports may disagree", {"fields": ["disagreements"]}),
        ("Record", {"fields": (*FACTS, "origin", "former_slugs"), "classes": ["collapse"]}),
    )
    inlines = (MemberInline, NewMemberInline)
    articles_of = (
        StorylineArticle.objects.exclude(state=LinkState.REJECTED)
        .filter(storyline=OuterRef("pk"))
        .values("article")
    )

    def has_judge_permission(self, request: HttpRequest) -> bool:
        return may_judge(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:  # nothing of it is known yet
            return [(None, {"fields": ["name", "slug", "description"]})]
        return super().get_fieldsets(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else (NewMemberInline,)

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("description", "former_slugs")

    @admin.display(description="name", ordering="slug")
    def title(self, storyline: Storyline) -> str:
        return storyline.name

    @admin.display(description="state")
    def state_badge(self, storyline: Storyline) -> str:
        return badge(storyline.state)

    @admin.display(description="state")
    def standing(self, storyline: Storyline) -> str:
        """Its state, and where that is decided: not by saving this page."""
        if storyline.state != LinkState.SUGGESTED:
            return self.state_badge(storyline)
        queue = f"{reverse('admin:articles_queue')}?show=storylines&storyline={storyline.pk}"
        told = 'Readers see it once it is accepted: <a href="{}">in the review queue</a>.'
        return format_html(f"{{}} {told}", self.state_badge(storyline), queue)

    @admin.display(description="Side by side")
    def disagreements(self, storyline: Storyline) -> str:
        return disagreements_of(storyline) if storyline.pk else "—"

    @admin.display(description="articles")
    def member_count(self, storyline: Any) -> str:
        return capped(storyline.article_count)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> Any:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, MemberInline):
            kwargs["form_kwargs"] = {"editor": request.user.get_username()}
        return kwargs

    def public_address(self, obj: Any) -> str | None:
        """Readers see what is accepted."""
        return super().public_address(obj) if obj.state == LinkState.ACCEPTED else None
