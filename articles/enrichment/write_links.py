"""Write the machine's links, in as many statements for one article as for many.

What an editor says meanwhile is not overruled: a link that has been judged since it was read, or
that stands already, makes the batch be read again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from articles.enrichment.standing import NO_VERDICT, key_of
from articles.errors import ArchiveError
from articles.models import Decision, Mention, Salience, Suggestion, Tagging
from articles.models.bulk import AnyOf, copy_objects, copy_rows, delete_rows, give_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from articles.enrichment.standing import Key

AnyLink = TypeVar("AnyLink", Mention, Tagging)


class CollisionError(ArchiveError):
    """Somebody else wrote what was just read. Read it again."""


@dataclass(slots=True)
class Changes(Generic[AnyLink]):
    """Links to make, each with what speaks for it; suggestions that have changed; links that go."""

    create: list[tuple[AnyLink, Suggestion]] = field(default_factory=list)
    update: list[Suggestion] = field(default_factory=list)
    delete: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.create) + len(self.update) + len(self.delete)


def write_links(model: type[AnyLink], changes: Changes[AnyLink]) -> None:
    delete_links(model, changes.delete)
    give_keys([link for link, _ in changes.create])
    column = f"{model._meta.model_name}_id"
    for link, suggestion in changes.create:
        setattr(suggestion, column, link.pk)
    copy_objects([link for link, _ in changes.create])
    copy_objects([suggestion for _, suggestion in changes.create])
    # Nothing refers to a suggestion: to write it anew is cheaper than to change it.
    delete_rows(Suggestion, "id", [suggestion.pk for suggestion in changes.update])
    copy_objects(changes.update)


def delete_links(model: type[AnyLink], keys: Sequence[int]) -> None:
    """Delete links that nobody has judged. Raises CollisionError if somebody just has."""
    if not keys:
        return
    rows = model._base_manager.filter(AnyOf("id", keys)).order_by("pk")
    there = set(rows.select_for_update().values_list("pk", flat=True))
    decisions = Decision.objects.filter(AnyOf("row", keys), kind=model.link_kind).order_by("id")
    last = dict(decisions.values_list("row", "verdict"))
    if len(there) < len(keys) or any(verdict != NO_VERDICT for verdict in last.values()):
        raise CollisionError("a link has been judged or deleted since it was read")
    delete_rows(Suggestion, f"{model._meta.model_name}_id", keys)
    delete_rows(model, "id", keys)


def move_mentions(moved: Sequence[Mention], before: Mapping[int, Key]) -> None:
    """Write where mentions now stand. `before` are their keys until now.

    One may take the place that another is about to leave: then all leave theirs first.
    """
    if not moved:
        return
    left = {before[it.pk] for it in moved}
    if any(not it.is_lost and key_of(it) in left - {before[it.pk]} for it in moved):
        Mention.objects.filter(AnyOf("id", [it.pk for it in moved])).update(is_lost=True)
    Mention.objects.bulk_update(moved, ["start", "end", "is_lost"])


def write_saliences(wanted: Mapping[tuple[int, int], float], articles: Collection[int]) -> None:
    """Write by article and entity what differs from what is stored of these articles."""
    rows = Salience.objects.filter(AnyOf("article_id", articles))
    columns = ("article_id", "entity_id", "pk", "score")
    stored = {(article, entity): told for article, entity, *told in rows.values_list(*columns)}
    new = [(*key, score) for key, score in wanted.items() if stored.get(key, (0, None))[1] != score]
    gone = [row for key, (row, score) in stored.items() if wanted.get(key) != score]
    delete_rows(Salience, "id", gone)
    copy_rows(Salience, ("article_id", "entity_id", "score"), new)
