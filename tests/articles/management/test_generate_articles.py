"""manage.py generate_articles: the same for the same seed, loaded as any other articles."""

import json

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, LedgerEntry


def test_the_same_seed_gives_the_same_records(tmp_path):
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path, seed in zip(paths, (7, 7, 8), strict=True):
        call_command("generate_articles", "20", seed=seed, output=str(path))
    assert paths[0].read_bytes() == paths[1].read_bytes() != paths[2].read_bytes()
    first = json.loads(paths[0].read_text().splitlines()[0])
    assert 100 < len(first["body"].split()) < 400
    assert first["tags"]
    assert first["entities"]


def test_to_standard_output(capsys):
    call_command("generate_articles", "3", output="-")
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.django_db
def test_into_the_archive_and_twice_is_once(capsys):
    call_command("generate_articles", "30")
    entries = LedgerEntry.objects.count()
    call_command("generate_articles", "30")
    assert Article.objects.published().count() == 30
    assert LedgerEntry.objects.count() == entries
    assert Article.objects.filter(taggings__isnull=True).count() == 0


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_what_is_no_number_of_articles(number):
    with pytest.raises(CommandError, match=r"not a number of articles|required"):
        call_command("generate_articles", number)


def test_a_file_that_cannot_be_written(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("generate_articles", "1", output=str(tmp_path / "no" / "where"))
