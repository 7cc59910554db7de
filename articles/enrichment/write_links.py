"""Write the machine's links, in as many statements for one article as for many.

What an editor says meanwhile is not overruled: a link that has been judged since it was read, or
that stands already, makes the batch be read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from articles.enrichment.standing import NO_VERDICT, key_of
from articles.errors import ArchiveError
from articles.models import Alias, Decision, Mention, Salience, Suggestion, Tagging
from articles.models.bulk import AnyOf, copy_rows, delete_rows, new_keys
from articles.vocabulary import LinkState, Origin, Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from articles.enrichment.standing import Key


class MentionRow(NamedTuple):
    """A mention as it is to be written: the names are columns. No object, for there are many."""

    article_id: int
    entity_id: int
    start: int
    end: int
    quote: str
    state: LinkState
    origin: Origin = Origin.MACHINE


class TaggingRow(NamedTuple):
    article_id: int
    tag_id: int
    state: LinkState
    origin: Origin = Origin.MACHINE


class Told(NamedTuple):
    """What speaks for a link: columns of a suggestion. Of what stands as it would be written run
    and version stay those that found it first."""

    run_id: int
    version: str
    engine: str
    text: str
    confidence: float
    reasons: list[list[Any]]
    alias_id: int | None = None
    before: str = ""
    after: str = ""
    candidates: Sequence[Mapping[str, Any]] = ()

    def differs(self, suggestion: Suggestion) -> bool:
        return any(
            getattr(suggestion, name) != value
            for name, value in zip(self._fields[2:], self[2:], strict=True)
        )


class CollisionError(ArchiveError):
    """Somebody else wrote what was just read. Read it again."""


@dataclass(slots=True)
class Changes:
    """Links to make, each with what speaks for it; suggestions of links (key of the suggestion and
    of the link) for which something else speaks; links that go."""

    create: list[tuple[MentionRow | TaggingRow, Told]] = field(default_factory=list)
    update: list[tuple[int, int, Told]] = field(default_factory=list)
    delete: list[int] = field(default_factory=list)
    by_rule: set[MentionRow | TaggingRow] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.create) + len(self.update) + len(self.delete)


def write_links(model: type[Mention | Tagging], changes: Changes) -> None:
    delete_links(model, changes.delete)
    link = f"{model._meta.model_name}_id"
    if create := list(_by_rules_of_now(changes)):
        rows = [row for row, _ in create]
        columns = rows[0]._fields
        keys = new_keys(model, len(rows))
        # First what speaks for them: the database asks by what right they are accepted.
        copy_rows(Suggestion, (link, *Told._fields), _keyed(keys, [it for _, it in create]))
        copy_rows(model, ("id", *columns), _keyed(keys, rows))
    # Nothing refers to a suggestion: to write it anew is cheaper than to change it.
    delete_rows(Suggestion, "id", [key for key, _, _ in changes.update])
    anew = ((key, row, *told) for key, row, told in changes.update)
    copy_rows(Suggestion, ("id", link, *Told._fields), anew)


def _by_rules_of_now(changes: Changes) -> Iterator[tuple[MentionRow | TaggingRow, Told]]:
    """An editor may have changed an alias's standing since the names were read: then its finds
    wait, and the next run reads their articles again."""
    asked = {told.alias_id for row, told in changes.create if row in changes.by_rule}
    standing = Alias.objects.filter(AnyOf("pk", asked), standing=Standing.ACCEPT)
    kept = set(standing.values_list("pk", flat=True)) if asked else set()
    for row, told in changes.create:
        if row in changes.by_rule and told.alias_id not in kept:
            yield row._replace(state=LinkState.SUGGESTED), told
        else:
            yield row, told


def _keyed(keys: Sequence[int], rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    return ((key, *row) for key, row in zip(keys, rows, strict=True))


def delete_links(model: type[Mention | Tagging], keys: Sequence[int]) -> None:
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
