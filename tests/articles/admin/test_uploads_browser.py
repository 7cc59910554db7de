"""An upload with faults, as an editor does it: in a real Chromium, at two widths, with and without
scripts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, sync_playwright

from articles.admin import uploads
from articles.ingestion import batches
from articles.models import Article
from tests.factories import make_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop is not ours
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def write(folder: Path) -> Path:
    good = {"source": "wire", "body": "They met and agreed.", "published_at": "2024-03-31"}
    records = [
        good | {"external_id": "1", "headline": "Talks resume"},
        good | {"external_id": "2", "headline": "محادثات القاهرة"},
        good | {"external_id": "3", "headline": "Prices", "language": "nonsense-9"},
        good | {"external_id": "4", "headline": "Rain"},
    ]
    path = folder / "stories.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.mark.parametrize(("width", "scripts"), [(1366, True), (390, False)])
def test_an_upload_with_faults(
    chromium: Browser,
    live_server: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    scripts: bool,
) -> None:
    monkeypatch.setattr(uploads, "STEP", -1.0)
    monkeypatch.setattr(batches, "BATCH", 2)
    make_source("Wire", slug="wire")
    User.objects.create_superuser("mona", "mona@example.org", "a-password-9")
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=scripts
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda it: said.append(it.text) if it.type == "error" else None)
    page.on("pageerror", lambda it: said.append(str(it)))

    page.goto(f"{live_server.url}/admin/login/?next=/admin/articles/loadrun/")
    page.fill("#id_username", "mona")
    page.fill("#id_password", "a-password-9")
    page.click("[type=submit]")
    page.locator(".object-tools").get_by_text("Upload a file").click()
    page.set_input_files("#id_file", write(tmp_path))
    page.get_by_role("button", name="Show what it would do").click()

    def go_on() -> None:
        """Wait until it has gone on by itself, or press the button."""
        if scripts:
            page.wait_for_selector("#go-on", state="detached")
        while page.locator("#go-on").count():
            page.get_by_role("button", name="Go on").click()

    go_on()
    assert "nonsense-9" in page.locator("table.planned").inner_text()
    page.get_by_role("link", name="3 new").click()
    headline = page.get_by_text("محادثات القاهرة")
    assert headline.evaluate("it => getComputedStyle(it).direction") == "rtl"
    if scripts:
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
    assert not Article.objects.exists()
    page.get_by_role("button", name="Apply: 3 articles").click()
    go_on()
    assert Article.objects.count() == 3
    assert "3 created, 1 rejected" in page.locator("section.applied").inner_text()
    page.locator("section.applied").get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo").click()
    assert "Done" in page.locator("#content-main").inner_text()
    assert not Article.objects.exists()
    assert said == []
    context.close()
