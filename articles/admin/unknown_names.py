"""Names that nobody has curated, on the desk: made an entity, or never suggested again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils.html import format_html, format_html_join

from articles.admin.nouns import badge, linked
from articles.admin.permissions import may_judge
from articles.admin.records import RecordAdmin
from articles.errors import ArchiveError
from articles.models import Article
from articles.vocabulary import EntityKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from articles.models import UnknownName


def _maker(kind: EntityKind) -> Callable[..., None]:
    @admin.action(
        description=f"Make entities of them: {kind.label.lower()}", permissions=["create"]
    )
    def make(
        model_admin: UnknownNameAdmin, request: HttpRequest, names: QuerySet[UnknownName]
    ) -> None:
        model_admin.judge(
            request, names, lambda it: it.create_entity(request.user.get_username(), kind)
        )

    make.__name__ = f"make_{kind.value}"
    return make


@admin.action(description="Never suggest them again", permissions=["judge"])
def never_suggest(
    model_admin: UnknownNameAdmin, request: HttpRequest, names: QuerySet[UnknownName]
) -> None:
    model_admin.judge(request, names, lambda it: it.never_suggest(request.user.get_username()))


class UnknownNameAdmin(RecordAdmin):
    list_display = (
        "quote", "kind_word", "articles", "finds", "sureness", "first_places", "state_badge",
    )  # fmt: skip
    list_filter = ("state", "kind")
    search_fields = ("quote",)
    search_help_text = "Part of a name."
    ordering = ("-rank", "key")
    actions = (*(_maker(kind) for kind in EntityKind), never_suggest)
    fields = (
        "quote", "kind_word", "articles", "finds", "sureness", "places", "state", "judged",
    )  # fmt: skip

    def has_judge_permission(self, request: HttpRequest) -> bool:
        return may_judge(request)

    def has_create_permission(self, request: HttpRequest) -> bool:
        """A new entity is public at once: it takes more than to judge."""
        return may_judge(request) and request.user.has_perm("articles.add_entity")

    def judge(
        self, request: HttpRequest, names: QuerySet[UnknownName], work: Callable[[Any], object]
    ) -> None:
        done = 0
        for name in names.order_by("pk"):
            try:
                work(name)
                done += 1
            except ArchiveError as error:
                self.message_user(request, str(error), messages.WARNING)
        if done:
            self.message_user(request, f"{done} judged.", messages.SUCCESS)

    @admin.display(description="sure")
    def sureness(self, name: UnknownName) -> str:
        return f"{name.confidence:.0%}"

    @admin.display(description="first places")
    def first_places(self, name: UnknownName) -> str:
        places = ((it["before"], it["quote"], it["after"]) for it in name.evidence)
        return format_html_join(
            "", '<div class="passage" dir="auto">{}<mark>{}</mark>{}</div>', places
        )

    @admin.display(description="kind", ordering="kind")
    def kind_word(self, name: UnknownName) -> str:
        """What a model calls it; capitals alone do not tell."""
        return name.get_kind_display() or format_html('<span class="none">{}</span>', "—")

    @admin.display(description="first places")
    def places(self, name: UnknownName) -> str:
        """Each with the article that it is in. One query."""
        rows = Article.objects.filter(uid__in=[it["article"] for it in name.evidence])
        known = {str(it.uid): it for it in rows.only("uid", "headline")}
        places = (
            (linked(known.get(it["article"])), it["before"], it["quote"], it["after"])
            for it in name.evidence
        )
        pattern = '<p>{}</p><div class="passage" dir="auto">{}<mark>{}</mark>{}</div>'
        return format_html_join("", pattern, places)

    @admin.display(description="judged")
    def judged(self, name: UnknownName) -> str:
        """By whom, when and why. One query."""
        last = name.last_decision
        if last is None:
            return "—"
        said = f"{last.editor}, {last.at:%Y-%m-%d %H:%M} UTC"
        return f"{said}: {last.reason}" if last.reason else said

    @admin.display(description="state")
    def state_badge(self, name: UnknownName) -> str:
        return badge(name.state)
