"""axe-core finds nothing on any page of ours: light and dark, on a telephone and on a desk."""

from string import Formatter
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from tests.accessibility.axe import violations
from tests.accessibility.pages import EDITORS, NO_PAGES, PUBLIC, named

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
    """Violations and sideways scrolling in all four looks; the dark one differs in colours only."""
    found = []
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    assert answer is not None and answer.status < 500
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            seen = violations(page, only_colours=scheme == "dark")
            found += [f"{width} {scheme}: {it}" for it in seen]
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
