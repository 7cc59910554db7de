"""The spellings of merged entities and tags: the survivor is called as all of them were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.models import moving
from articles.models.entities import Alias, Entity
from articles.models.tags import Tag, TagAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.models.merging import Moved


def merge_aliases(survivor: Entity, others: Sequence[Entity], report: Moved) -> None:
    """Of several rules for one spelling the survivor's stays, else that of the first."""
    stays = {alias.spelling: alias for alias in survivor.aliases.all()}
    goes: dict[int, int] = {}
    order = [other.pk for other in others]
    theirs = Alias.objects.filter(entity__in=order)
    for alias in sorted(theirs, key=lambda it: (order.index(it.entity_id), it.spelling)):
        same = stays.setdefault(alias.spelling, alias)
        if same is alias:
            continue
        goes[alias.pk] = same.pk
        if same.standing != alias.standing:
            report.conflicts.append(
                f"“{alias.spelling}” has the standing {same.standing} and {alias.standing}: "
                f"{same.standing} stays."
            )
    moving.move_suggestions(goes)
    Alias.objects.filter(pk__in=goes).delete()
    report.dropped["alias"] += len(goes)
    report.moved["alias"] += theirs.update(entity=survivor)
    names = dict.fromkeys(other.name for other in others if other.name not in stays)
    Alias.objects.bulk_create(Alias(entity=survivor, spelling=name) for name in names)


def merge_tag_aliases(survivor: Tag, others: Sequence[Tag], report: Moved) -> None:
    """The survivor is called as all of them were; its own name is no other spelling of it."""
    known = {survivor.name, *survivor.aliases.values_list("spelling", flat=True)}
    theirs = TagAlias.objects.filter(tag__in=[other.pk for other in others])
    goes = []
    for alias in theirs:
        if alias.spelling in known:
            goes.append(alias.pk)
        known.add(alias.spelling)
    TagAlias.objects.filter(pk__in=goes).delete()
    report.dropped["spelling"] += len(goes)
    report.moved["spelling"] += theirs.update(tag=survivor)
    names = dict.fromkeys(other.name for other in others if other.name not in known)
    TagAlias.objects.bulk_create(TagAlias(tag=survivor, spelling=name) for name in names)
