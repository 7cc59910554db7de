"""The accepted tags of articles near others: of their copies, and of those on the same event.

In SQL, for each list of near articles is a walk along an index that ends by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_NEAR: Final = 20
"""Of an article so many copies, and so many others on its events, are looked at."""

# Whatever a machine suggested counts until an editor rejects it.
_COPIES: Final = """
    (SELECT second_id AS near FROM articles_duplicatepair
        WHERE first_id = asked.id AND state <> 'rejected')
    UNION ALL
    (SELECT first_id FROM articles_duplicatepair
        WHERE second_id = asked.id AND state <> 'rejected')
"""
_SAME_EVENT: Final = """
    SELECT DISTINCT m.article_id AS near
    FROM articles_storylinearticle own
    JOIN articles_storyline s ON s.id = own.storyline_id AND s.state <> 'rejected'
    JOIN articles_storylinearticle m ON m.storyline_id = s.id AND m.state <> 'rejected'
    WHERE own.article_id = asked.id AND own.state <> 'rejected' AND m.article_id <> asked.id
"""
_TAGS: Final = f"""
    WITH asked AS (SELECT unnest(%s::bigint[]) AS id),
    copies AS (
        SELECT asked.id, c.near FROM asked CROSS JOIN LATERAL (
            SELECT near FROM ({_COPIES}) AS found ORDER BY near LIMIT {MOST_NEAR}) AS c
    ),
    others AS (
        SELECT asked.id, o.near FROM asked CROSS JOIN LATERAL (
            SELECT near FROM ({_SAME_EVENT}) AS found
            WHERE NOT EXISTS (SELECT FROM copies c WHERE c.id = asked.id AND c.near = found.near)
            ORDER BY abs(near - asked.id), near LIMIT {MOST_NEAR}) AS o
    ),
    beside AS (
        SELECT id, near, true AS is_copy, count(*) OVER (PARTITION BY id) AS others FROM copies
        UNION ALL
        SELECT id, near, false, count(*) OVER (PARTITION BY id) FROM others
    )
    SELECT beside.id, t.tag_id, tag.slug, count(*), beside.others, beside.is_copy
    FROM beside JOIN articles_tagging t ON t.article_id = beside.near AND t.state = 'accepted'
    JOIN articles_tag tag ON tag.id = t.tag_id
    GROUP BY beside.id, t.tag_id, tag.slug, beside.others, beside.is_copy
    ORDER BY beside.id, beside.is_copy DESC, tag.slug
"""
_NEAR: Final = f"""
    SELECT DISTINCT found.near FROM unnest(%s::bigint[]) AS asked (id)
    CROSS JOIN LATERAL (({_COPIES}) UNION ALL ({_SAME_EVENT})) AS found
"""
_CHANGED: Final = """
    WITH entry AS (
        SELECT e.kind, e.row, e.before FROM articles_ledgerentry e
        JOIN articles_ledgerbatch b ON b.id = e.batch_id
        WHERE b.position > %s AND e.kind IN ('tagging', 'duplicatepair', 'storylinearticle')
    )
    SELECT coalesce(t.article_id, (e.before->>'article_id')::bigint) FROM entry e
        LEFT JOIN articles_tagging t ON t.id = e.row WHERE e.kind = 'tagging'
    UNION
    SELECT unnest(ARRAY[p.first_id, p.second_id]) FROM entry e
        JOIN articles_duplicatepair p ON p.id = e.row WHERE e.kind = 'duplicatepair'
    UNION
    SELECT m.article_id FROM entry e JOIN articles_storylinearticle own ON own.id = e.row
        JOIN articles_storylinearticle m ON m.storyline_id = own.storyline_id
        WHERE e.kind = 'storylinearticle'
"""
_HOLD: Final = """
    SELECT article_id FROM articles_enrichment
    WHERE article_id = ANY (%s) AND NOT is_stale ORDER BY article_id FOR UPDATE
"""


class TagOfNear(NamedTuple):
    """How many of so many near articles have a tag accepted: of the copies, or of the others."""

    tag: int
    slug: str
    articles: int
    of: int
    is_copy: bool


def tags_of_near(articles: Collection[int]) -> dict[int, list[TagOfNear]]:
    """By article, for those that have near articles with tags. One query."""
    found: dict[int, list[TagOfNear]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TAGS, [list(articles)])
        for article, *tag in cursor.fetchall():
            found.setdefault(article, []).append(TagOfNear(*tag))
    return found


def near_articles(articles: Collection[int]) -> set[int]:
    """The articles near any of these, as far as is known now."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [list(articles)])
        return {key for (key,) in cursor.fetchall()}


def near_changed(position: int) -> set[int]:
    """The articles for which something near has changed since a position of the ledger: its tags,
    or a verdict on whether it is near."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [position])
        changed = {key for (key,) in cursor.fetchall()}
    return near_articles(changed) | changed if changed else set()


def hold_read(articles: Collection[int]) -> list[int]:
    """Those of the articles that are read; no worker reads them until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(articles)])
        return [key for (key,) in cursor.fetchall()]
