"""Tags of near articles speak for a tag: of copies one of three is enough, of others two."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, DuplicatePair, Storyline, StorylineArticle, Tag, Tagging
from articles.models.near_tags import tags_of_near
from articles.vocabulary import LinkState, Origin
from tests.articles.enrichment.archives import BOOKKEEPING, rows, run, seal
from tests.factories import make_article, make_tag, make_tagging

pytestmark = pytest.mark.django_db

WORDS = " ".join(f"word{number}" for number in range(80))


def copy(number: int = 0) -> Article:
    return make_article(body=f"{WORDS} and the end of copy {number}.")


def why(article: Article) -> dict[str, tuple[str, list[Any]]]:
    """By tag the state of its link, and what speaks for it."""
    links = article.taggings.select_related("tag", "suggestion")
    return {
        it.tag.slug: (it.state, [reason[:2] for reason in it.suggestion.reasons])
        for it in links
        if hasattr(it, "suggestion")
    }


@pytest.fixture
def climate() -> Tag:
    return make_tag("Climate")


@pytest.fixture
def pair(climate: Tag) -> tuple[Article, Article]:
    one, other = copy(1), copy(2)
    make_tagging(one, climate)
    return one, other


class TestCopies:
    def test_a_copy_of_a_tagged_article_gets_its_tags_suggested(self, pair):
        counts = run()
        assert (counts["pairs"], counts["tags"]) == (1, 1)
        assert why(pair[1]) == {"climate": ("suggested", [["copies", "1 of 1"]])}
        assert pair[1].taggings.get().suggestion.confidence == 0.8
        assert why(pair[0]) == {}

    def test_a_copy_that_comes_later_too_and_the_earlier_one(self, climate):
        earlier = copy(1)
        run()
        later = copy(2)
        make_tagging(later, climate)
        run()
        assert why(earlier) == {"climate": ("suggested", [["copies", "1 of 1"]])}

    def test_one_of_three_is_enough_and_one_of_four_is_not(self, climate):
        articles = [copy(number) for number in range(4)]
        make_tagging(articles[0], climate)
        run()
        assert why(articles[1]) == {"climate": ("suggested", [["copies", "1 of 3"]])}
        copy(5)
        run()
        assert why(articles[1]) == {}

    def test_only_accepted_tags_speak(self, pair):
        run()
        third = copy(3)
        run()
        assert why(third)["climate"][1] == [["copies", "1 of 2"]]

    def test_words_and_copies_speak_together(self, climate):
        one = copy(1)
        make_tagging(one, climate)
        other = make_article("On the climate", body=one.body)
        run()
        reasons = why(other)["climate"][1]
        assert reasons == [["headline", "climate"], ["copies", "1 of 1"]]

    def test_a_second_run_writes_nothing(self, pair):
        run()
        before = rows()
        assert run() == {}
        assert rows() == before
        before = rows(but=BOOKKEEPING)
        run(everything=True)
        assert rows(but=BOOKKEEPING) == before


class TestWhatChanges:
    def test_a_tag_that_an_editor_accepts_is_suggested_for_the_copies(self, climate):
        one, other = copy(1), copy(2)
        run()
        make_tagging(one, climate)
        assert run()["articles"] <= 2
        assert set(why(other)) == {"climate"}

    def test_and_taken_back_when_it_is_no_longer_accepted(self, pair):
        run()
        pair[0].taggings.get().reject("mona")
        run()
        assert why(pair[1]) == {}

    def test_a_deleted_tagging_says_nothing(self, pair):
        run()
        Tagging.objects.filter(article=pair[0]).delete()
        run()
        assert why(pair[1]) == {}

    def test_what_an_editor_rejected_for_the_copy_stays_rejected(self, pair):
        run()
        pair[1].taggings.get().reject("mona")
        run(everything=True)
        assert pair[1].taggings.get().state == LinkState.REJECTED

    def test_no_pair_no_evidence(self, pair):
        run()
        DuplicatePair.objects.get().reject("mona")
        run()
        assert why(pair[1]) == {}

    def test_a_text_that_becomes_another_loses_it_and_so_does_its_copy(self, climate):
        one, other = copy(1), copy(2)
        make_tagging(one, climate)
        run()
        one.body = "Something else altogether was written here, by hand, of other things."
        one.save()
        run()
        assert why(other) == {}


class TestStorylines:
    @pytest.fixture
    def event(self, climate: Tag) -> list[Article]:
        articles = [make_article() for _ in range(4)]
        storyline = Storyline.objects.create(name="A summit", slug="a-summit")
        for article in articles:
            StorylineArticle.objects.create(storyline=storyline, article=article)
        for article in articles[:2]:
            make_tagging(article, climate)
        return articles

    def test_articles_on_one_event_speak_for_a_tag_if_two_have_it(self, event):
        run()
        assert why(event[2]) == {"climate": ("suggested", [["near-articles", "2 of 3"]])}
        assert why(event[0]) == {}

    def test_one_says_nothing(self, event):
        Tagging.objects.filter(article=event[0]).delete()
        run()
        assert why(event[2]) == {}

    def test_nor_do_those_of_a_rejected_event(self, event):
        Storyline.objects.get().reject("mona")
        assert tags_of_near([event[2].pk]) == {}

    def test_who_is_out_has_none(self, event):
        StorylineArticle.objects.get(article=event[2]).reject("mona")
        assert tags_of_near([event[2].pk]) == {}
        assert tags_of_near([event[3].pk])[event[3].pk][0][2:] == (2, 2, False)


def test_near_articles_are_looked_up_at_once(climate):
    articles = [copy(number) for number in range(3)]
    make_tagging(articles[0], climate, origin=Origin.SOURCE)
    run()
    seal()
    with CaptureQueriesContext(connection) as queries:
        assert len(tags_of_near([it.pk for it in articles])) == 2
    assert len(queries) == 1
