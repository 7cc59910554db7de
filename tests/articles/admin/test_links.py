"""Judging and adding mentions and tags on the article's page, without any script."""

import re
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client

from articles.admin import article_links
from articles.models import (
    Alias,
    Decision,
    Entity,
    LedgerEntry,
    Mention,
    Tagging,
    declare_duplicates,
)
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import address, buttons, errors, press, read_form, save
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


def state_of(link) -> str:
    link.refresh_from_db()
    return link.state


def told(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def section(desk: Client, article, name: str, **asked) -> str:
    page = unescape(desk.get(address("article_change", article.pk), asked).text)
    return page[page.index(f'id="{name}"') :].partition("</section>")[0]


def rows(names: str) -> list[str]:
    return re.findall(r'<li class="link-row" id="entity-\d+">(.*?)</li>', names, re.DOTALL)


def test_a_suggestion_is_shown_in_its_sentence_and_accepted(desk: Client, article):
    mention = suggested(article)
    names = section(desk, article, "names")
    assert "Talks resumed in <mark>Cairo</mark> on Sunday." in names
    assert '<span class="badge badge-suggested">suggested</span>' in names
    response = press(desk, article, "Accept: Cairo")
    assert response.url.endswith(f"?mention={mention.pk}#mention-{mention.pk}")
    assert (state_of(mention), mention.origin) == (LinkState.ACCEPTED, Origin.MACHINE)
    decision = Decision.objects.get()
    assert (decision.editor, decision.verdict, decision.target) == ("mona", "accepted", "cairo")
    batch = LedgerEntry.objects.of(mention).select_related("batch").first().batch
    assert (batch.actor, batch.way) == ("mona", "admin")


def test_an_entity_has_one_row_however_often_it_is_named(desk: Client, article):
    first, entity = suggested(article), Entity.objects.get()
    second = make_mention(article, entity, start=34, end=39, quote="Cairo", origin=Origin.SOURCE)
    make_mention(article, make_entity("Sunday"), origin=Origin.SOURCE)
    names = section(desk, article, "names")
    cairo, sunday = rows(names)
    assert "2 in 3 places, 1 to judge" in names
    assert cairo.index("1 suggested") < cairo.index("1 accepted")
    before, _, unfolded = cairo.partition("<details")
    assert "Talks resumed in <mark>Cairo</mark>" in before
    assert "1 other place<" in unfolded
    assert "<mark>Cairo</mark> hosts them." in unfolded
    for mention, where in ((first, before), (second, unfolded)):
        assert f'id="mention-{mention.pk}"' in where
    assert "<details" not in sunday


def test_one_verdict_settles_all_that_waits_of_an_entity(desk: Client, article):
    first, entity = suggested(article), Entity.objects.get()
    given = {"quote": "Cairo", "origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
    second = make_mention(article, entity, start=34, end=39, **given)
    rejected = make_mention(article, entity, start=33, end=39, **{**given, "quote": " Cairo"})
    rejected.reject("omar")
    other = suggested(article, "Sunday")
    response = press(desk, article, "Accept both: Cairo")
    assert response.url.endswith(f"#entity-{entity.pk}")
    assert [state_of(it) for it in (first, second, rejected, other)] == [
        "accepted", "accepted", "rejected", "suggested",
    ]  # fmt: skip
    assert set(Decision.objects.filter(editor="mona").values_list("row", flat=True)) == {
        first.pk, second.pk,
    }  # fmt: skip
    # Nothing waits any more: what was accepted is rejected with one verdict, and what was
    # rejected accepted.
    press(desk, article, "Reject both: Cairo")
    assert {state_of(it) for it in (first, second)} == {"rejected"}
    press(desk, article, "Accept all 3: Cairo")
    assert {state_of(it) for it in (first, second, rejected)} == {"accepted"}


def test_each_mention_of_an_entity_is_judged_by_itself_as_well(desk: Client, article):
    first, entity = suggested(article, quote="in Cairo"), Entity.objects.get()
    given = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
    second = make_mention(article, entity, start=34, end=39, quote="Cairo", **given)
    press(desk, article, "Reject: Cairo")
    assert (state_of(first), state_of(second)) == ("suggested", "rejected")


def test_what_came_to_an_entity_meanwhile_is_not_judged_unseen(desk: Client, article):
    first, entity = suggested(article), Entity.objects.get()
    given = {"quote": "Cairo", "origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
    make_mention(article, entity, start=34, end=39, **given)
    url = address("article_change", article.pk)
    name, value = buttons(desk, url)["Accept both: Cairo"]
    first.reject("omar")
    response = desk.post(address("article_judge", article.pk), {name: value}, follow=True)
    assert "1 are suggested now. Nothing was changed." in told(response)
    assert set(article.mentions.values_list("state", flat=True)) == {"suggested", "rejected"}


@pytest.mark.parametrize("about", ["entity-1-nonsense-1", "entity-1--", "entity-x", "entity-9"])
def test_a_verdict_on_no_entity_of_the_article_changes_nothing(desk: Client, article, about):
    suggested(article)
    desk.post(address("article_judge", article.pk), {"accept": about})
    assert not Decision.objects.exists()


def test_a_verdict_loses_nothing_that_is_written(desk: Client, article):
    mention, tag = suggested(article), make_tag("Peace")
    written = {
        "headline": "Better words", "body": BODY + "\r\n\r\nA new paragraph.",
        "mentions-0-quote": "Talks", "taggings-0-tag": str(tag.pk),
    }  # fmt: skip
    response = press(desk, article, "Accept: Cairo", **written)
    assert response.status_code == 200
    assert state_of(mention) == "accepted"
    assert "“Cairo” is accepted." in told(response)
    assert "It is not saved yet" in told(response)
    article.refresh_from_db()
    assert (article.body, article.taggings.count()) == (BODY, 0)

    class Answered:
        def get(self, _: str):
            return response

    form = read_form(Answered(), "", "article_form")
    assert {name: form[name] for name in written} == written
    assert "Please correct the error" not in response.text
    done = desk.post(address("article_change", article.pk), {**form, "mentions-0-quote": ""})
    assert done.status_code == 302, errors(done)
    article.refresh_from_db()
    assert article.headline == "Better words"
    assert article.body.endswith("\n\nA new paragraph.")
    assert article.taggings.get().tag == tag


def test_a_verdict_beside_the_text_takes_along_what_is_written(desk: Client, article):
    pair = declare_duplicates(article, make_article("Other"), "omar")
    response = press(desk, article, "Reject Other", headline="Better words")
    pair.refresh_from_db()
    assert pair.state == "rejected"
    assert "Better words" in response.text
    article.refresh_from_db()
    assert article.headline != "Better words"


def test_a_verdict_on_a_form_that_another_has_overtaken_shows_both(desk: Client, article):
    mention = suggested(article)
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    name, value = buttons(desk, url)["Accept: Cairo"]
    save(desk, "article", article.pk, headline="In between")
    response = desk.post(url, {**values, "headline": "By Mona", name: value})
    assert state_of(mention) == "accepted"
    assert "Headline: both of you changed it" in unescape(response.text)
    article.refresh_from_db()
    assert article.headline == "In between"


def test_the_button_that_the_enter_key_presses_saves(desk: Client, article):
    """A browser takes the first one of a form in the order of the page."""
    suggested(article)
    page = desk.get(address("article_change", article.pk)).text
    form = page[page.index('id="article_form"') :]
    first = re.search(r'<(?:button|input)[^>]* type="submit"[^>]*>', form)
    assert first is not None
    assert 'name="_save"' in first[0]


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
    tags = section(desk, article, "tags")
    assert f"{tagging.suggestion.confidence:.0%} sure; in the first paragraph" in tags


def test_what_waits_stands_first(desk: Client, article):
    make_mention(article, make_entity("Talks"), origin=Origin.SOURCE)
    suggested(article, "Sunday")
    rejected = suggested(article)
    rejected.reject("mona")
    for name in ("Own", "Waiting"):
        state = {"origin": Origin.MACHINE, "state": "suggested"} if name == "Waiting" else {}
        make_tagging(article, make_tag(name), **state)
    names, tags = section(desk, article, "names"), section(desk, article, "tags")
    assert re.findall(r'dir="auto">(\w+)</a> <span class="quiet">', names) == [
        "Sunday", "Talks", "Cairo",
    ]  # fmt: skip
    assert tags.index("Waiting") < tags.index("Own")
    assert "2, 1 to judge" in tags


def test_a_tag_is_rejected_and_can_be_accepted_again(desk: Client, article):
    tagging = make_tagging(article, make_tag("Politics"), origin=Origin.SOURCE)
    press(desk, article, "Reject: Politics")
    assert state_of(tagging) == LinkState.REJECTED
    press(desk, article, "Accept: Politics")
    assert state_of(tagging) == LinkState.ACCEPTED


def test_an_editors_own_link_is_removed_and_others_offer_no_removal(desk: Client, article):
    own = make_tagging(article, make_tag("Own"))
    other = make_tagging(article, make_tag("Theirs"), origin=Origin.SOURCE)
    offered = buttons(desk, address("article_change", article.pk))
    assert [label for label in offered if label.startswith("Remove")] == ["Remove: Own"]
    url = address("article_judge", article.pk)
    response = desk.post(url, {"remove": f"tagging-{other.pk}-accepted"}, follow=True)
    assert "Only what an editor added is removed" in told(response)
    press(desk, article, "Remove: Own")
    assert list(article.taggings.all()) == [other]
    assert LedgerEntry.objects.filter(kind="tagging", row=own.pk, action="delete").exists()


def test_a_link_that_somebody_removed_meanwhile_is_said_to_be_gone(desk: Client, article):
    tagging = make_tagging(article, make_tag("Own"))
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    name, value = buttons(desk, url)["Reject: Own"]
    tagging.delete()
    response = desk.post(url, {**values, name: value}, follow=True)
    assert "removed in the meantime" in told(response)


def test_a_link_of_another_article_cannot_be_smuggled_in(desk: Client, article):
    foreign = make_tagging(make_article(), make_tag("Foreign"))
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    desk.post(url, {**values, "reject": f"tagging-{foreign.pk}-accepted"})
    assert state_of(foreign) == LinkState.ACCEPTED


def test_tags_stand_on_pages(desk: Client, article, monkeypatch):
    monkeypatch.setattr(article_links, "ALONE", 2)
    for number in range(3):
        make_tagging(article, make_tag(f"Tag {number}"), origin=Origin.SOURCE)
    tags = section(desk, article, "tags")
    assert "Tag 1" in tags
    assert "Tag 2" not in tags
    assert 'href="?taggings=2#tags"' in tags
    assert "Tag 2" in section(desk, article, "tags", taggings="2")
    response = press(desk, article, "Reject: Tag 2", "?taggings=2")
    assert response.status_code == 302
    assert article.taggings.get(state="rejected").tag.name == "Tag 2"
    url = address("article_change", article.pk)
    for nonsense in ("0", "-1", "x", "9999999", "99", "٣"):
        asked = dict.fromkeys(("taggings", "names", "entity", "places", "part"), nonsense)
        assert desk.get(url, {**asked, "entity": ""}).status_code == 200


def test_entities_stand_on_pages_and_one_alone_with_all_its_places(
    desk: Client, article, monkeypatch
):
    monkeypatch.setattr(article_links, "ENTITIES", 2)
    monkeypatch.setattr(article_links, "EACH", 2)
    monkeypatch.setattr(article_links, "ALONE", 3)
    cairo = make_entity("Cairo")
    given = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
    places = [
        make_mention(article, cairo, start=n, end=n + 1, quote=BODY[n], **given) for n in range(5)
    ]
    for name in ("Sunday", "hosts"):
        make_mention(article, make_entity(name), origin=Origin.SOURCE)
    names = section(desk, article, "names")
    assert len(rows(names)) == 2
    assert "hosts" in section(desk, article, "names", names="2")
    assert f'href="?entity={cairo.pk}#names">All 5 places of Cairo' in names
    alone = section(desk, article, "names", entity=str(cairo.pk))
    assert re.findall(r'id="mention-(\d+)"', alone) == [str(it.pk) for it in places[:3]]
    assert f'href="?entity={cairo.pk}&places=2#names"' in alone
    # A mark in the text leads to its row, wherever that stands.
    page = unescape(desk.get(address("article_change", article.pk)).text)
    assert f'href="#mention-{places[0].pk}"' in page
    assert f'href="?mention={places[4].pk}#mention-{places[4].pk}"' in page
    assert f'id="mention-{places[4].pk}"' in section(desk, article, "names", mention=places[4].pk)
    gone = desk.get(address("article_change", article.pk), {"entity": "999999"})
    assert gone.status_code == 200


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
