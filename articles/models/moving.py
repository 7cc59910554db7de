"""What stands in the way when links move from one row to another, and what follows them.

In SQL, for the ORM joins no table with itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection


class Pair(NamedTuple):
    """Two links that would be one: their keys and states."""

    theirs: int
    their_state: str
    ours: int
    our_state: str


def same_places(other: int, survivor: int, only: Collection[int] | None = None) -> list[Pair]:
    """Mentions of an entity where another is mentioned at the same place of the same article."""
    return _pairs(
        "SELECT l.id, l.state, s.id, s.state FROM articles_mention l JOIN articles_mention s"
        " ON s.article_id = l.article_id AND s.start IS NOT DISTINCT FROM l.start"
        ' AND s."end" IS NOT DISTINCT FROM l."end" AND NOT s.is_lost'
        " WHERE l.entity_id = %s AND s.entity_id = %s AND NOT l.is_lost"
        " AND (%s OR l.id = ANY (%s)) ORDER BY l.id",
        [other, survivor, only is None, list(only or ())],
    )


def same_articles(other: int, survivor: int) -> list[Pair]:
    """Taggings by a tag of articles that have another tag as well."""
    return _pairs(
        "SELECT l.id, l.state, s.id, s.state FROM articles_tagging l JOIN articles_tagging s"
        " ON s.article_id = l.article_id WHERE l.tag_id = %s AND s.tag_id = %s ORDER BY l.id",
        [other, survivor],
    )


def _pairs(statement: str, parameters: list[Any]) -> list[Pair]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [Pair(*row) for row in cursor.fetchall()]


def move_salience(other: int, survivor: int) -> None:
    """The survivor matters to an article as much as either did, until the machine reads it again.

    It reads the articles again by itself: spellings have moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO articles_salience (article_id, entity_id, score)"
            " SELECT article_id, %s, score FROM articles_salience WHERE entity_id = %s"
            " ON CONFLICT (article_id, entity_id)"
            " DO UPDATE SET score = greatest(articles_salience.score, excluded.score)",
            [survivor, other],
        )


def weigh_anew(mentions: Collection[int]) -> None:
    """Let the machine read the articles of these mentions again, and weigh whom they are about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_enrichment e SET is_stale = true WHERE NOT is_stale"
            " AND article_id IN (SELECT article_id FROM articles_mention WHERE id = ANY (%s))",
            [list(mentions)],
        )
