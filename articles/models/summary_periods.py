"""What the desk's summaries tell of times and sources, as SQL: how many articles, which entities
rise and fall, and the days on which nothing came.

Each statement returns one JSON value. Sessions are in UTC.
"""

from __future__ import annotations

from typing import Final

SHOWN_MONTHS: Final = 36
SHOWN_SOURCES: Final = 20
SHOWN_MOVING: Final = 10
MOVING_DAYS: Final = 30
COVERED_DAYS: Final = 60
COVERED_SOURCES: Final = 30

# What is dated ahead of its time does not count as the newest.
_NEWEST: Final = "SELECT max(published_at) AS at FROM articles_article WHERE published_at <= now()"

MONTHS: Final = f"""
    WITH newest AS ({_NEWEST}),
    edges AS (
        SELECT date_trunc('month', at) - interval '{SHOWN_MONTHS - 1} months' AS first,
            date_trunc('month', at) AS last
        FROM newest WHERE at IS NOT NULL
    ),
    counted AS (
        SELECT date_trunc('month', published_at) AS month, count(*) AS count
        FROM articles_article
        WHERE published_at >= (SELECT first FROM edges)
            AND published_at < (SELECT last FROM edges) + interval '1 month'
        GROUP BY 1
    ),
    years AS (
        SELECT extract(year FROM published_at)::int AS year, count(*) AS count
        FROM articles_article WHERE published_at <= (SELECT at FROM newest) GROUP BY 1
    )
    SELECT jsonb_build_object(
        'months', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(
                to_char(month, 'YYYY-MM'), coalesce(counted.count, 0)) ORDER BY month), '[]')
            FROM edges CROSS JOIN LATERAL generate_series(first, last, '1 month') AS month
            LEFT JOIN counted USING (month)),
        'years', (SELECT coalesce(jsonb_agg(jsonb_build_array(year, count) ORDER BY year), '[]')
            FROM years))
"""

SOURCES: Final = f"""
    WITH counted AS (
        SELECT source_id, count(*) AS count, max(published_at) AS newest
        FROM articles_article GROUP BY 1
    ),
    most AS (SELECT * FROM counted ORDER BY count DESC, source_id LIMIT {SHOWN_SOURCES})
    SELECT jsonb_build_object(
        'sources', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', source.id, 'name', source.name,
                'count', most.count, 'newest', most.newest) ORDER BY most.count DESC, source.slug),
                '[]')
            FROM most JOIN articles_source source ON source.id = most.source_id),
        'others', (SELECT count(*) - (SELECT count(*) FROM most) FROM counted),
        'others_articles', (
            SELECT coalesce(sum(count), 0) - (SELECT coalesce(sum(count), 0) FROM most)
            FROM counted))
"""

MOVING: Final = f"""
    WITH newest AS ({_NEWEST}),
    edges AS (
        SELECT date_trunc('day', at) + interval '1 day' AS until,
            date_trunc('day', at) + interval '1 day' - interval '{MOVING_DAYS} days' AS middle,
            date_trunc('day', at) + interval '1 day' - interval '{2 * MOVING_DAYS} days' AS since
        FROM newest WHERE at IS NOT NULL
    ),
    counted AS (
        SELECT link.entity_id, count(*) FILTER (WHERE article.published_at >= middle) AS now,
            count(*) FILTER (WHERE article.published_at < middle) AS before
        FROM edges JOIN articles_article AS article ON article.published_at >= since
                AND article.published_at < until AND article.status = 'published'
                AND coalesce(article.publish_at <= now(), true)
            CROSS JOIN LATERAL (
                SELECT DISTINCT entity_id FROM articles_mention
                WHERE article_id = article.id AND state = 'accepted') AS link
        GROUP BY 1
    ),
    moved AS (
        (SELECT * FROM counted WHERE now > before
            ORDER BY now - before DESC, entity_id LIMIT {SHOWN_MOVING})
        UNION ALL
        (SELECT * FROM counted WHERE now < before
            ORDER BY before - now DESC, entity_id LIMIT {SHOWN_MOVING})
    ),
    named AS (
        SELECT now - before AS moved, jsonb_build_object('id', entity.id, 'name', entity.name,
            'kind', entity.kind, 'now', now, 'before', before) AS entity
        FROM moved JOIN articles_entity entity ON entity.id = moved.entity_id
    )
    SELECT jsonb_build_object(
        'until', (SELECT to_char(until - interval '1 day', 'YYYY-MM-DD') FROM edges),
        'days', {MOVING_DAYS},
        'rising', (SELECT coalesce(jsonb_agg(entity ORDER BY moved DESC, entity->>'name'), '[]')
            FROM named WHERE moved > 0),
        'falling', (SELECT coalesce(jsonb_agg(entity ORDER BY moved, entity->>'name'), '[]')
            FROM named WHERE moved < 0))
"""

# Of the sources that wrote within a year: the days of the window on which each wrote nothing, from
# its first day on. The worst first: those that usually write much, and were silent long.
COVERAGE: Final = f"""
    WITH newest AS ({_NEWEST}),
    edges AS (
        SELECT date_trunc('day', at) AS last,
            date_trunc('day', at) - interval '{COVERED_DAYS - 1} days' AS first,
            date_trunc('day', at) - interval '364 days' AS year
        FROM newest WHERE at IS NOT NULL
    ),
    counted AS (
        SELECT source_id, date_trunc('day', published_at) AS day, count(*) AS count
        FROM articles_article
        WHERE published_at >= (SELECT year FROM edges)
            AND published_at < (SELECT last FROM edges) + interval '1 day'
        GROUP BY 1, 2
    ),
    sources AS (
        SELECT source_id, greatest(min(day), first) AS since,
            sum(count) / (extract(day FROM last - min(day)) + 1) AS usual,
            extract(day FROM last - greatest(min(day), first)) + 1
                - count(*) FILTER (WHERE day >= first) AS missing
        FROM counted CROSS JOIN edges GROUP BY source_id, first, last
    ),
    worst AS (
        SELECT * FROM sources WHERE missing > 0
        ORDER BY usual * missing DESC, source_id LIMIT {COVERED_SOURCES}
    ),
    told AS (
        SELECT usual * missing AS weight, source.slug, jsonb_build_object('id', source.id,
            'name', source.name, 'usual', round(usual, 4), 'missing', missing,
            'since', to_char(since, 'YYYY-MM-DD'), 'days', (
                SELECT jsonb_agg(coalesce(counted.count, 0) ORDER BY days.day)
                FROM generate_series(first, last, '1 day') AS days (day)
                LEFT JOIN counted ON counted.source_id = worst.source_id
                    AND counted.day = days.day)) AS source
        FROM edges CROSS JOIN worst JOIN articles_source source ON source.id = worst.source_id
    )
    SELECT jsonb_build_object(
        'from', (SELECT to_char(first, 'YYYY-MM-DD') FROM edges),
        'to', (SELECT to_char(last, 'YYYY-MM-DD') FROM edges),
        'sources', (SELECT coalesce(jsonb_agg(source ORDER BY weight DESC, slug), '[]') FROM told),
        'others', (SELECT count(*) - (SELECT count(*) FROM worst) FROM sources WHERE missing > 0),
        'whole', (SELECT count(*) FROM sources WHERE missing = 0))
"""
