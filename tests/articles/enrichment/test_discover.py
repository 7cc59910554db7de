"""Unknown names over the archive: suggested once, judged once, by what the archive holds."""

from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from articles.enrichment import discover as discovering
from articles.enrichment import discovery, enrich, gazetteer
from articles.enrichment.discover import CONFIGURATION, discover
from articles.errors import ArchiveError
from articles.models import (
    Article,
    EnrichmentRun,
    Entity,
    LedgerBatch,
    Mention,
    ModelReading,
    Suggestion,
    UnknownName,
    recording,
)
from articles.models.enrichment_queue import text_hash
from articles.vocabulary import LinkState, Way
from tests.articles.enrichment.archives import seal
from tests.factories import make_article, make_entity, make_mention

pytestmark = pytest.mark.django_db

FIRST = "The talks went on. Minister Rosa Almeida met reporters in Cairo, and Rosa Almeida smiled."
SECOND = "Nobody knew what Rosa Almeida would say of the treaty, nor what Otto Kranz had meant."


@pytest.fixture
def archive():
    first = make_article(body=FIRST)
    make_mention(first, make_entity("Cairo"))
    return [first, make_article(body=SECOND)]


def rows():
    return [list(model.objects.values()) for model in (UnknownName, EnrichmentRun)]


def test_names_of_several_articles_are_suggested_with_their_places(archive):
    done = discover()
    assert (done.articles, done.created) == (2, 1)
    name = UnknownName.objects.get()
    assert (name.quote, name.articles, name.finds, name.state) == (
        "Rosa Almeida",
        2,
        3,
        "suggested",
    )
    assert [it["article"] for it in name.evidence] == [str(it.uid) for it in archive]
    assert name.evidence[0]["before"].endswith("Minister ")
    assert name.evidence[0]["quote"] == "Rosa Almeida"


def test_a_name_knows_whence_it_comes(archive):
    discover()
    name, run = UnknownName.objects.get(), EnrichmentRun.objects.get()
    assert (name.run, name.engine, name.version) == (run, "capitals", discovery.VERSION)
    assert run.engines == {"capitals": discovery.VERSION}
    assert run.configuration == CONFIGURATION != enrich.CONFIGURATION
    assert run.counts == {"articles": 2, "created": 1, "updated": 0, "deleted": 0}
    assert run.is_partial
    assert run.finished_at
    bodies = {str(it.uid): it for it in Article.objects.all()}
    for place in name.evidence:
        article = bodies[place["article"]]
        assert article.body[place["start"] : place["end"]] == "Rosa Almeida"
        assert place["text"] == article.fingerprint


def test_it_knows_the_names_up_to_a_position_in_the_ledger(archive):
    seal()
    discover()
    assert EnrichmentRun.objects.get().vocabulary == LedgerBatch.objects.latest("position").position


def test_what_a_model_said_knows_the_model(db):
    for _ in range(2):
        article = make_article(body="It was the harbour trust that built the pier.")
        article.refresh_from_db()
        ModelReading.objects.create(
            article=article, is_stale=False, model="xx_sm 1.0 abc", spans=[[11, 24, "ORG"]],
            text=text_hash(article.language, article.headline, article.fingerprint),
        )  # fmt: skip
    discover()
    name = UnknownName.objects.get()
    assert (name.quote, name.engine, name.version) == ("harbour trust", "spacy", "xx_sm 1.0 abc")
    assert name.run.engines == {"capitals": discovery.VERSION, "spacy": "xx_sm 1.0 abc"}
    make_entity("Harbour Trust")
    make_entity("pier")
    call_command("enrich_articles", "--quiet")
    told = Suggestion.objects.filter(mention__isnull=False)
    assert set(told.values_list("mention__quote", "engine", "version")) == {
        ("harbour trust", "spacy", "xx_sm 1.0 abc"), ("pier", "gazetteer", gazetteer.VERSION)
    }  # fmt: skip


def test_what_stands_keeps_the_run_that_wrote_it(archive):
    discover()
    first = UnknownName.objects.get().run
    for _ in range(2):
        make_article(body="The head of the union, Otto Kranz, was there when it began.")
    discover()
    assert UnknownName.objects.get(quote="Rosa Almeida").run == first
    assert UnknownName.objects.get(quote="Otto Kranz").run == EnrichmentRun.objects.latest("pk")
    assert EnrichmentRun.objects.count() == 2


def test_its_runs_hide_no_change_from_the_other_engines(archive):
    call_command("enrich_articles", "--quiet")
    seal()
    make_entity("Otto Kranz")
    seal()
    discover()
    call_command("enrich_articles", "--quiet")
    assert Mention.objects.filter(entity__slug="otto-kranz").count() == 1


def test_a_second_run_writes_nothing(archive):
    discover()
    before = rows()
    done = discover()
    assert (done.created, done.updated, done.deleted) == (0, 0, 0)
    assert rows() == before


def test_what_more_articles_hold_comes_first(archive):
    for _ in range(3):
        make_article(body="The head of the union, Otto Kranz, was there when it began.")
    discover()
    assert [it.quote for it in UnknownName.objects.all()] == ["Otto Kranz", "Rosa Almeida"]
    archive[1].delete()
    done = discover()
    assert done.deleted == 1
    assert [(it.quote, it.articles) for it in UnknownName.objects.all()] == [("Otto Kranz", 3)]


def test_what_was_judged_is_never_asked_again(archive):
    discover()
    UnknownName.objects.get().never_suggest("mona")
    done = discover()
    assert (done.created, done.updated, done.deleted) == (0, 0, 0)
    name = UnknownName.objects.get()
    assert (name.state, name.last_decision.editor) == ("rejected", "mona")
    with pytest.raises(ArchiveError, match="judged by somebody else"):
        name.create_entity("rui")
    assert not Entity.objects.filter(name="Rosa Almeida").exists()


def test_an_entity_made_of_it_is_found_by_the_next_reading(archive):
    discover()
    entity = UnknownName.objects.get().create_entity("mona", "person")
    assert [it.spelling for it in entity.aliases.all()] == ["Rosa Almeida"]
    call_command("enrich_articles", "--quiet")
    assert entity.mentions.count() == 3
    call_command("suggest_entities", "--quiet")
    assert [it.state for it in UnknownName.objects.all()] == ["accepted"]


def test_a_name_that_is_curated_meanwhile_is_no_longer_suggested(archive):
    discover()
    make_entity("Rosa Almeida")
    assert discover().deleted == 1


def test_an_empty_archive_has_none(db, capsys):
    call_command("suggest_entities")
    assert capsys.readouterr().out == (
        "Done: 0 articles read; suggestions: 0 new, 0 updated, 0 gone\n"
    )


def test_the_state_of_a_name_follows_from_its_decisions(archive):
    discover()
    with pytest.raises(IntegrityError, match="follows from its decisions"):
        UnknownName.objects.update(state="rejected")


def test_a_name_that_comes_back_has_its_last_verdict(archive):
    discover()
    UnknownName.objects.get().never_suggest("mona", "a brand")
    UnknownName.objects.all().delete()
    discover()
    assert UnknownName.objects.get().state == "rejected"
    with recording(Way.ADMIN, actor="rui"):
        UnknownName.objects.get().decide(LinkState.SUGGESTED, "rui")
    UnknownName.objects.all().delete()
    discover()
    assert UnknownName.objects.get().state == "suggested"


def test_stopped_it_has_written_nothing(archive, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("articles.enrichment.discover.write_names", stop)
    with pytest.raises(CommandError, match="Stopped; nothing was written") as raised:
        call_command("suggest_entities")
    assert raised.value.returncode == 130
    assert not UnknownName.objects.exists()


def test_a_place_after_of_is_not_the_person_before_it(db):
    for _ in range(2):
        make_article(
            body="They met Rosa Almeida of Torvania. In Torvania it rained, and in Torvania."
        )
    discover()
    names = {it.quote for it in UnknownName.objects.all()}
    assert "Torvania" in names


def test_the_machine_decides_on_no_name(archive):
    discover()
    name = UnknownName.objects.get()
    with pytest.raises(IntegrityError, match="only editors decide"), recording(Way.COMMAND):
        name.never_suggest("machine")
    with recording(Way.COMMAND):
        made = UnknownName.objects.create(
            key="x", quote="X", articles=1, finds=1, confidence=1, rank=1, state="rejected"
        )
    made.refresh_from_db()
    assert made.state == "suggested"
    name.refresh_from_db()
    assert name.state == "suggested"
    with recording(Way.ADMIN, actor="anna"):
        name.never_suggest("anna")


def test_suggesting_is_no_editors_way(archive, monkeypatch):
    ways = []

    def curated(quotes):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('newsroom.way', true)")
            ways.append(cursor.fetchone()[0])
        return set()

    monkeypatch.setattr("articles.enrichment.write_names._curated", curated)
    discover()
    assert ways == ["command"]


@pytest.mark.django_db(transaction=True)
class TestSeveral:
    """Two at once: both have read everything before either writes."""

    def at_once(self, monkeypatch):
        failures, done, met = [], [], Barrier(2, timeout=30)
        write = discovering.write_names

        def together(*args):
            met.wait()
            return write(*args)

        monkeypatch.setattr(discovering, "write_names", together)

        def command():
            try:
                done.append(discover())
            except Exception as error:
                failures.append(error)
            finally:
                connections.close_all()

        threads = [Thread(target=command) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failures == []
        return done

    def test_nothing_is_doubled_and_one_of_them_writes(self, archive, monkeypatch):
        names = ["Otto Kranz", "Lena Moravec", "Pavel Dorn", "Iris Tamm"]
        for _ in range(3):
            make_article(body=" ".join(f"And then {name} spoke." for name in names))
        done = self.at_once(monkeypatch)
        assert sorted(it.created for it in done) == [0, 5]
        assert all((it.updated, it.deleted) == (0, 0) for it in done)
        assert EnrichmentRun.objects.count() == 1
        assert sorted(it.quote for it in UnknownName.objects.all()) == sorted(
            [*names, "Rosa Almeida"]
        )

    def test_what_an_editor_is_judging_is_waited_for(self, archive, monkeypatch):
        for _ in range(2):
            make_article(body="The head of the union, Otto Kranz, was there when it began.")
        discover()
        archive[1].delete()
        with transaction.atomic():
            UnknownName.objects.get(quote="Rosa Almeida").never_suggest("anna")
            thread = Thread(target=lambda: (discover(), connections.close_all()))
            thread.start()
            thread.join(2)
            assert thread.is_alive()
        thread.join(30)
        states = dict(UnknownName.objects.values_list("quote", "state"))
        assert states == {"Rosa Almeida": "rejected", "Otto Kranz": "suggested"}


def suggested() -> dict[str, float]:
    discover()
    return dict(UnknownName.objects.values_list("quote", "confidence"))


def test_a_capital_that_only_opens_sentences_shows_no_name():
    for _ in range(2):
        make_article(body="Scientists agreed. Turnips grew, and they said that Turnips grew.")
    assert set(suggested()) == {"Turnips"}


def test_a_word_that_the_archive_writes_as_often_in_small_letters_is_no_name():
    for _ in range(2):
        make_article(body="They left the House by the house door and asked Almeida about it.")
    assert set(suggested()) == {"Almeida"}


@pytest.mark.parametrize(
    ("text", "language", "is_doubted"),
    [
        ("They met a Ruritanian and then a Ruritanian again.", "en", True),
        ("They met Ruritanian officials; the officials and Ruritanian officials left.", "en", True),
        ("They left for Ruritanian and met Ruritanian there.", "en", False),
        ("Fueron a Ruritanian y a Ruritanian otra vez.", "es", False),
        ("It began at 10:30 RUT and ended at 12:00 RUT there.", "en", True),
        ("It began with RUT and ended with RUT there.", "en", False),
    ],
)
def test_adjectives_and_units_come_last(text, language, is_doubted):
    for _ in range(2):
        make_article(body=text, language=language)
    ((_, confidence),) = suggested().items()
    assert (confidence < 0.1) == is_doubted
