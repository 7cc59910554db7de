"""The one way to empty what is append-only otherwise: an article that the law wants erased.

It needs a row of `Redaction`, which names the article, and a transaction recorded as a redaction.
Even then nothing can be written anew: keys, actions and batches stay, values only go. Migrations
make the functions: a change of a text needs a new migration that runs it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pgtrigger

from articles.models.triggers import REDACTING, SILENT, ArchiveTrigger

if TYPE_CHECKING:
    from collections.abc import Iterable

# What an article's headline says when nothing is left of it, and what readers are told.
TOMBSTONE: Final = "Redacted"
PUBLIC_REASON: Final = "redacted"

# Columns that say neither text nor name: of the others the ledger forgets the values.
TELLING_NOTHING: Final = (
    "article_id", "created_at", "edited_fields", "headline_derived", "language", "origin",
    "position", "publish_at", "published_at", "published_precision", "source_id", "state",
    "status", "uid", "updated_at", "was_public", "withdrawn_at",
)  # fmt: skip

FUNCTIONS: Final = f"""
create or replace function ledger_emptied(fields jsonb) returns jsonb
    language sql immutable
    return case when jsonb_typeof(fields) is distinct from 'object' then fields else (
        select coalesce(jsonb_object_agg(key, case
            when key = any ('{{{",".join(TELLING_NOTHING)}}}'::text[]) then value
            else 'null'::jsonb end), '{{}}')
        from jsonb_each(fields)) end;

create or replace function ledger_is_emptied(old jsonb, new jsonb) returns boolean
    language sql immutable
    return coalesce(old = new, old is null and new is null) or (
        jsonb_typeof(old) = 'object' and jsonb_typeof(new) = 'object' and not exists (
            select from jsonb_each(old) o full join jsonb_each(new) n on o.key = n.key
            where o.key is null or n.key is null
                or n.value <> 'null'::jsonb and n.value <> o.value));
"""
DROP_FUNCTIONS: Final = """
drop function ledger_is_emptied(jsonb, jsonb); drop function ledger_emptied(jsonb);
"""


def no_redacted(table: str, text: str = "true") -> list[pgtrigger.Trigger]:
    """Refuse rows of redacted articles, whoever writes them: a load, an undo, SQL.

    `table` is how a new row `r` leads to its article `a`; `text` says that the row holds any.
    """
    return [
        ArchiveTrigger(
            name=f"no_redacted_{operation}".lower(),
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="new_rows"),
            func=f"""
                IF {SILENT} OR NOT EXISTS (SELECT FROM articles_redaction) THEN
                    RETURN NULL;
                END IF;
                IF EXISTS (SELECT FROM {table}
                    JOIN articles_redaction x ON x.uid = a.uid WHERE {text}) THEN
                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            """,
        )
        for operation in (pgtrigger.Insert, pgtrigger.Update)
    ]


OF_ARTICLE: Final = "new_rows r JOIN articles_article a ON a.id = r.article_id"


def emptied(columns: Iterable[str], redacted: str) -> str:
    """SQL for an update that empties text columns of what `redacted` says belongs to `x`."""
    names = list(columns)
    empty = " AND ".join(f"NEW.{name} = ''" for name in names)
    kept = "'{" + ",".join(names) + "}'::text[]"
    return (
        f"{REDACTING} AND {empty} AND to_jsonb(OLD) - {kept} = to_jsonb(NEW) - {kept}"
        f" AND EXISTS (SELECT FROM articles_redaction x WHERE {redacted})"
    )


# A link's key names whom the article named; that of a name which nobody has curated is the name.
ENTRY_EMPTIED: Final = f"""{REDACTING}
    AND to_jsonb(OLD) - '{{key,before,after}}'::text[]
        = to_jsonb(NEW) - '{{key,before,after}}'::text[]
    AND (NEW.key = OLD.key OR OLD.kind IN ('mention', 'tagging')
        AND NEW.key = split_part(OLD.key, '/', 1) || '/'
        OR OLD.kind = 'unknownname' AND NEW.key = '')
    AND ledger_is_emptied(OLD.before, NEW.before) AND ledger_is_emptied(OLD.after, NEW.after)
    AND EXISTS (SELECT FROM articles_redaction x
        WHERE OLD.kind = 'unknownname' OR position(x.uid::text IN OLD.key) > 0)"""
