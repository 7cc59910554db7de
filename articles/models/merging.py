"""Merging: of two or more sources, entities or tags that are one, one row stays.

All that refers to the others moves to the survivor; their slugs lead to it. What cannot move, for
the survivor has it already, is deleted. The ledger keeps each step, so that the undo of the run
puts everything back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from articles.errors import ArchiveError
from articles.models import moving, spellings
from articles.models.articles import Article
from articles.models.entities import Entity, Mention
from articles.models.judging import judge
from articles.models.redirects import Redirect
from articles.models.sources import Source
from articles.models.tags import Tag, Tagging
from articles.text import slugify
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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
    survivor, *others = locked(survivor, others)
    report = Moved()
    report.conflicts += differences(survivor, others)
    if isinstance(survivor, Entity):
        _merge_entities(survivor, others, editor, report)
    elif isinstance(survivor, Tag):
        _merge_tags(survivor, others, editor, report)
    else:
        articles = Article.objects.filter(source__in=others)
        report.moved["article"] += articles.update(source=survivor)
    _lead_on(survivor, others, report)
    given.refresh_from_db()
    return report


def locked(survivor: Slugged, others: Sequence[Slugged]) -> list[Any]:
    """The rows as they are now, held until the transaction ends. Raises ArchiveError where they are
    no such group."""
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


def differences(survivor: Any, others: Sequence[Any]) -> list[str]:
    """What the rows say of themselves, and do not say alike: the first that says it is believed."""
    words = {"wikidata_id": "Wikidata id", "media_topic": "Media Topic", "kind": "kind"}
    told = []
    for name, word in words.items():
        saying = [row for row in (survivor, *others) if getattr(row, name, None)]
        for other in saying[1:]:
            ours, theirs = getattr(saying[0], name), getattr(other, name)
            if ours != theirs:
                told.append(
                    f"“{saying[0]}” has the {word} {ours}, “{other}” {theirs}: {ours} stays."
                )
    return told


def _merge_entities(survivor: Entity, others: Sequence[Any], editor: str, report: Moved) -> None:
    keys = [other.pk for other in others]
    merge_mentions(survivor, keys, editor, report)
    spellings.merge_aliases(survivor, others, report)
    moving.move_salience(keys, survivor.pk)


def merge_mentions(
    survivor: Entity,
    others: Collection[int],
    editor: str,
    report: Moved,
    only: Collection[int] | None = None,
) -> None:
    """Move the mentions; at a place where the survivor stands already, the stronger word stays."""
    pairs = moving.same_places(others, survivor.pk, only)
    _settle(Mention, pairs, editor, report)
    dropped = [pair.theirs for pair in pairs]
    report.dropped["mention"] += len(dropped)
    Mention.objects.filter(pk__in=dropped).delete()
    rest = Mention.objects.filter(entity__in=others)
    if only is not None:
        rest = rest.filter(pk__in=list(only))
    report.moved["mention"] += rest.update(entity=survivor)


def _settle(model: type[Any], pairs: Sequence[moving.Pair], editor: str, report: Moved) -> None:
    """An accepted link is stronger than a rejected one, and both than a suggestion."""
    said: dict[int, set[str]] = {}
    for pair in pairs:
        said.setdefault(pair.ours, {pair.our_state}).add(pair.their_state)
    accepted, rejected = LinkState.ACCEPTED, LinkState.REJECTED
    why = "merged with a link that was so"
    judge(model, [it for it, states in said.items() if accepted in states], accepted, editor, why)
    weaker = [it for it, states in said.items() if rejected in states and accepted not in states]
    judge(model, weaker, rejected, editor, why)
    if against := sum({accepted, rejected} <= states for states in said.values()):
        report.conflicts.append(
            f"In {against:,} places one was accepted and the other rejected: accepted stays."
        )


def _merge_tags(survivor: Any, others: Sequence[Any], editor: str, report: Moved) -> None:
    keys = [other.pk for other in others]
    _climb(survivor, others)
    spellings.merge_tag_aliases(survivor, others, report)
    children = Tag.objects.filter(parent__in=keys)
    staying = children.exclude(pk__in=[survivor.pk, *keys])
    report.moved["child tag"] += staying.update(parent=survivor)
    # No tag that has children can be deleted: those that go stand below each other no more.
    children.filter(pk__in=keys).update(parent=survivor)
    pairs = moving.same_articles(keys, survivor.pk)
    _settle(Tagging, pairs, editor, report)
    dropped = [pair.theirs for pair in pairs]
    Tagging.objects.filter(pk__in=dropped).delete()
    report.dropped["tagging"] += len(dropped)
    report.moved["tagging"] += Tagging.objects.filter(tag__in=keys).update(tag=survivor)


def _climb(survivor: Any, others: Sequence[Any]) -> None:
    """The survivor takes the place of those just above it; none may stand above another tag."""
    going = {other.pk: other for other in others}
    above = moving.tags_above(survivor.pk)
    stays = next((at for at, key in enumerate(above) if key not in going), len(above))
    if further := [key for key in above[stays:] if key in going]:
        raise ArchiveError(
            f"“{survivor}” stands below a child of “{going[further[0]]}”: "
            "give it another parent first."
        )
    if stays:
        survivor.parent_id = above[stays] if stays < len(above) else None
        survivor.save(update_fields=["parent"])


def _lead_on(survivor: Any, others: Sequence[Any], report: Moved) -> None:
    """Delete the other rows; their slugs lead to the survivor, in one step."""
    model, kind = type(survivor), survivor._meta.model_name
    gone = model._base_manager.filter(pk__in=[other.pk for other in others])
    report.moved["redirect"] += Redirect.objects.filter(**{f"{kind}__in": others}).update(
        **{kind: survivor}
    )
    gone.delete()
    taken = {
        name: value
        for name in TAKEN_OVER[model]
        if not getattr(survivor, name)
        and (value := next(filter(None, (getattr(it, name) for it in others)), None))
    }
    if taken:
        for name, value in taken.items():
            setattr(survivor, name, value)
        survivor.save(update_fields=list(taken))
    slugs = {slug for it in others for slug in (it.slug, slugify(it.name))} - {survivor.slug, ""}
    used = set(model._base_manager.filter(slug__in=slugs).values_list("slug", flat=True))
    led = Redirect.objects.filter(kind=kind, old_slug__in=slugs)
    used |= set(led.values_list("old_slug", flat=True))
    Redirect.objects.bulk_create(
        Redirect(kind=kind, old_slug=slug, **{kind: survivor}) for slug in sorted(slugs - used)
    )
