"""Splitting an entity: what would move is shown first, and exactly that moves."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q

from articles.errors import ArchiveError
from articles.models import moving
from articles.models.bulk import AnyOf
from articles.models.entities import Alias, Entity, Mention
from articles.models.merging import Moved, locked, merge_mentions
from articles.vocabulary import EntityKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

AT_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class SplitChoice:
    """What goes (single mentions by their keys, all by some words, spellings) and to whom: to an
    entity that is there, or to a new one of this name and kind."""

    mentions: tuple[int, ...] = ()
    quotes: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    target: Entity | None = None
    name: str = ""
    kind: str = EntityKind.OTHER

    @property
    def target_name(self) -> str:
        return str(self.target) if self.target else self.name


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """What a split would do.

    `by_words` counts its mentions by their words and state, the most first; `same` are those where
    the other entity is mentioned already, of which the stronger word stays. `seal` is of all that.
    """

    keys: list[int]
    articles: int
    by_words: list[tuple[str, str, int]]
    same: list[moving.Pair]
    spellings: list[str]
    known: list[str]
    seal: str

    @property
    def mentions(self) -> int:
        return len(self.keys)

    @property
    def against(self) -> int:
        """Of the same places those where one was accepted and the other rejected."""
        verdicts = {"accepted", "rejected"}
        return sum({pair.our_state, pair.their_state} == verdicts for pair in self.same)


def plan_split(entity: Entity, choice: SplitChoice) -> SplitPlan:
    """What would move, without moving it. Raises ArchiveError where nothing was chosen, or what
    cannot be split off. At most seven queries."""
    keys = _chosen(entity, choice)
    if not keys and choice.quotes and not choice.spellings:
        raise ArchiveError(
            f"No mention of “{entity}” has these words any more: somebody gave them to another "
            "meanwhile, or this was sent twice."
        )
    if not keys and not choice.spellings:
        raise ArchiveError("Choose the mentions or the spellings that go.")
    given = splittable(entity, choice.target, keys, choice.spellings)
    rows = list(
        Mention.objects.filter(AnyOf("id", keys))
        .order_by("pk")
        .values_list("pk", "article_id", "quote", "state")
    )
    counts = Counter((quote, state) for _, _, quote, state in rows)
    target = choice.target
    same = moving.same_places([entity.pk], target.pk, keys) if target else []
    there = set(target.aliases.values_list("spelling", flat=True)) if target else set()
    spellings = sorted(given.values_list("spelling", flat=True))
    return SplitPlan(
        keys=keys,
        articles=len({article for _, article, _, _ in rows}),
        by_words=[(*what, n) for what, n in sorted(counts.items(), key=lambda it: (-it[1], it[0]))],
        same=same,
        spellings=[it for it in spellings if it not in there],
        known=[it for it in spellings if it in there],
        seal=_seal(choice, rows, same, spellings, sorted(there & set(spellings))),
    )


def _chosen(entity: Entity, choice: SplitChoice) -> list[int]:
    """The mentions that were chosen one by one, and all by the chosen words."""
    keys = set(choice.mentions)
    if choice.quotes:
        found = Mention.objects.filter(entity=entity, quote__in=choice.quotes).order_by("pk")
        keys |= set(found.values_list("pk", flat=True)[: AT_MOST + 1])
    if len(keys) > AT_MOST:
        raise ArchiveError(f"More than {AT_MOST:,} mentions: choose fewer words.")
    return sorted(keys)


def _seal(choice: SplitChoice, *shown: Any) -> str:
    """By which what was shown is known again."""
    to = [choice.target.pk, str(choice.target)] if choice.target else [choice.name, choice.kind]
    return sha256(json.dumps([to, *shown]).encode()).hexdigest()


@transaction.atomic
def split_as_shown(
    entity: Entity, choice: SplitChoice, editor: str, seal: str
) -> tuple[Entity, Moved]:
    """Split off what the seal was made of; raises ArchiveError, and does nothing, where by now it
    would be something else. Returns whom it went to."""
    held = [entity.pk, *([choice.target.pk] if choice.target else [])]
    list(Entity.objects.filter(pk__in=held).order_by("pk").select_for_update())
    keys = _chosen(entity, choice)
    # No new mention comes while their entities are held, and no verdict of these while they are.
    list(Mention.objects.filter(AnyOf("id", keys)).order_by("pk").select_for_update())
    plan = plan_split(entity, choice)
    if seal != plan.seal:
        raise ArchiveError("Meanwhile this has changed. Look again: nothing is done yet.")
    target = choice.target or _new_entity(choice)
    return target, split(entity, target, plan.keys, editor, choice.spellings)


def _new_entity(choice: SplitChoice) -> Entity:
    name = choice.name
    target = Entity.objects.create(name=name, slug=Entity.free_slug(name), kind=choice.kind)
    if name not in choice.spellings:
        Alias.objects.create(entity=target, spelling=name)
    return target


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
        entity, target = locked(entity, [target])
    report = Moved()
    given = splittable(entity, target, mentions, spellings)
    merge_mentions(target, [entity.pk], editor, report, mentions)
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
        raise ArchiveError(f"“{entity}” has no spelling {', '.join(sorted(missing))} (or no more).")
    if entity.name in spellings:
        raise ArchiveError(f"“{entity.name}” is its name: rename “{entity}” first.")
    return given
