"""What the database lets a machine say of links: nothing that no editor has said before."""

from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from articles.enrichment import annotate
from articles.models import (
    Alias,
    Article,
    EnrichmentRun,
    Entity,
    Mention,
    Storyline,
    StorylineArticle,
    Suggestion,
    Tagging,
    merge,
    recording,
    revert,
)
from articles.vocabulary import LinkState, Origin, Standing, Way
from tests.articles.enrichment.archives import cairo, found, mention, report, run, seal
from tests.factories import make_article, make_entity, make_mention, make_tag, make_tagging

ACCEPTED = {"origin": Origin.MACHINE, "state": LinkState.ACCEPTED}
PLACE = {"start": 14, "end": 19, "quote": "Cairo"}
REFUSED = "only editors decide on links"


def by_machine() -> Any:
    return recording(Way.COMMAND, actor="enrich_articles")


def tell(mention: int, alias: Alias) -> None:
    """What speaks for a mention, before it is there."""
    told = EnrichmentRun.objects.get_or_create(
        run="0" * 32, defaults={"configuration": "x", "vocabulary": 0}
    )[0]
    Suggestion.objects.create(
        mention_id=mention, run=told, engine="x", alias=alias, text="", confidence=1
    )


@pytest.mark.django_db
class TestMentions:
    @pytest.mark.parametrize("state", ["accepted", "rejected"])
    @pytest.mark.parametrize("way", [Way.COMMAND, Way.LOAD])
    def test_without_a_rule_or_a_verdict_none_is_more_than_suggested(self, state: str, way: Way):
        entity, article = cairo(), report()
        with pytest.raises(IntegrityError, match=REFUSED), recording(way):
            Mention.objects.create(
                article=article, entity=entity, origin=Origin.MACHINE, state=state, **PLACE
            )
        with recording(way):
            Mention.objects.create(
                article=article, entity=entity, origin=Origin.MACHINE, state="suggested", **PLACE
            )
        assert found(article) == [("Cairo", "cairo", "suggested")]

    @pytest.mark.parametrize("standing", Standing)
    def test_one_is_accepted_only_by_a_standing_that_says_so(self, standing: Standing):
        entity, article = cairo(standing), report()
        row = Mention(pk=900_001, article=article, entity=entity, **ACCEPTED, **PLACE)

        def write() -> None:
            with by_machine():
                tell(row.pk, entity.aliases.get())
                Mention.objects.bulk_create([row])

        if standing == Standing.ACCEPT:
            write()
            assert found(article) == [("Cairo", "cairo", "accepted")]
        else:
            with pytest.raises(IntegrityError, match=REFUSED):
                write()

    def test_nor_by_the_standing_of_another_entitys_alias(self):
        cairo(Standing.ACCEPT)
        other, article = make_entity("Cairo, Illinois"), report()
        with pytest.raises(IntegrityError, match=REFUSED), by_machine():
            tell(900_001, Alias.objects.get(entity__slug="cairo"))
            Mention.objects.create(pk=900_001, article=article, entity=other, **ACCEPTED, **PLACE)

    def test_a_machine_speaks_for_nobody_else(self):
        entity, article = cairo(Standing.ACCEPT), report()
        for origin in (Origin.EDITOR, Origin.SOURCE):
            with pytest.raises(IntegrityError, match=REFUSED), by_machine():
                Mention.objects.create(article=article, entity=entity, origin=origin, **PLACE)
        with recording(Way.LOAD):
            Mention.objects.create(article=article, entity=entity, origin=Origin.SOURCE)

    def test_one_in_a_thousand_is_found(self):
        entity, articles = cairo(), [report(number) for number in range(50)]
        rows = [
            Mention(article=it, entity=entity, origin=Origin.MACHINE, state="suggested", **PLACE)
            for it in articles
        ]
        rows[37].state = LinkState.ACCEPTED
        with pytest.raises(IntegrityError, match=REFUSED), by_machine():
            Mention.objects.bulk_create(rows)
        assert not Mention.objects.exists()

    def test_a_verdict_that_was_taken_back_backs_nothing(self):
        cairo()
        article = report()
        run()
        mention(article, "Cairo").accept("anna")
        mention(article, "Cairo").decide(LinkState.SUGGESTED, "anna")
        entity = Entity.objects.get()
        Mention.objects.all().delete()
        with pytest.raises(IntegrityError, match=REFUSED), by_machine():
            Mention.objects.create(article=article, entity=entity, **ACCEPTED, **PLACE)

    def test_a_verdict_backs_the_same_words_also_after_a_merger(self):
        old, new = cairo(), make_entity("Al-Qahira")
        article = report()
        run()
        mention(article, "Cairo").accept("anna")
        with recording(Way.ADMIN, actor="anna"):
            merge(new, [old], "anna")
        Mention.objects.all().delete()
        other = {"start": 10, "end": 19, "quote": "in Cairo,"}
        with pytest.raises(IntegrityError, match=REFUSED), by_machine():
            Mention.objects.create(article=article, entity=new, **ACCEPTED, **other)
        with by_machine():
            Mention.objects.create(article=article, entity=new, **ACCEPTED, **PLACE)
        assert found(article) == [("Cairo", "al-qahira", "accepted")]

    def test_an_undo_brings_back_what_a_rule_accepted_that_is_gone(self):
        entity, article = cairo(Standing.ACCEPT), report()
        run()
        with recording(Way.ADMIN, actor="anna", run=(batch := uuid4())):
            article.mentions.all().delete()
        entity.aliases.update(standing=Standing.REVIEW)
        seal()
        revert(batch, editor="anna")
        assert found(article) == [("Cairo", "cairo", "accepted")]


@pytest.mark.django_db
def test_a_tagging_needs_a_verdict():
    tag, article = make_tag("Talks"), make_article()
    for state in ("accepted", "rejected"):
        with pytest.raises(IntegrityError, match=REFUSED), by_machine():
            make_tagging(article, tag, origin=Origin.MACHINE, state=state)
    with by_machine():
        tagging = make_tagging(article, tag, origin=Origin.MACHINE, state="suggested")
    tagging.reject("anna")
    tagging.delete()
    with pytest.raises(IntegrityError, match=REFUSED), by_machine():
        make_tagging(article, tag, **ACCEPTED)
    with by_machine():
        make_tagging(article, tag, origin=Origin.MACHINE, state="rejected")
    assert Tagging.objects.get().state == LinkState.REJECTED


@pytest.mark.django_db
def test_a_machines_storyline_is_a_suggestion():
    article = make_article()
    for fields in ({"origin": Origin.MACHINE, "state": LinkState.ACCEPTED}, {}):
        with pytest.raises(IntegrityError, match=REFUSED), by_machine():
            Storyline.objects.create(name="Talks", slug="talks", **fields)
    with by_machine():
        storyline = Storyline.objects.create(
            name="Talks", slug="talks", origin=Origin.MACHINE, state=LinkState.SUGGESTED
        )
    with pytest.raises(IntegrityError, match=REFUSED), by_machine():
        StorylineArticle.objects.create(storyline=storyline, article=article)
    with by_machine():
        StorylineArticle.objects.create(storyline=storyline, article=article, **ACCEPTED)
    assert StorylineArticle.objects.get().state == LinkState.SUGGESTED


@pytest.mark.django_db
def test_editors_are_asked_for_no_reason():
    make_mention(report(), cairo(), **ACCEPTED)
    with recording(Way.ADMIN, actor="anna"):
        make_mention(report(), make_entity("Sunday"))
    assert Mention.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_rule_that_an_editor_takes_back_meanwhile_makes_nothing_fail(
    monkeypatch: pytest.MonkeyPatch,
):
    """Between the reading of the names and the writing; the next run knows it."""
    entity = cairo(Standing.ACCEPT)
    articles: list[Article] = [report(number) for number in range(3)]
    read, asked = annotate.read_standing, []

    def read_standing(some: Any) -> Any:
        if not asked:
            asked.append(True)
            thread = Thread(target=lambda: (change(), connections.close_all()))
            thread.start()
            thread.join(20)
        return read(some)

    def change() -> None:
        with transaction.atomic():
            entity.aliases.update(standing=Standing.REVIEW)

    monkeypatch.setattr(annotate, "read_standing", read_standing)
    run()
    assert {state for it in articles for *_, state in found(it)} == {"suggested"}
    run()
    assert {state for it in articles for *_, state in found(it)} == {"suggested"}
    assert run(everything=True) == {"articles": 3}
