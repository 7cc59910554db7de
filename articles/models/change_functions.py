"""The database's own function behind the change feed, as it is today.

A migration makes it: a change of this text needs a new migration that runs it again.
"""

from __future__ import annotations

from typing import Final

# Columns that no reader ever sees. A column that is not named here counts as public: to announce
# too much costs a client a request, to announce too little would leave it wrong for ever.
PRIVATE: Final = {
    "article": ("edited_fields", "created_at", "headline_derived", "was_public", "withdrawn_note"),
    "source": ("edited_fields", "created_at", "notes", "cleaning_off"),
    "entity": ("edited_fields", "created_at", "is_reviewed"),
    "tag": ("edited_fields", "created_at"),
    "alias": ("edited_fields", "created_at", "case_rule", "standing"),
    "tagalias": ("edited_fields", "created_at"),
    "mention": ("created_at", "origin"),
    "tagging": ("created_at", "origin"),
    "redirect": (),
    "correction": ("editor", "origin"),
}
# Of an article: who may see it, and what a reader is told who no longer may.
# An embargo may end, unannounced, and be set again: who looked meanwhile has to look again.
WITHDRAWAL: Final = ("status", "publish_at", "withdrawn_at", "withdrawn_reason")
BESIDE_CONTENT: Final = (*PRIVATE["article"], *WITHDRAWAL)


def _array(words: tuple[str, ...]) -> str:
    return "'{" + ",".join(words) + "}'::text[]"


_IS_SEEN: Final = "CASE e.kind {} END".format(
    " ".join(
        f"WHEN '{kind}' THEN e.action <> 'update' OR e.after - {_array(columns)} <> '{{}}'"
        for kind, columns in PRIVATE.items()
    )
)


def _one(table: str, column: str, value: str, alias: str) -> str:
    """The row of a unique column. As a range in its order, which only its index serves: statistics
    that were taken while a large COPY was under way say that the table is empty, and PostgreSQL
    would read all of it for every value."""
    return (
        f"LEFT JOIN LATERAL (SELECT one.* FROM {table} one"
        f" WHERE one.{column} >= {value} AND one.{column} <= {value}"
        f" ORDER BY one.{column} LIMIT 1) {alias} ON true"
    )


def _is_there(table: str, column: str, value: str) -> str:
    """Whether there is such a row, in the same way."""
    return (
        f"(SELECT true FROM {table} one WHERE one.{column} >= {value} AND one.{column} <= {value}"
        f" ORDER BY one.{column} LIMIT 1) IS NOT NULL"
    )


# What of the batches a reader sees.
_ENTRY: Final = f"""
    entry AS MATERIALIZED (
        SELECT e.*, batch.id = ANY (redactions) AS is_redaction
        FROM unnest(batches) AS batch (id)
        CROSS JOIN LATERAL (
            SELECT e.id, e.kind, e.row, e.key, e.action, e.before, e.after
            FROM articles_ledgerentry e
            WHERE e.batch_id >= batch.id AND e.batch_id <= batch.id AND {_IS_SEEN}
            ORDER BY e.batch_id
        ) e
    )
"""

# The articles of links that readers see, or saw before; but a new article is announced with all its
# links (told by groups, for a join or a subquery could cost the square of a large batch).
# `lost` are rows to which a slug no longer leads: a client that came too late to see the redirect
# knows their links under the wrong slug.
_LINKED: Final = f"""
    of_old AS (
        SELECT array_agg(e.id) FILTER (WHERE e.kind <> 'article') AS links
        FROM entry e WHERE e.kind IN ('article', 'mention', 'tagging')
        GROUP BY split_part(e.key, '/', 1)
        HAVING NOT bool_or(e.kind = 'article' AND e.action = 'insert')
    ),
    link AS MATERIALIZED (
        SELECT e.kind, e.row,
            coalesce(bool_or('accepted' IN (e.before ->> 'state', e.after ->> 'state')), false)
                AS accepted,
            array_agg(e.before ->> 'article_id') || array_agg(e.after ->> 'article_id') AS articles
        FROM of_old CROSS JOIN LATERAL unnest(of_old.links) AS known (id)
        {_one("articles_ledgerentry", "id", "known.id", "e")}
        GROUP BY e.kind, e.row
    ),
    lost AS MATERIALIZED (
        SELECT coalesce((e.before ->> 'source_id')::bigint, r.source_id) AS source,
            coalesce((e.before ->> 'entity_id')::bigint, r.entity_id) AS entity,
            coalesce((e.before ->> 'tag_id')::bigint, r.tag_id) AS tag
        FROM entry e LEFT JOIN articles_redirect r ON r.id = e.row
        WHERE e.kind = 'redirect' AND e.action <> 'insert'
    ),
    linked AS (
        SELECT place.article::bigint FROM link l {_one("articles_mention", "id", "l.row", "m")}
            CROSS JOIN LATERAL unnest(l.articles || m.article_id::text) AS place (article)
            WHERE l.kind = 'mention' AND (l.accepted OR m.state = 'accepted')
        UNION ALL
        SELECT place.article::bigint FROM link l {_one("articles_tagging", "id", "l.row", "t")}
            CROSS JOIN LATERAL unnest(l.articles || t.article_id::text) AS place (article)
            WHERE l.kind = 'tagging' AND (l.accepted OR t.state = 'accepted')
        UNION ALL
        SELECT a.id FROM lost JOIN articles_article a ON a.source_id = lost.source
        UNION ALL
        SELECT m.article_id FROM lost JOIN articles_mention m
            ON m.entity_id = lost.entity AND m.state = 'accepted'
        UNION ALL
        SELECT t.article_id FROM lost JOIN articles_tagging t
            ON t.tag_id = lost.tag AND t.state = 'accepted'
    )
"""

# By uid: was its content touched, the reason of its withdrawal, or all of it in a redaction? And
# what it was before, as far as these entries changed that: its embargo may have ended unannounced.
_ARTICLE: Final = f"""
    article AS (
        SELECT uid, bool_or(content) AS content, bool_or(withdrawal) AS withdrawal,
            bool_or(redaction) AS redaction, min(status) AS status, max(publish_at) AS publish_at
        FROM (
            SELECT e.key::uuid,
                e.action <> 'update' OR e.after - {_array(BESIDE_CONTENT)} <> '{{}}',
                e.action = 'update' AND e.after ?| {_array(WITHDRAWAL)}, e.is_redaction,
                e.before ->> 'status', e.before ->> 'publish_at'
            FROM entry e WHERE e.kind = 'article'
            %s
        ) AS found (uid, content, withdrawal, redaction, status, publish_at)
        GROUP BY uid
    )
"""
_OF_LINKS: Final = f"""
            UNION ALL
            SELECT a.uid, true, false, false, NULL, NULL
            FROM (SELECT DISTINCT article FROM linked WHERE article IS NOT NULL) linked
            {_one("articles_article", "id", "linked.article", "a")}
            WHERE a.id IS NOT NULL
            UNION ALL
            SELECT split_part(e.key, '/', 1)::uuid, true, false, false, NULL, NULL
            FROM entry e WHERE e.kind = 'correction' AND e.key LIKE '%-%-%-%-%/%'
"""

# By kind and slug, the same of the nouns.
_NOUN: Final = f"""
    noun AS (
        SELECT kind, key, bool_or(content) AS content, bool_or(redaction) AS redaction
        FROM (
            SELECT e.kind, slug.key, true, e.is_redaction
            FROM entry e CROSS JOIN LATERAL (VALUES (e.key), (
                CASE e.action WHEN 'update' THEN e.before ->> 'slug' END)) AS slug (key)
            WHERE e.kind IN ('source', 'entity', 'tag') AND slug.key IS NOT NULL
            UNION ALL
            SELECT 'entity', n.slug, true, e.is_redaction
            FROM entry e {_one("articles_alias", "id", "e.row", "s")}
            CROSS JOIN LATERAL (VALUES (s.entity_id), ((e.before ->> 'entity_id')::bigint),
                ((e.after ->> 'entity_id')::bigint)) AS owner (id)
            {_one("articles_entity", "id", "owner.id", "n")}
            WHERE e.kind = 'alias' AND n.id IS NOT NULL
            UNION ALL
            SELECT 'tag', n.slug, true, e.is_redaction
            FROM entry e {_one("articles_tagalias", "id", "e.row", "s")}
            CROSS JOIN LATERAL (VALUES (s.tag_id), ((e.before ->> 'tag_id')::bigint),
                ((e.after ->> 'tag_id')::bigint)) AS owner (id)
            {_one("articles_tag", "id", "owner.id", "n")}
            WHERE e.kind = 'tagalias' AND n.id IS NOT NULL
            UNION ALL
            SELECT split_part(e.key, '/', 1), substr(e.key, strpos(e.key, '/') + 1), false, false
            FROM entry e WHERE e.kind = 'redirect'
            UNION ALL
            SELECT coalesce(e.before ->> 'kind', split_part(e.key, '/', 1)),
                coalesce(e.before ->> 'old_slug', substr(e.key, strpos(e.key, '/') + 1)),
                false, false
            FROM entry e WHERE e.kind = 'redirect' AND e.action = 'update'
            UNION ALL
            -- Former slugs lead elsewhere than they did, when their row takes another slug.
            SELECT r.kind, r.old_slug, false, false
            FROM entry e JOIN articles_redirect r ON r.source_id = e.row
            WHERE e.kind = 'source' AND e.action = 'update' AND e.after ? 'slug'
            UNION ALL
            SELECT r.kind, r.old_slug, false, false
            FROM entry e JOIN articles_redirect r ON r.entity_id = e.row
            WHERE e.kind = 'entity' AND e.action = 'update' AND e.after ? 'slug'
            UNION ALL
            SELECT r.kind, r.old_slug, false, false
            FROM entry e JOIN articles_redirect r ON r.tag_id = e.row
            WHERE e.kind = 'tag' AND e.action = 'update' AND e.after ? 'slug'
            UNION ALL
            SELECT 'tag', t.slug, true, false
            FROM lost JOIN articles_tag t ON t.parent_id = lost.tag
        ) AS found (kind, key, content, redaction)
        GROUP BY kind, key
    )
"""

# `there`: the row exists; `leads`: its slug redirects; `said`: the feed's last word, or none.
# `due`: its embargo had ended, and readers saw it, though the feed may not have said so.
# The last row of a key, which only the index over all three columns serves: an equality of keys
# would let PostgreSQL, which knows little of a young table, walk back through all positions
# instead. Both bounds are of the one column after the kind, and end the walk in every version;
# one comparison of all three columns ends it since PostgreSQL 18, and before that went on through
# the rows of all other keys where the key has none.
LAST: Final = """LEFT JOIN LATERAL (
            SELECT c.action FROM articles_change c
            WHERE c.kind = {kind} AND c.key <= {key} AND c.key >= {key}
            ORDER BY c.key DESC, c.position DESC LIMIT 1
        ) last ON true"""
_JUDGED_ARTICLES: Final = f"""
        SELECT 'article' AS kind, t.uid::text AS key, t.content, t.withdrawal, false AS leads,
            a.id IS NOT NULL AS there,
            a.status = 'published' AND coalesce(a.publish_at <= moment, true) AS public,
            t.redaction AND (was.due OR last.action IN ('created', 'changed', 'withdrawn'))
                AS redacted,
            last.action AS said, was.due
        FROM article t {_one("articles_article", "uid", "t.uid", "a")}
        {LAST.format(kind="'article'", key="t.uid::text")}
        CROSS JOIN LATERAL (SELECT
            coalesce(t.status, a.status) = 'published'
            AND coalesce(t.publish_at::timestamptz, a.publish_at) <= moment IS TRUE) AS was (due)
"""
_JUDGED_NOUNS: Final = f"""
        SELECT t.kind, t.key, t.content, false, r.id IS NOT NULL, present.there, present.there,
            t.redaction AND last.action IN ('created', 'changed'), last.action, false
        FROM noun t
        CROSS JOIN LATERAL (SELECT CASE t.kind
            WHEN 'source' THEN {_is_there("articles_source", "slug", "t.key")}
            WHEN 'entity' THEN {_is_there("articles_entity", "slug", "t.key")}
            ELSE {_is_there("articles_tag", "slug", "t.key")} END) AS present (there)
        LEFT JOIN articles_redirect r ON r.kind = t.kind AND r.old_slug = t.key
        {LAST.format(kind="t.kind", key="t.key")}
"""

# A redaction first takes away what was announced; what remains is judged as if it had never been.
# Things appear before what refers to them, and go after it; a slug leads on before it is missed.
_SAID: Final = """
    SELECT j.kind, j.key, said.action, moment
    FROM judged j
    CROSS JOIN LATERAL (SELECT CASE
        WHEN j.redacted THEN 'gone'
        WHEN j.due AND j.public IS NOT TRUE THEN 'live'
        WHEN j.said IN ('created', 'changed') THEN 'live'
        WHEN j.said IN ('withdrawn', 'merged') THEN j.said
        ELSE 'gone' END) AS known (state)
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN j.redacted THEN 'redacted' END),
        (CASE
            WHEN j.public AND known.state <> 'live' THEN 'created'
            WHEN j.public THEN CASE WHEN j.content THEN 'changed' END
            WHEN j.leads THEN 'merged'
            WHEN NOT j.there THEN CASE WHEN known.state <> 'gone' THEN 'deleted' END
            WHEN known.state = 'live' OR known.state = 'withdrawn' AND j.withdrawal
                THEN 'withdrawn'
        END)) AS said (action)
    WHERE said.action IS NOT NULL
    ORDER BY CASE said.action WHEN 'redacted' THEN 1 WHEN 'merged' THEN 2 WHEN 'created' THEN 3
            WHEN 'changed' THEN 3 ELSE 4 END,
        CASE WHEN said.action IN ('withdrawn', 'deleted') THEN -1 ELSE 1 END
            * array_position('{source,tag,entity,article}'::text[], j.kind::text), j.key
"""

# Every save goes through here: most touch articles alone, which is told by a shorter statement,
# and both are planned once a session. Whatever the statistics say, a batch is small beside the
# archive: row by row by index, never by reading all of a table.
ANNOUNCE: Final = f"""
create or replace function announce_changes(batches bigint[]) returns void language plpgsql
set enable_seqscan = off set enable_sort = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
    moment timestamptz := clock_timestamp();
    redactions bigint[] := array(
        select id from articles_ledgerbatch where id = any (batches) and is_redaction);
begin
    if exists (select from articles_ledgerentry
        where batch_id = any (batches) and kind not in ('article', 'rawtext', 'cleaningstep')) then
        insert into articles_change (kind, key, action, at)
        with {_ENTRY}, {_LINKED}, {_ARTICLE % _OF_LINKS}, {_NOUN},
        judged as ({_JUDGED_ARTICLES} union all {_JUDGED_NOUNS}) {_SAID};
    else
        insert into articles_change (kind, key, action, at)
        with {_ENTRY}, {_ARTICLE % ""}, judged as ({_JUDGED_ARTICLES}) {_SAID};
    end if;
end $$;
"""

# What an archive that is older than its feed would have said to whom it matters today.
FILL: Final = """
insert into articles_change (kind, key, action, at)
select kind, key, action, now() from (
    select 1, id, 'source', slug, 'created' from articles_source
    union all select 2, id, 'tag', slug, 'created' from articles_tag
    union all select 3, id, 'entity', slug, 'created' from articles_entity
    union all select 4, r.id, r.kind, r.old_slug, 'merged' from articles_redirect r where not (
        r.kind = 'source' and exists (select from articles_source n where n.slug = r.old_slug)
        or r.kind = 'entity' and exists (select from articles_entity n where n.slug = r.old_slug)
        or r.kind = 'tag' and exists (select from articles_tag n where n.slug = r.old_slug))
    union all select 5, id, 'article', uid::text, 'created' from articles_article
        where status = 'published' and coalesce(publish_at <= now(), true)
    union all select 6, id, 'article', uid::text, 'withdrawn' from articles_article
        where was_public and not (status = 'published' and coalesce(publish_at <= now(), true))
    union all select 7, max(e.id), e.kind, e.key, 'deleted'
        from articles_ledgerentry e join articles_ledgerbatch b on b.id = e.batch_id
        where e.kind = 'article' and e.action = 'delete'
            and ((e.before ->> 'was_public')::boolean or (e.before ->> 'status' = 'published'
                and coalesce((e.before ->> 'publish_at')::timestamptz <= b.at, true)))
            and not exists (select from articles_article a where a.uid = e.key::uuid)
        group by e.kind, e.key
    union all select 8, max(e.id), e.kind, e.key, 'deleted' from articles_ledgerentry e
        where e.action = 'delete' and e.kind in ('source', 'tag', 'entity') and not (
            exists (select from articles_redirect r where r.kind = e.kind and r.old_slug = e.key)
            or e.kind = 'source' and exists (select from articles_source n where n.slug = e.key)
            or e.kind = 'entity' and exists (select from articles_entity n where n.slug = e.key)
            or e.kind = 'tag' and exists (select from articles_tag n where n.slug = e.key))
        group by e.kind, e.key
) as known (part, row, kind, key, action)
order by part, row
"""
