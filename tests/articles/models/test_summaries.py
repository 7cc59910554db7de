"""Summaries: what they count, that two refreshes at once agree, and that slow ones rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models import F

from articles.models import (
    DuplicatePair,
    LoadConflict,
    LoadRun,
    RawText,
    Storyline,
    UnknownName,
    recording,
    summary_statements,
)
from articles.models.summaries import SUMMARY_LOCK, Summary, refresh
from articles.models.summary_statements import SUMMARIES
from articles.vocabulary import LinkState, LoadState, Origin, Way
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

SUGGESTED = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
DAY = datetime(2024, 6, 30, 12, tzinfo=UTC)


def made(name: str) -> Any:
    refresh([name])
    summary = Summary.read(name)
    assert summary
    return summary.data


def make_load(**fields: Any) -> LoadRun:
    fields = {"run": uuid4(), "actor": "loader", "digest": uuid4().hex, **fields}
    if fields.get("state") != LoadState.RUNNING:
        fields = {"state": LoadState.FINISHED, "finished_at": DAY, **fields}
    return LoadRun.objects.create(**fields)


@pytest.mark.django_db
class TestAnEmptyArchive:
    def test_nothing_is_read_before_it_is_made(self):
        assert Summary.read("waiting") is None
        assert Summary.read_all() == {}

    def test_every_summary_can_be_made(self):
        assert [it.name for it in refresh()] == list(SUMMARIES)
        data = {name: it.data for name, it in Summary.read_all().items()}
        assert set(data) == set(SUMMARIES)
        assert set(data["waiting"].values()) == {0}
        assert data["waiting_mentions"] == data["changes"] == data["loads"] == []
        assert data["months"] == {"months": [], "years": []}
        assert data["moving"]["rising"] == data["coverage"]["sources"] == []
        assert data["coverage"]["from"] is None

    def test_an_unknown_name_is_named(self):
        with pytest.raises(KeyError, match="wating"):
            refresh(["wating"])


@pytest.mark.django_db
class TestWhatWaits:
    def test_each_kind_is_counted_and_what_is_decided_is_not(self):
        first, second = make_article(published_at=DAY), make_article(headline_derived=True)
        cairo, society = make_entity("Cairo", is_reviewed=False), make_tag("Society")
        make_mention(first, cairo, **SUGGESTED)
        make_mention(second, cairo)
        make_tagging(second, society, **SUGGESTED)
        make_tagging(first, society)
        pairs = {"first": first, "second": second, "first_share": 1, "second_share": 1}
        DuplicatePair.objects.create(**pairs)
        Storyline.objects.create(name="Talks", slug="talks", **SUGGESTED)
        Storyline.objects.create(name="Floods", slug="floods")
        name = {"articles": 3, "finds": 4, "confidence": 0.5, "rank": 1}
        UnknownName.objects.create(key="a", quote="Amal", **name)
        UnknownName.objects.create(key="b", quote="Basma", **name).never_suggest("anna")
        for _ in range(2):  # the same field in two loads waits once
            LoadConflict.objects.create(load=make_load(), article=first, field="headline")
        assert made("waiting") == {
            "mentions": 1,
            "taggings": 1,
            "duplicates": 1,
            "storylines": 1,
            "unknown_names": 1,
            "entities": 1,
            "headlines": 1,
            "undated": 1,
            "conflicts": 1,
        }

    def test_groups_of_mentions_stand_with_the_largest_first(self):
        cairo, rome = make_entity("Cairo"), make_entity("روما")
        articles = [make_article() for _ in range(3)]
        mentions = [make_mention(it, rome, **SUGGESTED) for it in articles]
        make_mention(articles[0], cairo, **SUGGESTED)
        make_mention(articles[1], cairo)
        groups = made("waiting_mentions")
        assert [(it["id"], it["name"], it["count"]) for it in groups] == [
            (rome.pk, "روما", 3),
            (cairo.pk, "Cairo", 1),
        ]
        first = min(mention.created_at for mention in type(mentions[0]).objects.filter(entity=rome))
        assert datetime.fromisoformat(groups[0]["oldest"]) == first
        assert groups[0]["slug"] == rome.slug
        mentions[0].reject("anna")
        assert [it["count"] for it in made("waiting_mentions")] == [2, 1]

    def test_groups_of_taggings_go_when_they_are_decided(self):
        link = make_tagging(make_article(), make_tag("Society"), **SUGGESTED)
        assert [(it["name"], it["count"]) for it in made("waiting_taggings")] == [("Society", 1)]
        link.accept("anna")
        assert made("waiting_taggings") == []

    def test_texts_from_which_cleaning_took_much(self):
        for removed in (1, 5, 10):
            article = make_article(f"Lost {removed}", body="ü" * 20)
            raw = article.body + "ü" * removed
            article.refresh_from_db()
            RawText.objects.create(article=article, text=raw, clean_fingerprint=article.fingerprint)
        edited = make_article("Edited", body="short")
        RawText.objects.create(article=edited, text="x" * 99, clean_fingerprint="0" * 64)
        found = made("cleaned")
        assert [(it["headline"], it["share"]) for it in found["articles"]] == [
            ("Lost 10", 0.333),
            ("Lost 5", 0.2),
        ]
        assert found["count"] == 2


@pytest.mark.django_db
class TestWhatIsThere:
    def test_months_without_articles_stand_between_the_others(self):
        for at in (DAY, DAY - timedelta(days=70), DAY.replace(year=1999)):
            make_article(published_at=at)
        make_article()
        make_article(published_at=datetime(9000, 1, 1, tzinfo=UTC))  # a date that is to come
        data = made("months")
        assert len(data["months"]) == 36
        assert data["months"][-3:] == [["2024-04", 1], ["2024-05", 0], ["2024-06", 1]]
        assert data["years"] == [[1999, 1], [2024, 2]]

    def test_sources_beyond_the_shown_are_summed_up(self):
        for number in range(22):
            source = make_source(f"Source {number:02}")
            for _ in range(22 - number):
                make_article(source=source, published_at=DAY)
        data = made("sources")
        assert [it["count"] for it in data["sources"]] == list(range(22, 2, -1))
        assert (data["others"], data["others_articles"]) == (2, 3)
        assert datetime.fromisoformat(data["sources"][0]["newest"]) == DAY

    def test_entities_rise_and_fall_by_articles_and_not_by_mentions(self):
        up, down, same = make_entity("Up"), make_entity("Down"), make_entity("Same")
        now = make_article(body="Up Up Up Same", published_at=DAY)
        before = make_article(body="Down Same", published_at=DAY - timedelta(days=30))
        make_article(body="Down", published_at=DAY - timedelta(days=60))
        for start in (0, 3, 6):
            now.mentions.create(entity=up, quote="Up", start=start, end=start + 2)
        make_mention(before, down)
        make_mention(now, same)
        make_mention(before, same)
        make_mention(make_article(published_at=DAY, status="draft"), down)
        data = made("moving")
        assert data["until"] == "2024-06-30"
        shown = {side: [(e["name"], e["now"], e["before"]) for e in data[side]] for side in data
                 if side in {"rising", "falling"}}  # fmt: skip
        assert shown == {"rising": [("Up", 1, 0)], "falling": [("Down", 0, 1)]}

    def test_days_without_articles_count_from_a_sources_first_day_on(self):
        daily, late, whole = make_source("Daily"), make_source("Late"), make_source("Whole")
        for day in range(100):
            make_article(source=whole, published_at=DAY - timedelta(days=day))
            if not 10 <= day < 15:
                make_article(source=daily, published_at=DAY - timedelta(days=day))
        make_article(source=late, published_at=DAY - timedelta(days=3))
        data = made("coverage")
        assert (data["from"], data["to"]) == ("2024-05-02", "2024-06-30")
        assert [(it["name"], it["missing"], it["since"]) for it in data["sources"]] == [
            ("Daily", 5, "2024-05-02"),
            ("Late", 3, "2024-06-27"),
        ]
        assert data["sources"][0]["days"] == [1] * 45 + [0] * 5 + [1] * 10
        assert data["whole"] == 1
        assert data["others"] == 0

    def test_only_rows_of_many_articles_are_counted_for_the_lists(self, monkeypatch):
        few = summary_statements.SUMMARIES["busy"].replace(f"> {summary_statements.BUSY}", "> 1")
        monkeypatch.setitem(summary_statements.SUMMARIES, "busy", few)
        wire, cairo, peace = make_source("Wire"), make_entity("Cairo"), make_tag("Peace")
        for number in range(2):
            article = make_article(source=wire, body="Cairo and Cairo")
            for start in (0, 10):
                article.mentions.create(entity=cairo, quote="Cairo", start=start, end=start + 5)
            make_tagging(article, peace)
            make_tagging(article, make_tag(f"Tag {number}"))
        article.mentions.create(entity=make_entity("Rome"), quote="Cairo", start=0, end=5)
        article.mentions.create(entity=make_entity("Oslo"), quote="and", start=6, end=9)
        make_article(source=make_source("Quiet"))
        assert made("busy") == {
            "source": {str(wire.pk): 2},
            "entity": {str(cairo.pk): 2},
            "tag": {str(peace.pk): 2},
        }


@pytest.mark.django_db
class TestWhatHappened:
    def test_changes_are_told_by_run_with_what_they_changed(self):
        run = uuid4()
        for _ in range(7):
            with recording(Way.COMMAND, actor="tidy", run=run, note="cleared"):
                make_tag()
        with recording(Way.ADMIN, actor="anna", run=uuid4()):
            article = make_article(source=make_source())
            make_tagging(article, make_tag())
        mine, tidy = made("changes")[:2]
        assert (mine["actor"], mine["way"]) == ("anna", "admin")
        assert sorted(mine["entries"]) == [
            ["article", "insert", 1],
            ["source", "insert", 1],
            ["tag", "insert", 1],
            ["tagging", "insert", 1],
        ]
        assert tidy["run"] == str(run)
        assert tidy["note"] == "cleared"
        assert tidy["is_cut"]
        assert tidy["entries"] == [["tag", "insert", 5]]

    def test_a_load_of_many_batches_does_not_hide_what_came_before(self):
        with recording(Way.ADMIN, actor="anna", run=uuid4()):
            make_tag()
        load = make_load(counts={"created": 90})
        for _ in range(90):
            with recording(Way.LOAD, actor="loader", run=load.run):
                make_tag()
        newest = made("changes")
        assert [it["actor"] for it in newest[:2]] == ["loader", "anna"]
        assert newest[0]["counts"] == {"created": 90}
        assert newest[0]["load"] == load.pk

    def test_loads_with_faults_and_those_that_never_ended(self):
        make_load(counts={"created": 3, "rejected": 0, "conflict": 0})
        bad = make_load(counts={"rejected": 2}, started_at=DAY)
        killed = make_load(state=LoadState.RUNNING, started_at=DAY - timedelta(days=1))
        assert [it["id"] for it in made("loads")] == [bad.pk, killed.pk]


@pytest.mark.django_db
class TestRefreshing:
    def test_a_slow_summary_rests_and_a_quick_one_does_not(self):
        refresh()
        Summary.objects.filter(name="months").update(took_ms=60_000)
        assert "months" not in {it.name for it in refresh(is_patient=True)}
        Summary.objects.filter(name="months").update(
            took_ms=60_000, at=F("at") - timedelta(minutes=21)
        )
        assert "months" in {it.name for it in refresh(is_patient=True)}
        Summary.objects.filter(name="months").update(took_ms=60_000)
        assert [it.name for it in refresh(["months"])] == ["months"]

    def test_one_that_fails_leaves_the_others_and_the_old(self):
        refresh(["nouns"])
        make_tag()
        with pytest.raises(RuntimeError), transaction.atomic():
            refresh(["nouns"])
            raise RuntimeError
        summary = Summary.read("nouns")
        assert summary
        assert summary.data["tags"] == 0


WAITING = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = %s"


def wait_for(number: int) -> list[int]:
    """The server's processes that wait for their turn to make a summary."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(WAITING, [SUMMARY_LOCK])
            if len(found := [pid for (pid,) in cursor.fetchall()]) == number:
                return found
        sleep(0.01)


def ask() -> list[Summary] | None:
    """None: its process was killed on the way."""
    try:
        return refresh(["nouns"])
    except OperationalError:
        return None
    finally:
        connections["default"].close()


def hold(held: Event, done: Event) -> None:
    """What a refresh that takes long does to the others."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext('nouns'))", [SUMMARY_LOCK])
        held.set()
        done.wait(60)
    connections["default"].close()


@pytest.mark.django_db(transaction=True)
def test_of_several_that_wait_one_makes_it_and_one_that_is_killed_hinders_nobody():
    refresh(["nouns"])
    held, done = Event(), Event()
    with ThreadPoolExecutor(5) as threads:
        threads.submit(hold, held, done)
        assert held.wait(60)
        make_tag()  # the one at work may have begun before it
        asked = [threads.submit(ask) for _ in range(4)]
        victim = wait_for(4)[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [victim])
        wait_for(3)
        old = Summary.read("nouns")
        done.set()
        made = [it.result() for it in asked]
    assert old
    assert old.data["tags"] == 0
    assert made.count(None) == 1
    assert sorted(len(it) for it in made if it is not None) == [0, 0, 1]
    summary = Summary.read("nouns")
    assert summary
    assert summary.data["tags"] == 1
