"""The ledger: every change of the nouns and their links, written by the database itself.

A *batch* is what one transaction did under one actor: who, by which way, in which run, and the
position that orders it. An *entry* is one changed row. Positions are given at commit, one writer
at a time, so whoever has seen a position has seen every lower one; a dump keeps them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.db.models.query import QuerySet

from articles.models.constraints import known_word
from articles.models.groups import declared
from articles.models.ledger_words import kind_words
from articles.models.redaction_functions import ENTRY_EMPTIED, emptied
from articles.models.triggers import ArchiveTrigger, append_only, recorded_columns
from articles.vocabulary import LedgerAction, Way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

# One writer at a time gives itself a position; the number only has to be the same everywhere.
SEAL_LOCK = 7215

SETTINGS = ("actor", "way", "run", "note", "redaction", "undoes", "batch")

# As the first migration made them; `ledger_functions` has what `ledger_batch()` is today.
FUNCTIONS = """
create sequence articles_ledger_position;

create function ledger_batch() returns bigint language plpgsql as $$
declare this bigint := nullif(current_setting('newsroom.batch', true), '')::bigint;
begin
    if this is null then
        insert into articles_ledgerbatch (actor, way, run, note) values (
            coalesce(nullif(current_setting('newsroom.actor', true), ''), session_user),
            coalesce(nullif(current_setting('newsroom.way', true), ''), 'sql'),
            nullif(current_setting('newsroom.run', true), '')::uuid,
            coalesce(current_setting('newsroom.note', true), '')
        ) returning id into this;
        -- A rolled-back savepoint takes this setting back together with the row.
        perform set_config('newsroom.batch', this::text, true);
    end if;
    return this;
end $$;
"""
DROP_FUNCTIONS = "drop function ledger_batch(); drop sequence articles_ledger_position;"


@contextmanager
def recording(
    way: Way,
    *,
    actor: str = "",
    run: UUID | None = None,
    note: str = "",
    is_redaction: bool = False,
    undoes: UUID | None = None,
) -> Iterator[None]:
    """A transaction whose changes the ledger attributes to `actor`, by `way`, in `run`.

    With `undoes` they take back another run: rows get the `edited_fields` that they are given. Of
    what a redaction deletes or empties the change feed says so: copies are not to be kept.
    Nested in another transaction it is a savepoint, and what follows it is again attributed as
    before it. Without it a change counts as SQL of the database role.
    """
    redaction = "on" if is_redaction else ""
    values = [
        actor, way.value, str(run or ""), note.replace("\0", ""), redaction, str(undoes or ""), "",
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"current_setting('newsroom.{n}', true)" for n in SETTINGS)
        )
        before = cursor.fetchone()
        _set(cursor, values)
        yield
        # An exception needs no care here: the rollback takes the settings back.
        _set(cursor, [value or "" for value in before])


@contextmanager
def attributing(way: Way, *, actor: str = "", run: UUID | None = None) -> Iterator[None]:
    """The same for all transactions of this connection, for work that makes its own."""
    with connection.cursor() as cursor:
        _set(cursor, [actor, way.value, str(run or ""), "", "", "", ""], is_local=False)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            _set(cursor, [""] * len(SETTINGS), is_local=False)


def _set(cursor: Any, values: list[str], *, is_local: bool = True) -> None:
    local = "true" if is_local else "false"
    cursor.execute(
        "SELECT " + ", ".join(f"set_config('newsroom.{n}', %s, {local})" for n in SETTINGS), values
    )


def current_run() -> UUID | None:
    """The run in which the present transaction is recorded; None outside of any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('newsroom.run', true), '')::uuid")
        run: UUID | None = cursor.fetchone()[0]
    return run


class LedgerBatch(models.Model):
    position = models.BigIntegerField(null=True, unique=True, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.TextField(editable=False)
    way = models.CharField(max_length=10, choices=Way, editable=False)
    run = models.UUIDField(null=True, editable=False)
    note = models.TextField(blank=True, db_default="", editable=False)
    is_redaction = models.BooleanField(default=False, db_default=False, editable=False)
    undoes = models.UUIDField(null=True, editable=False, help_text="The run that this takes back.")

    class Meta:
        verbose_name, verbose_name_plural = "batch of changes", "history"
        permissions = declared("ledgerbatch")
        constraints = [known_word("way", Way, "ledger_batch_way_is_a_known_word")]
        indexes = [
            models.Index("run", name="ledger_batch_by_run", condition=models.Q(run__isnull=False)),
            models.Index("actor", "id", name="ledger_batch_by_actor"),
            models.Index("at", name="ledger_batch_by_time"),
            models.Index(
                "undoes", name="ledger_batch_by_undone", condition=models.Q(undoes__isnull=False)
            ),
        ]
        triggers = [
            ArchiveTrigger(
                name="seal",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__position__isnull=True),
                declare=[("batches", "bigint[]"), ("batch", "bigint")],
                # The lock is let go only after the commit is visible: see the module's docstring.
                # The first batch of a transaction seals all of them (those of others that have no
                # position yet are not visible), so that the feed speaks of each thing once.
                func=f"""
                    PERFORM pg_advisory_xact_lock({SEAL_LOCK});
                    batches := ARRAY(
                        SELECT id FROM articles_ledgerbatch
                        WHERE id >= NEW.id AND position IS NULL ORDER BY id);
                    IF batches = '{{}}' THEN RETURN NULL; END IF;
                    FOREACH batch IN ARRAY batches LOOP
                        UPDATE articles_ledgerbatch
                        SET position = nextval('articles_ledger_position') WHERE id = batch;
                    END LOOP;
                    PERFORM announce_changes(batches);
                    RETURN NULL;
                """,
            ),
            *append_only(
                "OLD.position IS NULL AND NEW.position IS NOT NULL"
                " AND to_jsonb(OLD) - 'position' = to_jsonb(NEW) - 'position' OR "
                + emptied(
                    ["note"],
                    "EXISTS (SELECT FROM articles_ledgerentry e WHERE e.batch_id = OLD.id"
                    " AND position(x.uid::text IN e.key) > 0)",
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.way} {self.actor}"


_NO_INSERT: Final = models.Q(action__in=["update", "delete"])


class LedgerEntryQuerySet(QuerySet["LedgerEntry"]):
    def of(self, thing: models.Model) -> LedgerEntryQuerySet:
        """The entries of one row, newest first."""
        return self.filter(kind=kind_of(type(thing)), row=thing.pk).order_by("-id")

    def in_order(self) -> LedgerEntryQuerySet:
        """Committed entries in the order in which everybody may read them."""
        return self.filter(batch__position__isnull=False).order_by("batch__position", "id")


class LedgerEntry(models.Model):
    """One changed row: an update keeps the fields that differ, a delete the whole row."""

    # Found by the index by batch, kind and action, which is no larger than one of the batch alone.
    batch = models.ForeignKey(
        LedgerBatch, models.PROTECT, related_name="entries", editable=False, db_index=False
    )
    kind = models.CharField(max_length=20, editable=False)
    row = models.BigIntegerField(editable=False)
    key = models.TextField(editable=False)
    action = models.CharField(max_length=10, choices=LedgerAction, editable=False)
    before = models.JSONField(null=True, editable=False)
    after = models.JSONField(null=True, editable=False)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            known_word("action", LedgerAction, "ledger_entry_action_is_a_known_word"),
        ]
        indexes = [
            models.Index("batch", "kind", "action", name="ledger_entry_by_batch"),
            models.Index("kind", "row", "id", name="ledger_entry_by_row"),
            models.Index("kind", "id", name="ledger_entry_by_kind"),
            models.Index(
                "kind", "key", name="ledger_deletion_by_key", condition=models.Q(action="delete")
            ),
            # What was changed or deleted is rare among what loads have made.
            models.Index("action", "id", name="ledger_change_in_order", condition=_NO_INSERT),
            models.Index(
                "kind", "action", "id", name="ledger_change_by_kind", condition=_NO_INSERT
            ),
        ]
        triggers = append_only(ENTRY_EMPTIED)

    def __str__(self) -> str:
        return f"{self.action} {kind_words(self.kind)} {self.key}"


class LedgerRestore(models.Model):
    """Says in which transaction a restore writes rows and ledger as they were.

    Only while articles and ledger are empty may one begin; the triggers are silent in exactly
    that transaction.
    """

    transaction = models.BigIntegerField(unique=True, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        triggers = [
            ArchiveTrigger(
                name="only_when_empty",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT FROM articles_article)
                        OR EXISTS (SELECT FROM articles_ledgerentry) THEN
                        RAISE EXCEPTION 'a restore begins only in an empty archive'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    NEW.transaction := pg_current_xact_id()::text::bigint;
                    NEW.at := now();
                    RETURN NEW;
                """,
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"restored {self.at:%Y-%m-%d %H:%M}"


def kind_of(model: type[models.Model]) -> str:
    """The word by which the ledger knows rows of a model."""
    return model._meta.model_name or ""


def recorded_values(thing: models.Model) -> dict[str, Any]:
    """What the ledger keeps of a row, as Python values by column."""
    fields = {field.column: field for field in thing._meta.concrete_fields}
    return {
        column: getattr(thing, fields[column].attname) for column in recorded_columns(type(thing))
    }


def earlier_states(kind: str, row: int) -> Iterator[tuple[LedgerEntry, dict[str, Any] | None]]:
    """Walk back: each entry of a row, newest first, with the row's values just before it.

    Values are by column, as Python objects; None: the row did not exist. A column that an old
    entry does not know reads as its default today.
    """
    model = apps.get_model("articles", kind)
    thing = model._base_manager.filter(pk=row).first()
    state = recorded_values(thing) if thing else None
    entries = LedgerEntry.objects.filter(kind=kind, row=row).select_related("batch")
    for entry in entries.order_by("-id"):
        state = state_before(entry, state)
        yield entry, state


def state_before(entry: LedgerEntry, state: dict[str, Any] | None) -> dict[str, Any] | None:
    """A row's values just before an entry, from those just after it; None: it was not there."""
    if entry.action == LedgerAction.INSERT:
        return None
    model = apps.get_model("articles", entry.kind)
    fields = {field.column: field for field in model._meta.concrete_fields}
    kept: dict[str, Any] = entry.before or {}
    known = {c: fields[c].to_python(v) for c, v in kept.items() if c in fields}
    start = _defaults(model) if entry.action == LedgerAction.DELETE else state or {}
    state = {**start, **known}
    return {column: state[column] for column in recorded_columns(model)}


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    fields = {field.column: field for field in model._meta.concrete_fields}
    return {column: fields[column].get_default() for column in recorded_columns(model)}
