"""What many articles have in common: the years they are of, and the entities they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import connection

from articles.vocabulary import EntityKind

if TYPE_CHECKING:
    from articles.models.article_queries import ArticleQuerySet

# In SQL, for the articles are chosen once for both answers. Each of them is asked for its entities
# by itself: reading all mentions of a large archive takes longer than looking up those of a few
# thousand articles, which the planner believes only of fewer.
_OVERVIEW: Final = """
    WITH found (id, published_at) AS MATERIALIZED ({articles}),
    chosen AS MATERIALIZED (SELECT * FROM found LIMIT %s),
    years AS (
        SELECT extract(year FROM published_at)::int AS year, count(*) AS articles
        FROM chosen GROUP BY 1
    ),
    named AS (
        SELECT link.entity_id, count(*) AS articles
        FROM chosen CROSS JOIN LATERAL (
            SELECT DISTINCT entity_id FROM articles_mention
            WHERE article_id = chosen.id AND state = 'accepted') AS link
        WHERE link.entity_id IS DISTINCT FROM %s
        GROUP BY 1
    ),
    companions AS (
        SELECT entity.slug, entity.name, entity.kind, named.articles
        FROM named JOIN articles_entity entity ON entity.id = named.entity_id
        ORDER BY named.articles DESC, entity.slug LIMIT %s
    )
    SELECT articles, year, NULL, NULL, NULL FROM years
    UNION ALL
    SELECT articles, NULL, slug, name, kind FROM companions
    UNION ALL
    SELECT count(*), NULL, '', NULL, NULL FROM found
"""


class Companion(NamedTuple):
    """An entity, and how many of the articles name it."""

    slug: str
    name: str
    kind: EntityKind
    articles: int


class Overview(NamedTuple):
    """How many of the articles are of which year (UTC), the latest first, and how many of none;
    and the entities that most of them name, most first, by slug where as many do.

    `is_whole`: these are all articles, and not the newest of more.
    """

    is_whole: bool
    years: list[tuple[int, int]]
    undated: int
    companions: list[Companion]


def overview(
    articles: ArticleQuerySet, *, window: int, companions: int, apart_from: int | None = None
) -> Overview:
    """Of the newest `window` articles; `apart_from` is the key of an entity that all of them name.

    One query, whose cost does not grow with the articles beyond the window.
    """
    newest = articles.newest_first().values_list("pk", "published_at")[: window + 1]
    sql, parameters = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _OVERVIEW.format(articles=sql), [*parameters, window, apart_from, companions]
        )
        rows = cursor.fetchall()
    (known,) = [count for count, _, slug, *_ in rows if slug == ""]
    years = {year: count for count, year, slug, *_ in rows if slug is None}
    undated = years.pop(None, 0)
    found = [
        Companion(slug, name, EntityKind(kind), count)
        for count, _, slug, name, kind in rows
        if slug
    ]
    found.sort(key=lambda it: (-it.articles, it.slug))
    return Overview(known <= window, sorted(years.items(), reverse=True), undated, found)
