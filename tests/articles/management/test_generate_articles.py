"""Synthetic articles: the same for the same seed, loaded as any others, or written as lines."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.ingestion.document import Document, Options
from articles.ingestion.readers import read
from articles.models import Article, Entity, LedgerBatch, LedgerEntry, LoadRun, Tagging
from articles.vocabulary import Way


@pytest.mark.django_db
def test_they_are_loaded_and_loading_them_again_changes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("generate_articles", "20")
    assert "20 created" in capsys.readouterr().out
    assert (Article.objects.count(), LoadRun.objects.get().records) == (20, 20)
    assert set(Article.objects.values_list("origin", "source__slug")) == {
        ("synthetic", "synthetic")
    }
    assert Tagging.objects.exists()
    assert not Entity.objects.filter(is_reviewed=True).exists()
    assert set(LedgerBatch.objects.values_list("way", flat=True)) == {Way.LOAD.value}
    entries = LedgerEntry.objects.count()
    call_command("generate_articles", "20")
    assert "20 unchanged" in capsys.readouterr().out
    assert LedgerEntry.objects.count() == entries


@pytest.mark.django_db
def test_another_seed_makes_other_articles() -> None:
    call_command("generate_articles", "3", seed=1)
    call_command("generate_articles", "3", seed=2)
    assert Article.objects.count() == 6
    assert Article.objects.order_by("fingerprint").distinct("fingerprint").count() == 6


def test_as_json_lines_they_are_records_that_load(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    call_command("generate_articles", "5", output=str(path))
    documents = list(read(io.BytesIO(path.read_bytes()), "out.jsonl", Options()))
    assert len(documents) == 5
    assert all(isinstance(document, Document) for document in documents)


def test_a_hyphen_stands_for_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    call_command("generate_articles", "2", output="-")
    lines = capsysbinary.readouterr().out.splitlines()
    assert [json.loads(line)["external_id"] for line in lines] == ["synthetic-1-0", "synthetic-1-1"]


@pytest.mark.parametrize("arguments", [["-1"], ["many"], ["3", "--output", "no/such/folder/file"]])
def test_what_cannot_run_says_why(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("generate_articles", *arguments)
