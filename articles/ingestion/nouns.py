"""Sources, entities and tags by the slug that a file names, wherever the row is now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from articles.ingestion.editors import deleted_on_purpose, former_keys, keys_of_the_gone
from articles.models import Entity, Redirect, Source, Tag
from articles.vocabulary import NounKind

Noun = Source | Entity | Tag

MODELS: dict[NounKind, type[Noun]] = {
    NounKind.SOURCE: Source,
    NounKind.ENTITY: Entity,
    NounKind.TAG: Tag,
}


@dataclass(frozen=True, slots=True)
class Found:
    """Where a slug leads. `row` is None where an editor deleted it.

    `is_merged`: the row is the survivor of a merger and has never borne this slug itself.
    """

    row: Noun | None
    is_merged: bool = False


def find_nouns(kind: NounKind, slugs: Iterable[str]) -> dict[str, Found]:
    """What is known of the slugs; the unknown are left out. At most four queries, often one."""
    missing = set(slugs)
    rows = MODELS[kind]._base_manager.filter(slug__in=missing)
    found = {row.slug: Found(row) for row in cast("Iterable[Noun]", rows)}
    if missing := missing - found.keys():
        found |= _redirected(kind, missing)
    if missing := missing - found.keys():
        found |= dict.fromkeys(deleted_on_purpose(kind, missing), Found(None))
    return found


def _redirected(kind: NounKind, slugs: set[str]) -> dict[str, Found]:
    redirects = Redirect.objects.filter(kind=kind, old_slug__in=slugs).select_related(kind.value)
    survivors = {redirect.old_slug: cast("Noun", redirect.target) for redirect in redirects}
    former = former_keys(kind, {row.pk: {"slug": row.slug} for row in survivors.values()})
    return {
        slug: Found(row, is_merged=former.get((slug,)) != row.pk) for slug, row in survivors.items()
    }


def former_slugs(kind: NounKind, rows: Iterable[Noun]) -> Iterator[tuple[str, int]]:
    """Slugs that the rows themselves once bore, with their primary keys; newest first."""
    for key, row in former_keys(kind, {row.pk: {"slug": row.slug} for row in rows}).items():
        yield str(key[0]), row


def slugs_of_the_gone(kind: NounKind, slugs: set[str]) -> dict[str, list[str]]:
    """By slug, all slugs that a row which is gone bore beside it; newest first."""
    return keys_of_the_gone(kind, "slug", slugs)
