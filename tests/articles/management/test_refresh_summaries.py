"""`refresh_summaries`, and the commands that refresh the summaries when they end."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models.summaries import Summary
from articles.models.summary_statements import SUMMARIES
from tests.factories import make_entity, make_tag

pytestmark = pytest.mark.django_db


def tags() -> int:
    summary = Summary.read("nouns")
    assert summary
    return int(summary.data["tags"])


def test_all_or_the_named_are_made_and_their_time_told():
    out = StringIO()
    call_command("refresh_summaries", stdout=out)
    assert [line.split()[0] for line in out.getvalue().splitlines()] == [*SUMMARIES, "Done:"]
    make_tag()
    call_command("refresh_summaries", "months", "--quiet")
    assert tags() == 0
    call_command("refresh_summaries", "nouns", "--quiet")
    assert tags() == 1


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(CommandError, match="no such summary: month; there are waiting") as refused:
        call_command("refresh_summaries", "month")
    assert refused.value.returncode == 2


def test_a_load_ends_with_new_figures_and_a_plan_changes_none(tmp_path: Path):
    path = tmp_path / "articles.jsonl"
    record = {"source": "Wire", "headline": "Talks", "body": "Talks.", "tags": ["Politics"]}
    path.write_text(json.dumps(record))
    options = {"create_missing": True, "quiet": True, "stdout": StringIO()}
    call_command("load_articles", str(path), plan=True, **options)
    assert Summary.read("nouns") is None
    call_command("load_articles", str(path), **options)
    assert tags() == 1


def test_a_load_stands_though_its_figures_cannot_be_counted(tmp_path: Path, caplog):
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps({"source": "Wire", "headline": "Talks", "body": "Talks."}))
    with connection.cursor() as cursor:  # as an archive that is migrated half the way
        cursor.execute("ALTER TABLE articles_unknownname RENAME TO articles_lost")
    out = StringIO()
    call_command("load_articles", str(path), create_missing=True, quiet=True, stdout=out)
    assert "1 created" in " ".join(out.getvalue().split())
    assert "refresh_summaries" in caplog.text


def test_the_machines_commands_end_with_new_figures():
    make_entity("Cairo")
    make_tag()
    for command in ("suggest_entities", "seed_archive"):
        Summary.objects.all().delete()
        call_command(command, stdout=StringIO())
        assert set(Summary.read_all()) == set(SUMMARIES)
