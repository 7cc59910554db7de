"""`--enrich`: what a load made or changed is read at once, and nothing else."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from articles.enrichment import work
from articles.models import Article, Enrichment, EnrichmentRun
from tests.articles.enrichment.archives import cairo, found, report, seal
from tests.factories import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(tmp_path: Path) -> Path:
    make_source("Sample Wire")
    cairo()
    return write(tmp_path / "news.jsonl", ["Talks went on in Cairo.", "Nothing is known of it."])


def write(path: Path, bodies: list[str]) -> Path:
    records = (
        {"external_id": str(n), "headline": f"No. {n}", "body": it} for n, it in enumerate(bodies)
    )
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def load(path: Path, *options: str, command: str = "load_articles") -> tuple[int, str, str]:
    seal()
    out, err = io.StringIO(), io.StringIO()
    code = 0
    source = ["--source", "sample-wire"] if command == "load_articles" else []
    try:
        call_command(command, str(path), *source, *options, stdout=out, stderr=err)
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    return code, out.getvalue(), err.getvalue()


def test_what_was_loaded_is_read(news: Path) -> None:
    waiting = report()
    code, out, _ = load(news, "--enrich")
    assert code == 0
    assert "Done: 2 articles read; mentions: 1 new," in out
    assert found(Article.objects.get(external_id="0")) == [("Cairo", "cairo", "suggested")]
    assert found(waiting) == []
    assert not Enrichment.objects.filter(is_stale=True).exists()
    seal()
    call_command("enrich_articles", "--quiet")
    assert found(waiting) == [("Cairo", "cairo", "suggested")]


def test_by_default_nothing_is_read(news: Path) -> None:
    assert load(news)[0] == 0
    assert not EnrichmentRun.objects.exists()


def test_a_second_load_writes_nothing(news: Path) -> None:
    load(news, "--enrich")
    code, out, _ = load(news, "--enrich")
    assert code == 0
    assert "Done: 0 articles read" in out
    assert EnrichmentRun.objects.count() == 1


def test_only_what_changed_is_read_again(news: Path) -> None:
    load(news, "--enrich")
    write(news, ["Talks went on in Cairo.", "It was known in Cairo all the time."])
    assert "Done: 1 articles read; mentions: 1 new" in load(news, "--enrich")[1]


def test_the_exit_code_is_the_loads(news: Path) -> None:
    with news.open("a") as file:
        file.write('{"external_id": "9", "body": ""}\n')
    code, out, err = load(news, "--enrich")
    assert code == 1
    assert "Done: 2 articles read" in out
    assert "Not every record was loaded" in err


def test_what_cannot_be_read_was_loaded_all_the_same(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise ValueError("no such thing")

    monkeypatch.setattr(work, "annotate", fail)
    code, out, err = load(news, "--enrich")
    assert code == 0
    assert out.count("Done: 0 articles read") == 1
    assert err.count("not read: ") == 2
    assert Enrichment.objects.filter(is_stale=True).count() == 2


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [(KeyboardInterrupt, 130, "Stopped while"), (OperationalError("gone"), 2, "The database was")],
)
def test_what_was_loaded_stays_when_reading_ends_early(
    news: Path, monkeypatch: pytest.MonkeyPatch, error: Any, code: int, words: str
) -> None:
    def end(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(work, "annotate", end)
    ended, _, err = load(news, "--enrich")
    assert ended == code
    assert words in err
    assert "what was loaded stays, and `enrich_articles` reads the rest" in err
    assert Article.objects.count() == 2


def test_a_plan_has_nothing_to_read(news: Path) -> None:
    code, _, err = load(news, "--enrich", "--plan")
    assert (code, Article.objects.count()) == (2, 0)
    assert "--enrich reads what was loaded; a plan loads nothing" in err


def test_the_seed_too(settings: Any) -> None:
    code, out, _ = load(settings.BASE_DIR / "fixtures", "--enrich", command="seed_archive")
    assert code == 0
    assert "Done: 48 articles read" in out
    assert (
        "Done: 0 articles read"
        in load(settings.BASE_DIR / "fixtures", "--enrich", command="seed_archive")[1]
    )
