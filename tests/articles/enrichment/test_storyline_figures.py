"""How good suggested storylines are, by two gold sets: the fixtures', and events of our own."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from articles.enrichment.evaluate import measure_storylines
from articles.enrichment.evaluation import GoldStoryline, read_storylines
from articles.models import Storyline
from tests.articles.enrichment.archives import seal
from tests.factories import make_source

GOLD = Path(__file__).resolve().parents[2] / "gold"
FIXTURES, EVENTS = GOLD / "storylines.jsonl", GOLD / "event_storylines.jsonl"

pytestmark = pytest.mark.django_db


def gold(file: Path) -> list[GoldStoryline]:
    with file.open(encoding="utf-8") as lines:
        return list(read_storylines(lines))


@pytest.fixture(scope="class")
def read(django_db_setup, django_db_blocker):
    """The seeded archive with events of our own, read once for all figures."""
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            call_command("seed_archive", verbosity=0)
            make_source("Gold Desk", slug="gold-desk")
            call_command(
                "load_articles", str(GOLD / "events.jsonl"), quiet=True, stdout=io.StringIO()
            )
            seal()
            call_command("enrich_articles", "--quiet")
            yield
            transaction.set_rollback(True)


@pytest.mark.usefixtures("read")
class TestFigures:
    def test_of_events_of_our_own(self):
        score = measure_storylines(gold(EVENTS)).score
        assert score.precision >= 0.95
        assert score.recall >= 0.95

    def test_of_both(self):
        """An undated report on the European Central Bank joins another year's decisions."""
        report = measure_storylines([*gold(FIXTURES), *gold(EVENTS)])
        assert report.unjudged == 0
        assert report.score.precision >= 0.9
        assert report.score.recall >= 0.82

    def test_the_command_prints_them(self):
        output = io.StringIO()
        call_command("evaluate_suggestions", "--storylines", str(EVENTS), stdout=output)
        head, line = output.getvalue().splitlines()
        assert head.split()[:4] == ["engine", "P", "R", "F1"]
        assert line.split()[0] == "storylines"

    def test_what_an_editor_rejects_is_suggested_no_longer(self):
        before = measure_storylines(gold(EVENTS)).score.found
        uids = [uid for it in gold(EVENTS) if it.name for uid in it.articles]
        storyline = Storyline.objects.filter(articles__uid__in=uids).first()
        assert storyline
        storyline.reject("mona")
        assert measure_storylines(gold(EVENTS)).score.found < before
