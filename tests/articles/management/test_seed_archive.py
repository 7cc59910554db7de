"""The command that loads the fixtures: its words and its exit code."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, Tag, recording
from articles.vocabulary import Way

pytestmark = pytest.mark.django_db


def seeded(*arguments: object) -> str:
    out = StringIO()
    call_command("seed_archive", *map(str, arguments), stdout=out)
    return out.getvalue()


def tag(path: Path, name: str, slug: str = "peace") -> Path:
    row = {"model": "articles.tag", "fields": {"slug": slug, "name": name}}
    path.write_text(json.dumps([row]), encoding="utf-8")
    return path


def test_without_a_path_the_repositorys_fixtures_are_loaded() -> None:
    first = seeded().splitlines()
    assert first[0].split() == ["created", "updated", "unchanged", "kept", "deleted"]
    rows = {line.split()[0]: line.split()[1] for line in first[1:]}
    assert int(rows["article"]) == Article.objects.count() >= 40
    assert seeded().splitlines()[-1].startswith("Nothing to do")


def test_the_report_says_what_an_editor_keeps(tmp_path: Path) -> None:
    path = tag(tmp_path / "tags.json", "Peace")
    seeded(path)
    with recording(Way.ADMIN, actor="mona"):
        Tag.objects.update(name="Peace talks")
    report = seeded(tmp_path)
    assert "kept tag peace: name" in report
    assert Tag.objects.get().name == "Peace talks"


def test_all_mistakes_are_named_and_nothing_is_loaded(tmp_path: Path) -> None:
    tag(tmp_path / "1.json", "Peace")
    tag(tmp_path / "2.json", "Peace")
    tag(tmp_path / "3.json", "", "Not A Slug")
    with pytest.raises(CommandError) as error:
        seeded(tmp_path)
    assert error.value.returncode == 1
    message = str(error.value).splitlines()
    assert message[0] == "3 mistakes in the fixtures, nothing was loaded:"
    assert message[1].endswith(
        f"2.json: record 1: slug: stands already in {tmp_path}/1.json, record 1"
    )
    assert message[2].endswith("3.json: record 1: name: missing") or "slug" in message[2]
    assert not Tag.objects.exists()
