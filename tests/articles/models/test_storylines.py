"""Storylines: states follow decisions, decisions outlive rows, slugs that readers knew lead on."""

import pytest
from django.db import IntegrityError, transaction

from articles.models import (
    Change,
    LedgerEntry,
    Storyline,
    StorylineArticle,
    StorylineDecision,
    recording,
)
from articles.vocabulary import LinkState, Origin, Way
from tests.factories import make_article

pytestmark = pytest.mark.django_db

MACHINE = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}


def suggested(*articles) -> Storyline:
    storyline = Storyline.objects.create(name="Talks", slug="talks", **MACHINE)
    for article in articles:
        StorylineArticle.objects.create(storyline=storyline, article=article, **MACHINE)
    return storyline


def entries(kind: str) -> list[str]:
    told = LedgerEntry.objects.filter(kind=kind).order_by("pk")
    return list(told.values_list("action", flat=True))


class TestDecisions:
    def test_accepting_a_storyline_accepts_the_articles_that_wait(self):
        one, two = make_article(), make_article()
        storyline = suggested(one, two)
        storyline.members.get(article=two).reject("anna")
        storyline.accept("anna", "one event")
        assert storyline.state == LinkState.ACCEPTED
        states = dict(storyline.members.values_list("article", "state"))
        assert states == {one.pk: LinkState.ACCEPTED, two.pk: LinkState.REJECTED}
        said = StorylineDecision.objects.order_by("pk").values_list("article_uid", "verdict")
        assert list(said) == [(two.uid, "rejected"), (None, "accepted"), (one.uid, "accepted")]

    def test_a_state_changes_by_decisions_alone(self):
        storyline = suggested(make_article())
        for rows in (Storyline.objects.all(), storyline.members.all()):
            with (
                pytest.raises(IntegrityError, match="follows from its decisions"),
                transaction.atomic(),
            ):
                rows.update(state=LinkState.ACCEPTED)

    def test_decisions_are_never_changed(self):
        storyline = suggested()
        storyline.reject("anna")
        for change in (
            lambda: StorylineDecision.objects.update(editor="x"),
            StorylineDecision.objects.all().delete,
        ):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()

    def test_only_editors_decide(self):
        storyline = suggested()
        with (
            pytest.raises(IntegrityError, match="only editors"),
            transaction.atomic(),
            recording(Way.COMMAND, actor="x"),
        ):
            storyline.accept("x")

    def test_nothing_is_decided_on_nothing(self):
        with pytest.raises(IntegrityError, match="nothing to decide"), transaction.atomic():
            StorylineDecision.objects.create(row=0, target="x", verdict="accepted", editor="anna")

    def test_a_verdict_waits_for_the_article_to_be_suggested_again(self):
        article = make_article()
        storyline = suggested(article)
        storyline.members.get().reject("anna")
        storyline.members.all().delete()
        StorylineArticle.objects.create(storyline=storyline, article=article, **MACHINE)
        assert storyline.members.get().state == LinkState.REJECTED

    def test_an_editor_adds_what_no_machine_found_or_what_was_rejected(self):
        storyline, article = Storyline.objects.create(name="A", slug="a"), make_article()
        member = storyline.add(article, "anna")
        assert (member.origin, member.state) == (Origin.EDITOR, LinkState.ACCEPTED)
        member.reject("anna")
        assert storyline.add(article, "anna").state == LinkState.ACCEPTED
        assert storyline.members.count() == 1


class TestRules:
    def test_only_a_machine_suggests(self):
        with pytest.raises(IntegrityError, match="only_a_machine_suggests"):
            Storyline.objects.create(name="A", slug="a", state=LinkState.SUGGESTED)

    def test_an_article_is_there_once_and_may_be_in_several(self):
        article = make_article()
        for slug in ("a", "b"):
            Storyline.objects.create(name=slug, slug=slug).add(article, "anna")
        assert article.storylines.count() == 2
        with pytest.raises(IntegrityError, match="storyline_has_an_article_once"):
            StorylineArticle.objects.create(
                storyline_id=Storyline.objects.all()[0].pk, article=article
            )


class TestSlugs:
    def test_that_readers_knew_lead_to_the_present_one(self):
        storyline = suggested()
        for slug in ("never-public", "public"):
            storyline.slug = slug
            storyline.save(update_fields=["slug"])
        storyline.accept("anna")
        for slug in ("second", "third"):
            storyline.slug = slug
            storyline.save(update_fields=["slug"])
        storyline.refresh_from_db()
        assert storyline.former_slugs == ["public", "second"]
        assert Storyline.objects.survivor("public") == storyline
        assert Storyline.objects.survivor("never-public") is None

    def test_taken_again_are_former_no_more(self):
        storyline = Storyline.objects.create(name="A", slug="a")
        for slug in ("b", "a"):
            storyline.slug = slug
            storyline.save(update_fields=["slug"])
        storyline.refresh_from_db()
        assert storyline.former_slugs == ["b"]


class TestLedger:
    def test_knows_what_editors_did_and_not_what_a_machine_suggested(self):
        storyline = suggested(make_article())
        assert entries("storyline") == entries("storylinearticle") == []
        storyline.name = "Talks in Cairo"
        storyline.save(update_fields=["name"])
        assert entries("storyline") == ["update"]
        storyline.accept("anna")
        assert entries("storyline") == ["update", "update"]
        assert entries("storylinearticle") == ["update"]
        storyline.delete()
        assert entries("storyline")[-1] == entries("storylinearticle")[-1] == "delete"

    @pytest.mark.django_db(transaction=True)
    def test_the_change_feed_does_not_speak_of_them(self):
        storyline = Storyline.objects.create(name="A", slug="a")
        storyline.slug = "b"
        storyline.save(update_fields=["slug"])
        storyline.delete()
        assert LedgerEntry.objects.filter(kind="storyline").count() == 3
        assert not Change.objects.exists()
