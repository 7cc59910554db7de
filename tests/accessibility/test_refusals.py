"""axe-core finds nothing on the pages that come when something is wrong, either."""

from typing import Any

import pytest

from articles.admin import logins, queue
from tests.accessibility.pages import DESK
from tests.accessibility.test_axe import seen

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def clean(page: Any) -> None:
    found = seen(page)
    assert not found, "\n".join(found)


def press(page: Any, name: str) -> Any:
    """Press a button. Returns the answer to the form that it sends."""
    with page.expect_navigation() as navigation:
        page.get_by_role("button", name=name, exact=True).first.click()
    return navigation.value


def opened(page: Any, address: str) -> Any:
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1366, "height": 900})
    page.goto(address)
    return page


@pytest.fixture
def second(editor: Any) -> Any:
    """A second tab, in which something is done meanwhile."""
    page = editor.context.new_page()
    yield page
    page.close()


def test_an_error_of_ours(editor: Any, monkeypatch: pytest.MonkeyPatch):
    def fail() -> None:
        raise RuntimeError("no summary")

    monkeypatch.setattr(queue, "waiting_counts", fail)
    assert editor.goto(f"{DESK}/queue/").status == 500
    assert "The error is on our side" in editor.inner_text("main")
    clean(editor)


def test_an_article_with_errors(editor: Any, archive: dict[str, Any]):
    opened(editor, f"{DESK}/article/{archive['article']}/change/")
    editor.fill("#id_language", "no such")
    editor.fill("#id_published_at_0", "never")
    editor.fill("#id_original_url", "no address")
    editor.fill("#id_mentions-0-quote", "words that stand nowhere")
    press(editor, "Save")
    assert editor.locator(".errorlist").count() >= 3
    clean(editor)


def test_an_entity_with_errors_in_it_and_in_its_aliases(editor: Any, archive: dict[str, Any]):
    opened(editor, f"{DESK}/entity/{archive['entity']}/change/")
    editor.fill("#id_name", "")
    editor.fill("#id_aliases-0-spelling", "")
    press(editor, "Save")
    assert editor.locator("#aliases-group .errorlist").count() == 1
    clean(editor)


def test_an_empty_form_of_each_noun(editor: Any, archive: dict[str, Any]):
    for noun in ("source", "article", "entity", "tag", "storyline", "token"):
        opened(editor, f"{DESK}/{noun}/add/")
        press(editor, "Save")
        assert editor.locator(".errorlist").count(), noun
        clean(editor)


def test_a_wrong_password(visitor: Any):
    opened(visitor, "/admin/login/")
    visitor.fill("#id_username", "mona")
    visitor.fill("#id_password", "wrong")
    press(visitor, "Log in")
    assert "Please enter the correct" in visitor.inner_text("#content")
    clean(visitor)


def test_too_many_tries(visitor: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logins, "TRIES_AT_NAME_BY_ADDRESS", 0)
    opened(visitor, "/admin/login/")
    visitor.fill("#id_username", "mona")
    visitor.fill("#id_password", "wrong")
    assert press(visitor, "Log in").status == 429
    clean(visitor)


def test_a_form_that_nobody_can_vouch_for(visitor: Any):
    opened(visitor, "/admin/login/")
    visitor.fill("#id_username", "mona")
    visitor.fill("#id_password", "wrong")
    visitor.context.clear_cookies()
    assert press(visitor, "Log in").status == 403
    assert "The form was not accepted" in visitor.inner_text("main")
    clean(visitor)


def test_a_form_that_had_expired_and_is_kept(editor: Any, archive: dict[str, Any]):
    opened(editor, f"{DESK}/tag/{archive['tag']}/change/")
    editor.fill("#id_name", "Kept words")
    editor.context.clear_cookies(name="csrftoken")
    assert press(editor, "Save").status == 403
    assert "What you wrote is kept" in editor.inner_text("main")
    clean(editor)


def test_two_editors_on_one_article(editor: Any, second: Any, archive: dict[str, Any]):
    address = f"{DESK}/article/{archive['arabic']}/change/"
    opened(editor, address)
    opened(second, address)
    for page, headline in ((second, "محادثات أخرى"), (editor, "محادثات جديدة")):
        page.fill("#id_headline", headline)
        page.fill("#id_summary", f"{headline}، ملخص")
        page.get_by_label("A minor change").check()
        press(page, "Save")
    assert editor.locator("#comparison .both").count() == 2
    clean(editor)


def test_a_tag_that_is_gone(editor: Any, second: Any):
    opened(second, f"{DESK}/tag/add/")
    second.fill("#id_name", "Doomed")
    press(second, "Save and continue editing")
    opened(editor, second.url)
    opened(second, second.url.replace("/change/", "/delete/"))
    press(second, "Yes, I’m sure")
    editor.fill("#id_name", "Saved")
    assert press(editor, "Save").status == 409
    clean(editor)


def test_a_token_that_is_shown_once(editor: Any):
    opened(editor, f"{DESK}/token/add/")
    editor.fill("#id_name", "Mirror of the north")
    press(editor, "Save")
    assert editor.locator(".secret").count()
    clean(editor)


def test_a_verdict_that_gives_back_what_is_written(editor: Any, archive: dict[str, Any]):
    """As it is without scripts, of which axe is one: the form is sent by its own means."""
    opened(editor, f"{DESK}/article/{archive['article']}/change/")
    editor.fill("#id_summary", "Being written")
    with editor.expect_navigation():
        editor.evaluate(
            "document.getElementById('article_form').requestSubmit("
            "document.querySelector('.link-list button[name=reject]'))"
        )
    assert "It is not saved yet" in editor.inner_text(".messagelist")
    clean(editor)
