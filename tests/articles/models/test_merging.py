"""Merging and splitting: nothing that was said is lost, and the undo restores every byte."""

import pytest

from articles.errors import ArchiveError
from articles.models import (
    Alias,
    Article,
    Change,
    Entity,
    Mention,
    Redirect,
    Salience,
    Source,
    Tag,
    TagAlias,
    Tagging,
    merge,
    revert,
    split,
)
from articles.vocabulary import LinkState, NounKind, Standing
from tests.articles.models.test_reversal import archive, at_the_desk, suggest
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db

BODY = "Cairo, that is Kairo, and again Cairo."


@pytest.fixture
def two():
    """Two entities for one city: both at one place, both in other articles too."""
    cairo = make_entity("Cairo", description="", wikidata_id=None)
    kairo = make_entity("Kairo", description="A city.", wikidata_id="Q85")
    Alias.objects.create(entity=cairo, spelling="Al-Qahira", standing=Standing.ACCEPT)
    Alias.objects.create(entity=kairo, spelling="Al-Qahira", standing=Standing.REVIEW)
    both = make_article("Both", body=BODY)
    make_mention(both, cairo, "Cairo")
    make_mention(both, kairo, "Cairo")
    make_mention(both, kairo, "Kairo")
    make_mention(make_article("One", body=BODY), kairo, "Kairo")
    suggest(make_article("Two", body=BODY), kairo, "Cairo")
    return cairo, kairo


class TestEntities:
    def test_one_stays_with_all_that_was_said(self, two):
        cairo, kairo = two
        report = merge(cairo, [kairo], "anna")
        assert list(Entity.objects.all()) == [cairo]
        assert (cairo.description, cairo.wikidata_id) == ("A city.", "Q85")
        assert sorted(cairo.aliases.values_list("spelling", flat=True)) == [
            "Al-Qahira", "Cairo", "Kairo",
        ]  # fmt: skip
        assert cairo.mentions.count() == 4
        assert Redirect.objects.survivor(NounKind.ENTITY, "kairo") == cairo
        assert (report.moved["mention"], report.dropped["mention"]) == (3, 1)
        assert report.dropped["alias"] == 1
        assert any("Al-Qahira" in told for told in report.conflicts)

    def test_unmerge_restores_every_byte(self, two):
        cairo, kairo = two
        before = archive()
        with at_the_desk() as run:
            merge(cairo, [kairo], "anna")
        assert archive() != before
        report = revert(run, editor="ben")
        assert archive() == before
        assert not report.left

    def test_merge_again_after_the_undo_is_the_undo_of_the_undo(self, two):
        cairo, kairo = two
        with at_the_desk() as run:
            merge(cairo, [kairo], "anna")
        merged = archive()
        undone = revert(run, editor="ben")
        report = revert(undone.run, editor="anna")
        assert archive() == merged
        assert not report.left

    @pytest.mark.parametrize("stronger", [LinkState.ACCEPTED, LinkState.REJECTED])
    def test_at_one_place_an_editors_word_is_stronger_than_a_suggestion(self, stronger):
        cairo, kairo = make_entity("Cairo"), make_entity("Kairo")
        article = make_article("Talks", body=BODY)
        ours = suggest(article, cairo, "Cairo")
        suggest(article, kairo, "Cairo").decide(stronger, "cleo")
        before = archive()
        with at_the_desk() as run:
            merge(cairo, [kairo], "anna")
        ours.refresh_from_db()
        assert ours.state == stronger
        revert(run, editor="ben")
        assert archive() == before

    def test_a_chain_collapses(self):
        a, b, c = (make_entity(name) for name in ("A one", "B two", "C three"))
        merge(b, [a], "anna")
        merge(c, [b], "anna")
        for slug in ("a-one", "b-two"):
            assert Redirect.objects.survivor(NounKind.ENTITY, slug) == c

    def test_several_at_once_also_where_all_stand_at_one_place(self):
        entities = [make_entity(name) for name in ("Cairo", "Kairo", "Caïro")]
        article = make_article("Talks", body=BODY)
        for entity in entities:
            make_mention(article, entity, "Cairo")
        before = archive()
        with at_the_desk() as run:
            report = merge(entities[0], entities[1:], "anna")
        assert Mention.objects.get().entity == entities[0]
        assert report.dropped["mention"] == 2
        revert(run, editor="ben")
        assert archive() == before

    def test_what_changed_since_is_listed_and_kept(self, two):
        cairo, kairo = two
        with at_the_desk() as run:
            merge(cairo, [kairo], "anna")
        moved = Mention.objects.get(article__headline="One")
        other = make_entity("Al-Fustat")
        with at_the_desk("cleo"):
            Mention.objects.filter(pk=moved.pk).update(entity=other)
            Entity.objects.filter(pk=cairo.pk).update(description="The capital.")
        report = revert(run, editor="ben")
        moved.refresh_from_db()
        cairo.refresh_from_db()
        assert moved.entity == other
        assert cairo.description == "The capital."
        assert {(left.kind, left.field) for left in report.left} == {
            ("mention", "entity_id"), ("entity", "description"),
        }  # fmt: skip
        assert Entity.objects.filter(slug="kairo").exists()

    def test_a_mention_made_since_stays_with_the_survivor(self, two):
        cairo, kairo = two
        with at_the_desk() as run:
            merge(cairo, [kairo], "anna")
        new = make_mention(make_article("Three", body=BODY), cairo, "Kairo")
        assert not revert(run, editor="ben").left
        new.refresh_from_db()
        assert new.entity == cairo

    def test_how_much_an_article_is_about_it_is_kept(self, two):
        cairo, kairo = two
        one, both = (Article.objects.get(headline=name) for name in ("One", "Both"))
        Salience.objects.create(article=one, entity=kairo, score=0.5)
        Salience.objects.create(article=both, entity=kairo, score=0.25)
        Salience.objects.create(article=both, entity=cairo, score=0.75)
        merge(cairo, [kairo], "anna")
        scores = Salience.objects.order_by("article__headline").values_list("entity", "score")
        assert list(scores) == [(cairo.pk, 0.75), (cairo.pk, 0.5)]

    def test_how_much_articles_were_about_each_comes_back_and_goes_again(self, two):
        cairo, kairo = two
        one, both = (Article.objects.get(headline=name) for name in ("One", "Both"))
        told = [(one, kairo, 0.5), (both, kairo, 0.75), (both, cairo, 0.25)]
        for article, entity, score in told:
            Salience.objects.create(article=article, entity=entity, score=score)

        def scores():
            rows = Salience.objects.values_list("article", "entity", "score")
            return sorted(rows)

        before = scores()
        with at_the_desk() as run:
            merge(cairo, [kairo], "anna")
        merged = scores()
        assert merged == sorted([(one.pk, cairo.pk, 0.5), (both.pk, cairo.pk, 0.75)])
        unmerge = revert(run, editor="ben")
        assert scores() == before
        again = revert(unmerge.run, editor="ben")
        assert scores() == merged
        revert(again.run, editor="ben")
        assert scores() == before

    @pytest.mark.django_db(transaction=True)
    def test_readers_are_told(self, two):
        cairo, kairo = two
        with at_the_desk() as run:
            merge(cairo, [kairo], "anna")
        said = Change.objects.filter(kind="entity", key="kairo").order_by("position")
        assert said.last().action == "merged"
        revert(run, editor="ben")
        assert said.last().action == "created"


class TestTags:
    def test_one_stays_and_children_move(self):
        peace, ceasefire, child = make_tag("Peace"), make_tag("Ceasefire"), make_tag("Truce")
        child.parent = ceasefire
        child.save()
        both, one = make_article("Both"), make_article("One")
        for article, tag in [(both, peace), (both, ceasefire), (one, ceasefire)]:
            make_tagging(article, tag)
        before = archive()
        with at_the_desk() as run:
            report = merge(peace, [ceasefire], "anna")
        child.refresh_from_db()
        assert child.parent == peace
        assert set(Tagging.objects.values_list("tag", flat=True)) == {peace.pk}
        assert (report.moved["tagging"], report.dropped["tagging"]) == (1, 1)
        revert(run, editor="ben")
        assert archive() == before

    def test_the_survivor_is_called_as_all_of_them_were(self):
        peace, truce, hudna = make_tag("Peace"), make_tag("Truce"), make_tag("Hudna")
        for tag, spelling in [
            (peace, "armistice"), (truce, "armistice"), (truce, "Peace"), (truce, "ceasefire"),
        ]:  # fmt: skip
            TagAlias.objects.create(tag=tag, spelling=spelling)
        before = archive()
        with at_the_desk() as run:
            report = merge(peace, [truce, hudna], "anna")
        assert sorted(peace.aliases.values_list("spelling", flat=True)) == [
            "Hudna", "Truce", "armistice", "ceasefire",
        ]  # fmt: skip
        assert (report.moved["spelling"], report.dropped["spelling"]) == (1, 2)
        assert not revert(run, editor="ben").left
        assert archive() == before

    def test_into_its_own_child(self):
        above, survivor, sister = make_tag("War"), make_tag("Truce"), make_tag("Peace")
        Tag.objects.exclude(pk=above.pk).update(parent=above)
        merge(survivor, [above], "anna")
        survivor.refresh_from_db()
        sister.refresh_from_db()
        assert (survivor.parent, sister.parent) == (None, survivor)

    def test_into_a_grandchild_is_refused(self):
        above, middle, below = make_tag("War"), make_tag("Truce"), make_tag("Hudna")
        Tag.objects.filter(pk=middle.pk).update(parent=above)
        Tag.objects.filter(pk=below.pk).update(parent=middle)
        with pytest.raises(ArchiveError, match="another parent first"):
            merge(below, [above], "anna")
        assert Tag.objects.count() == 3

    def test_a_name_unlike_its_slug_leads_on_too(self):
        peace, odd = make_tag("Peace"), make_tag("Cease-fires and truces", slug="ceasefire")
        merge(peace, [odd], "anna")
        for slug in ("ceasefire", "cease-fires-and-truces"):
            assert Redirect.objects.survivor(NounKind.TAG, slug) == peace


class TestSources:
    def test_articles_move_and_keep_their_identity(self):
        daily = make_source("Daily")
        old = make_source("The Daily", homepage="https://daily.example/")
        article = make_article("Talks", source=old)
        uid = article.uid
        before = archive()
        with at_the_desk() as run:
            merge(daily, [old], "anna")
        article.refresh_from_db()
        assert (article.source, article.origin, article.uid) == (daily, "the-daily", uid)
        assert Source.objects.get().homepage == "https://daily.example/"
        revert(run, editor="ben")
        assert archive() == before


class TestRefusals:
    def test_of_nothing_of_itself_and_of_unlike_rows(self):
        cairo = make_entity("Cairo")
        for others in ([], [cairo], [make_tag("Cairo")]):
            with pytest.raises(ArchiveError):
                merge(cairo, others, "anna")

    def test_of_a_row_that_is_gone(self):
        cairo, kairo = make_entity("Cairo"), make_entity("Kairo")
        gone = Entity.objects.get(pk=kairo.pk)
        kairo.delete()
        with pytest.raises(ArchiveError, match="gone"):
            merge(cairo, [gone], "anna")


class TestSplit:
    def test_some_mentions_and_a_spelling_go_to_another(self):
        city, mouse = make_entity("Cairo"), make_entity("Cairo (Illinois)")
        Alias.objects.create(entity=city, spelling="Little Egypt")
        stays = make_mention(make_article("A", body=BODY), city, "Cairo")
        goes = suggest(make_article("B", body=BODY), city, "Cairo")
        before = archive()
        with at_the_desk() as run:
            report = split(city, mouse, [goes.pk], "anna", ["Little Egypt"])
        assert (report.moved["mention"], report.moved["alias"]) == (1, 1)
        assert list(city.mentions.all()) == [stays]
        assert list(mouse.mentions.all()) == [goes]
        report = revert(run, editor="ben")
        assert archive() == before and not report.left

    def test_where_the_other_stands_already_one_stays(self):
        city, other = make_entity("Cairo"), make_entity("Cairo (Illinois)")
        article = make_article("A", body=BODY)
        goes = make_mention(article, city, "Cairo")
        make_mention(article, other, "Cairo")
        before = archive()
        with at_the_desk() as run:
            split(city, other, [goes.pk], "anna")
        assert Mention.objects.get().entity == other
        revert(run, editor="ben")
        assert archive() == before

    def test_refuses_what_is_not_there(self):
        city, other = make_entity("Cairo"), make_entity("Cairo (Illinois)")
        theirs = make_mention(make_article("A", body=BODY), other, "Cairo")
        with pytest.raises(ArchiveError, match="not \\(or no more\\)"):
            split(city, other, [theirs.pk], "anna")
        with pytest.raises(ArchiveError, match="no spelling"):
            split(city, other, [], "anna", ["Kairo"])
        with pytest.raises(ArchiveError, match="rename"):
            split(city, other, [], "anna", ["Cairo"])
