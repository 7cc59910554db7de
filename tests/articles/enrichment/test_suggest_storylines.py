"""Storylines as they are suggested: what is written, what never is, and how good it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from articles.enrichment import enrich as enriching
from articles.enrichment import storylines, suggest_storylines
from articles.enrichment.enrich import begin, enrich
from articles.enrichment.evaluation import evaluate_storylines, read_storylines
from articles.enrichment.suggest_storylines import CONFIGURATION
from articles.models import (
    Article,
    Enrichment,
    EnrichmentRun,
    LedgerEntry,
    Salience,
    Storyline,
    StorylineArticle,
    StorylineDecision,
    recording,
)
from articles.vocabulary import LinkState, Origin, Standing, Way
from tests.articles.api.conforming import ask
from tests.factories import make_article, make_entity, make_source

pytestmark = pytest.mark.django_db

GOLD = Path(__file__).resolve().parents[2] / "gold" / "storylines.jsonl"
SEEDS = Path(__file__).resolve().parents[4] / "shared" / "seeds"
EGYPT = """Egypt said that ceasefire talks between Israel and Hamas would start again in Cairo.

The negotiations, scheduled to resume on Sunday, follow the approval of Israel for a new round of \
discussions in Doha and Cairo. Egypt and Qatar mediate between Israel and Hamas.

Hamas has not said whether it will send a delegation to Cairo."""
STRIKES = """The negotiations between Israel and Hamas are set to resume on Wednesday in Cairo, \
after a series of strikes on Gaza.

Hamas blamed Israel. Israel defended the strikes; the ceasefire talks in Cairo go on, said Egypt."""
STORM = """A storm left Lisbon without power. The mayor of Lisbon asked people to stay at home, \
and the airport of Lisbon was closed."""


@pytest.fixture
def names() -> None:
    for name in ("Egypt", "Israel", "Hamas", "Cairo", "Doha", "Qatar", "Gaza", "Lisbon"):
        make_entity(name).aliases.update(standing=Standing.ACCEPT)


def on(day: int, body: str, headline: str) -> Article:
    return make_article(headline, body=body, published_at=datetime(2024, 4, day, tzinfo=UTC))


def enrich_all(*, everything: bool = False) -> int:
    begun = begin(everything=everything)
    return enrich(begun.run)["storylines"] if begun.run else 0


def run() -> int:
    return enrich_all()


@pytest.fixture
def talks(names) -> tuple[Article, Article]:
    on(2, STORM, "Storm in Lisbon")
    return (
        on(1, EGYPT, "Egypt hosts talks of Israel and Hamas in Cairo"),
        on(2, STRIKES, "Israel and Hamas to resume talks in Cairo"),
    )


def written() -> Iterator[tuple[str, list[object]]]:
    for model in (Storyline, StorylineArticle, StorylineDecision, LedgerEntry):
        yield model.__name__, list(model.objects.order_by("pk").values())


class TestSuggesting:
    def test_writes_a_storyline_with_a_name_and_why(self, talks):
        assert run() == 3
        storyline = Storyline.objects.get()
        assert (storyline.origin, storyline.state) == (Origin.MACHINE, LinkState.SUGGESTED)
        assert storyline.name.endswith("(April 2024)")
        assert "Hamas" in storyline.name
        assert set(storyline.articles.all()) == set(talks)
        for member, other in zip(storyline.members.order_by("article"), talks[::-1], strict=True):
            reasons = [tuple(it) for it in member.reasons]
            assert ("article", str(other.uid)) in reasons
            assert {("entity", "cairo"), ("days", 1)} <= set(reasons)
            assert any(word == "word" for word, _ in reasons)
            assert (member.engine, member.version) == ("storylines", "2")
            known = EnrichmentRun.objects.get(run=member.run)
            assert known.engines["storylines"] == "2"
            assert member.configuration == CONFIGURATION != known.configuration
            member.article.refresh_from_db()
            assert member.text == member.article.fingerprint
            assert 0 < (member.confidence or 0) <= 1

    def test_is_not_ledgered_and_never_public(self, talks):
        run()
        assert not LedgerEntry.objects.filter(kind__startswith="storyline").exists()
        assert ask("storylines/")["results"] == []
        ask(f"storylines/{Storyline.objects.get().slug}/", 404)

    @pytest.mark.usefixtures("talks")
    def test_a_second_run_writes_nothing(self):
        run()
        before = list(written())
        assert run() == 0
        assert enrich_all(everything=True) == 0
        assert list(written()) == before

    def test_adds_what_is_new_to_what_stands(self, talks):
        run()
        storyline = Storyline.objects.get()
        storyline.accept("anna")
        third = on(4, EGYPT.replace("Sunday", "Friday"), "Israel and Hamas in Cairo for talks")
        assert run() == 1
        member = storyline.members.get(article=third)
        assert member.state == LinkState.SUGGESTED
        assert third.headline not in str(ask(f"storylines/{storyline.slug}/"))
        member.accept("anna")
        assert third.headline in str(ask(f"storylines/{storyline.slug}/"))


class TestOtherRules:
    """Who looked at an article by other rules did not look at it."""

    @pytest.mark.usefixtures("talks")
    def test_what_was_looked_at_before_there_were_hashes_is_looked_at_again(self):
        run()
        before = list(written())
        StorylineArticle.objects.all().delete()
        Storyline.objects.all().delete()
        assert run() == 0
        Enrichment.objects.update(grouping="")
        assert run() == 3
        assert [len(rows) for _, rows in written()] == [len(rows) for _, rows in before]
        assert set(Enrichment.objects.values_list("grouping", flat=True)) == {CONFIGURATION}
        assert run() == 0

    def test_they_take_back_and_add(self, talks, monkeypatch):
        run()
        monkeypatch.setattr(suggest_storylines, "CONFIGURATION", "other-rules")
        monkeypatch.setattr(enriching, "GROUPING", "other-rules")
        monkeypatch.setattr(storylines, "STAYS", 2.0)
        monkeypatch.setattr(storylines, "LEAST", 2.0)
        assert run() == 3
        assert not Storyline.objects.exists()
        monkeypatch.undo()
        assert run() == 3
        places = StorylineArticle.objects.values_list("article", "configuration")
        assert set(places) == {(it.pk, CONFIGURATION) for it in talks}

    def test_what_an_editor_said_stays(self, talks, monkeypatch):
        run()
        storyline = Storyline.objects.get()
        storyline.members.get(article=talks[0]).accept("anna")
        storyline.members.get(article=talks[1]).reject("anna")
        before = list(written())
        monkeypatch.setattr(suggest_storylines, "CONFIGURATION", "other-rules")
        monkeypatch.setattr(enriching, "GROUPING", "other-rules")
        monkeypatch.setattr(storylines, "STAYS", 2.0)
        run()
        assert list(written()) == before
        assert set(Enrichment.objects.values_list("grouping", flat=True)) == {"other-rules"}


class TestDecisions:
    def test_a_rejected_storyline_is_not_suggested_again(self, talks):
        run()
        Storyline.objects.get().reject("anna")
        assert enrich_all(everything=True) == 0
        on(3, EGYPT, "Israel and Hamas talk in Cairo")
        run()
        for storyline in Storyline.objects.waiting():
            assert len(set(talks) & set(storyline.articles.all())) < 2

    def test_a_rejected_article_stays_out(self, talks):
        run()
        storyline = Storyline.objects.get()
        storyline.accept("anna")
        member = storyline.members.get(article=talks[1])
        member.reject("anna", "another round")
        assert enrich_all(everything=True) == 0
        member.refresh_from_db()
        assert member.state == LinkState.REJECTED

    def test_two_that_an_editor_parted_are_not_put_together_elsewhere(self, talks):
        run()
        storyline = Storyline.objects.get()
        storyline.members.get(article=talks[1]).reject("anna", "another round")
        assert enrich_all(everything=True) == 0
        assert Storyline.objects.get() == storyline
        assert storyline.members.get(article=talks[0]).state == LinkState.SUGGESTED
        Article.objects.filter(pk=talks[0].pk).update(body="Nobody is named here.", headline="No")
        run()
        assert [it.article for it in storyline.members.all()] == [talks[1]]

    def test_a_verdict_outlives_its_row(self, talks):
        run()
        storyline = Storyline.objects.get()
        storyline.members.get(article=talks[1]).reject("anna")
        storyline.members.filter(article=talks[1]).delete()
        enrich_all(everything=True)
        states = storyline.members.filter(article=talks[1]).values_list("state", flat=True)
        assert set(states) <= {LinkState.REJECTED}

    def test_the_machine_cannot_decide(self, talks):
        run()
        storyline = Storyline.objects.get()
        for decide in (storyline.accept, storyline.members.all()[0].accept):
            with (
                pytest.raises(IntegrityError, match="only editors decide"),
                transaction.atomic(),
                recording(Way.COMMAND, actor="enrich_articles"),
            ):
                decide("enrich_articles")
        storyline.refresh_from_db()
        assert storyline.state == LinkState.SUGGESTED


class TestWithdrawing:
    """What the machine suggested goes when the text no longer fits; what editors said stays."""

    @pytest.fixture
    def three(self, talks) -> tuple[Article, ...]:
        third = on(3, EGYPT.replace("Sunday", "Friday"), "Israel and Hamas in Cairo for talks")
        run()
        assert Storyline.objects.get().members.count() == 3
        return (*talks, third)

    @staticmethod
    def rewrite(article: Article) -> None:
        article.headline, article.body = (
            "Storm in Lisbon goes on",
            STORM.replace("mayor", "council"),
        )
        article.save()

    def test_an_article_on_something_else_leaves(self, three):
        self.rewrite(three[0])
        run()
        storyline = Storyline.objects.get(articles=three[1])
        assert set(storyline.articles.all()) == {*three[1:]}

    def test_it_may_join_another(self, three):
        self.rewrite(three[0])
        run()
        other = Storyline.objects.get(articles=three[0])
        assert {it.headline for it in other.articles.all()} == {
            "Storm in Lisbon",
            "Storm in Lisbon goes on",
        }

    def test_an_article_without_names_leaves(self, three):
        three[0].body, three[0].headline = "Nobody is named here.", "Nothing"
        three[0].save()
        run()
        assert not StorylineArticle.objects.filter(article=three[0]).exists()

    def test_one_alone_is_no_storyline(self, talks):
        run()
        self.rewrite(talks[0])
        run()
        assert not Storyline.objects.filter(articles=talks[1]).exists()
        assert not StorylineArticle.objects.filter(article=talks[1]).exists()

    def test_nor_one_that_is_left_by_a_deletion(self, talks):
        run()
        talks[0].delete()
        make_article("Nothing", body="Nobody is named here.")
        run()
        assert not Storyline.objects.exists()

    def test_accepted_places_stay(self, three):
        storyline = Storyline.objects.get()
        storyline.accept("anna")
        self.rewrite(three[0])
        run()
        assert storyline.members.get(article=three[0]).state == LinkState.ACCEPTED

    def test_so_do_storylines_of_which_an_editor_said_something(self, talks):
        run()
        storyline = Storyline.objects.get()
        storyline.members.get(article=talks[1]).accept("anna")
        self.rewrite(talks[0])
        run()
        assert [it.article for it in storyline.members.all()] == [talks[1]]

    def test_or_that_an_editor_named(self, talks):
        run()
        with recording(Way.ADMIN, actor="anna"):
            Storyline.objects.update(name="Talks in Cairo")
        self.rewrite(talks[0])
        run()
        assert Storyline.objects.filter(name="Talks in Cairo").exists()

    def test_a_second_run_withdraws_nothing(self, three):
        self.rewrite(three[0])
        run()
        before = list(written())
        assert run() == 0
        assert enrich_all(everything=True) == 0
        assert list(written()) == before


def test_articles_about_nothing_known_are_looked_at_once():
    make_article("Nothing", body="Nobody is named here.")
    assert run() == 0
    assert not Salience.objects.exists()
    assert run() == 0


def test_the_talks_of_sunday_and_wednesday(talks):
    """From two texts to the sentences side by side, through every door."""
    run()
    Storyline.objects.get().accept("anna")
    (told,) = ask("storylines/")["results"]
    detail = ask(f"storylines/{told['slug']}/")
    assert [day["day"] for day in detail["timeline"]] == ["2024-04-01", "2024-04-02"]
    (found,) = detail["disagreements"]
    assert found["kind"] == "weekday"
    assert {"cairo", "israel"} <= {it["slug"] for it in found["entities"]}
    assert [it["value"] for it in found["sentences"]] == ["Sunday", "Wednesday"]
    assert [it["article"] for it in found["sentences"]] == [str(it.uid) for it in talks]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed texts are not here")
def test_the_seed_texts_share_a_storyline_and_disagree(tmp_path):
    call_command("seed_archive", verbosity=0)
    make_source("Seeds", slug="seeds")
    call_command("load_articles", str(SEEDS), source="seeds", verbosity=0)
    run()
    loaded = set(Article.objects.filter(source__slug="seeds"))
    assert len(loaded) == 2
    (storyline,) = [it for it in Storyline.objects.all() if loaded <= set(it.articles.all())]
    for article in loaded:
        for mention in article.mentions.waiting():
            mention.accept("anna")
    storyline.accept("anna")
    values = [
        sorted(it["value"] for it in found["sentences"])
        for found in ask(f"storylines/{storyline.slug}/")["disagreements"]
        if found["kind"] == "weekday"
    ]
    assert ["Sunday", "Wednesday"] in values


def test_of_the_gold_set():
    call_command("seed_archive", verbosity=0)
    run()
    found = [
        [str(uid) for uid in storyline.articles.values_list("uid", flat=True)]
        for storyline in Storyline.objects.all()
    ]
    with GOLD.open() as lines:
        score = evaluate_storylines(read_storylines(lines), found).score
    assert score.precision >= 0.95
    assert score.recall >= 0.75


def test_plain_words_of_an_unknown_language_are_no_evidence(names):
    """Two towns of one week have `the` and `of` in common, which English texts leave out."""
    for number in range(12):
        body = f"The mayor of a town was in the car and at the end of the road, part {number}."
        on(1, body, f"Road {number}")
    alike = [
        on(3, "The strike of the drivers in Lisbon was over, and the trams of Lisbon ran.", "One"),
        on(3, "The strike of the drivers in Lisbon was over; the trams of Lisbon ran.", "Two"),
    ]
    Article.objects.filter(pk__in=[it.pk for it in alike]).update(language="und")
    run()
    members = StorylineArticle.objects.filter(article__in=alike)
    words = {fact for it in members for kind, fact in it.reasons if kind == "word"}
    assert {"strike", "drivers", "trams"} <= words
    assert not words & {"the", "of", "and", "in", "was"}
