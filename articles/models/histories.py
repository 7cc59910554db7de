"""The history of a thing: the ledger's entries of its own row and of what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from articles.models.articles import Article
from articles.models.duplicate_clusters import DuplicateCluster, DuplicateMember
from articles.models.entities import Entity
from articles.models.ledger import LedgerEntry, kind_of
from articles.models.ledger_states import ledgered_models
from articles.models.sources import Source
from articles.models.storylines import Storyline
from articles.models.suggestions import Suggestion
from articles.models.tags import Tag
from articles.vocabulary import LedgerAction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from articles.models.ledger import LedgerEntryQuerySet

MOST_LINKS: Final = 2_000
"""Of a thing with more links of a kind, the history follows the first so many of them."""
# Of an entity the articles that name it are not its history: each is in the history of its article.
ONLY: Final[dict[type[Model], tuple[str, ...]]] = {
    Source: ("redirect",), Entity: ("alias", "redirect"), Tag: ("tagalias", "redirect"),
}  # fmt: skip
APART: Final = (Suggestion, DuplicateMember, DuplicateCluster)


def history_of(thing: Model) -> LedgerEntryQuerySet:
    """Entries, newest first. A link that was deleted is found by its key."""
    found = Q(kind=kind_of(type(thing)), row=thing.pk)
    for model, name in _linking(type(thing)):
        present = model._base_manager.filter(**{name: thing.pk}).order_by("pk")
        rows = {*present.values_list("pk", flat=True)[:MOST_LINKS], *_gone(model, thing)}
        if rows:
            found |= Q(kind=kind_of(model), row__in=sorted(rows))
    return LedgerEntry.objects.filter(found).order_by("-id")


def _linking(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    allowed = ONLY.get(model)
    for other in ledgered_models():
        if other in APART or (allowed is not None and kind_of(other) not in allowed):
            continue
        for field in other._meta.concrete_fields:
            if field.related_model is model:
                yield other, field.name


def _gone(model: type[Model], thing: Any) -> set[int]:
    """Links of the thing that were deleted: their keys begin with its own."""
    if not isinstance(thing, Article | Entity | Tag | Storyline):
        return set()
    own = str(thing.uid) if isinstance(thing, Article) else thing.slug
    tombs = LedgerEntry.objects.filter(
        Q(key=own) | Q(key__gte=f"{own}/", key__lt=f"{own}0", key__startswith=f"{own}/"),
        kind=kind_of(model), action=LedgerAction.DELETE,
    )  # fmt: skip
    return set(tombs.order_by("-id").values_list("row", flat=True)[:MOST_LINKS])
