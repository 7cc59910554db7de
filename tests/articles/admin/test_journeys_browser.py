"""What editors do in several steps, in a real Chromium: correct, merge, work in bulk, and undo."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from articles.models import Article, Entity, Mention, Tagging
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import address
from tests.articles.models.test_reversal import archive
from tests.factories import make_article, make_entity, make_mention, make_source, make_tag

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = "Talks in Cairo end.\n\nThe minister leaves."


@pytest.fixture
def mona(chromium: Any, live_server: Any) -> Iterator[Any]:
    client = Client()
    client.force_login(User.objects.create_superuser("mona", "mona@example.org", "a-password-9"))
    session = client.cookies["sessionid"].value
    context = chromium.new_context(base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda it: complaints.append(str(it)))
    yield page
    context.close()
    connection.close()  # the one of the browser's loop, of which Django's own end does not know
    assert complaints == []


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def follow(page: Any, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def undo_what_was_done(page: Any) -> None:
    """From the message that tells what was done, over the page that tells what the undo does."""
    follow(page, "Undo…")
    assert "What the undo does" in page.inner_text("#content")
    press(page, "Undo")
    assert "Done" in page.inner_text("#content")


def test_a_text_is_corrected_and_compared(mona: Any):
    article = make_article("Talks in Cairo", body=BODY)
    mona.goto(address("article_change", article.pk))
    mona.fill("#id_body", BODY.replace("Cairo end", "Cairo go on"))
    press(mona, "Save and continue editing")
    assert "Nothing is saved yet" in mona.inner_text("#content")
    mona.get_by_label("A correction: readers are told").check()
    mona.fill("#id_correction_note", "The talks go on; we said that they end.")
    press(mona, "Save and continue editing")
    article.refresh_from_db()
    assert article.body == BODY.replace("Cairo end", "Cairo go on")
    assert article.corrections.get().editor == "mona"
    mona.goto(address("article_compare", article.pk))
    assert mona.locator("del").first.text_content().split() == ["[removed:", "end]"]
    assert mona.locator("ins").first.text_content().split() == ["[added:", "go", "on]"]
    mona.goto(f"/api/v1/articles/{article.uid}/")
    assert "The talks go on; we said that they end." in mona.content()


def test_two_entities_are_merged_and_unmerged(mona: Any):
    cairo, kairo = make_entity("Cairo"), make_entity("Kairo")
    for name in (cairo, kairo):
        make_mention(make_article(body="Cairo, that is Kairo."), name)
    before = archive()
    mona.goto(address("entity_changelist"))
    for name in (cairo, kairo):
        mona.locator(f"input[name=_selected_action][value='{name.pk}']").check()
    mona.select_option("select[name=action]", "merge_selected")
    press(mona, "Go")
    mona.locator(f"input[name=survivor][value='{cairo.pk}']").check()
    press(mona, "Show what would move")
    assert "1 mention to “Cairo”" in mona.inner_text("#content")
    assert archive() == before
    press(mona, "Merge into “Cairo”")
    assert Entity.objects.get() == cairo
    assert set(Mention.objects.values_list("entity", flat=True)) == {cairo.pk}
    undo_what_was_done(mona)
    assert archive() == before


def test_a_filter_is_tagged_as_a_whole_and_untagged_by_the_undo(mona: Any):
    wire, post, tag = make_source("Wire"), make_source("Post"), make_tag("Peace")
    for number in range(52):  # more than a page of the list
        make_article(f"Notice {number}", source=wire)
    other = make_article("Elsewhere", source=post)
    before = archive()
    mona.goto(address("article_changelist") + f"?source={wire.pk}")
    mona.check("#action-toggle")
    mona.locator(".actions .question a").click()
    mona.select_option("select[name=action]", "tag_selected")
    press(mona, "Go")
    mona.get_by_role("combobox", name="Tag").click()
    mona.keyboard.type("Pea")
    mona.locator(".select2-results__option", has_text="Peace").click()
    press(mona, "Show what would change")
    assert "52 of 52 articles would be" in mona.inner_text("#content")
    assert not Tagging.objects.exists()
    press(mona, "Change 52 articles")
    assert Tagging.objects.accepted().filter(tag=tag).count() == 52
    assert not other.taggings.exists()
    undo_what_was_done(mona)
    assert archive() == before
    assert Article.objects.count() == 53


@pytest.fixture(params=["with scripts", "without"])
def writer(request: Any, chromium: Any, live_server: Any) -> Iterator[Any]:
    client = Client()
    client.force_login(User.objects.create_superuser("mona", "mona@example.org", "a-password-9"))
    context = chromium.new_context(
        base_url=live_server.url, java_script_enabled=request.param == "with scripts"
    )
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()
    connection.close()


def test_names_are_judged_while_the_text_is_being_written(writer: Any):
    article = make_article("Talks in Cairo", body="Cairo waits.\n\nIn Cairo talks end. Giza waits.")
    suggested = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
    cairo, giza = make_entity("Cairo"), make_entity("Giza")
    for start in (0, 17):
        make_mention(article, cairo, start=start, end=start + 5, quote="Cairo", **suggested)
    make_mention(article, giza, **suggested)
    writer.goto(address("article_change", article.pk))
    written = article.body + "\n\nA new paragraph."
    writer.fill("#id_body", written)
    row = writer.locator(f"#entity-{cairo.pk}")
    row.get_by_role("button", name="Accept both: Cairo").click()
    row.locator(".link-state .badge", has_text="2 accepted").wait_for()
    assert not row.get_by_role("button", name="Accept both: Cairo").count()
    assert writer.locator("mark.name-accepted[data-mention]").count() == 2
    assert writer.input_value("#id_body") == written
    # Each by itself, under the fold.
    row.get_by_text("1 other place").click()
    row.locator("details").get_by_role("button", name="Reject: Cairo").click()
    row.locator(".badge", has_text="1 rejected").wait_for()
    giza_row = writer.locator(f"#entity-{giza.pk}")
    giza_row.get_by_role("button", name="Reject: Giza").click()
    giza_row.locator(".badge", has_text="rejected").wait_for()
    assert writer.input_value("#id_body") == written
    assert sorted(Mention.objects.values_list("state", flat=True)) == [
        "accepted", "rejected", "rejected",
    ]  # fmt: skip
    article.refresh_from_db()
    assert "new paragraph" not in article.body
    writer.get_by_label("A minor change").check()
    press(writer, "Save and continue editing")
    article.refresh_from_db()
    assert article.body == written
