"""Slugs in addresses and parameters, and the rows that they lead to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from articles.api.errors import InvalidRequestError
from articles.api.parameters import MOST_FAULTS, Parameter, Values, nearest
from articles.errors import InvalidQueryError
from articles.models import Entity, Redirect, Source, Tag
from articles.models.curated import Slugged
from articles.vocabulary import NounKind

MODELS: Final[Mapping[NounKind, type[Source | Entity | Tag]]] = {
    NounKind.SOURCE: Source,
    NounKind.ENTITY: Entity,
    NounKind.TAG: Tag,
}


def with_rows(asked: Mapping[str, Any], declared: Sequence[Parameter]) -> dict[str, Any]:
    """The values with each slug replaced by its row: one query a noun, two with former slugs.

    Raises InvalidRequestError for slugs that never named a row: a slip of the keyboard, which an
    empty answer would hide.
    """
    nouns = {it.name: it.noun for it in declared if it.noun and it.name in asked}
    slugs: dict[NounKind, set[str]] = defaultdict(set)
    for name, noun in nouns.items():
        slugs[noun].update(_listed(asked[name]))
    rows = {noun: _rows(noun, wanted) for noun, wanted in slugs.items()}
    unknown = [
        (name, noun, slug)
        for name, noun in nouns.items()
        for slug in _listed(asked[name])
        if slug not in rows[noun]
    ]
    if unknown:
        raise InvalidRequestError([_unknown(*it) for it in unknown[:MOST_FAULTS]])
    single = {it.name for it in declared if it.values is Values.ONE}
    values = dict(asked)
    for name, noun in nouns.items():
        found = [rows[noun][slug] for slug in _listed(asked[name])]
        values[name] = found[0] if name in single else found
    return values


def _listed(value: str | Iterable[str]) -> Iterable[str]:
    return [value] if isinstance(value, str) else value


def _rows(noun: NounKind, slugs: set[str]) -> dict[str, Slugged]:
    """Rows by the slugs that they have or had."""
    rows: dict[str, Slugged] = {
        row.slug: row for row in MODELS[noun]._default_manager.filter(slug__in=slugs).only("slug")
    }
    if former := slugs - rows.keys():
        redirects = Redirect.objects.filter(kind=noun, old_slug__in=former)
        rows |= {it.old_slug: it.target for it in redirects.select_related(noun.value)}
    return rows


def _unknown(parameter: str, noun: NounKind, slug: str) -> InvalidQueryError:
    return InvalidQueryError(
        parameter, f"no {noun} has the slug {slug!r}", nearest=nearest_slug(noun, slug)
    )


def nearest_slug(noun: NounKind, slug: str) -> str | None:
    """The most similar of the slugs that stand beside it in the index: that costs the same in any
    archive, and a slip is seldom in the first letters."""
    rows = MODELS[noun]._default_manager.values_list("slug", flat=True)
    after = rows.filter(slug__gte=slug[:2]).order_by("slug")[:50]
    around = rows.filter(slug__lt=slug).order_by("-slug")[:50]
    beyond = rows.filter(slug__gte=slug).order_by("slug")[:50]
    return nearest(slug, {*after, *around, *beyond})
