"""How many of the first suggestions of unknown names are names: judged by hand, one by one."""

import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.models import UnknownName
from tests.articles.enrichment.archives import seal
from tests.factories import make_source

pytestmark = pytest.mark.django_db

GOLD = Path(__file__).resolve().parents[2] / "gold"
WIKINEWS = GOLD.parents[2] / "shared" / "samples" / "wikinews.jsonl"
JUDGED = {
    row["name"]: row["is_name"]
    for row in map(json.loads, (GOLD / "unknown_names.jsonl").read_text("utf-8").splitlines())
}


def precision(most: int) -> tuple[float, list[str]]:
    """Of the first suggestions how many are names, and which nobody has judged: these are none."""
    first = list(UnknownName.objects.values_list("quote", flat=True)[:most])
    assert first
    right = sum(JUDGED.get(name, False) for name in first)
    return right / len(first), [name for name in first if name not in JUDGED]


def load(path: Path, gold: Path, source: str) -> None:
    with gold.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as records:
        for number, line in enumerate(lines):
            row = json.loads(line)
            record = {
                "source": source,
                "external_id": str(row.get("external_id") or row.get("id") or number),
                "headline": row.get("headline") or row.get("title"),
                "body": row["body"],
                "language": "en",
            }
            records.write(json.dumps(record) + "\n")
    with suppress(CommandError):  # some of the sample's records have no body
        call_command(
            "load_articles", str(path), "--quiet", stdout=io.StringIO(), stderr=io.StringIO()
        )


@pytest.fixture
def archive(tmp_path: Path) -> None:
    """The fixtures and our own texts."""
    call_command("seed_archive", stdout=io.StringIO())
    make_source("Gold Desk", slug="gold-desk")
    load(tmp_path / "own.jsonl", GOLD / "homographs.jsonl", "gold-desk")
    load(tmp_path / "events.jsonl", GOLD / "events.jsonl", "gold-desk")


def suggest() -> None:
    seal()
    call_command("enrich_articles", "--quiet")
    call_command("suggest_entities", "--quiet")


def test_of_a_hundred_texts_of_our_own(archive):
    """Few names stand in two of so few texts, and what is left are the hard ones."""
    suggest()
    share, unjudged = precision(50)
    assert unjudged == []
    assert share >= 0.6


@pytest.mark.slow
@pytest.mark.skipif(not WIKINEWS.exists(), reason="the sample wikinews.jsonl is not here")
def test_of_a_larger_archive(archive, tmp_path):
    make_source("Wikinews")
    load(tmp_path / "wikinews.jsonl", WIKINEWS, "wikinews")
    suggest()
    for most, least in ((50, 0.9), (100, 0.9)):
        share, unjudged = precision(most)
        assert unjudged == []
        assert share >= least
