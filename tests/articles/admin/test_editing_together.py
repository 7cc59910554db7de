"""Two editors on one row: the second is told, sees all versions, and overwrites nothing unknown."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import (
    Alias,
    Article,
    Correction,
    Entity,
    LedgerEntry,
    Storyline,
    recording,
)
from articles.vocabulary import LinkState, Origin, Way
from tests.articles.admin.browser import address, buttons, errors, press, read_form, save
from tests.factories import make_article, make_entity, make_mention, make_source, make_tag


@pytest.fixture
def other(desk: Client) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("omar", "o@example.org", "a-password-9"))
    return client


def resend(client: Client, response: Any, url: str, form: str, **changes: str) -> Any:
    """Press Save on the page that was answered, after changing fields in it."""

    class Answered:
        def get(self, _: str) -> Any:
            return response

    values = read_form(Answered(), url, form)  # type: ignore[arg-type]
    return client.post(url, {**values, **changes})


def again(row: Any) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


# ── the four nouns ───────────────────────────────────────────────────────────────────────────────


def test_what_only_one_changed_is_kept_of_both_and_told_first(desk: Client, other: Client):
    article = make_article("Before", summary="An old summary")
    url = address("article_change", article.pk)
    mine = read_form(desk, url, "article_form")
    save(other, "article", article.pk, headline="By Omar")
    response = desk.post(url, {**mine, "summary": "A new summary"})
    assert "omar changed Headline while you were editing" in errors(response)
    assert "only they changed it, taken over" in response.text
    assert "only you changed it" in response.text
    assert "keep-headline" not in response.text
    assert (again(article).headline, again(article).summary) == ("By Omar", "An old summary")
    assert resend(desk, response, url, "article_form").status_code == 302
    assert (again(article).headline, again(article).summary) == ("By Omar", "A new summary")


def test_where_both_changed_a_field_the_second_sees_three_versions_and_chooses(
    desk: Client, other: Client
):
    article = make_article("The mayor speaks", body="One two three.")
    url = address("article_change", article.pk)
    mine = read_form(desk, url, "article_form")
    save(other, "article", article.pk, body="One two four.", headline="The governor speaks")
    response = desk.post(url, {**mine, "body": "One six three.", "headline": "The mayor sings"})
    page = unescape(response.text)
    assert "Body: both of you changed it" in page
    assert "</span>mayor<span" in page
    assert "</span>governor<span" in page
    assert "</span>sings<span" in page
    assert again(article).body == "One two four."
    # without a choice nothing is saved, and it is asked again
    unchosen = resend(desk, response, url, "article_form", **{"keep-body": "mine"})
    assert unchosen.status_code == 200
    assert "Headline: both of you changed it" in unescape(unchosen.text)
    assert "Body: both of you changed it" not in unescape(unchosen.text)
    assert again(article).body == "One two four."
    choice = {"keep-body": "mine", "keep-headline": "theirs"}
    done = resend(desk, response, url, "article_form", **choice)
    assert done.status_code == 302
    assert again(article).body == "One six three."
    assert again(article).headline == "The governor speaks"


def test_a_third_who_comes_in_between_is_told_of_as_well(desk: Client, other: Client):
    article = make_article("Before")
    url = address("article_change", article.pk)
    mine = read_form(desk, url, "article_form")
    save(other, "article", article.pk, headline="By Omar")
    response = desk.post(url, {**mine, "headline": "By Mona"})
    save(other, "article", article.pk, headline="By Omar again")
    later = resend(desk, response, url, "article_form", **{"keep-headline": "mine"})
    assert later.status_code == 200
    assert "By Omar<ins" in later.text  # and again
    assert again(article).headline == "By Omar again"
    assert resend(desk, later, url, "article_form", **{"keep-headline": "mine"}).status_code == 302
    assert again(article).headline == "By Mona"


def test_the_same_change_by_both_is_no_conflict(desk: Client, other: Client):
    article = make_article("Before")
    url = address("article_change", article.pk)
    mine = read_form(desk, url, "article_form")
    save(other, "article", article.pk, headline="The same")
    response = desk.post(url, {**mine, "headline": "The same", "summary": "More"})
    assert "keep-headline" not in response.text
    assert resend(desk, response, url, "article_form").status_code == 302
    assert again(article).summary == "More"


def test_dates_lists_and_choices_are_compared_and_taken_over(desk: Client, other: Client):
    march = datetime(2024, 3, 31, 7, 30, tzinfo=UTC)
    article = make_article(published_at=march, bylines=["Mona Said"])
    wire = make_source("Wire", slug="wire")
    url = address("article_change", article.pk)
    mine = read_form(desk, url, "article_form")
    save(
        other, "article", article.pk, published_at_1="08:00:00", bylines="Omar Badr",
        source=str(wire.pk), status="draft",
    )  # fmt: skip
    response = desk.post(url, {**mine, "headline": "Mine"})
    assert resend(desk, response, url, "article_form").status_code == 302
    found: Article = again(article)
    assert found.published_at == march.replace(hour=8, minute=0)
    assert (found.bylines, found.source, found.status) == (["Omar Badr"], wire, "draft")
    assert found.headline == "Mine"


@pytest.mark.parametrize("noun", ["source", "entity", "tag", "storyline"])
def test_the_other_nouns_and_storylines_are_compared_too(desk: Client, other: Client, noun: str):
    makers = {
        "source": make_source, "entity": make_entity, "tag": make_tag,
        "storyline": lambda name: Storyline.objects.create(name=name, slug="talks"),
    }  # fmt: skip
    row = makers[noun]("Talks")
    text = "notes" if noun == "source" else "description"
    url = address(f"{noun}_change", row.pk)
    mine = read_form(desk, url, f"{noun}_form")
    save(other, noun, row.pk, name="Talks by Omar")
    response = desk.post(url, {**mine, text: "By Mona", "name": "Talks by Mona"})
    assert "Name: both of you changed it" in unescape(response.text)
    assert again(row).name == "Talks by Omar"
    keep = {"keep-name": "theirs"}
    assert resend(desk, response, url, f"{noun}_form", **keep).status_code == 302
    assert (again(row).name, getattr(again(row), text)) == ("Talks by Omar", "By Mona")


def test_a_box_that_only_they_ticked_is_taken_over(desk: Client, other: Client):
    entity = make_entity("Cairo", is_reviewed=True)
    url = address("entity_change", entity.pk)
    mine = read_form(desk, url, "entity_form")
    box = read_form(other, url, "entity_form")
    box.pop("is_reviewed")
    other.post(url, box)
    response = desk.post(url, {**mine, "description": "A city"})
    assert resend(desk, response, url, "entity_form").status_code == 302
    assert not again(entity).is_reviewed
    assert again(entity).description == "A city"


def test_a_load_is_told_of_like_an_editor(desk: Client):
    article = make_article("Before")
    url = address("article_change", article.pk)
    mine = read_form(desk, url, "article_form")
    with recording(Way.LOAD, actor="load of wire.jsonl"):
        Article.objects.filter(pk=article.pk).update(summary="Loaded")
    response = desk.post(url, {**mine, "headline": "Mine"})
    assert "load of wire.jsonl changed Summary" in errors(response)


# ── rows that are gone ───────────────────────────────────────────────────────────────────────────


def test_what_was_written_on_a_row_that_somebody_deleted_is_given_back(desk: Client, other: Client):
    tag = make_tag("Politics", description="Old words")
    url = address("tag_change", tag.pk)
    mine = read_form(desk, url, "tag_form")
    other.post(address("tag_delete", tag.pk), {"post": "yes"})
    response = desk.post(url, {**mine, "description": "A long text\r\nof mine"})
    assert response.status_code == 409
    page = unescape(response.text)
    assert "omar deleted the tag “Politics”" in page
    assert "A long text\nof mine</textarea>" in page
    assert not LedgerEntry.objects.filter(kind="tag", row=tag.pk, action="insert")[1:].exists()


def test_of_a_merged_row_the_survivor_is_named(desk: Client, other: Client):
    old, new = make_entity("Al Cairo"), make_entity("Cairo")
    url = address("entity_change", old.pk)
    mine = read_form(desk, url, "entity_form")
    with recording(Way.ADMIN, actor="omar"):
        Entity.objects.filter(pk=old.pk).delete()
        from articles.models import Redirect

        Redirect.objects.create(kind="entity", old_slug=old.slug, entity=new)
    response = desk.post(url, {**mine, "description": "Mine"})
    assert response.status_code == 409
    assert "omar merged the entity" in response.text
    assert address("entity_change", new.pk) in response.text


# ── what hangs on a row ──────────────────────────────────────────────────────────────────────────


def test_a_link_that_was_judged_meanwhile_is_not_judged_unknowingly(desk: Client, other: Client):
    article = make_article(body="Talks in Cairo.")
    mention = make_mention(
        article, make_entity("Cairo"), origin=Origin.MACHINE, state=LinkState.SUGGESTED
    )
    url = address("article_change", article.pk)
    name, value = buttons(desk, url)["Accept: Cairo"]
    press(other, article, "Reject: Cairo")
    response = desk.post(url, {**read_form(desk, url, "article_form"), name: value})
    assert "Omar made this rejected meanwhile" in response.text
    assert again(mention).state == LinkState.REJECTED
    press(desk, article, "Accept: Cairo")
    assert again(mention).state == LinkState.ACCEPTED


def test_a_verdict_of_another_stands_in_nobodys_way(desk: Client, other: Client):
    article = make_article(body="Talks in Cairo.")
    mention = make_mention(
        article, make_entity("Cairo"), origin=Origin.MACHINE, state=LinkState.SUGGESTED
    )
    url = address("article_change", article.pk)
    mine = read_form(desk, url, "article_form")
    press(other, article, "Accept: Cairo")
    assert desk.post(url, {**mine, "headline": "Mine"}).status_code == 302
    assert again(mention).state == LinkState.ACCEPTED


def test_an_alias_is_compared_field_by_field(desk: Client, other: Client):
    entity = make_entity("Cairo")
    alias = Alias.objects.get(entity=entity)
    url = address("entity_change", entity.pk)
    mine = read_form(desk, url, "entity_form")
    save(other, "entity", entity.pk, **{"aliases-0-standing": "never"})
    # only mine: what Omar said of another field stays
    assert desk.post(url, {**mine, "aliases-0-case_rule": "ignore"}).status_code == 302
    assert (again(alias).standing, again(alias).case_rule) == ("never", "ignore")


def test_an_alias_that_both_changed_is_asked_about(desk: Client, other: Client):
    entity = make_entity("Cairo")
    alias = Alias.objects.create(entity=entity, spelling="Kairo")
    url = address("entity_change", entity.pk)
    mine = read_form(desk, url, "entity_form")
    number = next(n for n in (0, 1) if mine[f"aliases-{n}-spelling"] == "Kairo")
    field = f"aliases-{number}-spelling"
    save(other, "entity", entity.pk, **{field: "Le Caire"})
    response = desk.post(url, {**mine, field: "Al-Qahira"})
    assert "omar made this “Le Caire” while you were editing" in unescape(errors(response))
    assert again(alias).spelling == "Le Caire"
    assert resend(desk, response, url, "entity_form").status_code == 302
    assert again(alias).spelling == "Al-Qahira"


def test_an_alias_that_was_taken_away_meanwhile_is_told_of(desk: Client, other: Client):
    entity = make_entity("Cairo")
    alias = Alias.objects.create(entity=entity, spelling="Kairo")
    url = address("entity_change", entity.pk)
    mine = read_form(desk, url, "entity_form")
    number = next(n for n in (0, 1) if mine[f"aliases-{n}-spelling"] == "Kairo")
    alias.delete()
    response = desk.post(url, {**mine, f"aliases-{number}-spelling": "Al-Qahira"})
    assert response.status_code == 200
    assert "“Al-Qahira” was taken away while you were editing" in unescape(errors(response))
    assert "Al-Qahira" in response.text


def test_an_alias_that_was_changed_meanwhile_is_not_deleted_unseen(desk: Client, other: Client):
    entity = make_entity("Cairo")
    alias = Alias.objects.get(entity=entity)
    url = address("entity_change", entity.pk)
    mine = read_form(desk, url, "entity_form")
    save(other, "entity", entity.pk, **{"aliases-0-spelling": "Kairo"})
    response = desk.post(url, {**mine, "aliases-0-DELETE": "on"})
    assert "“Kairo” was changed by omar while you were editing" in unescape(errors(response))
    assert again(alias).spelling == "Kairo"
    again_sent = resend(desk, response, url, "entity_form", **{"aliases-0-DELETE": "on"})
    assert again_sent.status_code == 302
    assert not Alias.objects.filter(pk=alias.pk).exists()


@pytest.fixture
def corrected(db: None) -> Correction:
    article = make_article("The mayor speaks", body="One two three.")
    return Correction.objects.create(article=article, note="It was\nTuesday.", editor="mona")


def test_a_correction_that_both_worded_is_asked_about(
    desk: Client, other: Client, corrected: Correction
):
    url = address("article_change", corrected.article_id)
    mine = read_form(desk, url, "article_form")
    save(other, "article", corrected.article_id, **{"corrections-0-note": "It was\r\nWednesday."})
    response = desk.post(url, {**mine, "corrections-0-note": "It was Thursday."})
    told = unescape(errors(response))
    assert "omar made this “It was\nWednesday.” while you were editing" in told
    assert again(corrected).note == "It was\nWednesday."
    assert resend(desk, response, url, "article_form").status_code == 302
    assert again(corrected).note == "It was Thursday."


def test_a_correction_is_kept_as_another_worded_it(
    desk: Client, other: Client, corrected: Correction
):
    url = address("article_change", corrected.article_id)
    mine = read_form(desk, url, "article_form")
    save(other, "article", corrected.article_id, **{"corrections-0-note": "It was Wednesday."})
    response = desk.post(url, {**mine, "corrections-0-DELETE": "on"})
    assert "“It was Wednesday.” was changed by omar" in unescape(errors(response))
    assert desk.post(url, {**mine, "summary": "Mine"}).status_code == 302
    assert (again(corrected).note, again(corrected).editor) == ("It was Wednesday.", "omar")
