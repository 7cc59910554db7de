"""Links in forms: a word on those that are there, rows for new ones, and moving with the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from articles.admin.link_forms import (
    DecisionForm,
    DecisionFormSet,
    NewLinkFormSet,
    NewMentionForm,
    NewTaggingForm,
)
from articles.admin.nouns import badge
from articles.admin.permissions import may_judge
from articles.anchors import moved_place
from articles.models import Mention, Tagging

if TYPE_CHECKING:
    from django.http import HttpRequest

    from articles.models import Article

    AnyInline = admin.TabularInline[Any, Any]
else:
    AnyInline = admin.TabularInline


class LinkInline(AnyInline):
    """Links that are there, each with a word on it; their formset says in which order."""

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

    @admin.display(description="State")
    def state_badge(self, link: Any) -> str:
        return badge(link.state)


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
