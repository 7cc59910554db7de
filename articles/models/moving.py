"""What stands in the way when links move from one row to another, and what follows them.

In SQL, for the ORM joins no table with itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Pair(NamedTuple):
    """Two links that would be one: their keys and states."""

    theirs: int
    their_state: str
    ours: int
    our_state: str


def same_places(
    others: Collection[int], survivor: int, only: Collection[int] | None = None
) -> list[Pair]:
    """Mentions of entities where another is mentioned at the same place of the same article: the
    survivor, else the first of the others."""
    return _pairs(
        """
        SELECT id, state, ours, our_state FROM (
            SELECT l.id, l.state, coalesce(s.id, first_value(l.id) OVER place) AS ours,
                coalesce(s.state, first_value(l.state) OVER place) AS our_state
            FROM articles_mention l LEFT JOIN articles_mention s
                ON s.article_id = l.article_id AND s.start IS NOT DISTINCT FROM l.start
                AND s."end" IS NOT DISTINCT FROM l."end" AND NOT s.is_lost AND s.entity_id = %s
            WHERE l.entity_id = ANY (%s) AND NOT l.is_lost AND (%s OR l.id = ANY (%s))
            WINDOW place AS (PARTITION BY l.article_id, l.start, l."end"
                ORDER BY array_position(%s::bigint[], l.entity_id))
        ) AS placed WHERE ours <> id ORDER BY id
        """,
        [survivor, list(others), only is None, list(only or ()), list(others)],
    )


def same_articles(others: Collection[int], survivor: int) -> list[Pair]:
    """Taggings by tags of articles that have another of them as well, the survivor before all."""
    return _pairs(
        """
        SELECT id, state, ours, our_state FROM (
            SELECT l.id, l.state, coalesce(s.id, first_value(l.id) OVER tagged) AS ours,
                coalesce(s.state, first_value(l.state) OVER tagged) AS our_state
            FROM articles_tagging l LEFT JOIN articles_tagging s
                ON s.article_id = l.article_id AND s.tag_id = %s
            WHERE l.tag_id = ANY (%s)
            WINDOW tagged AS (PARTITION BY l.article_id
                ORDER BY array_position(%s::bigint[], l.tag_id))
        ) AS tagged WHERE ours <> id ORDER BY id
        """,
        [survivor, list(others), list(others)],
    )


def _pairs(statement: str, parameters: list[Any]) -> list[Pair]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [Pair(*row) for row in cursor.fetchall()]


def move_salience(others: Collection[int], survivor: int) -> None:
    """The survivor matters to an article as much as any did, until the machine reads it again.

    It reads the articles again by itself: spellings have moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO articles_salience (article_id, entity_id, score)"
            " SELECT article_id, %s, max(score) FROM articles_salience WHERE entity_id = ANY (%s)"
            " GROUP BY article_id ON CONFLICT (article_id, entity_id)"
            " DO UPDATE SET score = greatest(articles_salience.score, excluded.score)",
            [survivor, list(others)],
        )


def move_suggestions(aliases: Mapping[int, int]) -> None:
    """Of spellings that go each to the one that stays for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_suggestion SET alias_id = same.stays"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS same(goes, stays)"
            " WHERE alias_id = same.goes",
            [list(aliases), list(aliases.values())],
        )


def tags_above(tag: int) -> list[int]:
    """The keys of a tag's parent, of that one's parent and so on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE above(id, step) AS ("
            "SELECT parent_id, 1 FROM articles_tag WHERE id = %s UNION ALL"
            " SELECT t.parent_id, step + 1 FROM above JOIN articles_tag t USING (id))"
            " SELECT id FROM above WHERE id IS NOT NULL ORDER BY step",
            [tag],
        )
        return [key for (key,) in cursor.fetchall()]


def weigh_anew(mentions: Collection[int]) -> None:
    """Let the machine read the articles of these mentions again, and weigh whom they are about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_enrichment e SET is_stale = true WHERE NOT is_stale"
            " AND article_id IN (SELECT article_id FROM articles_mention WHERE id = ANY (%s))",
            [list(mentions)],
        )
