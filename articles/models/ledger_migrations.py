"""For migrations: when a column is renamed, what the ledger says of it is renamed with it."""

from django.db import migrations

# The ledger refuses updates; a migration's owner of the table may ask it to look away.
RENAME = """
ALTER TABLE articles_ledgerentry DISABLE TRIGGER USER;
UPDATE articles_ledgerentry SET
    before = ledger_renamed(before, '{old}', '{new}'),
    after = ledger_renamed(after, '{old}', '{new}')
WHERE kind = '{kind}' AND (
    before ? '{old}' OR after ? '{old}'
    OR before -> 'edited_fields' ? '{old}' OR after -> 'edited_fields' ? '{old}');
ALTER TABLE articles_ledgerentry ENABLE TRIGGER USER;
ALTER TABLE articles_{kind} DISABLE TRIGGER USER;
UPDATE articles_{kind} SET edited_fields = array_replace(edited_fields, '{old}', '{new}')
WHERE '{old}' = ANY (edited_fields);
ALTER TABLE articles_{kind} ENABLE TRIGGER USER;
"""

RENAMED = """
create function ledger_renamed(fields jsonb, old text, new text) returns jsonb
    language sql immutable
    return case when fields is null then null else (
        select coalesce(jsonb_object_agg(
            case when key = old then new else key end,
            case when key = 'edited_fields' then (
                select coalesce(jsonb_agg(case when name = old then new else name end), '[]')
                from jsonb_array_elements_text(value) as name
            ) else value end
        ), '{}') from jsonb_each(fields))
    end;
"""
DROP_RENAMED = "drop function ledger_renamed(jsonb, text, text);"


def rename_in_ledger(kind: str, old: str, new: str) -> migrations.RunSQL:
    """The operation to stand beside `RenameField` of a ledgered model."""
    return migrations.RunSQL(
        RENAME.format(kind=kind, old=old, new=new), RENAME.format(kind=kind, old=new, new=old)
    )
