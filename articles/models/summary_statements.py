"""What the desk's summaries hold, as SQL: one statement each, which returns one JSON value.

In SQL, so that PostgreSQL counts and only the few rows that are shown leave it: what a summary
takes of memory does not grow with the archive. Sessions are in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: Final = 500
MONTHS: Final = 36
SOURCES: Final = 20
MOVING: Final = 10
MOVING_DAYS: Final = 30
COVERED_DAYS: Final = 60
COVERED_SOURCES: Final = 30
RUNS: Final = 20
RUN_BATCHES: Final = 5
LOADS: Final = 10
CLEANED: Final = 20
MUCH: Final = 0.15
"""A text from which cleaning took a larger share is to be looked at; the loader refuses 0.30."""

_WAITING: Final = """
    SELECT jsonb_build_object(
        'mentions', (SELECT count(*) FROM articles_mention WHERE state = 'suggested'),
        'taggings', (SELECT count(*) FROM articles_tagging WHERE state = 'suggested'),
        'duplicates', (SELECT count(*) FROM articles_duplicatepair WHERE state = 'suggested'),
        'storylines', (SELECT count(*) FROM articles_storyline WHERE state = 'suggested'),
        'unknown_names', (SELECT count(*) FROM articles_unknownname WHERE state = 'suggested'),
        'entities', (SELECT count(*) FROM articles_entity WHERE NOT is_reviewed),
        'headlines', (SELECT count(*) FROM articles_article WHERE headline_derived),
        'undated', (SELECT count(*) FROM articles_article WHERE published_at IS NULL),
        'conflicts', (SELECT count(*) FROM (
            SELECT DISTINCT article_id, field FROM articles_loadconflict) AS fields))
"""

# The groups are counted first, in an index that holds all it takes, and named after that.
_WAITING_LINKS: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', target.id, 'slug', target.slug,
        'name', target.name, {more} 'count', found.count, 'oldest', found.oldest)
        ORDER BY found.count DESC, target.slug), '[]')
    FROM (
        SELECT {target}_id AS id, count(*) AS count, min(created_at) AS oldest
        FROM articles_{link} WHERE state = 'suggested'
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {groups}
    ) AS found JOIN articles_{target} AS target ON target.id = found.id
"""

_NOUNS: Final = """
    SELECT jsonb_build_object(
        'sources', (SELECT count(*) FROM articles_source),
        'articles', (
            SELECT coalesce(jsonb_object_agg(status, count), '{}') FROM (
                SELECT status, count(*) FROM articles_article GROUP BY 1) AS statuses),
        'entities', (SELECT count(*) FROM articles_entity),
        'tags', (SELECT count(*) FROM articles_tag),
        'storylines', (SELECT count(*) FROM articles_storyline WHERE state = 'accepted'))
"""

# What is dated ahead of its time does not count as the newest.
_NEWEST: Final = "SELECT max(published_at) AS at FROM articles_article WHERE published_at <= now()"

_MONTHS: Final = f"""
    WITH newest AS ({_NEWEST}),
    edges AS (
        SELECT date_trunc('month', at) - interval '{MONTHS - 1} months' AS first,
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
        FROM articles_article WHERE published_at IS NOT NULL GROUP BY 1
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

_SOURCES: Final = f"""
    WITH counted AS (
        SELECT source_id, count(*) AS count, max(published_at) AS newest
        FROM articles_article GROUP BY 1
    ),
    most AS (SELECT * FROM counted ORDER BY count DESC, source_id LIMIT {SOURCES})
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

_MOVING: Final = f"""
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
            ORDER BY now - before DESC, entity_id LIMIT {MOVING})
        UNION ALL
        (SELECT * FROM counted WHERE now < before
            ORDER BY before - now DESC, entity_id LIMIT {MOVING})
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
_COVERAGE: Final = f"""
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
            'name', source.name, 'usual', round(usual, 2), 'missing', missing,
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

# From run to run backwards: the many batches of a load are stepped over in their index. Runs of
# loads and of the machine know their own counts; of others a few batches are counted.
_CHANGES: Final = f"""
    WITH RECURSIVE walk (id, run, step) AS (
        (SELECT id, run, 1 FROM articles_ledgerbatch ORDER BY id DESC LIMIT 1)
        UNION ALL
        SELECT earlier.id, earlier.run, step + 1 FROM walk CROSS JOIN LATERAL (
            SELECT id, run FROM articles_ledgerbatch AS batch
            WHERE batch.id < walk.id AND (walk.run IS NULL OR batch.run IS DISTINCT FROM walk.run)
            ORDER BY id DESC LIMIT 1) AS earlier
        WHERE step < {3 * RUNS}
    ),
    picked AS (
        SELECT max(id) AS id, run FROM walk GROUP BY run, CASE WHEN run IS NULL THEN id END
        ORDER BY 1 DESC LIMIT {RUNS}
    ),
    told AS (
        SELECT batch.id, jsonb_build_object('batch', batch.id, 'run', batch.run,
            'actor', batch.actor, 'way', batch.way, 'at', batch.at, 'note', batch.note,
            'load', load.id, 'counts', coalesce(load.counts, machine.counts, '{{}}'),
            'of', CASE WHEN load.id IS NOT NULL THEN 'load'
                WHEN machine.id IS NOT NULL THEN 'machine' ELSE 'ledger' END,
            'is_cut', load.id IS NULL AND machine.id IS NULL
                AND cardinality(batches.ids) > {RUN_BATCHES},
            'entries', coalesce(entries.counts, '[]')) AS change
        FROM picked JOIN articles_ledgerbatch AS batch ON batch.id = picked.id
        LEFT JOIN articles_loadrun AS load ON load.run = picked.run
        LEFT JOIN articles_enrichmentrun AS machine ON machine.run = picked.run
        CROSS JOIN LATERAL (
            SELECT array_agg(id) AS ids FROM (
                SELECT id FROM articles_ledgerbatch AS other WHERE other.run = picked.run
                UNION SELECT picked.id ORDER BY id DESC LIMIT {RUN_BATCHES + 1}) AS newest
        ) AS batches
        LEFT JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_array(kind, action, count) ORDER BY count DESC, kind)
                AS counts
            FROM (
                SELECT kind, action, count(*) FROM articles_ledgerentry
                WHERE batch_id = ANY (batches.ids[:{RUN_BATCHES}]) GROUP BY 1, 2) AS kinds
        ) AS entries ON load.id IS NULL AND machine.id IS NULL
    )
    SELECT coalesce(jsonb_agg(change ORDER BY id DESC), '[]') FROM told
"""

_LOADS: Final = f"""
    WITH faulty AS (
        SELECT id, actor, state, started_at, records, counts FROM articles_loadrun
        WHERE state = 'running' OR coalesce((counts->>'rejected')::bigint, 0) > 0
            OR coalesce((counts->>'conflict')::bigint, 0) > 0
        ORDER BY started_at DESC, id DESC LIMIT {LOADS}
    )
    SELECT coalesce(jsonb_agg(to_jsonb(faulty) ORDER BY started_at DESC, id DESC), '[]') FROM faulty
"""

# Octets, because PostgreSQL knows their number without unpacking a text. Where an editor has worked
# on the text since, what is missing is not what cleaning took.
_CLEANED: Final = f"""
    WITH taken AS (
        SELECT article.id, article.headline, article.external_id,
            1 - octet_length(article.body) / octet_length(raw.text)::float8 AS share
        FROM articles_rawtext AS raw JOIN articles_article AS article ON article.id = raw.article_id
        WHERE octet_length(raw.text) > 0
            AND octet_length(article.body) < {1 - MUCH} * octet_length(raw.text)
            AND article.fingerprint = raw.clean_fingerprint
    ),
    most AS (SELECT * FROM taken ORDER BY share DESC, id LIMIT {CLEANED})
    SELECT jsonb_build_object(
        'count', (SELECT count(*) FROM taken), 'share', {MUCH},
        'articles', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id,
            'headline', coalesce(nullif(headline, ''), external_id),
            'share', round(share::numeric, 3)) ORDER BY share DESC, id), '[]') FROM most))
"""

SUMMARIES: Final[Mapping[str, str]] = {
    "waiting": _WAITING,
    "waiting_mentions": _WAITING_LINKS.format(
        link="mention", target="entity", more="'kind', target.kind,", groups=GROUPS
    ),
    "waiting_taggings": _WAITING_LINKS.format(link="tagging", target="tag", more="", groups=GROUPS),
    "nouns": _NOUNS,
    "months": _MONTHS,
    "sources": _SOURCES,
    "moving": _MOVING,
    "coverage": _COVERAGE,
    "changes": _CHANGES,
    "loads": _LOADS,
    "cleaned": _CLEANED,
}
"""By name, in the order in which they are made."""
