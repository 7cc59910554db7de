"""What the machine writes of names: once, with its reasons, and never against an editor."""

from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from articles.enrichment import gazetteer
from articles.enrichment import tagging as tag_words
from articles.enrichment.enrich import CONFIGURATION
from articles.enrichment.suggest_storylines import Grouped
from articles.models import (
    Alias,
    Article,
    Decision,
    EnrichmentRun,
    Entity,
    LedgerEntry,
    Mention,
    Salience,
    Suggestion,
    merge,
    recording,
)
from articles.models.acceptance import IN_BULK, learn
from articles.vocabulary import AliasKind, LinkState, Origin, Standing, Way
from tests.articles.enrichment.archives import (
    BOOKKEEPING,
    alias,
    cairo,
    found,
    mention,
    report,
    rows,
    run,
    words,
)
from tests.factories import make_article, make_entity, make_mention, make_tag, make_tagging

pytestmark = pytest.mark.django_db


def edit(article: Article, body: str) -> None:
    Article.objects.filter(pk=article.pk).update(body=body)


def two_jordans() -> Article:
    country, player = make_entity("Jordan"), make_entity("Michael Jordan", kind="person")
    alias(player, "Jordan")
    return make_article(
        "Visit", body="They spoke of Jordan, and went home.", external_id=country.slug
    )


class TestSuggestions:
    def test_a_find_is_a_suggestion_that_knows_whence_it_comes(self):
        entity, article = cairo(), report()
        assert run()["created"] == 1
        one = mention(article, "Cairo")
        assert (one.origin, one.state) == (Origin.MACHINE, LinkState.SUGGESTED)
        assert article.body[one.start : one.end] == "Cairo"
        told = one.suggestion
        assert told.run == EnrichmentRun.objects.get()
        assert told.run.configuration == CONFIGURATION
        assert told.run.engines["gazetteer"]
        assert told.run.counts["created"] == 1
        assert told.run.finished_at
        assert (told.engine, told.version) == ("gazetteer", gazetteer.VERSION)
        assert told.alias == entity.aliases.get()
        article.refresh_from_db()
        assert told.text == article.fingerprint
        assert (told.before, told.after[:10]) == ("Envoys met in ", " on Sunday")
        assert 0.5 < told.confidence <= 1
        assert told.candidates[0]["entity"] == "cairo"
        assert told.candidates[0]["reasons"][0] == ["name", "Cairo"]

    def test_only_accepted_ones_enter_the_ledger(self):
        cairo(Standing.ACCEPT)
        make_entity("Sunday")
        report()
        run()
        entries = LedgerEntry.objects.filter(kind="mention")
        assert [entry.action for entry in entries] == ["insert"]
        assert entries[0].key.endswith("/cairo@14-19")
        batch = entries[0].batch
        assert (batch.way, batch.actor) == (Way.COMMAND, "enrich_articles")
        assert batch.run == EnrichmentRun.objects.get().run

    def test_ambiguous_finds_wait_whatever_the_rule(self):
        article = two_jordans()
        Alias.objects.update(standing=Standing.ACCEPT)
        run()
        [(quote, _, state)] = found(article)
        assert (quote, state) == ("Jordan", LinkState.SUGGESTED)
        told = Suggestion.objects.get(mention__article=article)
        assert {it["entity"] for it in told.candidates} == {"jordan", "michael-jordan"}

    def test_a_source_that_names_the_entity_of_the_whole_article_is_no_hindrance(self):
        entity, article = cairo(), report()
        Mention.objects.create(article=article, entity=entity, origin=Origin.SOURCE)
        run()
        states = article.mentions.values_list("origin", "state", "start")
        assert set(states) == {("source", "accepted", None), ("machine", "suggested", 14)}

    def test_salience_counts_headline_and_places(self):
        cairo()
        about = report(1, headline="Cairo waits", body="Cairo waits. All of Cairo waits for Cairo.")
        aside = report(2, body="Nothing happens in the whole long sentence but for Cairo.")
        run()
        scores = dict(Salience.objects.values_list("article", "score"))
        assert scores[about.pk] > 0.7
        assert 0 < scores[aside.pk] < 0.4

    def test_the_number_of_statements_does_not_grow(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("articles.enrichment.work._compare", lambda _: [])
        monkeypatch.setattr("articles.enrichment.enrich.suggest_storylines", lambda *_: Grouped())
        cairo(Standing.ACCEPT)
        make_tag("Talks")
        report()
        run()
        counts = []
        for count in (1, 100):
            for number in range(count):
                report(number)
            with CaptureQueriesContext(connection) as queries:
                assert run()["created"] == count
            counts.append(len(queries))
            Article.objects.update(body="On Sunday, envoys left Cairo again. They were tired.")
            with CaptureQueriesContext(connection) as queries:
                run()
            counts.append(len(queries))
        assert counts[:2] == counts[2:]
        assert max(counts) < 75


class TestTwice:
    @pytest.fixture(autouse=True)
    def archive(self):
        cairo(Standing.ACCEPT)
        two_jordans()
        make_tag("Talks")
        for number in range(3):
            report(number)
        run()

    def test_a_second_run_writes_nothing_at_all(self):
        before = rows()
        assert run() == {}
        assert rows() == before

    def test_nor_does_reading_all_again_but_that_it_was_done(self):
        before = rows(but=BOOKKEEPING)
        assert run(everything=True) == {"articles": 4}
        assert rows(but=BOOKKEEPING) == before


class TestRules:
    """An alias's standing is an editor's rule, and may change."""

    def test_each_standing_and_its_later_change(self):
        entity, article = cairo(), report()
        run()
        assert found(article) == [("Cairo", "cairo", "suggested")]
        for standing, state in [
            (Standing.ACCEPT, "accepted"),
            (Standing.REVIEW, "suggested"),
            (Standing.NEVER, None),
            (Standing.ACCEPT, "accepted"),
        ]:
            entity.aliases.update(standing=standing)
            run()
            assert found(article) == ([("Cairo", "cairo", state)] if state else [])
            assert run() == {}

    def test_no_rule_undoes_a_verdict(self):
        entity = cairo(Standing.ACCEPT)
        kept, refused = report(1), report(2)
        run()
        mention(kept, "Cairo").accept("anna")
        mention(refused, "Cairo").reject("anna")
        entity.aliases.update(standing=Standing.NEVER)
        run()
        assert found(kept) == [("Cairo", "cairo", "accepted")]
        assert found(refused) == [("Cairo", "cairo", "rejected")]
        entity.aliases.update(standing=Standing.ACCEPT)
        run()
        assert found(refused) == [("Cairo", "cairo", "rejected")]


class TestVerdicts:
    def test_what_was_rejected_is_not_suggested_again(self):
        cairo()
        article = report()
        run()
        mention(article, "Cairo").reject("anna")
        run()
        run(everything=True)
        assert found(article) == [("Cairo", "cairo", "rejected")]

    def test_of_an_ambiguous_find_the_next_candidate_is_suggested(self):
        article = two_jordans()
        run()
        [(_, first, _)] = found(article)
        mention(article, "Jordan").reject("anna")
        run()
        states = {slug: state for _, slug, state in found(article)}
        assert states.pop(first) == "rejected"
        [(second, state)] = states.items()
        assert state == "suggested"
        article.mentions.get(entity__slug=second).reject("anna")
        run()
        assert {state for _, _, state in found(article)} == {"rejected"}
        assert run(everything=True) == {"articles": 1}

    def test_an_editors_own_mention_takes_the_place_of_a_suggestion(self):
        cairo()
        article, street = report(), make_entity("Cairo Street")
        run()
        make_mention(article, street, "in Cairo")
        run()
        assert found(article) == [("in Cairo", "cairo-street", "accepted")]

    def test_a_verdict_taken_back_leaves_the_find_to_the_machine(self):
        entity, article = cairo(), report()
        run()
        mention(article, "Cairo").reject("anna")
        mention(article, "Cairo").decide(LinkState.SUGGESTED, "anna")
        entity.aliases.all().delete()
        run()
        assert found(article) == []

    def test_it_outlives_another_engine(self, monkeypatch: pytest.MonkeyPatch):
        cairo()
        accepted, rejected = report(1), report(2)
        run()
        mention(accepted, "Cairo").accept("anna")
        mention(rejected, "Cairo").reject("anna")
        monkeypatch.setattr("articles.enrichment.enrich.CONFIGURATION", "another")
        monkeypatch.setattr("articles.enrichment.annotate.ENGINE", "gazetteer-2")
        assert run()["articles"] == 2
        assert found(accepted) == [("Cairo", "cairo", "accepted")]
        assert found(rejected) == [("Cairo", "cairo", "rejected")]
        assert set(Suggestion.objects.values_list("engine", flat=True)) == {"gazetteer"}

    def test_it_outlives_the_mention(self):
        """Also of which of several like places it was."""
        cairo()
        article = report(body="Cairo one day. Then Cairo. And Cairo again, and Cairo.")
        run()
        mention(article, "Cairo", 1).reject("anna")
        mention(article, "Cairo", 0).accept("anna")
        seen = found(article)
        Suggestion.objects.all().delete()
        article.mentions.all().delete()
        run()
        assert [state for _, _, state in found(article)].count("rejected") == 1
        assert [state for _, _, state in found(article)].count("accepted") == 1
        assert len(found(article)) == len(seen)
        assert run(everything=True) == {"articles": 1}

    def test_it_outlives_the_merger_of_its_entity(self):
        old, new = make_entity("Al-Qahira"), make_entity("Cairo")
        alias(old, "the Egyptian capital")
        body = "Envoys met in the Egyptian capital. They left the Egyptian capital on Sunday."
        article, other = report(1, body=body), report(2, body=body)
        run()
        mention(article, "the Egyptian capital", 0).reject("anna")
        mention(article, "the Egyptian capital", 1).accept("anna")
        mention(other, "the Egyptian capital").reject("anna")
        Suggestion.objects.filter(mention__article=other).delete()
        other.mentions.all().delete()
        with recording(Way.ADMIN, actor="anna"):
            merge(new, [old], "anna")
        run()
        quote = "the Egyptian capital"
        assert found(article) == [(quote, "cairo", "rejected"), (quote, "cairo", "accepted")]
        assert found(other) == [(quote, "cairo", "rejected"), (quote, "cairo", "suggested")]

    def test_the_machine_cannot_decide(self):
        cairo()
        article = report()
        run()
        machine = {"way": Way.COMMAND, "actor": "enrich_articles"}
        with pytest.raises(IntegrityError, match="only editors decide"), recording(**machine):
            mention(article, "Cairo").accept("enrich_articles")
        with pytest.raises(IntegrityError, match="follows from its"), recording(**machine):
            Mention.objects.update(state=LinkState.ACCEPTED)
        assert not Decision.objects.exists()

    def test_verdicts_count_when_a_suggestion_is_shown_and_write_none_again(self):
        cairo()
        articles = [report(number) for number in range(6)]
        run()
        waiting = mention(articles[0], "Cairo")
        before = waiting.suggestion.confidence
        for article in articles[1:]:
            mention(article, "Cairo").reject("anna")
        learn([waiting])
        assert waiting.suggestion.confidence == pytest.approx(before / 2, abs=0.001)
        assert "updated" not in run(everything=True)
        assert mention(articles[0], "Cairo").suggestion.confidence == before

    def test_what_was_accepted_in_bulk_teaches_nothing(self):
        cairo()
        articles = [report(number) for number in range(6)]
        run()
        waiting = mention(articles[0], "Cairo")
        before = waiting.suggestion.confidence
        for article in articles[1:]:
            mention(article, "Cairo").accept("anna", IN_BULK)
        learn([waiting])
        assert waiting.suggestion.confidence == before


class TestChangedTexts:
    @pytest.fixture
    def article(self) -> Article:
        cairo()
        make_entity("Doha")
        article = report(body="Envoys met in Cairo on Sunday. Nobody spoke of Doha.")
        run()
        mention(article, "Cairo").accept("anna")
        return article

    def test_what_was_decided_follows_its_words(self, article: Article):
        edit(article, "Late news: envoys met in Cairo on Sunday. Of Doha, nothing.")
        counts = run()
        assert counts["moved"] == 1
        assert words(article) == ["Cairo", "Doha"]
        assert found(article) == [("Cairo", "cairo", "accepted"), ("Doha", "doha", "suggested")]
        assert run() == {}

    def test_what_is_gone_is_flagged_until_it_returns(self, article: Article):
        before = article.body
        edit(article, "Envoys met in Rome on Sunday. Nobody spoke of Doha.")
        assert run()["lost"] == 1
        lost = mention(article, "Cairo")
        assert lost.is_lost
        assert words(article) == ["Doha"]
        assert run(everything=True) == {"articles": 1}
        edit(article, "Well. " + before)
        run()
        lost.refresh_from_db()
        assert (lost.is_lost, lost.start) == (False, 20)
        assert found(article) == [("Cairo", "cairo", "accepted"), ("Doha", "doha", "suggested")]

    def test_what_an_editor_made_follows_by_the_text_of_before(self, article: Article):
        edit(article, "Rain in Rome.\n\nThe mayor of Rome spoke at length about the drains.")
        article.refresh_from_db()
        place = {"quote": "Rome", "start": 28, "end": 32}
        mayor = Mention.objects.create(article=article, entity=make_entity("Rome"), **place)
        edit(article, "The mayor of Rome spoke at length about the drains. Rain in Rome, too.")
        run()
        mayor.refresh_from_db()
        assert (mayor.start, mayor.is_lost) == (13, False)

    def test_a_lost_one_leaves_its_place_to_others(self, article: Article):
        """The same entity under another name as long as the first, at the same place."""
        alias(Entity.objects.get(slug="cairo"), "Misrr")
        edit(article, "Envoys met in Misrr on Sunday. Nobody spoke of Doha.")
        run()
        assert ("Misrr", "cairo", "suggested") in found(article)
        assert mention(article, "Cairo").is_lost

    def test_one_may_take_the_place_that_another_leaves(self):
        alias(cairo(), "Misrr")
        body = "In Cairo, yes. In Misrr, yes."
        article = report(body=body)
        run()
        mention(article, "Cairo").accept("anna")
        mention(article, "Misrr").accept("anna")
        keys = [it.pk for it in article.mentions.order_by("start")]
        edit(article, "In Paris, no!! " + body)
        assert run()["moved"] == 2
        assert [it.pk for it in article.mentions.order_by("start")] == keys
        assert words(article) == ["Cairo", "Misrr"]

    def test_suggestions_are_made_anew(self, article: Article):
        edit(article, "Doha, not Cairo, is where envoys met on Sunday.")
        run()
        told = mention(article, "Doha").suggestion
        article.refresh_from_db()
        assert told.text == article.fingerprint
        assert told.after.startswith(", not Cairo")


class TestTags:
    def test_they_are_suggested_and_taken_back(self):
        make_tag("Talks")
        article = report()
        assert run()["tags"] == 1
        tagging = article.taggings.get()
        assert (tagging.origin, tagging.state) == ("machine", "suggested")
        told = tagging.suggestion
        assert told.reasons[0][:4] == ["headline", "Talks", 0, 5]
        assert (told.before, told.after) == ("", article.headline[5:])
        assert (told.engine, told.version) == (tag_words.ENGINE, tag_words.VERSION)
        assert told.run == EnrichmentRun.objects.get()
        assert told.text == Article.objects.get().fingerprint
        Article.objects.update(headline="Nothing", body="Nothing at all.")
        run()
        assert not article.taggings.exists()

    def test_verdicts_and_sources_stay(self):
        talks, peace = make_tag("Talks"), make_tag("Peace")
        article = report(body="Peace, they said.")
        make_tagging(article, peace, origin=Origin.SOURCE)
        run()
        article.taggings.get(tag=talks).reject("anna")
        run(everything=True)
        states: Any = article.taggings.values_list("tag__slug", "origin", "state")
        assert set(states) == {("talks", "machine", "rejected"), ("peace", "source", "accepted")}
        Suggestion.objects.all().delete()
        article.taggings.filter(tag=talks).delete()
        run(everything=True)
        assert article.taggings.get(tag=talks).state == "rejected"


def test_a_demonym_and_a_surname_follow_their_rules():
    egypt = make_entity("Egypt")
    alias(egypt, "Egyptian", AliasKind.DEMONYM)
    biden = make_entity("Joe Biden", kind="person")
    alias(biden, "Biden", AliasKind.SURNAME)
    article = report(body="Biden is late. Joe Biden met Egyptian envoys; Biden left.")
    run()
    assert [(quote, slug) for quote, slug, _ in found(article)] == [
        ("Joe Biden", "joe-biden"),
        ("Egyptian", "egypt"),
        ("Biden", "joe-biden"),
    ]
