"""The database's own function behind clusters of duplicates, as it is today.

A migration makes it: a change of this text needs a new migration that runs it again.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

from articles.models.triggers import SILENT, ArchiveTrigger

# One at a time: two verdicts may join the same clusters. Only the number's sameness matters.
CLUSTER_LOCK: Final = 7217

# A cluster that is parted stays with the article that stands for it; of clusters that are joined
# the one remains whose article an editor chose, else the oldest. What stays is not written.
SETTLE_DUPLICATES: Final = f"""
create or replace function settle_duplicates(touched bigint[]) returns void language plpgsql as $$
declare
    known bigint[];
    open bigint[];
    part bigint[];
    kept bigint;
begin
    if touched = '{{}}' then return; end if;
    perform pg_advisory_xact_lock({CLUSTER_LOCK});
    known := array(select distinct cluster_id from articles_duplicatemember
        where article_id = any (touched));
    open := array(select article_id from articles_duplicatemember where cluster_id = any (known)
        union select unnest(touched) order by 1);
    while open <> '{{}}' loop
        with recursive reached (article) as (
            select open[1]
            union
            select near.article from reached cross join lateral (
                select second_id from articles_duplicatepair
                    where first_id = reached.article and state = 'accepted'
                union all
                select first_id from articles_duplicatepair
                    where second_id = reached.article and state = 'accepted') as near (article)
        )
        select array_agg(article) into part from reached;
        open := array(select unnest(open) except select unnest(part) order by 1);
        if cardinality(part) = 1 then
            delete from articles_duplicatemember where article_id = part[1];
            continue;
        end if;
        select c.id into kept
        from articles_duplicatemember m join articles_duplicatecluster c on c.id = m.cluster_id
        where m.article_id = any (part) and m.is_canonical
        order by c.is_chosen desc, c.id limit 1;
        if kept is null then
            insert into articles_duplicatecluster default values returning id into kept;
        end if;
        known := known || array(select distinct cluster_id from articles_duplicatemember
            where article_id = any (part));
        update articles_duplicatemember set cluster_id = kept, is_canonical = false
            where article_id = any (part) and cluster_id <> kept;
        insert into articles_duplicatemember (article_id, cluster_id, is_canonical)
            select article, kept, false from unnest(part) as article
            where not exists (
                select from articles_duplicatemember m where m.article_id = article)
            order by article;
        if not exists (select from articles_duplicatemember
            where cluster_id = kept and is_canonical) then
            update articles_duplicatemember set is_canonical = true where article_id = (
                select id from articles_article where id = any (part)
                order by published_at nulls last, id limit 1);
        end if;
    end loop;
    delete from articles_duplicatecluster c where c.id = any (known)
        and not exists (select from articles_duplicatemember m where m.cluster_id = c.id);
end $$;
"""
DROP_SETTLE_DUPLICATES: Final = "drop function settle_duplicates(bigint[]);"


class Settle(ArchiveTrigger):
    """Let the clusters follow the accepted pairs, once for a statement."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(self, operation: pgtrigger.Operation) -> None:
        tables = {
            pgtrigger.Insert: ({"new": "new_rows"}, "FROM new_rows r WHERE r.state = 'accepted'"),
            pgtrigger.Update: (
                {"old": "old_rows", "new": "new_rows"},
                "FROM old_rows o FULL JOIN new_rows r USING (id)"
                " WHERE o.state <> r.state AND 'accepted' IN (o.state, r.state)",
            ),
            pgtrigger.Delete: ({"old": "old_rows"}, "FROM old_rows r WHERE r.state = 'accepted'"),
        }
        named, rows = tables[operation]
        super().__init__(
            name=f"settle_{operation}".lower(),
            operation=operation,
            referencing=pgtrigger.Referencing(**named),
            func=f"""
                IF {SILENT} THEN RETURN NULL; END IF;
                PERFORM settle_duplicates(
                    ARRAY(SELECT r.first_id {rows} UNION SELECT r.second_id {rows}));
                RETURN NULL;
            """,
        )
