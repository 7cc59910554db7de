"""Who may see the review queue, and what of it they are offered to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from articles.admin.lists import capped
from articles.admin.permissions import may_judge, may_publish
from articles.admin.queue_groups import FEW, MANY

if TYPE_CHECKING:
    from django.http import HttpRequest

    from articles.admin.queue_groups import Group, Kind

__all__ = ["Offers", "may_judge", "may_see", "may_undo", "offered", "offers"]

WAITS: Final = "It concerns articles that readers see or have seen, and waits for an editor."
REST: Final = "of {}: the rest waits for an editor"


class Offers(NamedTuple):
    """What is offered beside a verdict."""

    relink: bool
    never: bool
    create: bool


def may_see(request: HttpRequest) -> bool:
    return request.user.has_perm("articles.view_mention") or may_judge(request)


def may_undo(request: HttpRequest) -> bool:
    """Whoever judges takes back what they have judged, and on this page nothing else."""
    return may_judge(request)


def offers(request: HttpRequest, kind: Kind) -> Offers:
    """What takes a right elsewhere takes it here: see `Order.need`."""

    def may(*codenames: str) -> bool:
        held: bool = request.user.has_perms([f"articles.{it}" for it in codenames])
        return held and may_judge(request)

    of_names = ("add_alias",) if kind.name == "names" else ()
    return Offers(
        kind.has_relink and may(*of_names),
        kind.has_never and may("change_alias"),
        kind.has_create and may("add_entity", *of_names),
    )


def offered(
    request: HttpRequest, kind: Kind, groups: list[Group], before: int | None, *, is_opened: bool
) -> list[Group]:
    """The groups with their buttons, as far as their reader may press them. Who judges on drafts
    only is shown of a group what concerns drafts, and the others without buttons."""
    judges, publishes = may_judge(request), may_publish(request)
    if judges and not publishes:
        parts = kind.parts_of_drafts(groups, before, MANY if is_opened else FEW)
        for group, part in zip(groups, parts, strict=True):
            if not part.size:
                group.is_offered, group.refusal = False, WAITS
            elif part.size < group.size:
                rest = REST.format(capped(group.size))
                group.note = " · ".join(filter(None, [group.note, rest]))
                group.size, group.items = part.size, part.items
                group.oldest = part.items[-1].key if part.items else 0
    kind.dressed(groups)
    for group in groups:
        group.is_offered = group.is_offered and judges
        if group.key.get("what") == "status" and not publishes:  # who sees an article
            group.buttons = [it for it in group.buttons if it.verb.name != "accept"]
            group.own_verbs = [it for it in group.own_verbs if it.name != "accept"]
    return groups
