"""An editor's verdict on many links at once: one decision for each, in one statement.

In SQL, for the ORM has no INSERT … SELECT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from articles.models.decisions import Link
from articles.models.duplicates import DuplicatePair
from articles.models.entities import Mention
from articles.models.storylines import Storyline, StorylineArticle
from articles.models.tags import Tagging
from articles.models.unknown_names import UnknownName

if TYPE_CHECKING:
    from collections.abc import Collection

    from articles.vocabulary import LinkState

JUDGED: Final = (Mention, Tagging, Storyline, StorylineArticle, DuplicatePair, UnknownName)
"""The rows whose state follows from decisions."""


def judge(
    model: type[Any], keys: Collection[int], verdict: LinkState, editor: str, reason: str = ""
) -> int:
    """Give the rows of a kind of link one verdict; those that have it already are left alone.

    Returns how many were judged. The links are locked until the transaction ends.
    """
    if issubclass(model, Link):
        return _judge_links(model, keys, verdict, editor, reason)
    rows = model._base_manager.filter(pk__in=list(keys)).exclude(state=verdict).select_for_update()
    judged = [row.decide(verdict, editor, reason) for row in rows.order_by("pk")]
    return len(judged)


def _judge_links(
    model: type[Link], keys: Collection[int], verdict: LinkState, editor: str, reason: str
) -> int:
    table, target = model._meta.db_table, model.target_field
    quote = "l.quote" if any(f.name == "quote" for f in model._meta.concrete_fields) else "''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO articles_decision
                (kind, row, article_uid, target, quote, verdict, editor, reason)
            SELECT %s, l.id, a.uid, t.slug, {quote}, %s, %s, %s
            FROM (SELECT * FROM {table} WHERE id = ANY (%s) AND state <> %s
                ORDER BY id FOR UPDATE) AS l
            JOIN articles_article a ON a.id = l.article_id
            JOIN articles_{target} t ON t.id = l.{target}_id
            ORDER BY l.id
            """,
            [model.link_kind, verdict, editor, reason, list(keys), verdict],
        )
        return int(cursor.rowcount)
