"""Mentions and taggings on the article's page: judge those that are there, add new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.html import format_html

from articles.admin.link_forms import (
    SHOWN,
    DecisionForm,
    DecisionFormSet,
    NewLinkFormSet,
    NewMentionForm,
    NewTaggingForm,
)
from articles.admin.lists import COUNTED, capped
from articles.admin.nouns import badge, linked
from articles.admin.permissions import may_judge
from articles.anchors import moved_place, passage
from articles.models import Mention, Tagging

if TYPE_CHECKING:
    from django.http import HttpRequest

    from articles.models import Article

    AnyInline = admin.TabularInline[Any, Any]
else:
    AnyInline = admin.TabularInline


MOST_OTHERS = 3


class LinkInline(AnyInline):
    """The links that an article has, those that wait for a decision first."""

    form = DecisionForm
    formset = DecisionFormSet
    extra = 0
    can_delete = False
    classes = ("links", "judged")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_judge(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        judges = self.has_change_permission(request, obj)
        return fields if judges else [name for name in fields if name != "decision"]

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        links = self.model._base_manager.filter(article=obj)
        number = links.order_by()[: COUNTED + 1].count()
        if number > SHOWN:
            self.verbose_name_plural = (
                f"{self.verbose_name_plural} (the first {SHOWN} of {capped(number)})"
            )
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description="State")
    def state_badge(self, link: Any) -> str:
        return badge(link.state)

    @admin.display(description="Why")
    def why(self, link: Any) -> str:
        """What speaks for a machine's link, and what else it may be."""
        told = getattr(link, "suggestion", None)
        if told is None:
            return ""
        reasons = {" ".join(str(it) for it in reason[:2] if it) for reason in told.reasons}
        others = [it["entity"] for it in told.candidates[1:]]
        parts = [f"{told.confidence:.0%}", *sorted(reasons)]
        if others:
            parts.append(f"or {', '.join(others[:MOST_OTHERS])}")
        return format_html('<span class="quiet">{}</span>', "; ".join(parts))


class MentionInline(LinkInline):
    model = Mention
    fields = ("entity_link", "words", "why", "origin", "state_badge", "decision")
    readonly_fields = ("entity_link", "words", "why", "origin", "state_badge")

    @admin.display(description="Entity")
    def entity_link(self, link: Any) -> str:
        return linked(link.entity)

    @admin.display(description="In the text")
    def words(self, link: Any) -> str:
        if link.start is None:
            return "the whole article"
        place = passage(link.article.body, link.start, link.end)
        if place.words != link.quote:
            return f"“{link.quote}”, which does not stand at its place"
        return format_html('<span class="passage" dir="auto">{}<mark>{}</mark>{}</span>', *place)


class TaggingInline(LinkInline):
    model = Tagging
    verbose_name_plural = "tags"
    fields = ("tag_link", "why", "origin", "state_badge", "decision")
    readonly_fields = ("tag_link", "why", "origin", "state_badge")

    @admin.display(description="Tag")
    def tag_link(self, link: Any) -> str:
        return linked(link.tag)


class NewLinkInline(AnyInline):
    formset = NewLinkFormSet
    extra = 1
    can_delete = False
    classes = ("links",)


class NewMentionInline(NewLinkInline):
    model = Mention
    form = NewMentionForm
    fields = ("entity", "quote", "start")
    autocomplete_fields = ("entity",)
    verbose_name = "mention"
    verbose_name_plural = "new mentions"


class NewTaggingInline(NewLinkInline):
    model = Tagging
    form = NewTaggingForm
    fields = ("tag",)
    autocomplete_fields = ("tag",)
    verbose_name = "tag"
    verbose_name_plural = "new tags"


def move_mentions(article: Article, old_body: str) -> list[str]:
    """After an edit of the body: each mention to where its words now stand.

    Returns the words of those that were removed because theirs are gone. Two mentions of an
    entity may not stand at one place, so each waits until its place is free.
    """
    taken = set()
    moving = []
    lost = []
    for mention in article.mentions.filter(start__isnull=False).order_by("start"):
        start = moved_place(old_body, article.body, mention.start or 0, mention.quote)
        if start is None:
            lost.append(mention)
            continue
        taken.add((mention.entity_id, mention.start, mention.quote))
        if start != mention.start:
            moving.append((mention, start))
    while moving:
        blocked = []
        for mention, start in moving:
            place = (mention.entity_id, start, mention.quote)
            if place in taken:
                blocked.append((mention, start))
                continue
            taken.discard((mention.entity_id, mention.start, mention.quote))
            taken.add(place)
            mention.start, mention.end = start, start + len(mention.quote)
            mention.save(update_fields=["start", "end"])
        if len(blocked) == len(moving):  # two of them have become one
            lost += [mention for mention, _ in blocked]
            break
        moving = blocked
    for mention in lost:
        mention.delete()
    return [mention.quote for mention in lost]
