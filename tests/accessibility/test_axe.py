"""axe-core finds nothing on any page of ours: light and dark, on a telephone and on a desk."""

from string import Formatter
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from tests.accessibility.axe import violations
from tests.accessibility.pages import DESK, EDITORS, NO_PAGES, PUBLIC, named

WIDTHS = (1366, 390)
UUID = "00000000-0000-0000-0000-000000000000"


def address_name(page: str) -> str:
    names = {it[1] for it in Formatter().parse(page) if it[1]}
    given = {name: UUID if name in {"run", "uid"} else "1" for name in names}
    return resolve(urlsplit(page.format(**given)).path).view_name


def test_every_page_of_the_url_conf_is_looked_at_or_named_as_none():
    looked_at = {address_name(it) for it in (*PUBLIC, *EDITORS) if it != "/nothing/here/"}
    none = set().union(*NO_PAGES.values())
    assert set(named()) - looked_at - none == set(), "say how the page is reached, in `pages`"
    assert not none - set(named()), "these are gone"
    assert not none & looked_at


def look(page: Any, address: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    assert answer is not None and answer.status < 500
    return seen(page)


def seen(page: Any) -> list[str]:
    """Violations and sideways scrolling in all four looks; the dark one differs in colours only."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults = violations(page, only_colours=scheme == "dark")
            found += [f"{width} {scheme}: {it}" for it in faults]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{width} {scheme}: scrolls sideways")
    return found


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize("page", PUBLIC)
def test_what_everybody_sees(visitor: Any, archive: dict[str, Any], page: str):
    found = look(visitor, page.format(**archive))
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize("page", EDITORS)
def test_what_editors_see(editor: Any, archive: dict[str, Any], page: str):
    found = look(editor, page.format(**archive))
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.django_db
def test_the_preview_of_bulk_work(editor: Any):
    editor.emulate_media(color_scheme="light")
    editor.set_viewport_size({"width": 1366, "height": 900})
    editor.goto(f"{DESK}/article/?status=published")
    editor.check("#action-toggle")
    editor.select_option("select[name=action]", "withdraw_selected")
    for button in ("Go", "Show what would change"):
        if editor.locator("[name=reason]").count():
            editor.fill("[name=reason]", "An error.")
        editor.get_by_role("button", name=button).click()
        editor.wait_for_load_state()
        found = seen(editor)
        assert not found, "\n".join(found)
    assert "What would change" in editor.inner_text("#content")


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "status"),
    [(f"{DESK}/tag/?_to_field=body", 400), (f"{DESK}/decision/add/", 403), ("/nothing/", 404)],
)
def test_pages_of_errors(editor: Any, page: str, status: int):
    assert editor.goto(page).status == status
    found = look(editor, page)
    assert not found, "\n".join(found)
