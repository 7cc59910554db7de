"""The received text beside the clean one: each step of the cleaning is put back from the desk."""

import json
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from articles.models import Article, CleaningStep, LedgerEntry
from tests.articles.admin.browser import address, errors, save
from tests.factories import make_entity, make_mention, make_source

TEXT = "The mayor of Cairo  spoke for an hour about the river.\n\nHe said that talks would go on."
TEXT += " The delegates agreed to meet again before the end of the month in the same town." * 3
RAW = f"Sunday, March 31, 2024\n\n{TEXT}\n\nShare this\nExit mobile version"
CLEAN = TEXT.replace("  ", " ")


@pytest.fixture
def article(db: None, tmp_path: Path) -> Article:
    make_source("Wire", slug="wire")
    record = {
        "external_id": "n-1", "headline": "  River\ttalks &amp; more", "body": RAW,
        "bylines": ["By Ada Quill"], "published_at": "2024-03-31", "status": "published",
    }  # fmt: skip
    path = tmp_path / "wire.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    call_command("load_articles", str(path), "--source", "wire")
    found = Article.objects.get()
    assert (found.body, found.headline) == (CLEAN, "River talks & more")
    return found


def put_back(desk: Client, article: Article, rule: str, field: str = "body") -> str:
    step = CleaningStep.objects.get(article=article, rule=rule, field=field)
    url = address("article_cleaning", article.pk)
    response = desk.post(url, {"step": str(step.pk), "is_correction": "minor"}, follow=True)
    assert response.status_code == 200
    return " ".join(str(message) for message in response.context["messages"])


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_the_panel_and_the_page_tell_what_was_taken_away(desk: Client, article: Article):
    for page in ("change", "cleaning"):
        text = unescape(desk.get(address(f"article_{page}", article.pk)).text)
        for words in ("leading-date", "Sunday, March 31, 2024", "Share this Exit mobile version"):
            assert words in text
    page = unescape(desk.get(address("article_cleaning", article.pk)).text)
    assert '<del><span class="visually-hidden">[removed: </span>Sunday, March 31, 2024' in page


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("leading-date", f"Sunday, March 31, 2024\n\n{CLEAN}"),
        ("trailing-furniture", f"{CLEAN}\n\nShare this\nExit mobile version"),
        ("runs-of-blanks", TEXT),
    ],
)
def test_one_step_is_put_back_and_the_others_stay(
    desk: Client, article: Article, rule: str, body: str
):
    cairo = make_mention(article, make_entity("Cairo"))
    assert "stands there again" in put_back(desk, article, rule)
    assert again(article).body == body
    assert again(article).edited_fields == ["body"]
    cairo.refresh_from_db()
    assert body[cairo.start : cairo.end] == "Cairo"
    entry = LedgerEntry.objects.of(article).select_related("batch").first()
    assert (entry.batch.actor, entry.before["body"]) == ("mona", CLEAN)
    # what cleaning did stays on record, and a second press does nothing
    assert "was not put back" in put_back(desk, article, rule)
    assert again(article).body == body


def test_all_steps_can_be_put_back_one_after_the_other(desk: Client, article: Article):
    for rule in ("leading-date", "trailing-furniture", "runs-of-blanks"):
        put_back(desk, article, rule)
    assert again(article).body == RAW


def test_headline_and_bylines_have_their_steps_too(desk: Client, article: Article):
    put_back(desk, article, "html", "headline")
    assert again(article).headline == "River talks &amp; more"
    put_back(desk, article, "byline-prefix", "bylines[1]")
    assert again(article).bylines == ["By Ada Quill"]


def test_what_an_editor_wrote_since_is_never_overwritten(desk: Client, article: Article):
    save(desk, "article", article.pk, body=f"My own opening. {CLEAN}", headline="My own")
    said = put_back(desk, article, "leading-date")
    assert "the text around it has been edited" in said
    assert "stands there again" in put_back(desk, article, "trailing-furniture")
    assert again(article).body == f"My own opening. {CLEAN}\n\nShare this\nExit mobile version"
    assert "An editor has changed the headline since" in put_back(desk, article, "html", "headline")
    assert again(article).headline == "My own"
    page = desk.get(address("article_cleaning", article.pk)).text
    assert "Cleaned, and as it stands now" in page


@pytest.mark.parametrize("step", ["", "0", "x", "999999999"])
def test_a_step_that_is_not_there_changes_nothing(desk: Client, article: Article, step: str):
    url = address("article_cleaning", article.pk)
    response = desk.post(url, {"step": step, "is_correction": "minor"}, follow=True)
    assert "no longer on record" in response.text
    assert again(article).body == CLEAN


def test_readers_are_told_of_what_is_put_back(desk: Client, article: Article):
    step = CleaningStep.objects.get(article=article, rule="leading-date", field="body")
    url = address("article_cleaning", article.pk)
    asked = desk.post(url, {"step": str(step.pk)})
    assert "say whether your change corrects a mistake" in errors(asked)
    assert again(article).body == CLEAN
    answer = {"is_correction": "correction", "correction_note": "The date was missing."}
    desk.post(url, {"step": str(step.pk), **answer})
    assert again(article).body != CLEAN
    assert [it.note for it in article.corrections.all()] == ["The date was missing."]
    draft = Article.objects.filter(pk=article.pk)
    draft.update(status="draft")
    assert "is_correction" not in desk.get(url).text
