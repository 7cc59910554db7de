"""The spellings of merged entities and tags: the survivor is called as all of them were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.models.entities import Alias, Entity
from articles.models.tags import Tag, TagAlias

if TYPE_CHECKING:
    from articles.models.merging import Moved


def merge_aliases(survivor: Entity, other: Entity, report: Moved) -> None:
    """Of two rules for one spelling the survivor's stays."""
    ours = {alias.spelling: alias for alias in survivor.aliases.all()}
    for alias in other.aliases.all():
        same = ours.get(alias.spelling)
        if same is None:
            continue
        if same.standing != alias.standing:
            report.conflicts.append(
                f"“{alias.spelling}” has the standing {same.standing} and {alias.standing}: "
                f"{same.standing} stays."
            )
        alias.suggestions.update(alias=same)
        alias.delete()
        report.dropped["alias"] += 1
    report.moved["alias"] += other.aliases.update(entity=survivor)
    if not survivor.aliases.filter(spelling=other.name).exists():
        Alias.objects.create(entity=survivor, spelling=other.name)


def merge_tag_aliases(survivor: Tag, other: Tag, report: Moved) -> None:
    """The survivor is called as either was; its own name is no other spelling of it."""
    ours = {survivor.name, *survivor.aliases.values_list("spelling", flat=True)}
    same = other.aliases.filter(spelling__in=ours)
    report.dropped["spelling"] += same.delete()[1].get("articles.TagAlias", 0)
    report.moved["spelling"] += other.aliases.update(tag=survivor)
    if other.name not in {survivor.name, *survivor.aliases.values_list("spelling", flat=True)}:
        TagAlias.objects.create(tag=survivor, spelling=other.name)
