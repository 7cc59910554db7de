"""The database's own function behind the ledger, as it is today.

Migrations make it: a change of this text needs a new migration that runs it again.
"""

from __future__ import annotations

from typing import Final

# The constraint trigger that seals a batch, as django-pgtrigger names it.
SEAL: Final = "pgtrigger_seal_217b5"

_LEDGER_BATCH: Final = f"""
create or replace function ledger_batch() returns bigint language plpgsql as $$
declare this bigint := nullif(current_setting('newsroom.batch', true), '')::bigint;
begin
    -- A batch that has its position is closed, whoever put its number into the setting. One
    -- without is of this transaction: nobody else sees it.
    if this is not null and exists (
        select from articles_ledgerbatch where id = this and position is null) then
        return this;
    end if;
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'the archive is changed under READ COMMITTED only, not %',
            upper(current_setting('transaction_isolation'))
            using errcode = 'object_not_in_prerequisite_state',
            hint = 'What others commit meanwhile has to be seen when the change is announced.';
    end if;
    -- Sealed at once, as SET CONSTRAINTS may ask for, it would be closed before it has an entry.
    set constraints {SEAL} deferred;
    insert into articles_ledgerbatch (actor, way, run, note, is_redaction/*column*/) values (
        coalesce(nullif(current_setting('newsroom.actor', true), ''), session_user),
        coalesce(nullif(current_setting('newsroom.way', true), ''), 'sql'),
        nullif(current_setting('newsroom.run', true), '')::uuid,
        coalesce(current_setting('newsroom.note', true), ''),
        coalesce(current_setting('newsroom.redaction', true), '') = 'on'/*value*/
    ) returning id into this;
    -- A rolled-back savepoint takes this setting back together with the row.
    perform set_config('newsroom.batch', this::text, true);
    return this;
end $$;
"""


def _with(column: str, value: str) -> str:
    return _LEDGER_BATCH.replace("/*column*/", column).replace("/*value*/", value)


# As the fifth migration made it, and as it is since the eleventh.
LEDGER_BATCH: Final = _with("", "")
UNDOING_BATCH: Final = _with(
    ", undoes", ",\n        nullif(current_setting('newsroom.undoes', true), '')::uuid"
)
