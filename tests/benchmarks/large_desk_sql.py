"""The statements that fill a large archive for the desk, in order.

Numbers run from 0: the article of number n has the key {first} + n, and so have the others. What
seems to happen by chance follows from numbers, so that every archive of a size is the same.
"""

from typing import Final

# Between 0 and 1, the same for the same number.
CHANCE: Final = "((hashint8({}) & 2147483647) / 2147483648.0::float8)"
# One of many, the first far more often than the last: some 3 % of articles name the first.
_FEW: Final = "floor({many} * power({chance}, 3))::bigint"
_SYLLABLES: Final = "string_to_array('ba ce di fo gu ka le mi no pu ra se ti vo', ' ')"


def _chance(number: str) -> str:
    return CHANCE.format(number)


def _few(many: str, number: str) -> str:
    return _FEW.format(many=many, chance=_chance(number))


def _word(number: str) -> str:
    """A name of three syllables."""
    places = [f"({_SYLLABLES})[1 + ({number}) / {14**at} %% 14]" for at in range(3)]
    return "initcap(" + " || ".join(places) + ")"


_ENTITY_NAME: Final = (
    f"{_word('n')} || ' ' || {_word('(n * 37 + n / 2744)')} || CASE WHEN n >= 2744 * 20"
    " THEN ' ' || n / 2744 ELSE '' END"
)
_ALL: Final = "generate_series(0, {size} - 1) AS n"

STATEMENTS: Final[dict[str, str]] = {
    name: statement.replace("%%", "%")
    for name, statement in {
        "sources": """
            INSERT INTO articles_source (id, slug, name, kind, homepage, country, language,
                timezone, notes)
            SELECT {first_source} + n, 'outlet-' || n, 'Outlet ' || n,
                (ARRAY['agency', 'newspaper', 'website'])[1 + n %% 3], '', '', 'en', '', ''
            FROM generate_series(0, {sources} - 1) AS n""",
        "articles": f"""
            INSERT INTO articles_article (id, uid, origin, external_id, source_id, headline,
                headline_derived, summary, bylines, body, language, published_at,
                published_precision, original_url, status, publish_at, withdrawn_at,
                withdrawn_reason, was_public, edited_fields, created_at, updated_at)
            SELECT n + {{first}}, md5('desk ' || n)::uuid, base.origin,
                base.external_id || '/' || n,
                {{first_source}} + {_few("{sources}", "n")}, base.headline, n %% 100 = 1,
                base.summary, base.bylines, base.body, base.language,
                CASE WHEN n %% 100 = 2 THEN NULL
                    WHEN n %% 50 = 3 THEN date_trunc('day', moment) ELSE moment END,
                CASE WHEN n %% 100 = 2 THEN 'unknown' WHEN n %% 50 = 3 THEN 'day'
                    ELSE 'exact' END,
                base.original_url || '/' || n,
                CASE WHEN n %% 50 = 4 THEN 'draft' WHEN n %% 100 = 5 THEN 'withdrawn'
                    ELSE 'published' END,
                CASE WHEN n %% 1000 = 6 THEN now() + interval '1 day' END,
                CASE WHEN n %% 100 = 5 THEN now() END,
                CASE WHEN n %% 100 = 5 THEN 'An error.' ELSE '' END, n %% 50 <> 4,
                CASE WHEN n %% 50 = 7 THEN '{{{{headline}}}}'::text[] ELSE '{{{{}}}}' END,
                now() - ({{size}} - n) * interval '3 seconds',
                now() - ({{size}} - n) * interval '3 seconds'
            FROM generate_series({{small}}, {{size}} - 1) AS n
            JOIN articles_article base ON base.id = {{first}} + n %% {{small}}
            CROSS JOIN LATERAL (SELECT base.published_at
                - n / {{small}} * interval '35 days' AS moment) AS moments""",
        "tags": f"""
            INSERT INTO articles_tag (id, slug, name, description, parent_id)
            SELECT {{first_tag}} + n, 'subject-' || n, 'Subject ' || {_word("n")} || ' ' || n, '',
                CASE WHEN n >= 20 THEN {{first_tag}} + n %% 20 END
            FROM generate_series(0, {{tags}} - 1) AS n""",
        "entities": f"""
            INSERT INTO articles_entity (id, slug, name, kind, description, is_reviewed)
            SELECT {{first_entity}} + n, 'name-' || n, {_ENTITY_NAME},
                (ARRAY['person', 'organisation', 'place'])[1 + n %% 3], '', n %% 10 <> 1
            FROM generate_series(0, {{entities}} - 1) AS n""",
        "aliases": """
            INSERT INTO articles_alias (entity_id, spelling, kind, case_rule, standing)
            SELECT id, CASE each WHEN 0 THEN name WHEN 1 THEN split_part(name, ' ', 2)
                ELSE 'The ' || name END, CASE each WHEN 1 THEN 'surname' ELSE 'name' END, 'exact',
                CASE WHEN id %% 20 = 1 AND each = 2 THEN 'never' ELSE 'review' END
            FROM articles_entity, generate_series(0, 2) AS each
            WHERE id >= {first_entity} AND each <= id %% 3""",
        "mentions": f"""
            INSERT INTO articles_mention (article_id, entity_id, origin, state, start, "end",
                quote, created_at)
            SELECT {{first}} + n, entity.id,
                CASE WHEN number < 2 AND n %% 4 = 0 THEN 'editor' ELSE 'machine' END,
                CASE WHEN number = 2 THEN 'suggested' WHEN n %% 40 = 1 THEN 'rejected'
                    ELSE 'accepted' END,
                50 * number, 50 * number + length(quote), quote,
                now() - ({{size}} - n) * interval '3 seconds'
            FROM {_ALL} CROSS JOIN generate_series(0, 2) AS number
            JOIN articles_entity AS entity
                ON entity.id = {{first_entity}} + {_few("{entities}", "n * 3 + number")}
            CROSS JOIN LATERAL (SELECT CASE WHEN n %% 5 = 0 THEN split_part(entity.name, ' ', 2)
                ELSE entity.name END AS quote) AS quotes""",
        "mentions of one article": """
            INSERT INTO articles_mention (article_id, entity_id, origin, state, start, "end",
                quote)
            SELECT {first}, id, 'machine', CASE WHEN id %% 3 = 0 THEN 'suggested'
                ELSE 'accepted' END, (id - {first_entity}) * 5 + 200,
                (id - {first_entity}) * 5 + 204, left(name, 4)
            FROM articles_entity WHERE id >= {first_entity} AND id < {first_entity} + 100""",
        "taggings": f"""
            INSERT INTO articles_tagging (article_id, tag_id, origin, state, created_at)
            SELECT {{first}} + n, {{first_tag}}
                + ({_few("{tags}", "n + 7")} + number * (1 + n %% 7)) %% {{tags}},
                CASE WHEN n %% 10 = 0 AND number = 1 THEN 'machine' ELSE 'source' END,
                CASE WHEN n %% 10 = 0 AND number = 1 THEN 'suggested' ELSE 'accepted' END,
                now() - ({{size}} - n) * interval '3 seconds'
            FROM {_ALL} CROSS JOIN generate_series(0, 1) AS number""",
        "runs of the machine": """
            INSERT INTO articles_enrichmentrun (run, engines, configuration, vocabulary, counts,
                started_at, finished_at)
            SELECT md5('machine ' || n)::uuid, '{{}}', 'x', 1, '{{"mention": 1000}}', now(), now()
            FROM generate_series(1, 100) AS n""",
        "suggestions": """
            INSERT INTO articles_suggestion (mention_id, run_id, engine, text, confidence, before,
                after, candidates, reasons, alias_id)
            SELECT m.id, (SELECT min(id) FROM articles_enrichmentrun), 'gazetteer', 'x', 0.7,
                'They met ', ' on Sunday.', '[]', '[]', a.id
            FROM articles_mention m
            LEFT JOIN articles_alias a ON a.entity_id = m.entity_id AND a.spelling = m.quote
            WHERE m.origin = 'machine' AND m.article_id >= {first}
                AND (m.state = 'suggested' OR m.article_id %% 10 = 1)""",
        "suggested tags": """
            INSERT INTO articles_suggestion (tagging_id, run_id, engine, text, confidence, before,
                after, candidates, reasons)
            SELECT id, (SELECT min(id) FROM articles_enrichmentrun), 'topics', 'x', 0.7, '', '',
                '[]', '["Sunday", "talks"]'
            FROM articles_tagging WHERE state = 'suggested' AND article_id >= {first}""",
        "salience": """
            INSERT INTO articles_salience (article_id, entity_id, score)
            SELECT article_id, entity_id, max(0.3 + 0.6 * (id %% 10) / 10) FROM articles_mention
            WHERE state = 'accepted' AND article_id >= {first} GROUP BY 1, 2""",
        "raw texts": """
            INSERT INTO articles_rawtext (article_id, text, clean_fingerprint)
            SELECT id, body || CASE WHEN id %% 40 = 0 THEN repeat(' Share this article.', 40)
                ELSE ' Share.' END, fingerprint
            FROM articles_article WHERE id >= {first} AND id %% 4 = 0""",
        "cleaning": """
            INSERT INTO articles_cleaningstep (article_id, field, position, rule, reason, edits)
            SELECT article_id, 'body', 0, 'page-furniture', '', '[[10, " Share.", ""]]'
            FROM articles_rawtext WHERE article_id >= {first}""",
        "enrichments": """
            INSERT INTO articles_enrichment (article_id, is_stale, vocabulary, text,
                configuration, pairing, is_grouped, at)
            SELECT id, false, 1, fingerprint, 'x', 'x', true, now() FROM articles_article
            WHERE id >= {first}""",
        "duplicates": """
            INSERT INTO articles_duplicatepair (first_id, second_id, first_share, second_share,
                passages, first_fingerprint, second_fingerprint, engine, version, configuration,
                state)
            SELECT id, id + 3, 0.9, 0.8, '[[0, 200, 0, 200]]', 'x', 'y', 'shingles', '1', 'x',
                CASE WHEN id %% 4 = 0 THEN 'accepted' ELSE 'suggested' END
            FROM articles_article WHERE id >= {first} AND id %% 30 = 0
                AND id < {first} + {size} - 3""",
        "clusters": """
            WITH made AS (
                INSERT INTO articles_duplicatecluster (id)
                SELECT 1000 + id FROM articles_duplicatepair
                WHERE state = 'accepted' AND first_id >= {first} RETURNING id)
            INSERT INTO articles_duplicatemember (article_id, cluster_id, is_canonical)
            SELECT CASE each WHEN 0 THEN first_id ELSE second_id END, made.id, each = 0
            FROM made JOIN articles_duplicatepair pair ON pair.id = made.id - 1000,
                generate_series(0, 1) AS each""",
        "storylines": f"""
            INSERT INTO articles_storyline (id, slug, name, description, origin, state)
            SELECT 1000 + n, 'story-' || n, {_word("n")} || ' affair ' || n, '', 'machine',
                CASE WHEN n %% 3 = 0 THEN 'suggested' ELSE 'accepted' END
            FROM generate_series(1, {{size}} / 200) AS n""",
        "storylines' articles": """
            INSERT INTO articles_storylinearticle (storyline_id, article_id, origin, state,
                confidence, reasons, engine, version)
            SELECT 1000 + n, {first} + (n * 150 + number * 3) %% {size}, 'machine',
                CASE WHEN n %% 3 = 0 OR number = 11 THEN 'suggested' ELSE 'accepted' END, 0.8,
                '[]', 'shared', '1'
            FROM generate_series(1, {size} / 200) AS n, generate_series(0, 11) AS number""",
        "long storyline": """
            INSERT INTO articles_storylinearticle (storyline_id, article_id, origin, state,
                confidence, reasons, engine, version)
            SELECT 1001, {first} + n * 5 + 4, 'machine', 'accepted', 0.8, '[]', 'shared', '1'
            FROM generate_series(200, 1199) AS n WHERE n * 5 + 4 < {size}""",
        "unknown names": f"""
            INSERT INTO articles_unknownname (key, quote, articles, finds, confidence, rank, kind,
                evidence)
            SELECT 'unknown ' || n, {_word("n * 3")} || ' ' || n, 1 + {{size}} / (n + 9),
                2 + {{size}} / (n + 9), 0.7, 1000000.0 / (n + 9), 'person',
                jsonb_build_array(jsonb_build_object('article', {{first}} + n, 'before', 'when ',
                    'quote', {_word("n * 3")} || ' ' || n, 'after', ' said'))
            FROM generate_series(0, {{size}} / 20) AS n""",
        "decisions on names": """
            INSERT INTO articles_namedecision ("row", key, quote, verdict, editor)
            SELECT id, key, quote, 'rejected', 'mona' FROM articles_unknownname
            WHERE id %% 10 = 0""",
        "loads": """
            INSERT INTO articles_loadrun (id, run, actor, state, started_at, finished_at, options,
                inputs, digest, records, counts)
            SELECT 1000 + n, md5('load ' || n)::uuid, 'cron', 'finished',
                now() - (1000 - n) * interval '1 hour', now() - (1000 - n) * interval '1 hour',
                '{{"format": "jsonl"}}',
                '[{{"name": "stories.jsonl", "size": 1000, "sha256": "x"}}]', 'x', {size} / 1000,
                jsonb_build_object('created', {size} / 1000, 'rejected', n %% 5, 'conflict', n %% 3)
            FROM generate_series(0, 999) AS n""",
        "faults": """
            INSERT INTO articles_loadfault (load_id, file, record, line, field, reason)
            SELECT 1000 + n %% 1000, 'stories.jsonl', n, n, 'language', 'no such language: xx-9'
            FROM generate_series(0, {size} / 20) AS n
            UNION ALL
            SELECT 1999, 'stories.jsonl', n, n, 'language', 'no such language: xx-9'
            FROM generate_series(0, {size} / 50) AS n""",
        "conflicts": """
            INSERT INTO articles_loadconflict (load_id, article_id, field, theirs)
            SELECT 1000 + n %% 1000, {first} + n * 50 + 7, 'headline', to_jsonb('Theirs ' || n)
            FROM generate_series({small} / 50, {size} / 50 - 1) AS n""",
        "batches": """
            INSERT INTO articles_ledgerbatch (id, position, at, actor, way, run, note)
            SELECT 100000 + n, 100000 + n, now() - ({size} / 50 - n) * interval '2 minutes',
                CASE WHEN n %% 10 < 2 THEN 'cron' ELSE 'editor ' || n %% 30 END,
                CASE n %% 10 WHEN 0 THEN 'load' WHEN 1 THEN 'command' ELSE 'admin' END,
                CASE n %% 10 WHEN 0 THEN md5('load ' || greatest(0, n / 10 - {size} / 1000))::uuid
                    WHEN 1 THEN md5('machine ' || 1 + n / 10 %% 100)::uuid
                    ELSE md5('edit ' || n)::uuid END, ''
            FROM generate_series(0, {size} / 50 - 1) AS n""",
        "ledger of articles": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, batch_id)
            SELECT 'article', id, uid::text, 'insert', 100000 + (id - {first}) / 500 * 10
            FROM articles_article WHERE id >= {first} ORDER BY id""",
        "ledger of mentions": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, batch_id)
            SELECT 'mention', m.id, a.uid || '/' || e.slug, 'insert',
                100001 + (a.id - {first}) / 500 * 10
            FROM articles_mention m JOIN articles_article a ON a.id = m.article_id
            JOIN articles_entity e ON e.id = m.entity_id WHERE a.id >= {first}""",
        "ledger of tags": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, batch_id)
            SELECT 'tagging', m.id, a.uid || '/' || t.slug, 'insert',
                100000 + (a.id - {first}) / 500 * 10
            FROM articles_tagging m JOIN articles_article a ON a.id = m.article_id
            JOIN articles_tag t ON t.id = m.tag_id WHERE a.id >= {first}""",
        "ledger of edits": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, before, after, batch_id)
            SELECT 'article', a.id, a.uid::text, 'update',
                jsonb_build_object('headline', 'Before ' || n, 'edited_fields', '[]'::jsonb),
                jsonb_build_object('headline', a.headline,
                    'edited_fields', '["headline"]'::jsonb), 100000 + n
            FROM generate_series(0, {size} / 50 - 1) AS n
            JOIN articles_article a ON a.id = {first} + n * 50 + 7 WHERE n %% 10 > 1""",
        "ledger of one article": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, before, after, batch_id)
            SELECT 'article', a.id, a.uid::text, 'update',
                jsonb_build_object('headline', 'Before ' || n), jsonb_build_object('headline',
                    'Before ' || n + 1), 100000 + n * 10 + 2
            FROM generate_series(0, least(500, {size} / 500) - 1) AS n
            JOIN articles_article a ON a.id = {first}""",
        "ledger of nouns": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, batch_id)
            SELECT 'entity', id, slug, 'insert', 100000 FROM articles_entity
            WHERE id >= {first_entity}
            UNION ALL
            SELECT 'tag', id, slug, 'insert', 100000 FROM articles_tag WHERE id >= {first_tag}
            UNION ALL
            SELECT 'source', id, slug, 'insert', 100000 FROM articles_source
            WHERE id >= {first_source}
            UNION ALL
            SELECT 'storyline', id, slug, 'insert', 100001 FROM articles_storyline
            WHERE id >= 1000""",
        "ledger of edited nouns": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, before, after, batch_id)
            SELECT kind, 1000 + (kind = 'storyline')::int, kind || ' ' || n, 'update',
                jsonb_build_object('name', 'Before ' || n),
                jsonb_build_object('name', 'Before ' || n + 1), 100000 + n * 10 + 3
            FROM generate_series(0, least(500, {size} / 500) - 1) AS n,
                unnest(ARRAY['entity', 'tag', 'source', 'storyline']) AS kind""",
        "ledger of the deleted": """
            INSERT INTO articles_ledgerentry (kind, "row", key, action, before, batch_id)
            SELECT kind, 900000000 + n, kind || ' ' || n, 'delete',
                CASE kind WHEN 'article' THEN (SELECT to_jsonb(a) - 'search' - 'fingerprint'
                        - 'word_count' || jsonb_build_object('uid', md5('gone ' || n)::uuid,
                        'external_id', 'gone ' || n)
                        FROM articles_article a WHERE a.id = {first} + n)
                    WHEN 'entity' THEN (SELECT to_jsonb(e) FROM articles_entity e WHERE id = 1000)
                    WHEN 'tag' THEN (SELECT to_jsonb(t) FROM articles_tag t WHERE id = 1000)
                    WHEN 'source' THEN (SELECT to_jsonb(s) FROM articles_source s WHERE id = 1000)
                    ELSE (SELECT to_jsonb(s) FROM articles_storyline s WHERE id = 1001)
                END || jsonb_build_object('id', 900000000 + n) || CASE WHEN kind = 'article'
                    THEN '{{}}' ELSE jsonb_build_object('slug', 'gone-' || n, 'name', 'Gone ' || n)
                    END, 100002 + n * 10
            FROM generate_series(0, {size} / 500 - 1) AS n,
                unnest(ARRAY['article', 'entity', 'tag', 'source', 'storyline']) AS kind""",
        "decisions": """
            INSERT INTO articles_decision (kind, "row", article_uid, target, quote, verdict,
                editor, reason, at)
            SELECT 'mention', m.id, a.uid, e.slug, m.quote,
                CASE WHEN m.state = 'rejected' THEN 'rejected' ELSE 'accepted' END,
                'editor ' || m.id %% 30, '', m.created_at
            FROM articles_mention m JOIN articles_article a ON a.id = m.article_id
            JOIN articles_entity e ON e.id = m.entity_id
            WHERE m.state <> 'suggested' AND m.origin = 'machine' AND a.id >= {first}
                AND a.id %% 10 = 1""",
        "settlements": """
            INSERT INTO articles_settlement (matter, article_uid, about, editor)
            SELECT 'date', uid, '', 'mona' FROM articles_article
            WHERE published_at IS NULL AND id >= {first} AND id %% 2 = 0""",
        "redirects": """
            INSERT INTO articles_redirect (kind, old_slug, entity_id)
            SELECT 'entity', 'old-' || id, id FROM articles_entity WHERE id >= {first_entity}
                AND id %% 5 = 0""",
        "corrections": """
            INSERT INTO articles_correction (article_id, note, editor)
            SELECT id, 'It was ten.', 'mona' FROM articles_article WHERE id >= {first}
                AND id %% 100 = 0""",
        "tokens": """
            INSERT INTO articles_token (name, hint, digest, scopes, created_by, created_at)
            SELECT 'Client ' || n, 'x', md5('token ' || n), ARRAY['read'], 'mona', now()
            FROM generate_series(1, 500) AS n""",
        "people": """
            INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email,
                is_staff, is_active, date_joined)
            SELECT '', false, 'editor ' || n, '', '', '', true, true, now()
            FROM generate_series(0, 500) AS n""",
    }.items()
}
