"""Runs of the machine: what waits, what is told, and what stays as it was."""

import io
import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from articles.enrichment import work as working
from articles.enrichment.enrich import enrich_now
from articles.models import (
    Article,
    DuplicatePair,
    Enrichment,
    EnrichmentRun,
    recording,
)
from articles.vocabulary import Standing, Way
from tests.articles.enrichment.archives import alias, cairo, found, mention, report, rows, run
from tests.factories import make_article, make_entity


@pytest.mark.django_db
class TestRuns:
    def test_an_article_at_fault_is_told_and_the_others_are_read(
        self, monkeypatch: pytest.MonkeyPatch
    ):
        other, faulty = report(1), report(2)
        original = working.suggest_tags

        def fail(articles: Any, *more: Any) -> int:
            if faulty in articles:
                raise IndexError("no such place")
            return original(articles, *more)

        monkeypatch.setattr(working, "suggest_tags", fail)
        errors = io.StringIO()
        with pytest.raises(CommandError, match="1 articles could not be read") as raised:
            call_command("enrich_articles", "--all", "--quiet", stderr=errors)
        assert raised.value.returncode == 1
        assert str(faulty.uid) in errors.getvalue()
        assert "IndexError: no such place" in errors.getvalue()
        assert list(Enrichment.objects.filter(is_stale=True).values_list("article", flat=True)) == [
            faulty.pk
        ]
        assert other.enrichment.text

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
