"""Every button beside an article's text takes along what is being written, without any script."""

import json
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from articles.models import (
    Article,
    CleaningStep,
    Correction,
    DuplicatePair,
    Enrichment,
    KeptForm,
    Mention,
    declare_duplicates,
)
from articles.models.groups import make_groups
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import FormReader, address, buttons, press, read_form
from tests.articles.admin.test_article_page import told
from tests.articles.admin.test_cleaning_page import RAW
from tests.articles.admin.test_matrix import login
from tests.factories import make_article, make_entity, make_mention, make_source, make_tag

WRITTEN = "What you wrote stands in the form as you left it"


@pytest.fixture
def article(db: None) -> Article:
    return make_article("Talks", body="Talks resumed in Cairo.", status="draft")


@pytest.fixture
def cleaned(db: None, tmp_path: Path) -> Article:
    """A draft from which cleaning took something."""
    make_source("Wire", slug="wire")
    record = {
        "external_id": "n-1", "headline": "River &amp; more", "body": RAW, "status": "draft",
        "bylines": ["Otto", "By Ada Quill"],
    }  # fmt: skip
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(record), encoding="utf-8")
    call_command("load_articles", str(file), "--source", "wire")
    return Article.objects.get()


def form_in(response) -> dict[str, str]:
    reader = FormReader("article_form")
    reader.feed(response.text)
    return reader.values


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


# ── nothing that is written is lost ──────────────────────────────────────────────────────────────


def in_cluster(article: Article) -> Article:
    other = make_article("The same", status="draft")
    declare_duplicates(article, other, "mona")
    return other


def enriched(article: Article) -> bool:
    return Enrichment.objects.filter(article=article, at__isnull=False).exists()


def test_looking_for_names_takes_along_what_is_written(desk: Client, article: Article):
    make_entity("Cairo")
    tag = make_tag("Peace")
    written = {"headline": "Half a sent", "taggings-0-tag": str(tag.pk), "history_note": "Why"}
    response = press(desk, article, "Look for names now", **written)
    assert WRITTEN in unescape(response.text)
    assert "Links that wait for a decision: 1." in told(response)
    assert form_in(response).items() >= written.items()
    assert enriched(article)
    assert again(article).headline == "Talks"
    assert not article.taggings.exists()


@pytest.mark.parametrize("by", ["uid", "pk"])
def test_saying_so_takes_along_what_is_written(desk: Client, article: Article, by: str):
    other = make_article("The same", status="draft")
    words = str(getattr(other, by))
    response = press(desk, article, "Say so", same_as=f"{words}\r\n", summary="Half a sent")
    assert "counts as the same now" in told(response)
    assert DuplicatePair.objects.get().state == LinkState.ACCEPTED
    form = form_in(response)
    assert (form["summary"], form["same_as"]) == ("Half a sent", "")
    assert again(article).summary == ""


def test_another_that_is_not_found_stays_to_be_mended(desk: Client, article: Article):
    response = press(desk, article, "Say so", same_as="nothing <such>")
    assert "nothing was changed" in told(response)
    assert form_in(response)["same_as"] == "nothing <such>"
    # and is not lost by any other button
    response = press(desk, article, "Look for names now", same_as="half an id")
    assert form_in(response)["same_as"] == "half an id"


def test_letting_another_stand_for_all_takes_along_what_is_written(desk: Client, article: Article):
    other = in_cluster(article)
    response = press(desk, article, "Let this stand for all", body="New text.")
    assert "stands for all now" in told(response)
    assert form_in(response)["body"] == "New text."
    other.refresh_from_db()
    assert other.duplicate.is_canonical
    assert again(article).body == "Talks resumed in Cairo."


@pytest.mark.parametrize("label", ["Look for names now", "Say so", "Let this stand for all"])
def test_where_nothing_is_written_the_page_follows_anew(desk: Client, article: Article, label: str):
    in_cluster(article)
    given = {"same_as": str(make_article(status="draft").pk)} if label == "Say so" else {}
    response = press(desk, article, label, **given)
    assert response.status_code == 302
    assert response.url.partition("#")[0] == address("article_change", article.pk)
    assert response.url.partition("#")[2] in {"enrichment", "duplicates"}


def test_a_note_for_the_history_is_not_lost_by_a_verdict(desk: Client, article: Article):
    given = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
    make_mention(article, make_entity("Cairo"), **given)
    response = press(desk, article, "Accept: Cairo", history_note="Because")
    assert form_in(response)["history_note"] == "Because"
    assert Mention.objects.get().state == LinkState.ACCEPTED


# ── what cleaning took away ──────────────────────────────────────────────────────────────────────


def put_back(desk: Client, article: Article, rule: str, field: str = "body", **written: str):
    step = CleaningStep.objects.get(article=article, rule=rule, field=field)
    labels = buttons(desk, address("article_change", article.pk))
    label = next(it for it, sends in labels.items() if sends == ("put_back", str(step.pk)))
    assert label == f"Put back what {rule} removed"
    values = read_form(desk, address("article_change", article.pk), "article_form")
    sent = {**values, **written, "put_back": str(step.pk)}
    return desk.post(address("article_change", article.pk), sent)


DATE = "Sunday, March 31, 2024\n\n"


def test_what_cleaning_took_comes_back_into_what_is_written(desk: Client, cleaned: Article):
    stored = cleaned.body
    written = f"{stored}\n\nA line that nobody has saved."
    sent = {"body": written.replace("\n", "\r\n"), "summary": "Half a sent"}
    response = put_back(desk, cleaned, "leading-date", **sent)
    form = form_in(response)
    assert form["body"].replace("\r\n", "\n") == DATE + written
    assert form["summary"] == "Half a sent"
    assert "Save to keep it" in told(response)
    assert again(cleaned).body == stored  # until Save is pressed
    assert desk.post(address("article_change", cleaned.pk), form).status_code == 302
    assert again(cleaned).body == DATE + written


def test_headline_and_bylines_come_back_into_their_fields(desk: Client, cleaned: Article):
    step = CleaningStep.objects.get(article=cleaned, field="headline")
    form = form_in(put_back(desk, cleaned, step.rule, "headline", headline="Old River & more"))
    assert form["headline"] == "Old River &amp; more"
    step = CleaningStep.objects.get(article=cleaned, field__startswith="bylines")
    written = {"bylines": "Otto\r\nAda Quill\r\nRosa"}
    form = form_in(put_back(desk, cleaned, step.rule, step.field, **written))
    assert form["bylines"].split("\r\n") == ["Otto", "By Ada Quill", "Rosa"]
    # where the line is another one nobody can say where it stood
    written = {"bylines": "Rosa"}
    response = put_back(desk, cleaned, step.rule, step.field, **written)
    assert "not there any more" in told(response)
    assert form_in(response)["bylines"] == "Rosa"


def test_readers_are_asked_about_when_it_is_saved(desk: Client, cleaned: Article):
    cleaned.publish()
    form = form_in(put_back(desk, cleaned, "leading-date"))
    refused = desk.post(address("article_change", cleaned.pk), form | {"is_correction": ""})
    assert "say whether your change corrects a mistake" in unescape(refused.text)
    told_readers = {"is_correction": "correction", "correction_note": "It had been cut."}
    assert desk.post(address("article_change", cleaned.pk), form | told_readers).status_code == 302
    assert Correction.objects.get().note == "It had been cut."


def test_what_cannot_be_put_back_is_told_and_nothing_changes(desk: Client, cleaned: Article):
    response = put_back(desk, cleaned, "leading-date", body="Quite another text.")
    assert "was not put back" in told(response)
    assert form_in(response)["body"] == "Quite another text."
    url = address("article_change", cleaned.pk)
    for step in ("", "x", "999999", "9" * 30):
        values = read_form(desk, url, "article_form")
        response = desk.post(url, {**values, "put_back": step}, follow=True)
        assert "no longer on record" in told(response)
    assert again(cleaned).body == cleaned.body


# ── who, and whence ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("button", ["enrich", "declare", "canonical", "put_back", "turn"])
def test_who_may_not_change_an_article_presses_nothing(
    client: Client, article: Article, button: str
):
    viewer = User.objects.create_user("vera", password="a-password-9", is_staff=True)
    client.force_login(viewer)
    assert client.post(address("article_change", article.pk), {button: "1"}).status_code == 403
    assert not Enrichment.objects.filter(article=article, at__isnull=False).exists()


@pytest.mark.parametrize(("letter", "statuses"), [("E", ("draft", "published")), ("C", ("draft",))])
def test_a_pair_is_offered_to_who_may_judge_it(article: Article, letter: str, statuses):
    make_groups(apps)
    client = login(letter)
    for status in ("draft", "published"):
        other = make_article(f"A {status} copy", status=status)
        pair = declare_duplicates(article, other, "mona")
        found = buttons(client, address("article_change", article.pk))
        assert (f"Reject A {status} copy" in found) == (status in statuses)
        pair.reject("mona")


def test_a_button_is_not_pressed_by_going_back_to_a_kept_form(desk: Client, article: Article):
    url = address("article_change", article.pk)
    make_mention(article, make_entity("Cairo"), origin=Origin.MACHINE, state=LinkState.SUGGESTED)
    values = {**read_form(desk, url, "article_form"), "headline": "By Mona", "enrich": "1"}
    mona = User.objects.get(username="mona")
    desk.logout()
    assert desk.post(url, values).status_code == 302
    desk.force_login(mona)
    page = desk.get(f"/admin/kept/{KeptForm.objects.get().token}/")
    assert "The button that you pressed has done nothing" in page.text
    reader = FormReader("kept-form")
    reader.feed(page.text)
    assert reader.values["headline"] == "By Mona"
    assert "enrich" not in reader.values
    form = desk.post(url, reader.values)
    assert form_in(form)["headline"] == "By Mona"
    assert not enriched(article)


def test_another_page_of_names_takes_along_what_is_written(desk: Client, article: Article):
    """The link to it does so by a script, which sends the form there."""
    url = address("article_change", article.pk)
    values = {**read_form(desk, url, "article_form"), "headline": "Half a sent", "turn": "1"}
    response = desk.post(f"{url}?names=2", values)
    assert form_in(response)["headline"] == "Half a sent"
    untouched = read_form(desk, url, "article_form")
    assert desk.post(f"{url}?names=2", {**untouched, "turn": "1"}).url == f"{url}?names=2"


def test_what_came_back_says_so_to_the_script_that_keeps_drafts(desk: Client, article: Article):
    assert "data-unsaved" not in desk.get(address("article_change", article.pk)).text
    written = {"headline": "Half a sent", "taggings-0-tag": str(make_tag("Peace").pk)}
    response = press(desk, article, "Look for names now", **written)
    assert 'data-unsaved="headline taggings-0-tag"' in response.text
