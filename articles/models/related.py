"""Related articles: those that share an article's tags and entities, what is rare counting more."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import connection

NEAREST: Final = 1_000
"""Of a tag or entity so many articles are looked at, those that came last; more weigh as many."""

LATEST: Final = 3_000
"""And for them so many of its links: some are of one article, some of one that is not public."""

MOST_LINKS: Final = 12
_MOST_WEIGHED: Final = 200

# One by one: OFFSET keeps PostgreSQL from reading all articles to join them. What is distinct comes
# in order too, or all the latest links would be looked up before the first thousand are known.
_ARTICLE: Final = """CROSS JOIN LATERAL (
                    SELECT id, uid, published_at FROM articles_article
                    WHERE id = m.article_id AND id <> %(article)s AND status = 'published'
                        AND (publish_at IS NULL OR publish_at <= statement_timestamp())
                    OFFSET 0) AS a"""

# In SQL, for each link is a walk along its own index that ends by itself; and which links are the
# rarest is known from the index alone.
_RELATED: Final = f"""
    WITH own AS (
        (SELECT DISTINCT entity_id AS entity, NULL::bigint AS tag FROM articles_mention
            WHERE article_id = %(article)s AND state = 'accepted' LIMIT {_MOST_WEIGHED})
        UNION ALL
        (SELECT NULL, tag_id FROM articles_tagging
            WHERE article_id = %(article)s AND state = 'accepted' LIMIT {_MOST_WEIGHED})
    ),
    rarest AS MATERIALIZED (
        SELECT row_number() OVER () AS place, entity, tag FROM own CROSS JOIN LATERAL (
            SELECT count(*) AS links FROM (
                (SELECT FROM articles_mention
                    WHERE entity_id = own.entity AND state = 'accepted' LIMIT {NEAREST})
                UNION ALL
                (SELECT FROM articles_tagging
                    WHERE tag_id = own.tag AND state = 'accepted' LIMIT {NEAREST})
            ) AS held
        ) AS counted
        ORDER BY links, entity, tag LIMIT {MOST_LINKS}
    ),
    near AS MATERIALIZED (
        SELECT place, entity, tag, link.* FROM rarest CROSS JOIN LATERAL (
            (SELECT a.*
                FROM (SELECT DISTINCT article_id FROM (SELECT article_id FROM articles_mention
                    WHERE entity_id = rarest.entity AND state = 'accepted'
                    ORDER BY article_id DESC LIMIT {LATEST}) AS latest
                    ORDER BY article_id DESC) AS m
                {_ARTICLE} ORDER BY m.article_id DESC LIMIT {NEAREST - 1})
            UNION ALL
            (SELECT a.*
                FROM (SELECT article_id FROM articles_tagging
                    WHERE tag_id = rarest.tag AND state = 'accepted'
                    ORDER BY article_id DESC LIMIT {LATEST}) AS m
                {_ARTICLE} ORDER BY m.article_id DESC LIMIT {NEAREST - 1})
        ) AS link
    ),
    weighed AS (
        SELECT place, ln(1 + {NEAREST}.0 / (count(*) + 1)) AS weight FROM near GROUP BY place
    ),
    scored AS (
        SELECT id, uid, published_at, round(sum(weight), 4) AS score,
            array_remove(array_agg(entity), NULL) AS entities,
            array_remove(array_agg(tag), NULL) AS tags
        FROM near JOIN weighed USING (place) GROUP BY id, uid, published_at
        ORDER BY score DESC, coalesce(published_at, '-infinity') DESC, uid DESC LIMIT %(limit)s
    )
    SELECT id, score, entities, tags FROM scored
    ORDER BY score DESC, coalesce(published_at, '-infinity') DESC, uid DESC
"""


class Related(NamedTuple):
    """An article, and by which entities and tags (keys) it is related.

    `score` is the sum of ln(1 + 1000 / n) over them, n being how many published articles have it,
    at most 1,000.
    """

    article: int
    score: float
    entities: list[int]
    tags: list[int]


def related_articles(article: int, limit: int) -> list[Related]:
    """The published articles nearest to the one with this key, best first, the newest of equals.

    Looks at its 12 rarest tags and entities, and of each at the 1,000 articles that came last.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RELATED, {"article": article, "limit": limit})
        return [Related(row[0], float(row[1]), *row[2:]) for row in cursor.fetchall()]
