"""Storylines: only what editors accepted, of articles that readers may see; no verdict."""

from datetime import UTC, datetime
from typing import Any

import pytest

from articles.api import storylines
from articles.models import Article, Storyline, StorylineArticle
from articles.vocabulary import ArticleStatus, LinkState, Origin
from tests.articles.api.conforming import ROOT, ask, refused
from tests.factories import make_article, make_entity, make_mention, make_source

pytestmark = pytest.mark.django_db

SUNDAY = "The talks between Israel and Hamas will resume on Sunday in Cairo, a mediator said."
WEDNESDAY = "Negotiators of Israel said the talks would resume in Cairo on Wednesday."


def make_storyline(name: str, *articles: Article, **fields: Any) -> Storyline:
    storyline = Storyline.objects.create(name=name, slug=Storyline.free_slug(name), **fields)
    for article in articles:
        storyline.add(article, "anna")
    return storyline


def on(day: int, headline: str = "", **fields: Any) -> Article:
    return make_article(headline, published_at=datetime(2024, 3, day, 12, tzinfo=UTC), **fields)


def slugs(path: str = "storylines/") -> list[str]:
    return [it["slug"] for it in ask(path)["results"]]


def counts(told: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(it["slug"], it["count"]) for it in told]


@pytest.fixture
def talks() -> Storyline:
    wire, gazette = make_source("Wire"), make_source("Gazette")
    first = on(30, "First", source=wire, body=SUNDAY)
    second = on(31, "Second", source=gazette, body=WEDNESDAY)
    undated = make_article("Undated", source=wire, body="Nothing.")
    for name in ("Israel", "Cairo"):
        entity = make_entity(name)
        for article in (first, second):
            make_mention(article, entity)
    return make_storyline("Talks in Cairo", first, second, undated, description="In spring.")


class TestList:
    def test_tells_what_an_editor_named_and_when_it_was(self, talks):
        (told,) = ask("storylines/")["results"]
        assert told == {
            "slug": "talks-in-cairo",
            "name": "Talks in Cairo",
            "url": "http://testserver/api/v1/storylines/talks-in-cairo/",
            "description": "In spring.",
            "article_count": 3,
            "begins": "2024-03-30",
            "ends": "2024-03-31",
            "updated_at": talks.updated_at.isoformat().replace("+00:00", "Z"),
        }

    def test_shows_only_accepted_ones_with_an_article_that_is_public(self):
        seen = make_storyline("Seen", on(1))
        machine = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
        make_storyline("Suggested", on(2), **machine)
        make_storyline("Rejected", on(3)).reject("anna")
        make_storyline("Empty")
        make_storyline("Drafted", make_article(status=ArticleStatus.DRAFT))
        waiting = make_storyline("Waiting")
        StorylineArticle.objects.create(storyline=waiting, article=on(4), **machine)
        later = make_storyline("Embargoed")
        later.add(make_article(publish_at=datetime(2999, 1, 1, tzinfo=UTC)), "anna")
        assert slugs() == [seen.slug]
        for slug in ("suggested", "rejected", "empty", "drafted", "waiting", "embargoed", "none"):
            ask(f"storylines/{slug}/", 404)

    def test_is_found_by_name_and_read_in_pages(self):
        article = on(1)
        for name in ("One", "Two", "Three"):
            make_storyline(name, article)
        assert slugs("storylines/?q=tw") == ["two"]
        first = ask("storylines/?page_size=2&count=true&fields=slug")
        assert first["count"] == {"value": 3, "relation": "eq"}
        assert first["results"] == [{"slug": "one"}, {"slug": "three"}]

        assert [it["slug"] for it in ask(first["next"])["results"]] == ["two"]

    def test_refuses_what_it_does_not_know(self):
        assert refused("storylines/?name=x")["parameter"] == "name"
        assert refused("storylines/x/?fields=timelime")["nearest"] == "timeline"


class TestDetail:
    def test_tells_the_articles_by_day_the_undated_last(self, talks):
        told = ask(f"storylines/{talks.slug}/")
        days = [(it["day"], [a["headline"] for a in it["articles"]]) for it in told["timeline"]]
        assert days == [("2024-03-30", ["First"]), ("2024-03-31", ["Second"]), (None, ["Undated"])]
        assert [(it["slug"], it["count"]) for it in told["sources"]] == [
            ("gazette", 1),
            ("wire", 2),
        ]
        assert [(it["slug"], it["count"]) for it in told["entities"]] == [
            ("cairo", 2),
            ("israel", 2),
        ]

    def test_shows_sentences_that_may_disagree_side_by_side(self, talks):
        (found,) = ask(f"storylines/{talks.slug}/?fields=disagreements")["disagreements"]
        assert found["kind"] == "weekday"
        assert [it["slug"] for it in found["entities"]] == ["cairo", "israel"]
        one, other = found["sentences"]
        assert (one["quote"], one["value"], one["source"]["slug"]) == (SUNDAY, "Sunday", "wire")
        assert (other["quote"], other["value"], other["start"]) == (WEDNESDAY, "Wednesday", 0)
        article = Article.objects.get(uid=other["article"])
        assert article.body[other["start"] : other["end"]] == other["quote"]

    def test_reads_accepted_names_of_public_articles_alone(self, talks):
        path = f"storylines/{talks.slug}/"
        cairo = talks.articles.get(headline="First").mentions.get(entity__slug="cairo")
        cairo.reject("anna")
        assert ask(path)["disagreements"] == []
        cairo.accept("anna")
        assert len(ask(path)["disagreements"]) == 1
        talks.articles.get(headline="Second").withdraw("An error.")
        told = ask(path)
        assert told["disagreements"] == []
        assert told["article_count"] == 2
        assert "Second" not in str(told)

    def test_an_article_taken_out_is_gone(self, talks):
        talks.members.get(article__headline="First").reject("anna")
        assert ask("storylines/")["results"][0]["begins"] == "2024-03-31"
        assert "First" not in str(ask(f"storylines/{talks.slug}/"))

    def test_a_former_slug_leads_to_the_present_one(self, client, talks):
        for slug in ("cairo-talks", "peace-talks"):
            talks.slug = slug
            talks.save(update_fields=["slug"])
        for former in ("talks-in-cairo", "cairo-talks"):
            answer = client.get(f"{ROOT}storylines/{former}/?fields=name")
            assert answer.status_code == 301
            assert answer.headers["Location"].endswith("/storylines/peace-talks/?fields=name")
        talks.reject("anna")
        ask("storylines/cairo-talks/", 404)

    def test_costs_the_same_however_much_hangs_on_it(self, talks, django_assert_num_queries):
        with django_assert_num_queries(6):
            ask(f"storylines/{talks.slug}/")
        entity = make_entity("Doha")
        for day in range(1, 20):
            article = on(day, body="In Doha.")
            make_mention(article, entity)
            talks.add(article, "anna")
        with django_assert_num_queries(6):
            ask(f"storylines/{talks.slug}/")
        with django_assert_num_queries(1):
            ask(f"storylines/{talks.slug}/?fields=name")
        with django_assert_num_queries(1):
            ask("storylines/")


def test_every_member_can_be_chosen():
    for door in (storylines.StorylineList, storylines.StorylineDetail):
        assert {"fields", "omit", "format"} <= {it.name for it in door.parameters}
