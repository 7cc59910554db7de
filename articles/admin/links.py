"""Mentions and taggings on the article's page: judge those that are there, add new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html, format_html_join

from articles.admin.link_forms import (
    SHOWN,
    WAITING_FIRST,
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
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from articles.models import Article

    AnyInline = admin.TabularInline[Any, Any]
else:
    AnyInline = admin.TabularInline


MOST_OTHERS = 3
# Not by its template: a page has hundreds of these.
BUTTON = (
    '<button type="submit" form="judge" class="small-button" name="{}" value="{}-{}-{}"'
    ' aria-label="{} {}">{}</button>'
)
PAGES_NAMED = 3  # on either side of the page that is shown


def link_pages(name: str, here: int, number: int) -> list[dict[str, Any]]:
    """Links to the pages of an inline; a `number` of 0 is a gap."""
    last = -(-number // SHOWN)
    near = range(max(1, here - PAGES_NAMED), min(last, here + PAGES_NAMED) + 1)
    found: list[dict[str, Any]] = []
    for page in sorted({1, *near, last}):
        if found and page > found[-1]["number"] + 1:
            found.append({"number": 0})
        first = (page - 1) * SHOWN + 1
        words = f"{first:,}–{min(number, page * SHOWN):,}"
        found.append({"name": name, "number": page, "words": words, "is_here": page == here})
    return found


class LinkInline(AnyInline):
    """The links that an article has, those that wait for a decision first."""

    form = DecisionForm
    formset = DecisionFormSet
    extra = 0
    can_delete = False
    classes = ("links", "judged")
    template = "admin/articles/article/links.html"
    may_judge = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_judge(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        judges = self.has_change_permission(request, obj)
        return fields if judges else [name for name in fields if name != "decision"]

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        self.may_judge = self.has_change_permission(request, obj)
        formset: Any = super().get_formset(request, obj, **kwargs)
        links = self.model._base_manager.filter(article=obj)
        number = links.order_by()[: COUNTED + 1].count()
        if number > SHOWN:
            name = f"{self.opts.model_name}s"
            page = min(self.page_asked(request, name, links), -(-number // SHOWN))
            formset.offset = (page - 1) * SHOWN
            formset.link_pages = link_pages(name, page, number)
            last = min(number, page * SHOWN)
            self.verbose_name_plural = (
                f"{self.verbose_name_plural} "
                f"({formset.offset + 1:,}–{last:,} of {capped(number)}, {SHOWN} a page)"
            )
        return formset

    def page_asked(self, request: Any, name: str, links: Any) -> int:
        """The page that the address asks for, from 1 on."""
        given = request.GET.get(name, "")
        return max(1, int(given)) if given.isdecimal() and len(given) < 6 else 1

    @admin.display(description="Now")
    def judge(self, link: Any) -> str:
        """Buttons that decide at once, by a small form of their own."""
        if not self.may_judge:
            return ""
        name, kind = str(getattr(link, link.target_field)), self.opts.model_name
        verbs = (("accept", LinkState.ACCEPTED), ("reject", LinkState.REJECTED))
        buttons = (
            (verb, kind, link.pk, link.state, verb.capitalize(), name, verb.capitalize())
            for verb, leads_to in verbs
            if link.state != leads_to
        )
        return format_html(
            '<span class="judge-buttons">{}</span>', format_html_join("", BUTTON, buttons)
        )

    def anchored(self, link: Any, words: str) -> str:
        """Marked as the place to which the text, and a decision, lead back."""
        return format_html('<span id="{}-{}">{}</span>', self.opts.model_name, link.pk, words)

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
    fields = ("entity_link", "origin", "state_badge", "judge", "decision", "seen", "words", "why")
    readonly_fields = ("entity_link", "words", "why", "origin", "state_badge", "judge")

    def page_asked(self, request: Any, name: str, links: Any) -> int:
        """Also the page on which a mention stands, to whose row a mark in the text leads."""
        key = request.GET.get("mention", "")
        if name in request.GET or not (key.isdecimal() and len(key) < 18):
            return super().page_asked(request, name, links)
        rank = WAITING_FIRST
        row = links.annotate(rank=rank).filter(pk=int(key)).values_list("rank", "start", "pk")
        for place in row:
            before = Q(rank__lt=place[0])
            if place[1] is None:
                before |= Q(rank=place[0], start__isnull=False)
                before |= Q(rank=place[0], start__isnull=True, pk__lt=place[2])
            else:
                before |= Q(rank=place[0], start__lt=place[1])
                before |= Q(rank=place[0], start=place[1], pk__lt=place[2])
            return int(links.annotate(rank=rank).filter(before).order_by().count()) // SHOWN + 1
        return 1

    @admin.display(description="Entity")
    def entity_link(self, link: Any) -> str:
        return self.anchored(link, linked(link.entity))

    @admin.display(description="In the text")
    def words(self, link: Any) -> str:
        if link.start is None:
            return "the whole article"
        place = passage(link.article.body, link.start, link.end)
        if place.words != link.quote:
            return f"“{link.quote}”, which does not stand at its place"
        passage_shown = format_html(
            '<span class="passage" dir="auto">{}<mark>{}</mark>{}</span>', *place
        )
        return format_html(
            '{}<a class="in-text" href="?mention={}#place-{}">In the text</a>',
            passage_shown, link.pk, link.pk,
        )  # fmt: skip


class TaggingInline(LinkInline):
    model = Tagging
    verbose_name_plural = "tags"
    fields = ("tag_link", "origin", "state_badge", "judge", "decision", "seen", "why")
    readonly_fields = ("tag_link", "why", "origin", "state_badge", "judge")

    @admin.display(description="Tag")
    def tag_link(self, link: Any) -> str:
        return self.anchored(link, linked(link.tag))


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
