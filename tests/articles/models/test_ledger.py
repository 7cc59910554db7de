"""The ledger: whoever writes, it knows; nothing can be taken back; any earlier state comes back."""

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from threading import Thread
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import (
    Alias,
    Article,
    Entity,
    LedgerBatch,
    LedgerEntry,
    LedgerRestore,
    Mention,
    Redirect,
    Source,
    Tag,
    Tagging,
    earlier_states,
    recording,
)
from articles.models.ledger import kind_of, recorded_values
from articles.models.ledger_migrations import rename_in_ledger
from articles.models.triggers import recorded_columns
from articles.vocabulary import ArticleStatus, LinkState, Origin, Way
from tests.examples import examples
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

LEDGERED = [Source, Article, Entity, Alias, Tag, Mention, Tagging, Redirect]


def actions(kind: str) -> list[str]:
    return list(
        LedgerEntry.objects.filter(kind=kind).order_by("id").values_list("action", flat=True)
    )


@pytest.mark.django_db
class TestWhoeverWrites:
    def test_orm(self):
        article = make_article("Before")
        article.headline = "After"
        article.save()
        key = str(article.uid)
        article.delete()
        entries = LedgerEntry.objects.filter(kind="article").order_by("id")
        assert [(e.action, e.key) for e in entries] == [
            ("insert", key),
            ("update", key),
            ("delete", key),
        ]
        insert, update, delete = entries
        assert (insert.before, insert.after) == (None, None)
        assert update.before == {"headline": "Before", "edited_fields": []}
        assert update.after == {"headline": "After", "edited_fields": ["headline"]}
        assert delete.before["headline"] == "After"
        assert set(delete.before) == {*recorded_columns(Article), "updated_at"}

    def test_queryset_update_and_delete(self):
        for _ in range(3):
            make_article()
        Article.objects.update(language="fr")
        Article.objects.all().delete()
        assert actions("article") == ["insert"] * 3 + ["update"] * 3 + ["delete"] * 3

    def test_bulk_create(self):
        Tag.objects.bulk_create([Tag(slug=f"t{n}", name="T") for n in range(5)])
        assert actions("tag") == ["insert"] * 5

    def test_copy(self):
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY articles_source (slug, name, kind, homepage, country, language,"
                " timezone, notes) FROM STDIN"
            ) as copy,
        ):
            for number in range(4):
                copy.write_row((f"s{number}", "S", "other", "", "", "en", "", ""))
        assert actions("source") == ["insert"] * 4

    def test_an_update_that_changes_nothing_leaves_no_trace(self):
        article = make_article()
        article.save()
        Article.objects.update(headline=article.headline)
        assert actions("article") == ["insert"]

    @pytest.mark.parametrize("model", LEDGERED)
    def test_every_noun_and_link(self, model):
        article, entity, tag = make_article(body="In Cairo."), make_entity("Cairo"), make_tag()
        make_mention(article, entity)
        make_tagging(article, tag)
        tag.slug = "renamed"
        tag.save()
        kind = kind_of(model)
        assert "insert" in actions(kind)
        rows = model.objects.count()
        if model in (Article, Source, Entity, Tag):
            Mention.objects.all().delete()
            Tagging.objects.all().delete()
            Article.objects.all().delete()
        model.objects.all().delete()
        assert actions(kind).count("delete") == rows > 0


@pytest.mark.django_db
class TestAttribution:
    def test_actor_way_run_and_note(self):
        run = uuid4()
        with recording(Way.ADMIN, actor="anna", run=run, note="style"):
            make_source()
        batch = LedgerBatch.objects.get(run=run)
        assert (batch.actor, batch.way, batch.note) == ("anna", "admin", "style")

    def test_sql_is_the_database_roles(self):
        make_source()
        batch = LedgerBatch.objects.latest("id")
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user")
            role = cursor.fetchone()[0]
        assert (batch.actor, batch.way, batch.run) == (role, "sql", None)

    def test_nested_recordings_keep_their_own(self):
        with recording(Way.COMMAND, actor="outer"):
            make_tag("one")
            with recording(Way.LOAD, actor="inner"):
                make_tag("two")
            make_tag("three")
        make_tag("four")
        entries = LedgerEntry.objects.filter(kind="tag").order_by("id")
        found = [(e.key, e.batch.actor if e.batch.way != "sql" else "sql") for e in entries]
        assert found == [("one", "outer"), ("two", "inner"), ("three", "outer"), ("four", "sql")]

    def test_a_failed_recording_leaves_the_outer_one_untouched(self):
        with recording(Way.COMMAND, actor="outer"):
            with suppress(ZeroDivisionError), recording(Way.LOAD, actor="inner"):
                make_tag("lost")
                raise ZeroDivisionError
            make_tag("kept")
        entry = LedgerEntry.objects.get(kind="tag")
        assert (entry.key, entry.batch.actor) == ("kept", "outer")

    def test_a_note_may_hold_anything(self):
        note = "naïve 'quotes' \\ and \0 nothing"
        with recording(Way.ADMIN, actor="ánna", note=note):
            make_source()
        assert LedgerBatch.objects.latest("id").note == note.replace("\0", "")


@pytest.mark.django_db
class TestSuggestions:
    """Undecided machine suggestions enter the ledger only when they are decided."""

    def test_undecided_suggestions_leave_no_trace(self):
        link = make_tagging(
            make_article(), make_tag(), origin=Origin.MACHINE, state=LinkState.SUGGESTED
        )
        link.delete()
        assert actions("tagging") == []

    def test_a_decision_brings_them_in(self):
        link = make_tagging(
            make_article(), make_tag(), origin=Origin.MACHINE, state=LinkState.SUGGESTED
        )
        link.accept("anna")
        link.delete()
        update, delete = LedgerEntry.objects.filter(kind="tagging").order_by("id")
        assert (update.before, update.after) == ({"state": "suggested"}, {"state": "accepted"})
        assert delete.before["state"] == "accepted"


@pytest.mark.django_db
class TestAppendOnly:
    @pytest.mark.parametrize("model", [LedgerBatch, LedgerEntry])
    def test_update_and_delete_are_refused(self, model):
        make_source()
        for change in (
            lambda: model.objects.filter(pk__gt=0).update(
                **{"actor" if model is LedgerBatch else "key": "forged"}
            ),
            lambda: model.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()

    @pytest.mark.parametrize("model", [*LEDGERED, LedgerBatch, LedgerEntry])
    def test_truncate_is_refused(self, model):
        with (
            pytest.raises(IntegrityError, match="TRUNCATE"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SET LOCAL newsroom.allow_truncate = 'off'")
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")

    def test_a_restore_is_silent_only_in_an_empty_archive(self):
        LedgerRestore.objects.create(transaction=0)
        restored = make_source()
        restored.name = "As it was"
        restored.save()
        restored.refresh_from_db()
        assert (LedgerEntry.objects.count(), restored.edited_fields) == (0, [])

    def test_no_restore_begins_in_an_archive_that_holds_something(self):
        make_source()
        with pytest.raises(IntegrityError, match="empty archive"), transaction.atomic():
            LedgerRestore.objects.create(transaction=0)


EDITABLE = {
    "headline": st.sampled_from(["One", "Two", "Drei", "四"]),
    "summary": st.text(alphabet="aé'\\\n\"{}", max_size=6),
    "bylines": st.lists(st.sampled_from(["A. Author", 'B "Q" Byline', "C, D"]), max_size=3),
    "language": st.sampled_from(["en", "fr", "pt-BR"]),
    "published_at": st.dates(date(1, 1, 2), date(9999, 12, 30)).map(
        lambda day: datetime(day.year, day.month, day.day, 7, 30, 15, 1, tzinfo=UTC)
    ),
    "status": st.sampled_from([ArticleStatus.DRAFT, ArticleStatus.PUBLISHED]),
    "was_public": st.booleans(),
}


@pytest.mark.django_db
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    edits=st.lists(
        st.fixed_dictionaries({}, optional=EDITABLE).flatmap(
            lambda edit: st.tuples(st.just(edit), st.sampled_from([*Way]), st.booleans())
        ),
        max_size=8,
    ),
    is_deleted=st.booleans(),
)
def test_any_earlier_state_can_be_rebuilt(edits, is_deleted):
    """From a row (or its tombstone) and its ledger rows, after any edits, back to its birth."""
    with transaction.atomic():
        article = make_article(
            source=make_source(), published_at=datetime(2024, 3, 31, 7, 30, tzinfo=UTC)
        )
        row, states = article.pk, [recorded_values(Article.objects.get(pk=article.pk))]
        for edit, way, is_undone in edits:
            with suppress(ZeroDivisionError), recording(way, actor="x"):
                if edit:
                    Article.objects.filter(pk=row).update(**edit)
                if is_undone:
                    raise ZeroDivisionError
            state = recorded_values(Article.objects.get(pk=row))
            if state != states[-1]:
                states.append(state)
        if is_deleted:
            Article.objects.get(pk=row).delete()
            states.append(None)
        rebuilt = [state for _, state in earlier_states("article", row)]
        assert rebuilt == [*reversed(states[:-1]), None]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_column_that_old_entries_do_not_know_reads_as_its_default():
    entry = LedgerEntry.objects.create(
        batch=LedgerBatch.objects.create(way=Way.SQL, actor="long ago"),
        kind="source",
        row=1_000_000,
        key="wire",
        action="delete",
        before={"name": "Wire", "slug": "wire", "forgotten": 1},
    )
    ((found, state),) = earlier_states("source", 1_000_000)
    assert found == entry
    assert state is not None
    assert (state["name"], state["timezone"], state["language"]) == ("Wire", "", "und")
    assert "forgotten" not in state


@pytest.mark.django_db(transaction=True)
def test_a_renamed_column_migrates_its_ledger_keys():
    source = make_source("Wire")
    source.timezone = "Africa/Cairo"
    source.save()
    operation = rename_in_ledger("source", "timezone", "zone")
    for sql, there, gone in (
        (operation.sql, "zone", "timezone"),
        (operation.reverse_sql, "timezone", "zone"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        source.refresh_from_db()
        entry = LedgerEntry.objects.get(kind="source", action="update")
        assert source.edited_fields == [there]
        assert entry.before == {there: "", "edited_fields": []}
        assert entry.after == {there: "Africa/Cairo", "edited_fields": [there]}
        assert gone not in entry.before
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LedgerEntry.objects.update(key="forged")


@pytest.mark.django_db(transaction=True)
class TestPositions:
    def test_positions_are_given_at_commit_and_rise(self):
        make_source()
        with transaction.atomic():
            make_tag("a")
            assert LedgerBatch.objects.latest("id").position is None
            make_tag("b")
        first, second = LedgerBatch.objects.order_by("id")
        assert first.position < second.position
        assert second.entries.count() == 2

    def test_a_rollback_leaves_nothing(self):
        with suppress(ZeroDivisionError), transaction.atomic():
            make_source()
            raise ZeroDivisionError
        assert not LedgerBatch.objects.exists()

    def test_a_rolled_back_savepoint_is_forgotten(self):
        with transaction.atomic():
            with suppress(ZeroDivisionError), transaction.atomic():
                make_tag("lost")
                raise ZeroDivisionError
            make_tag("kept")
        batch = LedgerBatch.objects.get()
        assert [entry.key for entry in batch.entries.all()] == ["kept"]
        assert batch.position is not None

    def test_a_reader_who_remembers_a_position_misses_nothing(self):
        """Writers in concurrent transactions, rollbacks included, beside a polling reader."""
        writers = [Thread(target=_write, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        followed: list[int] = []
        while any(writer.is_alive() for writer in writers):
            followed += _positions_after(followed[-1] if followed else 0, limit=7)
        while more := _positions_after(followed[-1] if followed else 0, limit=7):
            followed += more
        assert followed == sorted(_positions_after(0, limit=None))
        assert len(followed) > 40
        assert not LedgerBatch.objects.filter(position=None).exists()

    def test_psql_is_recorded(self):
        """A program that is not ours at all."""
        parameters = {
            key: value
            for key, value in connection.get_connection_params().items()
            if key in {"dbname", "user", "password", "host", "port"}
        }
        script = (
            "import psycopg, sys, json\n"
            "with psycopg.connect(**json.loads(sys.argv[1])) as other:\n"
            '    other.execute("insert into articles_tag (slug, name, description)'
            " values ('by-hand', 'By hand', '')\")\n"
        )
        import json

        subprocess.run([sys.executable, "-c", script, json.dumps(parameters)], check=True)
        entry = LedgerEntry.objects.get(kind="tag")
        assert (entry.key, entry.action, entry.batch.way) == ("by-hand", "insert", "sql")
        assert entry.batch.position is not None


def _write(number: int) -> None:
    try:
        for turn in range(20):
            with suppress(ZeroDivisionError), transaction.atomic():
                make_tag(f"tag {number} {turn}")
                if turn % 3 == 0:
                    with suppress(ZeroDivisionError), transaction.atomic():
                        make_source(f"source {number} {turn}")
                        raise ZeroDivisionError
                if turn % 5 == 4:
                    raise ZeroDivisionError
    finally:
        connection.close()


def _positions_after(position: int, limit: int | None) -> list[int]:
    return list(
        LedgerBatch.objects.filter(position__gt=position)
        .order_by("position")
        .values_list("position", flat=True)[:limit]
    )


@pytest.mark.django_db
def test_the_triggers_know_every_field():
    """A field that a trigger does not name would change without a trace."""
    call_command("makemigrations", "articles", check=True, dry_run=True, verbosity=0)
    with connection.cursor() as cursor:
        for model in LEDGERED:
            cursor.execute(
                "SELECT prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
                " WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_ledger_update%%'",
                [model._meta.db_table],
            )
            (source,) = cursor.fetchone()
            for column in recorded_columns(model):
                assert f"jsonb_build_object('{column}', o.\"{column}\")" in source
