"""The triggers by which the database keeps its promises, declared beside the models.

django-pgtrigger carries them through migrations: their SQL is generated from a model's fields,
so a new field that a trigger does not know makes `makemigrations --check` fail. Unlike the
library's own, they cannot be switched off by a session (`pgtrigger.ignore`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models
from pgtrigger import compiler

if TYPE_CHECKING:
    from collections.abc import Iterable

# A restore writes rows and ledger as they were: `LedgerRestore` says in which transaction. The
# number of one comes again in another cluster, its number and time together do not.
SILENT = (
    "EXISTS (SELECT FROM articles_ledgerrestore"
    " WHERE transaction = pg_current_xact_id()::text::bigint AND at = now())"
)
EDITORS_WAY = (
    "coalesce(nullif(current_setting('newsroom.way', true), ''), 'sql') IN ('admin', 'sql')"
)
# What an editor moves or deletes of a machine's suggestions is recorded, so that it can come back.
AT_THE_DESK = "coalesce(current_setting('newsroom.way', true), '') = 'admin'"
UNDOING = "coalesce(current_setting('newsroom.undoes', true), '') <> ''"
# In a transaction that is recorded as a redaction; what it may then do each table says itself.
REDACTING = "coalesce(current_setting('newsroom.redaction', true), '') = 'on'"
NEVER_RECORDED = frozenset({"id", "updated_at"})


class ArchiveTriggerSql(compiler.UpsertTriggerSql):
    """django-pgtrigger's SQL without its switch to ignore triggers."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table} {timing} {referencing}
                FOR EACH {level} {condition}
                EXECUTE FUNCTION {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class ArchiveTrigger(pgtrigger.Trigger):
    def compile(self, model: type[models.Model]) -> compiler.Trigger:
        sql = ArchiveTriggerSql(
            pgid=self.get_pgid(model),
            declare=self.render_declare(model),
            func=self.render_func(model),
            table=model._meta.db_table,
            constraint="CONSTRAINT" if self.timing else "",
            when=self.when,
            operation=self.operation,
            timing=f"DEFERRABLE INITIALLY {self.timing}" if self.timing else "",
            referencing=self.referencing or "",
            level=self.level,
            condition=self.render_condition(model),
            execute=self.render_execute(model),
        )
        return compiler.Trigger(name=self.name, sql=sql)


def recorded_columns(model: type[models.Model]) -> list[str]:
    """The columns whose values the ledger keeps: all but the key, generated ones and the clock."""
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if not field.generated and field.name not in NEVER_RECORDED
    ]


class Ledger(ArchiveTrigger):
    """Write one entry for each changed row, whoever changed it.

    `key` is SQL for the public key of row `r` after `joins`; `only` is a condition on a row
    (written with `{r}`) outside which a row does not enter the ledger, but where `moved` holds
    for what is updated or deleted, or an undo brings it back.
    """

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(
        self,
        *,
        operation: pgtrigger.Operation,
        kind: str,
        key: str,
        joins: str,
        only: str,
        moved: str,
    ) -> None:
        self.kind, self.key, self.joins, self.only = kind, key, joins, only
        self.moved = f" OR {moved}" if moved else ""
        tables = {
            pgtrigger.Insert: {"new": "new_rows"},
            pgtrigger.Update: {"old": "old_rows", "new": "new_rows"},
            pgtrigger.Delete: {"old": "old_rows"},
        }
        super().__init__(
            name=f"ledger_{operation}".lower(),
            operation=operation,
            referencing=pgtrigger.Referencing(**tables[operation]),
        )

    def get_func(self, model: type[models.Model]) -> str:
        parts = {
            pgtrigger.Insert: self._insert,
            pgtrigger.Update: self._update,
            pgtrigger.Delete: self._delete,
        }
        columns = recorded_columns(model)
        tombstone = [*columns, *self._clock(model)]
        rows, values, where = parts[self.operation](
            tombstone if self.operation is pgtrigger.Delete else columns
        )
        return f"""
            IF {SILENT} THEN RETURN NULL; END IF;
            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)
                SELECT (SELECT ledger_batch()), '{self.kind}', r.id, {self.key}, {values}
                FROM {rows} {self.joins}
                WHERE {where};
            RETURN NULL;
        """

    @staticmethod
    def _clock(model: type[models.Model]) -> list[str]:
        """What only a tombstone keeps."""
        return [str(f.column) for f in model._meta.concrete_fields if f.name == "updated_at"]

    def _insert(self, columns: list[str]) -> tuple[str, str, str]:
        again = f" OR {UNDOING}" if self.moved else ""
        return "new_rows r", "'insert', NULL, NULL", self.only.format(r="r") + again

    def _delete(self, columns: list[str]) -> tuple[str, str, str]:
        whole = ", ".join(f"'{c}', r.\"{c}\"" for c in columns)
        only = self.only.format(r="r") + self.moved
        return "old_rows r", f"'delete', jsonb_build_object({whole}), NULL", only

    def _update(self, columns: list[str]) -> tuple[str, str, str]:
        def changed(side: str) -> str:
            return " || ".join(
                f'CASE WHEN o."{c}" IS DISTINCT FROM r."{c}"'
                f" THEN jsonb_build_object('{c}', {side}.\"{c}\") ELSE '{{}}' END"
                for c in columns
            )

        old, new = (
            "(" + ", ".join(f'{side}."{column}"' for column in columns) + ")" for side in "or"
        )
        only = f"({self.only.format(r='o')} OR {self.only.format(r='r')}{self.moved})"
        # Planned once a session, maybe for one row: a full join is never done row by row in a
        # nested loop, which would take a later change of many rows the square of its time. (The
        # rows of both are the same, for ids never change.)
        return (
            "old_rows o FULL JOIN new_rows r USING (id)",
            f"'update', {changed('o')}, {changed('r')}",
            f"{old} IS DISTINCT FROM {new} AND {only}",
        )


def ledger(
    kind: str, key: str, joins: str = "", only: str = "true", moved: str = ""
) -> list[pgtrigger.Trigger]:
    """The triggers of a ledgered table. See `Ledger` for the words."""
    return [
        *(
            Ledger(operation=operation, kind=kind, key=key, joins=joins, only=only, moved=moved)
            for operation in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)
        ),
        keep_id(),
        refuse_truncate(),
    ]


def keep_id() -> pgtrigger.Trigger:
    """A row is followed by its id; it fires only where a statement names the column."""
    return ArchiveTrigger(
        name="keep_id",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("id"),
        func="""
            IF NEW.id <> OLD.id THEN
                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        """,
    )


def refuse_truncate() -> pgtrigger.Trigger:
    """TRUNCATE fires no other trigger; only a test database that says so may use it."""
    return ArchiveTrigger(
        name="refuse_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="""
            IF current_setting('newsroom.allow_truncate', true) = 'on'
                AND current_database() LIKE 'test\\_%' THEN
                RETURN NULL;
            END IF;
            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',
                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        """,
    )


def append_only(allowed: str = "false") -> list[pgtrigger.Trigger]:
    """Refuse UPDATE, DELETE and TRUNCATE; `allowed` is SQL for the one update that may be."""
    return [
        ArchiveTrigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"""
                IF TG_OP = 'UPDATE' THEN
                    IF {allowed} THEN RETURN NEW; END IF;
                END IF;
                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                    USING ERRCODE = 'integrity_constraint_violation';
            """,
        ),
        refuse_truncate(),
    ]


def decided_by_editors(what: str) -> pgtrigger.Trigger:
    """Refuse a verdict that comes by any way but an editor's: no machine decides."""
    return ArchiveTrigger(
        name="by_editors",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
                    IF NOT {EDITORS_WAY} AND NOT {SILENT} THEN
                        RAISE EXCEPTION 'only editors decide {what}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
    )


class KeepEdits(ArchiveTrigger):
    """Keep both times, and in `edited_fields` the fields last changed by an editor.

    An update that sets `edited_fields` itself is left alone, and so is an undo, which gives them
    back. `never` names columns that may not change at all, `until_redacted` those that only a
    redaction may replace, with the row's uid; `more` is SQL to run at the end, before the row is
    kept.
    """

    name = "keep_edits"
    when = pgtrigger.Before
    operation = pgtrigger.Update

    def __init__(
        self,
        *,
        never: Iterable[str] = (),
        until_redacted: Iterable[str] = (),
        more: str = "",
        **kwargs: Any,
    ) -> None:
        self.never, self.until_redacted, self.more = tuple(never), tuple(until_redacted), more
        super().__init__(**kwargs)

    def get_func(self, model: type[models.Model]) -> str:
        columns = [
            c
            for c in recorded_columns(model)
            if c
            not in {"edited_fields", "created_at", "was_public", *self.never, *self.until_redacted}
        ]
        old, new = (
            "(" + ", ".join(f'{side}."{column}"' for column in columns) + ")"
            for side in ("OLD", "NEW")
        )
        names = {field.column: field.name for field in model._meta.concrete_fields}
        changed = ", ".join(
            f'CASE WHEN OLD."{c}" IS DISTINCT FROM NEW."{c}" THEN \'{names[c]}\' END'
            for c in columns
        )
        fixed = "".join(
            f"""
            IF OLD."{c}" IS DISTINCT FROM NEW."{c}"{self._unless(c)} THEN
                RAISE EXCEPTION '% of % % never changes', '{c}', TG_TABLE_NAME, OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;"""
            for c in (*self.never, *self.until_redacted)
        )
        return f"""
            IF {SILENT} THEN RETURN NEW; END IF;{fixed}
            NEW.created_at := OLD.created_at;
            IF {old} IS DISTINCT FROM {new} THEN
                NEW.updated_at := now();
                IF NEW.edited_fields = OLD.edited_fields AND NOT {UNDOING} THEN
                    NEW.edited_fields := CASE WHEN {EDITORS_WAY} THEN ARRAY(
                        SELECT DISTINCT field FROM unnest(
                            OLD.edited_fields || array_remove(ARRAY[{changed}], NULL)
                        ) AS field ORDER BY field)
                    WHEN OLD.edited_fields = '{{}}' THEN OLD.edited_fields
                    ELSE ARRAY(
                        SELECT field FROM unnest(OLD.edited_fields) AS field
                        WHERE field <> ALL (array_remove(ARRAY[{changed}], NULL)))
                    END;
                END IF;
            END IF;
            {self.more}
            RETURN NEW;
        """

    def _unless(self, column: str) -> str:
        if column not in self.until_redacted:
            return ""
        return f' AND NOT ({REDACTING} AND NEW."{column}" = NEW.uid::text)'


class KeepRedirect(ArchiveTrigger):
    """A renamed slug leaves a redirect to its row; a slug in use redirects nowhere."""

    name = "keep_redirect"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("slug")

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF {SILENT} THEN RETURN NULL; END IF;
            DELETE FROM articles_redirect WHERE kind = '{self.kind}' AND old_slug = NEW.slug;
            IF TG_OP = 'UPDATE' THEN
                IF OLD.slug <> NEW.slug THEN
                    INSERT INTO articles_redirect (kind, old_slug, {self.kind}_id)
                    VALUES ('{self.kind}', OLD.slug, NEW.id);
                END IF;
            END IF;
            RETURN NULL;
        """
