"""Runs of the machine: what they read, by how many workers, and what outlives a kill."""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from articles.enrichment import work as working
from articles.enrichment.concerned import Since, _holders, concerned
from articles.enrichment.enrich import begin, enrich, enrich_now
from articles.models import (
    Alias,
    Article,
    DuplicatePair,
    Enrichment,
    EnrichmentRun,
    Entity,
    LedgerBatch,
    Mention,
    Salience,
    Signature,
    Suggestion,
    Tag,
    recording,
)
from articles.models.enrichment_queue import claim, holding_block
from articles.vocabulary import AliasKind, Standing, Way
from tests.articles.enrichment.archives import alias, cairo, found, mention, report, rows, run
from tests.factories import make_article, make_entity, make_tag

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The articles that were read, in order."""
    keys: list[int] = []
    original = working.annotate

    def annotate(articles: Any, *more: Any) -> Any:
        keys.extend(it.pk for it in articles)
        return original(articles, *more)

    monkeypatch.setattr(working, "annotate", annotate)
    return keys


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


@pytest.mark.django_db
class TestWhatIsRead:
    @pytest.fixture(autouse=True)
    def archive(self, read: list[int]) -> dict[str, Article]:
        cairo()
        texts = {
            "cairo": "Envoys met in Cairo on Sunday.",
            "nile": "The Nile Basin states disagree about a dam.",
            "hyphen": "A Nile Basin-based agency, and the W.H.O., said nothing.",
            "who": "Who knows? The WHO does, said somebody who was there.",
            "han": "两国代表在开罗会晤。",
            "vote": "Two elections are held on Sunday.",
        }
        articles = {name: report(body=body, headline=name) for name, body in texts.items()}
        run()
        read.clear()
        return articles

    def test_only_what_holds_a_new_alias(self, archive: dict[str, Article], read: list[int]):
        alias(make_entity("Upper Nile Basin Authority"), "Nile Basin")
        run()
        assert read == [archive["nile"].pk, archive["hyphen"].pk]
        assert found(archive["hyphen"])[0][0] == "Nile Basin"

    @pytest.mark.parametrize(
        ("spelling", "kind", "names"),
        [
            ("WHO", AliasKind.ACRONYM, ["hyphen", "who"]),
            ("开罗", AliasKind.NAME, ["han"]),
            ("Nowhere Land", AliasKind.NAME, []),
            ("Basin states", AliasKind.NAME, ["nile"]),
            ("Which", AliasKind.NAME, []),
        ],
    )
    def test_of_every_script_and_length(
        self,
        archive: dict[str, Article],
        read: list[int],
        spelling: str,
        kind: AliasKind,
        names: list[str],
    ):
        Alias.objects.create(entity=Entity.objects.get(), spelling=spelling, kind=kind)
        run()
        assert read == [archive[name].pk for name in names]

    def test_many_at_once(self, archive: dict[str, Article], read: list[int]):
        for number in range(60):
            alias(Entity.objects.get(), f"Nobody {number}")
        alias(Entity.objects.get(), "Nile Basin")
        run()
        assert read == [archive["nile"].pk, archive["hyphen"].pk]

    def test_what_held_an_alias_that_changed_or_went(
        self, archive: dict[str, Article], read: list[int]
    ):
        name = Alias.objects.get()
        name.spelling = "Kairo"
        name.save()
        run()
        assert read == [archive["cairo"].pk]
        assert found(archive["cairo"]) == []
        name.spelling = "Cairo"
        name.save()
        run()
        name.delete()
        run()
        assert read == [archive["cairo"].pk] * 3
        assert found(archive["cairo"]) == []

    def test_what_holds_the_words_of_a_new_tag(self, archive: dict[str, Article], read: list[int]):
        tag = make_tag("Election")
        run()
        assert read == [archive["vote"].pk]
        assert archive["vote"].taggings.get().tag == tag
        Tag.objects.update(name="Ballot")
        run()
        assert read == [archive["vote"].pk] * 2
        assert not archive["vote"].taggings.exists()

    def test_what_an_editor_has_judged(self, archive: dict[str, Article], read: list[int]):
        mention(archive["cairo"], "Cairo").accept("anna")
        assert run() == {"articles": 1}
        assert read == [archive["cairo"].pk]

    def test_what_changed_and_what_is_new(self, archive: dict[str, Article], read: list[int]):
        archive["nile"].headline = "Another headline"
        archive["nile"].save()
        new = report(body="Cairo again.")
        archive["who"].summary = "Not read by the machine."
        archive["who"].save()
        assert run()["created"] == 1
        assert read == [archive["nile"].pk, new.pk]

    def test_by_the_ledger_alone_where_a_position_is_known(
        self, archive: dict[str, Article], read: list[int]
    ):
        begun = begin()
        assert begun.run is None
        archive["nile"].body = "Cairo has no dam."
        archive["nile"].save()
        new = report(body="Cairo again.")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        begun = begin(since=begun.position)
        assert (begun.articles, begun.position) == (2, LedgerBatch.objects.latest("id").position)
        assert begun.run
        enrich(begun.run)
        assert read == [archive["nile"].pk, new.pk]

    def test_with_names_of_before_no_worker_reads_what_later_ones_concern(
        self, archive: dict[str, Article]
    ):
        archive["nile"].body += " "
        archive["nile"].save()
        earlier = begin()
        alias(Entity.objects.get(), "Nile Basin")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        later = begin()
        assert earlier.run
        assert later.run
        assert earlier.position < later.position
        assert claim(earlier.position, 0, 10) == []
        assert claim(later.position, 0, 10) == [archive["nile"].pk, archive["hyphen"].pk]

    def test_an_article_at_fault_is_told_and_the_others_are_read(
        self, archive: dict[str, Article], monkeypatch: pytest.MonkeyPatch
    ):
        original = working.suggest_tags

        def fail(articles: Any, *more: Any) -> int:
            if archive["nile"] in articles:
                raise IndexError("no such place")
            return original(articles, *more)

        monkeypatch.setattr(working, "suggest_tags", fail)
        errors = io.StringIO()
        with pytest.raises(CommandError, match="1 articles could not be read") as raised:
            call_command("enrich_articles", "--all", "--quiet", stderr=errors)
        assert raised.value.returncode == 1
        assert str(archive["nile"].uid) in errors.getvalue()
        assert "IndexError: no such place" in errors.getvalue()
        assert list(Enrichment.objects.filter(is_stale=True).values_list("article", flat=True)) == [
            archive["nile"].pk
        ]

    def test_nothing_waits_nothing_is_written(self):
        before, output = rows(), io.StringIO()
        call_command("enrich_articles", stdout=output)
        assert output.getvalue() == "Nothing is new or stale.\n"
        assert rows() == before

    def test_watching_writes_nothing_while_nothing_changes(self):
        before = rows()
        with (
            mock.patch(
                "articles.management.commands.enrich_articles.time.sleep",
                side_effect=[None, None, KeyboardInterrupt],
            ),
            pytest.raises(CommandError, match="Ended early") as raised,
        ):
            call_command("enrich_articles", "--watch", "5", stdout=io.StringIO())
        assert raised.value.returncode == 130
        assert rows() == before

    def test_what_was_read_but_not_compared_is_compared_later(
        self, monkeypatch: pytest.MonkeyPatch
    ):
        body = " ".join(f"word{number}" for number in range(60))
        one, other = report(body=body), report(body=body)
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(working, "sign_texts", mock.Mock(side_effect=KeyboardInterrupt))
            run()
        assert set(Enrichment.objects.filter(pairing="").values_list("article", flat=True)) == {
            one.pk,
            other.pk,
        }
        assert run() == {"compared": 2, "pairs": 1}
        assert DuplicatePair.objects.get().first == one
        assert run() == {}

    def test_a_text_that_changes_while_it_is_compared_is_compared_again(
        self, monkeypatch: pytest.MonkeyPatch
    ):
        report(body="Cairo, the first text of two.")
        original, texts = working.sign_texts, []

        def sign(keys: list[int]) -> int:
            texts.append(Enrichment.objects.get(pk=keys[0]).text)
            Enrichment.objects.filter(pk=keys[0]).update(text="read meanwhile")
            return original(keys)

        monkeypatch.setattr(working, "sign_texts", sign)
        assert run()["compared"] == 2
        assert texts[1:] == ["read meanwhile"]
        assert not Enrichment.objects.filter(pairing="").exists()


@pytest.mark.django_db
class TestAtOnce:
    """What somebody asks for and waits for."""

    def test_these_are_read_and_no_others(self):
        cairo()
        articles = [report(number) for number in range(3)]
        assert enrich_now([it.pk for it in articles[:2]]) == 2
        assert [len(found(it)) for it in articles] == [1, 1, 0]
        assert EnrichmentRun.objects.get().is_partial
        assert run()["articles"] == 1

    def test_what_else_changed_is_not_forgotten(self):
        entity, one, other = cairo(), report(1), report(2, body="The Nile Basin states.")
        run()
        alias(entity, "Nile Basin")
        enrich_now([one.pk])
        assert found(other) == []
        run()
        assert found(other) == [("Nile Basin", "cairo", "suggested")]

    def test_many_are_queued(self, monkeypatch: pytest.MonkeyPatch):
        cairo()
        articles = [report(number) for number in range(3)]
        monkeypatch.setattr("articles.enrichment.enrich.MOST_NOW", 2)
        assert enrich_now([it.pk for it in articles]) == 0
        assert Enrichment.objects.filter(is_stale=True).count() == 3
        assert not EnrichmentRun.objects.exists()


@pytest.mark.django_db
def test_the_search_for_concerned_articles_leaves_none_out():
    """What the engine would find in a text is found by the index, or by reading."""
    bodies = {
        "Jean-Claude Juncker": "Jean-Claude Juncker’s men, and Jean‑Claude Juncker-like ones.",
        "Abu Dhabi": "The Abu Dhabi-based fund.",
        "O'Connor": "Mr O’Connor spoke.",
        "São Paulo": "In SÃO PAULO they sing.",
        "القاهرة": "وصل الوفد إلى والقاهرة اليوم",
        "About": "ABOUT, a magazine, and About Town.",
        "Reuters": "(Reuters)—said reuters.",
    }
    names = {}
    for spelling, body in bodies.items():
        names[spelling] = report(body=body, headline=f"{len(names)}", language="en").pk
    entity = make_entity("Somebody")
    for spelling, key in names.items():
        one = alias(entity, spelling)
        assert key in concerned(Since(aliases={one.pk})), spelling
    assert set(_holders([], [])) == set()


@pytest.mark.django_db
def test_a_reload_leaves_what_was_decided(tmp_path: Path):
    entity = cairo(Standing.ACCEPT)
    record = {
        "source": "Wire",
        "external_id": "one",
        "headline": "Talks",
        "body": "Envoys met in Cairo on Sunday. Cairo was quiet.",
        "language": "en",
        "status": "published",
    }
    file = tmp_path / "records.jsonl"

    def load(**changes: Any) -> None:
        file.write_text(json.dumps(record | changes))
        call_command("load_articles", str(file), "--create-missing", stdout=io.StringIO())

    load()
    run()
    article = Article.objects.get()
    mention(article, "Cairo", 1).reject("anna")
    load()
    run()
    states = [("Cairo", "cairo", "accepted"), ("Cairo", "cairo", "rejected")]
    assert found(article) == states
    load(body="At last: envoys met in Cairo on Sunday. Cairo was quiet.", entities=["Cairo"])
    run()
    assert article.mentions.filter(origin="source").count() == 1
    placed = article.mentions.filter(start__isnull=False).order_by("start")
    assert [(it.start, it.state) for it in placed] == [(23, "accepted"), (40, "rejected")]
    assert entity.mentions.count() == 3


@pytest.mark.django_db
def test_readers_see_accepted_finds_and_no_suggestions(client: Any):
    cairo(Standing.ACCEPT)
    make_entity("Doha")
    article = report(body="From Cairo to Doha.")
    run()
    answer = client.get(f"/api/v1/articles/{article.uid}/").json()
    assert answer["mentions"] == [{"entity": "cairo", "start": 5, "end": 10, "quote": "Cairo"}]
    assert [it["slug"] for it in answer["entities"]] == ["cairo"]
    mention(article, "Doha").accept("anna")
    answer = client.get(f"/api/v1/articles/{article.uid}/").json()
    assert [it["slug"] for it in answer["entities"]] == ["cairo", "doha"]


# ── several at once ──────────────────────────────────────────────────────────────────────────────


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


@pytest.mark.django_db
def test_the_machines_way_is_no_editors_in_any_of_its_work():
    with recording(Way.COMMAND), transaction.atomic():
        article = make_article()
    with (
        working.attributing(Way.COMMAND, actor="enrich_articles"),
        pytest.raises(IntegrityError, match="only editors decide whether"),
        transaction.atomic(),
    ):
        from articles.models import declare_duplicates

        declare_duplicates(article, make_article(), "enrich_articles")
