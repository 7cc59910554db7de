"""Storylines on the desk: an editor names, curates, accepts; readers see it at once."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Mention, Storyline, StorylineArticle, StorylineDecision
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import address, errors, read_form, save, shown
from tests.articles.api.conforming import ask
from tests.factories import make_article, make_entity, make_mention

MACHINE = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}


def on(day: int, headline: str) -> Article:
    return make_article(headline, published_at=datetime(2024, 3, day, tzinfo=UTC))


@pytest.fixture
def talks(db: None) -> Storyline:
    storyline = Storyline.objects.create(name="Israel, Hamas (March 2024)", slug="x", **MACHINE)
    for day, headline in ((2, "Second"), (1, "First")):
        StorylineArticle.objects.create(
            storyline=storyline,
            article=on(day, headline),
            reasons=[["article", "x"], ["entity", "cairo"], ["entity", "hamas"], ["days", 1]],
            **MACHINE,
        )
    return storyline


def act(desk: Client, action: str, *rows: Storyline) -> Client:
    values = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(address("storyline_changelist"), values, follow=True)


def test_its_articles_are_shown_by_day_with_what_speaks_for_them(desk: Client, talks):
    make_entity("Cairo")
    page = desk.get(address("storyline_change", talks.pk)).text
    assert page.index("First") < page.index("Second")
    assert "both name: Cairo, hamas; days between them: 1" in page  # an entity gone since


def test_an_editor_names_it_and_accepts_it_with_what_waits(desk: Client, talks):
    assert errors(save(desk, "storyline", talks.pk, name="Talks in Cairo", slug="cairo")) == ""
    act(desk, "accept_selected", talks)
    talks.refresh_from_db()
    assert (talks.name, talks.state) == ("Talks in Cairo", LinkState.ACCEPTED)
    assert set(StorylineDecision.objects.values_list("editor", flat=True)) == {"mona"}
    told = ask("storylines/cairo/")
    assert (told["name"], told["article_count"]) == ("Talks in Cairo", 2)
    assert "/api/v1/storylines/cairo/" in desk.get(address("storyline_change", talks.pk)).text


def test_what_is_rejected_is_gone_from_the_api_and_stays_on_the_desk(desk: Client, talks):
    act(desk, "accept_selected", talks)
    page = act(desk, "reject_selected", talks)
    assert "1 rejected" in page.text
    assert ask("storylines/")["results"] == []
    assert shown(desk.get(address("storyline_changelist") + "?state=rejected")) == [talks.name]


def test_articles_are_judged_one_by_one_and_added(desk: Client, talks):
    third = on(3, "Third")
    response = save(
        desk, "storyline", talks.pk,
        **{"members-0-decision": "reject", "members-2-0-article": str(third.pk)},
    )  # fmt: skip
    assert errors(response) == ""
    states = dict(talks.members.values_list("article__headline", "state"))
    assert states == {"First": "rejected", "Second": "suggested", "Third": "accepted"}


def test_an_article_is_not_added_twice(desk: Client, talks):
    again = talks.articles.get(headline="First")
    url = address("storyline_change", talks.pk)
    values = read_form(desk, url, "storyline_form")
    response = desk.post(url, {**values, "members-2-0-article": str(again.pk)})
    assert "here already and suggested" in errors(response)


def test_an_editor_makes_one(desk: Client):
    assert errors(save(desk, "storyline", name="Olympics in Paris")) == ""
    storyline = Storyline.objects.get(slug="olympics-in-paris")
    assert (storyline.origin, storyline.state) == (Origin.EDITOR, LinkState.ACCEPTED)


def test_a_new_one_is_asked_for_nothing_that_it_cannot_have(desk: Client):
    page = desk.get(address("storyline_add")).text
    assert "Where reports may disagree" not in page
    assert "When saved" not in page
    assert "No two sentences" not in page
    assert 'name="members-0-article"' in page  # but its articles can be named at once


def test_what_is_chosen_for_an_article_is_said_to_wait_for_saving(desk: Client, talks):
    url = address("storyline_change", talks.pk)
    page = desk.get(url).text
    assert "When saved" in page
    assert 'aria-label="First, when saved"' in page
    assert '<option value="" selected>Leave as it is</option>' in page
    # of the storyline itself it says where that is decided
    assert f"?show=storylines&amp;storyline={talks.pk}" in page
    talks.accept("mona")
    assert "?show=storylines" not in desk.get(url).text


def test_pages_cost_the_same_however_many_articles(desk: Client, talks):
    numbers = []
    for more in (0, 6):
        for day in range(more):
            talks.add(on(day + 4, ""), "mona")
            Storyline.objects.create(name=f"Other {day}", slug=f"other-{day}")
        for path in (address("storyline_change", talks.pk), address("storyline_changelist")):
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(path).status_code == 200
            numbers.append(len(queries))
    assert numbers[:2] == numbers[2:]


def test_who_may_not_change_them_decides_nothing(client: Client, talks):
    client.force_login(User.objects.create_user("vera", password="a-password-9", is_staff=True))
    assert client.get(address("storyline_changelist")).status_code == 403
    assert act(client, "accept_selected", talks).status_code == 403
    talks.refresh_from_db()
    assert talks.state == LinkState.SUGGESTED


def test_where_reports_may_disagree_is_seen_before_anything_is_judged(desk: Client, talks):
    said = {"First": "Sunday", "Second": "Wednesday"}
    entities = [make_entity(name) for name in ("Cairo", "Qatar")]
    for article in Article.objects.all():
        day = said[article.headline]
        article.body = f"The negotiations of Qatar resume in Cairo on {day}, mediators announced."
        article.save()
        for entity in entities:
            make_mention(article, entity, **MACHINE)
    page = desk.get(address("storyline_change", talks.pk)).text
    for words in ("Sunday", "Wednesday", "resume in Cairo on Sunday", "Cairo, Qatar"):
        assert words in page
    Mention.objects.first().reject("anna")
    page = desk.get(address("storyline_change", talks.pk)).text
    assert "No two sentences on the same entities" in page
