"""What the desk's summaries hold, as SQL: one statement each, which returns one JSON value.

In SQL, so that PostgreSQL counts and only the few rows that are shown leave it: what a summary
takes of memory does not grow with the archive. Sessions are in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from articles.models.summary_periods import COVERAGE, MONTHS, MOVING, SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: Final = 500
BUSY: Final = 10_000
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

# Only those for which counting while somebody waits would stop: the lists of the desk count the
# others themselves, and never stale.
_BUSY: Final = """
    SELECT jsonb_build_object({members})
    """.format(
    members=",".join(
        f"""
        '{noun}', (SELECT coalesce(jsonb_object_agg(id, count), '{{}}') FROM (
            SELECT {noun}_id AS id, count({counted}) AS count FROM articles_{table} {where}
            GROUP BY 1 HAVING count(*) > {BUSY} AND count({counted}) > {BUSY}
            ORDER BY 2 DESC, 1 LIMIT {GROUPS}) AS {noun})"""
        for noun, table, counted, where in (
            ("source", "article", "*", ""),
            ("entity", "mention", "DISTINCT article_id", "WHERE state = 'accepted'"),
            ("tag", "tagging", "*", "WHERE state = 'accepted'"),
        )
    )
)

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
    "busy": _BUSY,
    "months": MONTHS,
    "sources": SOURCES,
    "moving": MOVING,
    "coverage": COVERAGE,
    "changes": _CHANGES,
    "loads": _LOADS,
    "cleaned": _CLEANED,
}
"""By name, in the order in which they are made."""
