"""A whole archive as files: byte for byte the same after a restore; a flipped byte is named."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from articles.export.dump.manifest import LEFT_OUT, dumped_fields, dumped_models, from_line, to_line
from articles.models import (
    Article,
    Change,
    Correction,
    Follow,
    LedgerBatch,
    LedgerEntry,
    Redirect,
    Storyline,
    declare_duplicates,
    recording,
)
from articles.models.redact import redact
from articles.vocabulary import NounKind, Way
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)


def fill() -> None:
    """Every kind of row, with the values that dumps get wrong."""
    source = make_source("Wire", timezone="Africa/Cairo")
    with recording(Way.ADMIN, actor="ánna", note="first\nsecond"):
        cairo = make_entity("Cairo", wikidata_id="Q85")
        make_entity("Doha", wikidata_id=None)
        top = make_tag("Top")
        tag = make_tag("Below", parent=top, media_topic=None)
        article = make_article(
            "In Cairo",
            source=source,
            body='Cairo, “quoted” \\ \t"\n\nالقاهرة 𝔘 \u2028 end',
            bylines=["A, B", 'C "D"', ""],
            published_at=datetime(2024, 3, 31, 7, 30, 1, 2, tzinfo=UTC),
        )
    other = make_article("No date", source=source, body="")
    declare_duplicates(article, other, "anna", "sure")
    storyline = Storyline.objects.create(name="Talks", slug="talks")
    storyline.add(article, "anna").reject("anna")
    storyline.slug = "talks-in-cairo"
    storyline.save()
    make_mention(article, cairo, origin="machine", state="suggested").accept("anna", "sure")
    make_tagging(article, tag, origin="source").reject("anna")
    cairo.slug = "al-qahira"
    cairo.save()
    Correction.objects.create(article=article, note="In Giza.", editor="anna")
    gone = make_article("To be erased", source=source)
    make_mention(gone, cairo, "x").reject("anna", "no")
    redact(gone.uid, "a court", "anna")
    article.withdraw("An error.", note="internal")
    make_tag("Gone").delete()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def empty() -> None:
    with connection.cursor() as cursor:
        names = ", ".join(f'"{model._meta.db_table}"' for model in dumped_models())
        cursor.execute(f"TRUNCATE {names}, articles_ledgerrestore RESTART IDENTITY CASCADE")
        cursor.execute("ALTER SEQUENCE articles_ledger_position RESTART")


@pytest.mark.django_db(transaction=True)
def test_restored_archives_give_the_same_bytes(tmp_path, capsys):
    fill()
    articles = list(Article.objects.order_by("pk").values())
    position = LedgerBatch.objects.latest("position").position
    changes = list(Change.objects.order_by("position").values())
    Follow.objects.create(url="https://archive.example/api/v1/", run=uuid4(), position=7)
    call_command("export_archive", tmp_path / "first")
    empty()
    call_command("import_archive", tmp_path / "first")
    call_command("export_archive", tmp_path / "second")
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    # generated columns too, and nothing of the restore itself in the ledger
    assert list(Article.objects.order_by("pk").values()) == articles
    assert Redirect.objects.survivor(NounKind.ENTITY, "cairo").slug == "al-qahira"
    assert list(Change.objects.order_by("position").values()) == changes
    assert {row["action"] for row in changes} >= {"created", "merged", "withdrawn"}
    # and life goes on where it was
    make_article("After the restore")
    assert LedgerBatch.objects.latest("id").position == position + 1
    assert LedgerEntry.objects.latest("id").action == "insert"
    newest = Change.objects.latest("position")
    assert (newest.position, newest.action) == (changes[-1]["position"] + 1, "created")


@pytest.mark.django_db(transaction=True)
def test_every_flipped_byte_is_named(tmp_path, capsys):
    fill()
    call_command("export_archive", tmp_path / "dump")
    call_command("verify_archive", tmp_path / "dump")
    path = tmp_path / "dump" / "article.jsonl"
    whole = path.read_bytes()
    end_of_first = whole.index(b"\n")
    for place in [0, 9, 30, end_of_first - 1, end_of_first, len(whole) - 2, len(whole) - 1]:
        flipped = bytearray(whole)
        flipped[place] ^= 1
        path.write_bytes(flipped)
        record = 1 if place <= end_of_first else whole[:place].count(b"\n") + 1
        with pytest.raises(CommandError, match=rf"article\.jsonl: record {record}: damaged"):
            call_command("verify_archive", tmp_path / "dump")
    empty()
    with pytest.raises(CommandError, match="nothing was restored"):
        call_command("import_archive", tmp_path / "dump")
    assert not Article.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_else_can_be_wrong_with_a_dump(tmp_path, capsys):
    fill()
    folder = tmp_path / "dump"
    call_command("export_archive", folder)
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_archive", folder)
    with pytest.raises(CommandError, match="empty one only"):
        call_command("import_archive", folder)
    lines = (folder / "tag.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "tag.jsonl").write_bytes(b"".join(lines[::-1]))
    with pytest.raises(CommandError, match=r"tag\.jsonl: not the file that was written"):
        call_command("verify_archive", folder)
    (folder / "tag.jsonl").write_bytes(b"".join(lines[:-1]))
    with pytest.raises(CommandError, match=r"tag\.jsonl: 1 records, the manifest says 2"):
        call_command("verify_archive", folder)
    (folder / "tag.jsonl").unlink()
    (folder / "stray.txt").write_text("?")
    with pytest.raises(CommandError, match=r"(?s)tag\.jsonl: cannot be read.*stray\.txt: not in"):
        call_command("verify_archive", folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["rows"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CommandError, match="its own hash differs"):
        call_command("verify_archive", folder)
    with pytest.raises(CommandError, match="name the folder of a dump"):
        call_command("verify_archive", tmp_path / "nowhere")


@pytest.mark.django_db
def test_every_column_of_every_table_is_dumped(tmp_path):
    """A schema that grows is dumped whole; only what the database computes is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name LIKE 'articles\\_%%'"
            " AND is_generated = 'NEVER'"
        )
        left_out = {model._meta.db_table for model in LEFT_OUT}
        there = {row for row in cursor.fetchall() if row[0] not in left_out}
    dumped = {
        (model._meta.db_table, field.column)
        for model in dumped_models()
        for field in dumped_fields(model)
    }
    assert dumped == there


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.one_of(st.none(), st.text(), st.integers(-(2**60), 2**60), st.lists(st.text())),
    ),
    st.data(),
)
def test_a_line_comes_back_or_is_damaged(row, data):
    line = to_line(row)
    assert from_line(line) == row
    place = data.draw(st.integers(0, len(line) - 1))
    bit = data.draw(st.integers(0, 7))
    damaged = bytearray(line)
    damaged[place] ^= 1 << bit
    assert from_line(bytes(damaged)) is None
