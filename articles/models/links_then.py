"""What was linked to an article at a time: its tags and entities, read from the ledger."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from articles.models.entities import Entity, Mention
from articles.models.ledger import LedgerEntry, kind_of, recorded_values, state_before
from articles.models.redirects import Redirect
from articles.models.sources import Source
from articles.models.tags import Tag, Tagging
from articles.vocabulary import LinkState, NounKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model

    from articles.models.curated import Slugged

NOUNS: dict[NounKind, type[Source | Entity | Tag]] = {
    NounKind.SOURCE: Source,
    NounKind.ENTITY: Entity,
    NounKind.TAG: Tag,
}


def taggings_at(article: int, uid: UUID, at: datetime) -> list[Tag]:
    """The tags that the article had, by name. At most six queries."""
    states = _accepted_at(Tagging, article, uid, at)
    tags = nouns_of(NounKind.TAG, {state["tag_id"] for state in states})
    return sorted(set(tags.values()), key=lambda tag: (tag.name, tag.slug))


def mentions_at(article: int, uid: UUID, at: datetime) -> list[tuple[dict[str, Any], Entity]]:
    """The mentions that the article had, as values by column, with their entities, in the order of
    the text. At most six queries."""
    states = _accepted_at(Mention, article, uid, at)
    entities = nouns_of(NounKind.ENTITY, {state["entity_id"] for state in states})
    found = [(s, entities[s["entity_id"]]) for s in states if s["entity_id"] in entities]
    return sorted(found, key=lambda it: (it[0]["start"] is None, it[0]["start"] or 0, it[1].slug))


def nouns_of(kind: NounKind, keys: Iterable[int]) -> dict[int, Any]:
    """The rows with these keys, as they are called now; instead of one that was merged into
    another, that other. What was deleted altogether is told as it was last, but for redactions."""
    wanted = set(keys)
    rows: dict[int, Slugged] = dict(NOUNS[kind]._base_manager.in_bulk(wanted))
    if gone := wanted - rows.keys():
        tombs = LedgerEntry.objects.filter(kind=kind, row__in=gone, action="delete")
        slugs = dict(tombs.values_list("row", "key"))
        for tomb in tombs.filter(batch__is_redaction=False):
            rows[tomb.row] = _as_it_was(kind, tomb)
        redirects = Redirect.objects.filter(kind=kind, old_slug__in=slugs.values())
        survivors = {it.old_slug: it.target for it in redirects.select_related(kind.value)}
        rows |= {key: survivors[slug] for key, slug in slugs.items() if slug in survivors}
    return rows


def _as_it_was(kind: NounKind, tomb: LedgerEntry) -> Slugged:
    model = NOUNS[kind]
    kept = tomb.before or {}
    names = ("slug", "name", "kind")
    return model(pk=tomb.row, **{name: kept[name] for name in names if name in kept})


def source_names(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Slug and name of each source: as it is called now, or was when it was deleted."""
    wanted = set(keys)
    names = {key: (it.slug, it.name) for key, it in nouns_of(NounKind.SOURCE, wanted).items()}
    gone = wanted - names.keys()
    tombs = LedgerEntry.objects.filter(kind=NounKind.SOURCE, row__in=gone, action="delete")
    for tomb in tombs if gone else ():
        names[tomb.row] = (tomb.key, (tomb.before or {}).get("name", tomb.key))
    return names


def _accepted_at(
    model: type[Tagging | Mention], article: int, uid: UUID, at: datetime
) -> list[dict[str, Any]]:
    """The values of the accepted links, by column.

    As far as the ledger knows: a machine's suggestion enters it when it is decided, and counts as
    suggested until then.
    """
    return [it for it in stood_at(model, article, uid, at) if it["state"] == LinkState.ACCEPTED]


def stood_at(model: type[Model], article: int, uid: UUID, at: datetime) -> Iterator[dict[str, Any]]:
    """The values of an article's rows of a kind that stood at a time, by column.

    Their keys in the ledger begin with the article's uid.
    """
    kind = kind_of(model)
    present = {row.pk: row for row in model._base_manager.filter(article=article)}
    # A range, so that the index serves it in any collation, and the prefix, so that it is true.
    tombs = LedgerEntry.objects.filter(kind=kind, action="delete", key__startswith=f"{uid}/")
    gone = tombs.filter(key__gte=f"{uid}/", key__lt=f"{uid}0").values_list("row", flat=True)
    entries: dict[int, list[LedgerEntry]] = defaultdict(list)
    every = LedgerEntry.objects.filter(kind=kind, row__in={*present, *gone})
    for entry in every.select_related("batch").order_by("id"):
        entries[entry.row].append(entry)
    for key in {*present, *entries}:
        state = recorded_values(present[key]) if key in present else None
        for entry in _since(entries[key], at):
            state = state_before(entry, state)
        if state:
            yield state


def _since(entries: list[LedgerEntry], at: datetime) -> list[LedgerEntry]:
    """The entries from the first that is later than the time on, newest first."""
    first = next((n for n, it in enumerate(entries) if it.batch.at > at), len(entries))
    return entries[first:][::-1]
