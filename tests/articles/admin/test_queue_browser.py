"""The review queue in a real browser: by keyboard, without a page load, nothing lost."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from articles.models import Decision, Entity, Mention
from tests.articles.enrichment.archives import run
from tests.factories import make_article, make_entity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright has an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(chromium: Any, live_server: Any) -> Iterator[BrowserContext]:
    """An editor's browser that is logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser("mona", "mona@example.org", "a-password-9"))
    context = chromium.new_context()
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    yield context
    context.close()


@pytest.fixture
def queue(context: BrowserContext, live_server: Any) -> Page:
    """Ten groups of two suggestions each: see `name`. Whatever the page loads anew is counted."""
    for number in range(10):
        make_entity(name(number))
        for each in range(2):
            make_article(body=f"Envoys met in {name(number)} on day {each}.")
    run()
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda it: it.type == "error" and page.errors.append(it.text))  # type: ignore[attr-defined]
    page.goto(live_server.url + reverse("admin:articles_queue"))
    page.evaluate("window.isTheSamePage = true")
    return page


def name(number: int) -> str:
    return f"Port {'ABCDEFGHIJ'[number]}lba"


def states(number: int) -> list[str]:
    rows = Mention.objects.filter(entity__name=name(number)).order_by("pk")
    return list(rows.values_list("state", flat=True))


def said(page: Page, words: str) -> None:
    expect(page.locator("#queue-said")).to_contain_text(words)


def test_ten_suggestions_by_keyboard_and_an_undo(queue: Page):
    press = queue.keyboard.press
    press("j")
    for number in range(6):
        press("a")
        said(queue, f"Accepted 2 mentions of {name(number)}.")
    for number in (6, 7):
        press("r")
        said(queue, f"Rejected 2 mentions of {name(number)}.")
    press("j")
    press("a")
    said(queue, f"Accepted 1 mention of {name(8)}.")
    press("n")
    said(queue, f"“{name(8)}” is never suggested for {name(8)} again; rejected 1 mention.")
    assert [states(n) for n in (0, 5, 6, 7)] == [
        ["accepted"] * 2, ["accepted"] * 2, ["rejected"] * 2, ["rejected"] * 2,
    ]  # fmt: skip
    assert sorted(states(8)) == ["accepted", "rejected"]
    press("u")
    said(queue, "Undone: “Port Ilba” is never suggested")
    assert sorted(states(8)) == ["accepted", "suggested"]
    expect(queue.locator("[data-group]")).to_have_count(2)
    press("u")
    said(queue, f"Undone: Accepted 1 mention of {name(8)}.")
    assert states(8) == ["suggested"] * 2
    assert queue.evaluate("window.isTheSamePage"), "no page was loaded for a decision"
    assert not queue.errors  # type: ignore[attr-defined]


def test_no_key_settles_what_nobody_has_chosen_and_none_that_is_held_down(queue: Page):
    queue.keyboard.press("r")
    said(queue, "This group is chosen now")
    expect(queue.locator("[data-group]").first).to_be_focused()
    assert states(0) == ["suggested"] * 2
    for _ in range(4):  # down again without up: the key repeats
        queue.keyboard.down("a")
    said(queue, f"Accepted 2 mentions of {name(0)}.")
    queue.keyboard.up("a")
    expect(queue.locator("[data-group]")).to_have_count(9)
    assert states(1) == ["suggested"] * 2
    assert not queue.errors  # type: ignore[attr-defined]


def test_relink_create_and_tick_by_keyboard(queue: Page):
    press = queue.keyboard.press
    press("j")
    press("l")
    queue.keyboard.type("port-blba")
    press("Enter")
    said(queue, f"Relinked 2 mentions “{name(0)}” to {name(1)}.")
    made = Mention.objects.filter(entity__name=name(1), quote=name(0), state="accepted")
    assert made.count() == 2
    press("j")
    press("x")
    press("r")
    said(queue, f"Rejected 1 mention of {name(1)}.")
    press("c")
    queue.keyboard.type("Port B, the other one")
    press("Enter")
    said(queue, "Created Port B, the other one and linked 1 mention to it.")
    assert Entity.objects.filter(name="Port B, the other one").exists()
    assert not queue.errors  # type: ignore[attr-defined]


def test_the_keys_are_shown_and_each_is_a_button(queue: Page):
    queue.keyboard.press("?")
    expect(queue.locator("#queue-help")).to_be_visible()
    queue.keyboard.press("a")
    queue.keyboard.press("Escape")
    expect(queue.locator("#queue-help")).to_be_hidden()
    assert not Decision.objects.exists()
    for key in ("a", "r", "l", "n", "c", "x"):
        assert queue.locator(f'[data-group] [aria-keyshortcuts="{key}"]').count() >= 10
    queue.get_by_role("button", name="Accept all 2").first.click()
    said(queue, f"Accepted 2 mentions of {name(0)}.")
    queue.get_by_role("button", name="Undo").click()
    said(queue, f"Undone: Accepted 2 mentions of {name(0)}.")
    assert states(0) == ["suggested"] * 2


def test_a_decision_that_did_not_arrive_is_told_and_its_group_stays(
    queue: Page, context: BrowserContext
):
    context.set_offline(True)
    queue.keyboard.press("j")
    queue.keyboard.press("a")
    said(queue, "The archive could not be reached. Nothing was decided here")
    context.set_offline(False)
    expect(queue.locator("[data-group]")).to_have_count(10)
    kept = context.cookies()
    context.clear_cookies(name="sessionid")
    queue.keyboard.press("a")
    said(queue, "You are logged out. Nothing was decided")
    expect(queue.locator("[data-group]")).to_have_count(10)
    assert not Decision.objects.exists()
    # Who logs in anew in another tab gets another token than this page was made with.
    anew = {"csrftoken": "a" * 32}
    context.add_cookies([{**it, "value": anew.get(it["name"], it["value"])} for it in kept])
    queue.keyboard.press("a")
    said(queue, f"Accepted 2 mentions of {name(0)}.")


def test_without_scripts_the_forms_do_the_same(chromium: Any, queue: Page, context: BrowserContext):
    plain = chromium.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(queue.url)
    page.get_by_role("button", name="Reject all 2").first.click()
    expect(page.locator("#queue-decided")).to_contain_text(f"Rejected 2 mentions of {name(0)}.")
    page.locator("summary").first.click()
    page.locator("[name=reason]").first.press("Enter")
    assert states(1) == ["suggested"] * 2, "Enter in a field decides nothing"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#queue-decided")).to_contain_text("Undone: Rejected 2 mentions")
    assert states(0) == ["suggested"] * 2
    plain.close()
