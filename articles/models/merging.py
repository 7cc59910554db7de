"""Merging: of two or more sources, entities or tags that are one, one row stays; and splitting.

All that refers to the others moves to the survivor; their slugs lead to it. What cannot move, for
the survivor has it already, is deleted. The ledger keeps each step, so that the undo of the run
puts everything back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q

from articles.errors import ArchiveError
from articles.models import moving, spellings
from articles.models.entities import Alias, Entity, Mention
from articles.models.judging import judge
from articles.models.redirects import Redirect
from articles.models.sources import Source
from articles.models.tags import Tag, Tagging
from articles.text import slugify
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from articles.models.curated import Slugged

# What the survivor takes over where it has nothing itself.
TAKEN_OVER: Final = {
    Source: ("homepage", "country", "timezone", "notes"),
    Entity: ("wikidata_id", "description"),
    Tag: ("media_topic", "description"),
}
AT_MOST: Final = 20
"""So many rows are merged into one at a time."""


@dataclass(slots=True)
class Moved:
    """What a merge or a split moved and what it dropped, in rows by their kind.

    `conflicts` are in words: what the rows said differently, and whose word stays.
    """

    moved: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.moved.total() + self.dropped.total()


@transaction.atomic
def merge(survivor: Slugged, others: Sequence[Slugged], editor: str) -> Moved:
    """Let one row stand for all of them. The survivor keeps its slug and its name.

    Raises ArchiveError where the rows are no such group, or stand above each other in a way that
    would close a circle.
    """
    given = survivor
    survivor, *others = _locked(survivor, others)
    report = Moved()
    for other in others:
        report.conflicts += differences(survivor, other)
        if isinstance(survivor, Entity):
            _merge_entity(survivor, other, editor, report)
        elif isinstance(survivor, Tag):
            _merge_tag(survivor, other, editor, report)
        else:
            report.moved["article"] += other.articles.update(source=survivor)
        _lead_on(survivor, other, report)
    given.refresh_from_db()
    return report


def _locked(survivor: Slugged, others: Sequence[Slugged]) -> list[Any]:
    model = type(survivor)
    keys = [survivor.pk, *(other.pk for other in others)]
    if not others or len(set(keys)) < len(keys):
        raise ArchiveError("A merge takes two or more different rows.")
    if len(others) > AT_MOST:
        raise ArchiveError(f"At most {AT_MOST} rows are merged into one at a time.")
    if model not in TAKEN_OVER or any(type(other) is not model for other in others):
        raise ArchiveError("Only sources, entities or tags are merged, each among themselves.")
    rows = {
        row.pk: row
        for row in model._base_manager.filter(pk__in=keys).order_by("pk").select_for_update()
    }
    if gone := [key for key in keys if key not in rows]:
        raise ArchiveError(f"{len(gone)} of the rows are gone: somebody deleted or merged them.")
    return [rows[key] for key in keys]


def differences(survivor: Any, other: Any) -> list[str]:
    """What both rows say of themselves, and do not say alike."""
    words = {"wikidata_id": "Wikidata id", "media_topic": "Media Topic", "kind": "kind"}
    told = []
    for name, word in words.items():
        ours, theirs = getattr(survivor, name, None), getattr(other, name, None)
        if ours and theirs and ours != theirs:
            told.append(f"“{survivor}” has the {word} {ours}, “{other}” {theirs}: {ours} stays.")
    return told


def _merge_entity(survivor: Entity, other: Any, editor: str, report: Moved) -> None:
    _merge_mentions(survivor, other, editor, report)
    spellings.merge_aliases(survivor, other, report)
    moving.move_salience(other.pk, survivor.pk)


def _merge_mentions(
    survivor: Entity, other: Any, editor: str, report: Moved, only: Collection[int] | None = None
) -> None:
    """Move the mentions; at a place where the survivor stands already, the stronger word stays."""
    pairs = moving.same_places(other.pk, survivor.pk, only)
    _settle(Mention, pairs, editor, report)
    dropped = [pair.theirs for pair in pairs]
    report.dropped["mention"] += len(dropped)
    Mention.objects.filter(pk__in=dropped).delete()
    rest = Mention.objects.filter(entity=other)
    if only is not None:
        rest = rest.filter(pk__in=list(only))
    report.moved["mention"] += rest.update(entity=survivor)


def _settle(model: type[Any], pairs: Sequence[moving.Pair], editor: str, report: Moved) -> None:
    """An accepted link is stronger than a rejected one, and both than a suggestion."""
    for verdict in (LinkState.ACCEPTED, LinkState.REJECTED):
        weaker = [
            pair.ours for pair in pairs
            if pair.their_state == verdict and _is_weaker(pair.our_state, verdict)
        ]  # fmt: skip
        judge(model, weaker, verdict, editor, "merged with a link that was so")
    against = [p for p in pairs if {p.our_state, p.their_state} == {"accepted", "rejected"}]
    if against:
        report.conflicts.append(
            f"In {len(against):,} places one was accepted and the other rejected: accepted stays."
        )


def _is_weaker(state: str, verdict: str) -> bool:
    order = [LinkState.SUGGESTED, LinkState.REJECTED, LinkState.ACCEPTED]
    return order.index(LinkState(state)) < order.index(LinkState(verdict))


def _merge_tag(survivor: Any, other: Any, editor: str, report: Moved) -> None:
    if survivor.parent_id == other.pk:
        survivor.parent_id = other.parent_id
        survivor.save(update_fields=["parent"])
    elif _stands_above(other, survivor):
        raise ArchiveError(
            f"“{survivor}” stands below a child of “{other}”: give it another parent first."
        )
    spellings.merge_tag_aliases(survivor, other, report)
    report.moved["child tag"] += other.children.exclude(pk=survivor.pk).update(parent=survivor)
    pairs = moving.same_articles(other.pk, survivor.pk)
    _settle(Tagging, pairs, editor, report)
    dropped = [pair.theirs for pair in pairs]
    Tagging.objects.filter(pk__in=dropped).delete()
    report.dropped["tagging"] += len(dropped)
    report.moved["tagging"] += other.taggings.update(tag=survivor)


def _stands_above(above: Any, tag: Any) -> bool:
    while tag.parent_id is not None:
        if tag.parent_id == above.pk:
            return True
        tag = tag.parent
    return False


def _lead_on(survivor: Any, other: Any, report: Moved) -> None:
    """Delete the other row; its slugs lead to the survivor, in one step."""
    kind = survivor._meta.model_name
    report.moved["redirect"] += other.redirects.update(**{kind: survivor})
    taken = {
        name: getattr(other, name)
        for name in TAKEN_OVER[type(survivor)]
        if not getattr(survivor, name) and getattr(other, name)
    }
    slugs = {other.slug, slugify(other.name)} - {survivor.slug, ""}
    other.delete()
    if taken:
        for name, value in taken.items():
            setattr(survivor, name, value)
        survivor.save(update_fields=list(taken))
    for slug in sorted(slugs):
        is_used = type(survivor)._base_manager.filter(slug=slug).exists()
        if not is_used and not Redirect.objects.filter(kind=kind, old_slug=slug).exists():
            Redirect.objects.create(kind=kind, old_slug=slug, **{kind: survivor})


@transaction.atomic
def split(
    entity: Entity,
    target: Entity,
    mentions: Collection[int],
    editor: str,
    spellings: Collection[str] = (),
) -> Moved:
    """Give some of an entity's mentions (keys), and some of its spellings, to another entity.

    Raises ArchiveError where a mention or a spelling is not (or no more) the entity's.
    """
    if entity.pk != target.pk:  # of itself the next check tells in better words
        entity, target = _locked(entity, [target])
    report = Moved()
    given = splittable(entity, target, mentions, spellings)
    _merge_mentions(target, entity, editor, report, mentions)
    there = Q(spelling__in=target.aliases.values("spelling"))
    report.dropped["alias"] += given.filter(there).delete()[1].get("articles.Alias", 0)
    report.moved["alias"] += given.update(entity=target)
    moving.weigh_anew(mentions)
    return report


def splittable(
    entity: Entity, target: Entity | None, mentions: Collection[int], spellings: Collection[str]
) -> QuerySet[Alias]:
    """The spellings that would go. Raises ArchiveError where something cannot be split off."""
    if target is not None and entity.pk == target.pk:
        raise ArchiveError(
            f"“{entity}” cannot be split into itself: choose another entity, or name a new one."
        )
    own = Mention.objects.filter(entity=entity, pk__in=list(mentions)).count()
    if own < len(set(mentions)):
        raise ArchiveError(
            f"{len(set(mentions)) - own} of the mentions are not (or no more) those of “{entity}”."
        )
    given = Alias.objects.filter(entity=entity, spelling__in=list(spellings))
    if missing := set(spellings) - {alias.spelling for alias in given}:
        raise ArchiveError(f"“{entity}” has no spelling {', '.join(sorted(missing))}.")
    if entity.name in spellings:
        raise ArchiveError(f"“{entity.name}” is its name: rename “{entity}” first.")
    return given
