"""Judging and adding mentions and tags on the article's page, without any script."""

from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client

from articles.admin import link_forms, links
from articles.models import Alias, Decision, LedgerEntry, Mention, Tagging
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import address, errors, read_form, save
from tests.factories import make_article, make_entity, make_mention, make_tag, make_tagging

BODY = "Talks resumed in Cairo on Sunday. Cairo hosts them."


@pytest.fixture
def article(db: None):
    return make_article(body=BODY)


def suggested(article, name: str = "Cairo", **fields) -> Mention:
    return make_mention(
        article, make_entity(name), origin=Origin.MACHINE, state=LinkState.SUGGESTED, **fields
    )


# ── judging ──────────────────────────────────────────────────────────────────────────────────────


def test_a_suggestion_is_shown_in_its_sentence_and_accepted(desk: Client, article):
    mention = suggested(article)
    page = desk.get(address("article_change", article.pk)).text
    assert "Talks resumed in <mark>Cairo</mark> on Sunday." in page
    assert "suggested" in page
    assert errors(save(desk, "article", article.pk, **{"mentions-0-decision": "accept"})) == ""
    mention.refresh_from_db()
    assert (mention.state, mention.origin) == (LinkState.ACCEPTED, Origin.MACHINE)
    decision = Decision.objects.get()
    assert (decision.editor, decision.verdict, decision.target) == ("mona", "accepted", "cairo")
    batch = LedgerEntry.objects.of(mention).select_related("batch").first().batch
    assert (batch.actor, batch.way) == ("mona", "admin")


def test_a_suggestion_says_how_sure_it_is_and_why(desk: Client, article):
    other = make_entity("Cairo, Illinois")
    Alias.objects.create(entity=other, spelling="Cairo")
    make_entity("Cairo")
    make_tag("Talks")
    call_command("enrich_articles", "--quiet")
    page = unescape(desk.get(address("article_change", article.pk)).text)
    mention = article.mentions.select_related("suggestion").first()
    assert f"{mention.suggestion.confidence:.0%}" in page
    assert "or cairo" in page
    tagging = article.taggings.select_related("suggestion").get()
    assert f"{tagging.suggestion.confidence:.0%}; lead Talks" in page


def test_what_waits_stands_first_and_each_is_decided_for_itself(desk: Client, article):
    accepted = make_mention(article, make_entity("Talks"), origin=Origin.SOURCE)
    first, second = suggested(article), suggested(article, "Sunday")
    save(
        desk,
        "article",
        article.pk,
        **{"mentions-0-decision": "reject", "mentions-1-decision": "accept"},
    )
    states = [Mention.objects.get(pk=m.pk).state for m in (accepted, first, second)]
    assert states == ["accepted", "rejected", "accepted"]
    assert Decision.objects.count() == 2


def test_a_tag_is_rejected_and_can_be_accepted_again(desk: Client, article):
    tagging = make_tagging(article, make_tag("Politics"), origin=Origin.SOURCE)
    save(desk, "article", article.pk, **{"taggings-0-decision": "reject"})
    tagging.refresh_from_db()
    assert tagging.state == LinkState.REJECTED
    save(desk, "article", article.pk, **{"taggings-0-decision": "accept"})
    tagging.refresh_from_db()
    assert tagging.state == LinkState.ACCEPTED


def test_an_editors_own_link_is_removed_and_others_offer_no_removal(desk: Client, article):
    own = make_tagging(article, make_tag("Own"))
    other = make_tagging(article, make_tag("Theirs"), origin=Origin.SOURCE)
    url = address("article_change", article.pk)
    assert desk.get(url).text.count('<option value="remove">') == 1
    values = read_form(desk, url, "article_form")
    response = desk.post(url, {**values, "taggings-1-decision": "remove"})
    assert "not one of the available choices" in errors(response)
    save(desk, "article", article.pk, **{"taggings-0-decision": "remove"})
    assert list(article.taggings.all()) == [other]
    assert LedgerEntry.objects.filter(kind="tagging", row=own.pk, action="delete").exists()


def test_a_link_that_somebody_removed_meanwhile_is_said_to_be_gone(desk: Client, article):
    tagging = make_tagging(article, make_tag("Own"))
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    tagging.delete()
    response = desk.post(url, {**values, "taggings-0-decision": "reject"})
    assert response.status_code == 200
    assert "removed in the meantime" in errors(response)


def test_a_suggestion_that_came_meanwhile_does_not_shift_the_decisions(desk: Client, article):
    accepted = make_mention(article, make_entity("Sunday"))
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    late = suggested(article)
    desk.post(url, {**values, "mentions-0-decision": "reject"})
    accepted.refresh_from_db()
    late.refresh_from_db()
    assert (accepted.state, late.state) == (LinkState.REJECTED, LinkState.SUGGESTED)


def test_a_link_of_another_article_cannot_be_smuggled_in(desk: Client, article):
    make_tagging(article, make_tag("Own"))
    foreign = make_tagging(make_article(), make_tag("Foreign"))
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    smuggled = {"taggings-0-id": str(foreign.pk), "taggings-0-decision": "reject"}
    desk.post(url, {**values, **smuggled})
    foreign.refresh_from_db()
    assert foreign.state == LinkState.ACCEPTED


def test_only_so_many_links_are_shown_and_the_heading_says_so(desk: Client, article, monkeypatch):
    monkeypatch.setattr(links, "SHOWN", 2)
    monkeypatch.setattr(link_forms, "SHOWN", 2)
    for number in range(3):
        make_tagging(article, make_tag(f"Tag {number}"))
    url = address("article_change", article.pk)
    page = desk.get(url).text
    assert "Tags (1–2 of 3, 2 a page)" in page
    assert "taggings-1-decision" in page
    assert "taggings-decision" not in page
    assert "Tag 2" not in page
    assert 'href="?taggings=2#taggings-group"' in page
    second = desk.get(url, {"taggings": "2"}).text
    assert "Tags (3–3 of 3, 2 a page)" in second
    assert "Tag 2" in second
    for nonsense in ("0", "-1", "x", "9999999", "99"):
        assert desk.get(url, {"taggings": nonsense, "part": nonsense}).status_code == 200


def test_what_is_decided_on_the_second_page_is_what_stands_there(
    desk: Client, article, monkeypatch
):
    monkeypatch.setattr(links, "SHOWN", 2)
    monkeypatch.setattr(link_forms, "SHOWN", 2)
    for number in range(3):
        make_tagging(article, make_tag(f"Tag {number}"), origin=Origin.SOURCE)
    url = address("article_change", article.pk) + "?taggings=2"
    values = read_form(desk, url, "article_form")
    desk.post(url, {**values, "taggings-0-decision": "reject"})
    rejected = article.taggings.filter(state="rejected").values_list("tag__name", flat=True)
    assert list(rejected) == ["Tag 2"]


# ── adding ───────────────────────────────────────────────────────────────────────────────────────


def mention(desk: Client, article, entity, quote: str = "", start: str = ""):
    row = {"mentions-0-entity": str(entity.pk), "mentions-0-quote": quote}
    return save(desk, "article", article.pk, **row, **{"mentions-0-start": start})


@pytest.mark.parametrize(
    ("quote", "start", "found"),
    [("", "", (17, 22)), ("Cairo hosts", "", (34, 45)), ("Cairo", "34", (34, 39))],
)
def test_a_new_mention_finds_its_place(desk: Client, article, quote, start, found):
    assert errors(mention(desk, article, make_entity("Cairo"), quote, start)) == ""
    new = article.mentions.get()
    assert (new.start, new.end, new.quote) == (*found, BODY[slice(*found)])
    assert (new.origin, new.state) == (Origin.EDITOR, LinkState.ACCEPTED)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("quote", "start", "reason"),
    [
        ("Alexandria", "", "do not stand in the text"),
        ("Cairo", "3", "do not stand at place 3"),
        ("Cairo", "-1", "greater than or equal to 0"),
        ("Cairo", "9" * 12, "do not stand at place"),
    ],
)
def test_words_that_are_not_there_are_refused_kindly(desk: Client, article, quote, start, reason):
    response = mention(desk, article, make_entity("Cairo"), quote, start)
    assert response.status_code == 200
    assert reason in errors(response)
    assert not article.mentions.exists()


def test_a_place_is_looked_for_in_the_text_as_the_form_has_it(desk: Client, article):
    giza = make_entity("Giza")
    row = {"mentions-0-entity": str(giza.pk), "body": "They moved to Giza."}
    assert errors(save(desk, "article", article.pk, **row)) == ""
    assert article.mentions.get().start == 14


def test_what_is_there_already_is_not_added_again(desk: Client, article):
    existing = suggested(article)
    response = mention(desk, article, existing.entity)
    assert "This is here already and suggested" in errors(response)
    politics = make_tag("Politics")
    make_tagging(article, politics).reject("mona")
    response = save(desk, "article", article.pk, **{"taggings-0-tag": str(politics.pk)})
    assert "This is here already and rejected" in errors(response)


def test_the_same_link_twice_in_one_form_is_refused(desk: Client, article):
    tag, cairo = str(make_tag("Politics").pk), str(make_entity("Cairo").pk)
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    twice = {"taggings-TOTAL_FORMS": "2", "mentions-TOTAL_FORMS": "2"}
    twice |= {f"taggings-{n}-tag": tag for n in (0, 1)}
    twice |= {f"mentions-{n}-entity": cairo for n in (0, 1)}
    response = desk.post(url, {**values, **twice})
    assert errors(response).count("This is here twice") == 2
    assert not Tagging.objects.exists()


def test_a_new_article_gets_its_links_at_once(desk: Client):
    source = make_article().source
    tag, cairo = make_tag("Politics"), make_entity("Cairo")
    response = save(
        desk,
        "article",
        source=str(source.pk),
        headline="Talks",
        body=BODY,
        **{"taggings-0-tag": str(tag.pk), "mentions-0-entity": str(cairo.pk)},
    )
    assert errors(response) == ""
    assert Tagging.objects.get().origin == Origin.EDITOR
    assert Mention.objects.get().start == 17
