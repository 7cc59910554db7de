"""Write what a plan of a load says, many rows a statement."""

from collections.abc import Sequence
from typing import Any

from articles.errors import ArchiveError
from articles.ingestion.editors import drop_stale_mentions
from articles.ingestion.nouns import Noun
from articles.ingestion.plan import Change, new_names
from articles.ingestion.source_links import Links
from articles.models import Alias, Article, Entity, Mention, Source, Tag, Tagging
from articles.vocabulary import Origin


class ChangedMeanwhileError(ArchiveError):
    """Somebody changed an article between the comparison and the writing."""


def apply_changes(changes: Sequence[Change]) -> None:
    """Within a transaction. Raises what the database refuses, or ChangedMeanwhileError."""
    _create_names(new_names(changes))
    Article.objects.bulk_create(c.row for c in changes if c.outcome == "created")
    for change in changes:
        if change.values:
            _update(change)
    _write_links(Tagging, [(c.row, c.taggings) for c in changes])
    _write_links(Mention, [(c.row, c.mentions) for c in changes])
    drop_stale_mentions([c.row.pk for c in changes if "body" in c.values])


def _create_names(rows: list[Noun]) -> None:
    Source.objects.bulk_create(row for row in rows if isinstance(row, Source))
    Tag.objects.bulk_create(row for row in rows if isinstance(row, Tag))
    entities = [row for row in rows if isinstance(row, Entity)]
    Entity.objects.bulk_create(entities)
    Alias.objects.bulk_create(Alias(entity=row, spelling=row.name) for row in entities)


def _update(change: Change) -> None:
    same = Article.objects.filter(pk=change.row.pk, updated_at=change.row.updated_at)
    if not same.update(**change.values):
        raise ChangedMeanwhileError("somebody else changed the article in this moment: load again")


def _write_links(
    model: type[Tagging] | type[Mention], links: Sequence[tuple[Article, Links]]
) -> None:
    dropped = [pk for _, change in links for pk in change.drop]
    if dropped:
        model._base_manager.filter(pk__in=dropped).delete()
    made: list[Any] = [
        model(article=article, origin=Origin.SOURCE, **{model.target_field: row})
        for article, change in links
        for row in change.add
    ]
    model._base_manager.bulk_create(made)
