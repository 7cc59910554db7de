"""Write what a plan of a load says, many rows a statement."""

from collections.abc import Mapping, Sequence
from typing import Any

from articles.errors import ArchiveError
from articles.ingestion.editors import drop_stale_mentions
from articles.ingestion.nouns import Noun
from articles.ingestion.plan import Change, new_names
from articles.ingestion.source_links import Links
from articles.ingestion.texts import write_texts
from articles.models import Alias, Article, Entity, Mention, Source, Tag, Tagging
from articles.models.bulk import copy_objects, copy_rows, give_keys, update_rows
from articles.vocabulary import Origin


class ChangedMeanwhileError(ArchiveError):
    """Somebody changed an article between the comparison and the writing."""


def apply_changes(changes: Sequence[Change]) -> None:
    """Within a transaction. Raises what the database refuses, or ChangedMeanwhileError."""
    _create_names(new_names(changes))
    _create([change.row for change in changes if change.outcome == "created"])
    _update([(change.row, change.values) for change in changes if change.values])
    _write_links(Tagging, [(c.row, c.taggings) for c in changes])
    _write_links(Mention, [(c.row, c.mentions) for c in changes])
    write_texts((c.row, c.document, c.texts) for c in changes)
    drop_stale_mentions([c.row.pk for c in changes if "body" in c.values])


def _create_names(rows: list[Noun]) -> None:
    for model in (Source, Tag, Entity):
        _create([row for row in rows if isinstance(row, model)])
    entities = [row for row in rows if isinstance(row, Entity)]
    copy_objects([Alias(entity=row, spelling=row.name) for row in entities])


def _create(rows: Sequence[Article | Noun]) -> None:
    """Others refer to these rows: they need their keys first."""
    give_keys(rows)
    for row in rows:
        if isinstance(row, Article):
            row.source_id = row.source.pk  # which may itself have been new
    copy_objects(rows)


def _update(changes: Sequence[tuple[Article, Mapping[str, Any]]]) -> None:
    if update_rows(changes) != len(changes):
        raise ChangedMeanwhileError("somebody else changed the article in this moment: load again")


def _write_links(
    model: type[Tagging] | type[Mention], links: Sequence[tuple[Article, Links]]
) -> None:
    dropped = [pk for _, change in links for pk in change.drop]
    if dropped:
        model._base_manager.filter(pk__in=dropped).delete()
    copy_rows(
        model,
        ("article_id", f"{model.target_field}_id", "origin"),
        ((article.pk, row.pk, Origin.SOURCE) for article, change in links for row in change.add),
    )
