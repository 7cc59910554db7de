"""Editing in a real Chromium: two editors on one article, a session that ends, a draft."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection

from articles.admin import article_links
from articles.models import Article, Decision
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import address
from tests.factories import make_article, make_entity, make_mention

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-password-9"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def desk(chromium: Any, live_server: Any) -> Any:
    """Opens the desk for an editor, in a browser of their own; what it complains of is an error."""
    complaints: list[str] = []

    def open_desk(name: str) -> Any:
        if not User.objects.filter(username=name).exists():
            User.objects.create_superuser(name, f"{name}@example.org", PASSWORD)
        page = chromium.new_context(base_url=live_server.url).new_page()
        page.on(
            "console",
            lambda it: complaints.append(it.text) if "Content Security" in it.text else None,
        )
        page.on("pageerror", lambda it: complaints.append(str(it)))
        page.goto("/admin/login/")
        log_in(page, name)
        return page

    yield open_desk
    connection.close()  # the one of this loop, of which Django's own end does not know
    assert complaints == []


def log_in(page: Any, name: str) -> None:
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    page.wait_for_load_state()


def wait_for_draft(page: Any) -> None:
    """Until the browser has kept what was typed. (Its own waiting would break our policy.)"""
    kept = "Object.keys(localStorage).some(key => key.startsWith('newsroom-draft:'))"
    for _ in range(100):
        if page.evaluate(kept):
            return
        page.wait_for_timeout(100)
    raise AssertionError("no draft was kept")


def press_save(page: Any) -> None:
    """Readers see the articles of these tests, so that the form asks what the change is."""
    question = page.locator("[name=is_correction][value=minor]")
    if question.count():
        question.check()
    page.click("#article_form [name=_continue]")
    page.wait_for_load_state()


def test_two_editors_on_one_article_lose_nothing(desk: Any):
    article = make_article("The mayor speaks", body="One two three.", summary="Old")
    url = address("article_change", article.pk)
    mona, omar = desk("mona"), desk("omar")
    mona.goto(url)
    omar.goto(url)
    omar.fill("#id_headline", "The governor speaks")
    omar.fill("#id_summary", "By Omar")
    press_save(omar)
    mona.fill("#id_headline", "The mayor sings")
    mona.fill("#id_body", "One two four.")
    press_save(mona)
    comparison = mona.locator("#comparison")
    assert "omar saved while you were editing" in comparison.inner_text()
    assert comparison.locator("del").first.inner_text().endswith("]")
    assert mona.input_value("#id_summary") == "By Omar"
    assert mona.input_value("#id_headline") == "The mayor sings"
    mona.get_by_role("group", name="Headline").get_by_label("Keep what stands").check()
    press_save(mona)
    found = Article.objects.get(pk=article.pk)
    assert (found.headline, found.summary) == ("The mayor sings", "By Omar")
    assert found.body == "One two four."


def test_a_session_that_ends_gives_the_text_back(desk: Any):
    article = make_article("Before", body="Old.")
    mona = desk("mona")
    mona.goto(address("article_change", article.pk))
    mona.fill("#id_body", "A long\n\nnew text.")
    Session.objects.all().delete()
    press_save(mona)
    assert "What you wrote is kept" in mona.content()
    log_in(mona, "mona")
    mona.get_by_role("button", name="Back to the form").click()
    mona.wait_for_load_state()
    assert mona.input_value("#id_body") == "A long\n\nnew text."
    assert Article.objects.get(pk=article.pk).body == "Old."
    press_save(mona)
    assert Article.objects.get(pk=article.pk).body == "A long\n\nnew text."
    assert mona.evaluate("Object.keys(localStorage).filter(k => k.startsWith('newsroom-'))") == []


def test_a_draft_is_offered_after_a_closed_page_and_cleared_when_saved(desk: Any):
    article = make_article("Before", body="Old.")
    url = address("article_change", article.pk)
    mona = desk("mona")
    mona.goto(url)
    mona.fill("#id_body", "Unsaved words")
    wait_for_draft(mona)
    mona.goto("/admin/")
    mona.goto(url)
    assert mona.input_value("#id_body") == "Old."
    assert "You wrote here on" in mona.locator(".draft-offer").inner_text()
    mona.click("text=Restore it")
    assert mona.input_value("#id_body") == "Unsaved words"
    press_save(mona)
    assert Article.objects.get(pk=article.pk).body == "Unsaved words"
    mona.goto(url)
    assert mona.locator(".draft-offer").count() == 0
    mona.fill("#id_body", "Thrown away")
    wait_for_draft(mona)
    mona.reload()
    mona.click("text=Throw it away")
    mona.reload()
    assert mona.locator(".draft-offer").count() == 0


def test_judging_by_button_keeps_what_is_being_written(desk: Any):
    article = make_article(body="Talks in Cairo.")
    mention = make_mention(
        article, make_entity("Cairo"), origin=Origin.MACHINE, state=LinkState.SUGGESTED
    )
    mona = desk("mona")
    mona.goto(address("article_change", article.pk))
    mona.fill("#id_summary", "Half a sent")
    mona.get_by_role("button", name="Accept: Cairo").first.focus()
    mona.keyboard.press("Enter")
    mona.wait_for_selector(".judged-now:not(:empty)")
    assert "“Cairo” is accepted." in mona.locator(".judged-now").inner_text()
    mark = mona.locator(f'mark[data-mention="{mention.pk}"]')
    assert "name-accepted" in mark.get_attribute("class")
    assert mona.input_value("#id_summary") == "Half a sent"
    assert Decision.objects.get().editor == "mona"


def kept_drafts(page: Any) -> list[Any]:
    found = "Object.keys(localStorage).filter(key => key.startsWith('newsroom-draft:'))"
    return page.evaluate(f"{found}.map(key => JSON.parse(localStorage[key]).values)")


def settled(page: Any, act: Callable[[], Any]) -> None:
    """Do what loads the page anew, and wait for it."""
    with page.expect_navigation(wait_until="load"):
        act()
    assert page.locator(".draft-offer").count() == 0  # nothing needs a click to come back


def test_every_button_beside_the_text_takes_along_what_is_written(desk: Any):
    article = make_article(body="Talks in Cairo.")
    other = make_article("The same")
    make_entity("Cairo")
    mona = desk("mona")
    mona.goto(address("article_change", article.pk))
    mona.fill("#id_summary", "Half a sent")
    wait_for_draft(mona)
    settled(mona, mona.get_by_role("button", name="Look for names now").click)
    assert mona.input_value("#id_summary") == "Half a sent"
    assert mona.locator("mark.name-suggested[data-mention]").inner_text() == "Cairo"
    mona.fill("#id_headline", "Talks!")
    mona.fill("#same-as", str(other.uid))
    # presses the button beside it, and does not save
    settled(mona, lambda: mona.keyboard.press("Enter"))
    assert "counts as the same now" in mona.content()
    settled(mona, mona.get_by_role("button", name="Let this stand for all").click)
    assert "stands for all now" in mona.content()
    assert mona.input_value("#id_summary") == "Half a sent"
    assert mona.input_value("#id_headline") == "Talks!"
    assert Article.objects.get(pk=article.pk).summary == ""
    # the browser still keeps it, should the page be closed
    assert kept_drafts(mona) == [{"summary": "Half a sent", "headline": "Talks!"}]
    press_save(mona)
    assert Article.objects.get(pk=article.pk).summary == "Half a sent"
    assert kept_drafts(mona) == []


def test_another_page_of_names_takes_along_what_is_written(desk: Any, monkeypatch: Any):
    monkeypatch.setattr(article_links, "ENTITIES", 1)
    article = make_article(body="Talks in Cairo and Rome.")
    for name in ("Cairo", "Rome"):
        make_mention(article, make_entity(name))
    mona = desk("mona")
    mona.goto(address("article_change", article.pk))
    paging = mona.get_by_role("navigation", name="Pages of names")
    settled(mona, paging.get_by_role("link", name="2").first.click)
    assert "names=2" in mona.url
    mona.fill("#id_summary", "Half a sent")
    settled(mona, paging.get_by_role("link", name="1").first.click)
    assert "names=1" in mona.url
    assert mona.locator("#names .link-name").inner_text().startswith("Cairo")
    assert mona.input_value("#id_summary") == "Half a sent"


def test_a_verdict_after_the_session_ended_keeps_what_is_written(desk: Any):
    article = make_article(body="Talks in Cairo.")
    make_mention(article, make_entity("Cairo"), origin=Origin.MACHINE, state=LinkState.SUGGESTED)
    mona = desk("mona")
    mona.goto(address("article_change", article.pk))
    mona.fill("#id_summary", "Half a sent")
    Session.objects.all().delete()
    mona.get_by_role("button", name="Accept: Cairo").first.click()
    mona.wait_for_selector("#id_username")
    log_in(mona, "mona")
    mona.get_by_role("button", name="Back to the form").click()
    mona.wait_for_load_state()
    assert mona.input_value("#id_summary") == "Half a sent"
    assert not Decision.objects.exists()


def top_and_bottom(page: Any, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("width", [390, 1366])
def test_saving_a_long_article_is_always_in_reach(desk: Any, width: int):
    article = make_article(body="Talks went on in Cairo.\n\n" * 60)
    for _ in range(12):
        make_mention(article, make_entity(), "Talks")
    mona = desk("mona")
    mona.set_viewport_size({"width": width, "height": 800})
    mona.goto(address("article_change", article.pk))
    assert mona.evaluate("document.documentElement.scrollHeight") > 3_000
    for field in ("#id_headline", "#id_original_url", "#id_status", "#id_history_note"):
        mona.focus(field)
        mona.wait_for_timeout(100)
        top, bottom = top_and_bottom(mona, ".submit-row [name=_save]")
        assert 0 < top < bottom <= 800, field
        assert top_and_bottom(mona, field)[1] <= top, "the bar hides nothing that has the focus"
    for button in (".submit-row [name=_addanother]", ".submit-row .deletelink"):
        mona.focus(button)
        mona.wait_for_timeout(100)
        assert top_and_bottom(mona, button)[1] <= 800, "its other buttons come with the focus"


@pytest.mark.parametrize("width", [390, 1366])
def test_the_list_of_articles_hides_nothing_at_its_side(desk: Any, width: int):
    make_article("An embargoed report with a rather long headline", status="draft")
    make_article("Another report", published_at=datetime(2024, 3, 31, 9, 5, tzinfo=UTC))
    mona = desk("mona")
    mona.set_viewport_size({"width": width, "height": 800})
    mona.goto(address("article_changelist"))
    hidden = (
        "[...document.querySelectorAll('.results')].some(it => it.scrollWidth > it.clientWidth)"
    )
    assert not mona.evaluate(hidden)
    for cell in mona.locator("#result_list td.field-state, #result_list td.field-words").all():
        box = cell.bounding_box()
        assert 0 < box["x"] < box["x"] + box["width"] <= width
    assert mona.locator("#action-toggle").is_visible()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_page_fits_the_screen(desk: Any, width: int):
    article = make_article(body="Talks in Cairo.\n\nقال الوزير إن المحادثات مستمرة.")
    make_mention(article, make_entity("Cairo"))
    mona = desk("mona")
    mona.set_viewport_size({"width": width, "height": 900})
    for page in ("change", "cleaning"):
        mona.goto(address(f"article_{page}", article.pk))
        assert mona.evaluate("document.documentElement.scrollWidth") <= width
