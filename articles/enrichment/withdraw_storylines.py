"""Take back what the machine suggested of storylines and no longer holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from articles.enrichment.pieces import read_pieces
from articles.enrichment.storylines import misfits
from articles.models import Storyline, StorylineArticle, StorylineDecision
from articles.models.bulk import AnyOf, delete_rows
from articles.vocabulary import LinkState, Origin

if TYPE_CHECKING:
    from collections.abc import Collection

    from articles.enrichment.pieces import Background

_SUGGESTED = Q(origin=Origin.MACHINE, state=LinkState.SUGGESTED)


def withdraw(articles: Collection[int], background: Background) -> tuple[set[int], int]:
    """Take suggested places from articles (keys) whose text no longer fits.

    Beside a place that an editor rejected only those go whose text has changed: by the others it is
    known which articles were parted, and that they are not to be put together elsewhere.

    Returns the articles of the storylines that lost something, and how many rows went.
    """
    places = StorylineArticle.objects.filter(AnyOf("article_id", articles)).filter(_SUGGESTED)
    storylines = set(places.values_list("storyline", flat=True))
    if not storylines:
        return set(), 0
    members: dict[int, dict[int, StorylineArticle]] = {}
    rows = StorylineArticle.objects.filter(AnyOf("storyline_id", storylines))
    parted = set(rows.filter(state=LinkState.REJECTED).values_list("storyline", flat=True))
    changed = set(rows.exclude(text=F("article__fingerprint")).values_list("pk", flat=True))
    for row in rows.exclude(state=LinkState.REJECTED).select_for_update().order_by("pk"):
        members.setdefault(row.storyline_id, {})[row.article_id] = row
    pieces = read_pieces({key for own in members.values() for key in own}, background)
    touched: set[int] = set()
    gone: list[int] = []
    for storyline, own in members.items():
        loose = {key for key, row in own.items() if _is_suggested(row)}
        if storyline in parted:
            loose = {key for key in loose if own[key].pk in changed}
        if misfits(pieces, own, loose.intersection(articles)):
            out = misfits(pieces, own, loose)
            gone += [own[key].pk for key in out]
            touched |= own.keys()
    delete_rows(StorylineArticle, "id", gone)
    return touched, len(gone)


def articles_of(storylines: Collection[int]) -> set[int]:
    members = StorylineArticle.objects.filter(AnyOf("storyline_id", storylines))
    return set(members.values_list("article_id", flat=True))


def _is_suggested(member: StorylineArticle) -> bool:
    return member.origin == Origin.MACHINE and member.state == LinkState.SUGGESTED


def withdraw_small() -> int:
    """Withdraw suggested storylines with fewer than two articles, as long as no editor
    has said anything of them. Rows that went."""
    first_two = StorylineArticle.objects.filter(storyline=OuterRef("pk")).order_by("pk")
    said = StorylineDecision.objects.filter(row=OuterRef("pk"))
    rows = Storyline.objects.filter(_SUGGESTED, ~Exists(said), edited_fields=[])
    small = rows.filter(~Exists(first_two[1:2])).select_for_update().order_by("pk")
    keys = list(small.values_list("pk", flat=True))
    gone = delete_rows(StorylineArticle, "storyline_id", keys)
    return gone + delete_rows(Storyline, "id", keys)
