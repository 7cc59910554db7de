"""Several workers, killed ones, and editors meanwhile: nothing is lost or done twice."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from articles.enrichment import work as working
from articles.models import (
    Article,
    DuplicatePair,
    Enrichment,
    EnrichmentRun,
    Mention,
    Salience,
    Signature,
    Suggestion,
)
from articles.models.enrichment_queue import holding_block
from articles.vocabulary import Standing
from tests.articles.enrichment.archives import cairo, found, mention, report, run
from tests.factories import make_entity, make_tag

REPOSITORY = Path(__file__).resolve().parents[3]


def written() -> dict[str, Any]:
    """What the machine wrote, without the numbers that depend on the order of work."""
    told = Suggestion.objects.order_by("pk").values_list(
        *("mention__article", "mention__entity", "mention__start", "mention__end"),
        *("mention__state", "tagging__article", "tagging__tag", "confidence", "text"),
    )
    return {
        "suggestions": sorted(told, key=str),
        "saliences": sorted(Salience.objects.values_list("article", "entity", "score")),
        "pairs": sorted(DuplicatePair.objects.values_list("first", "second", "first_share")),
        "signed": Signature.objects.count(),
        "waiting": Enrichment.objects.filter(is_stale=True).count(),
        "uncompared": Enrichment.objects.filter(pairing="").count(),
    }


def fill(count: int) -> None:
    cairo(Standing.ACCEPT)
    make_entity("Doha")
    make_tag("Talks")
    words = [f"word{number}" for number in range(50)]
    for number in range(count):
        own = " ".join(f"{word}of{number // 2}" for word in words)
        report(number, body=f"Envoys left Cairo for Doha: Cairo {number} is far.\n\n{own}")


def alone() -> dict[str, Any]:
    """What one worker writes, and then take it back."""
    run()
    expected = written()
    with transaction.atomic():
        for model in (Suggestion, Salience, Mention, DuplicatePair, Signature, Enrichment):
            model.objects.all().delete()
        Article.objects.first().taggings.all().delete()
        for article in Article.objects.all():
            article.taggings.all().delete()
        EnrichmentRun.objects.all().delete()
    return expected


def enriching(how: str) -> subprocess.CompletedProcess[str]:
    database = connection.settings_dict["NAME"]
    client = Path(__file__).with_name("enrich_client.py")
    return subprocess.run(
        [sys.executable, client, database, how],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )


@pytest.mark.django_db(transaction=True)
class TestSeveral:
    def test_processes_write_what_one_writes(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(working, "AT_ONCE", 7)
        fill(60)
        expected = alone()
        assert len(expected["pairs"]) == 30
        counts = run(processes=2)
        assert counts["articles"] == 60
        assert written() == expected
        assert run(processes=2) == {}

    def test_two_commands_at_once_write_what_one_writes(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(working, "AT_ONCE", 7)
        fill(60)
        expected = alone()
        failures = []

        def command() -> None:
            try:
                call_command("enrich_articles", "--quiet")
            except Exception as error:
                failures.append(error)
            finally:
                connections.close_all()

        threads = [Thread(target=command) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert written() == expected

    def test_a_killed_worker_ends_the_run_and_the_next_goes_on(self):
        fill(40)
        expected = alone()
        ended = enriching("die")
        assert ended.returncode == 2
        assert "killed by SIGKILL" in ended.stderr
        assert 0 < Enrichment.objects.filter(is_stale=True).count() < 40
        run()
        assert written() == expected

    def test_an_error_in_a_worker_is_told(self):
        fill(4)
        ended = enriching("fail")
        assert ended.returncode == 2
        assert "RuntimeError: no such thing" in ended.stderr

    def test_a_block_that_another_holds_is_left_to_it(self):
        with holding_block(3) as is_ours:
            assert is_ours
            answers = []

            def other() -> None:
                with holding_block(3) as is_mine:
                    answers.append(is_mine)
                connections.close_all()

            thread = Thread(target=other)
            thread.start()
            thread.join()
            assert answers == [False]
        with holding_block(3) as is_ours:
            assert is_ours


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """An editor writes between the machine's reading and its writing."""

    @pytest.fixture(autouse=True)
    def archive(self) -> Article:
        self.entity = cairo()
        return report()

    def meanwhile(self, monkeypatch: pytest.MonkeyPatch, task: Any) -> None:
        """Do it once, on a connection of its own, after the first reading of what stands."""
        from articles.enrichment import annotate

        original, done = annotate.read_standing, []

        def read_standing(articles: Any) -> Any:
            standing = original(articles)
            if not done:
                done.append(True)
                thread = Thread(target=lambda: (task(), connections.close_all()))
                thread.start()
                thread.join(20)
                assert not thread.is_alive()
            return standing

        monkeypatch.setattr(annotate, "read_standing", read_standing)

    def test_the_same_mention_is_the_editors(
        self, archive: Article, monkeypatch: pytest.MonkeyPatch
    ):
        def add() -> None:
            Mention.objects.create(
                article=archive, entity=self.entity, start=14, end=19, quote="Cairo"
            )

        self.meanwhile(monkeypatch, add)
        assert run() == {"articles": 1, "compared": 1}
        assert [(it.origin, it.state) for it in archive.mentions.all()] == [("editor", "accepted")]

    def test_a_verdict_on_what_was_about_to_go_counts(
        self, archive: Article, monkeypatch: pytest.MonkeyPatch
    ):
        run()
        self.entity.aliases.all().delete()
        self.meanwhile(monkeypatch, lambda: mention(archive, "Cairo").accept("anna"))
        run()
        assert found(archive) == [("Cairo", "cairo", "accepted")]

    def test_what_an_editor_is_writing_is_left_for_later(self, archive: Article):
        other = report(body="Cairo too.")
        with transaction.atomic():
            Article.objects.filter(pk=archive.pk).update(body="Not yet Cairo.")
            thread = Thread(target=lambda: (run(), connections.close_all()))
            thread.start()
            thread.join(20)
            assert not thread.is_alive()
        assert found(archive) == []
        assert len(found(other)) == 1
        run()
        assert len(found(archive)) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_and_run_again_gives_the_same():
    fill(900)
    expected = alone()
    name = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.benchmarks.command", name, "enrich_articles", "--quiet"]
    done = Enrichment.objects.filter(is_stale=False)
    for processes, read, compared in (("1", 1, 0), ("2", 300, 0), ("1", 700, 0), ("2", 900, 300)):
        process = subprocess.Popen(
            [*command, "--processes", processes], cwd=REPOSITORY, stdout=subprocess.DEVNULL
        )
        while done.count() < read or done.exclude(pairing="").count() < compared:
            time.sleep(0.02)
            assert process.poll() is None
        process.kill()
        process.wait()
    assert written() != expected
    while run():  # workers that a killed command has left end with the batch that they hold
        time.sleep(1)
    assert written() == expected
