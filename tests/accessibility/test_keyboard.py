"""Main pages by keyboard, on the narrowest and the widest screen, and from right to left."""

from typing import Any

import pytest

from tests.accessibility.pages import DESK

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

MAIN = [
    "/admin/",
    f"{DESK}/article/",
    f"{DESK}/article/{{article}}/change/",
    f"{DESK}/queue/",
    f"{DESK}/entity/merge/?row={{entity}}&row={{other_entity}}&survivor={{entity}}",
]
# What must be reached, and what is reached without showing it. A group of radios is one stop.
WATCH = """
() => {
  const some = "a[href], button, input, select, textarea, summary, [tabindex]";
  const open = [...document.querySelectorAll(some)].filter((it) =>
    it.tabIndex >= 0 && !it.disabled && it.type !== "radio" && it.type !== "hidden"
    && it.checkVisibility({visibilityProperty: true}));
  window.toReach = new Set(open);
  window.unseen = [];
  window.total = open.length;
  const isSeen = (it) => {
    const style = getComputedStyle(it);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== "none";
  };
  document.addEventListener("focusin", ({target}) => {
    window.toReach.delete(target);
    if (!isSeen(target)) window.unseen.push(target.outerHTML.slice(0, 120));
  });
}
"""
LEFT = "() => [...window.toReach].map((it) => it.outerHTML.slice(0, 120))"


@pytest.mark.parametrize("page", MAIN)
def test_every_control_is_reached_by_tab_and_shows_it(
    editor: Any, archive: dict[str, Any], page: str
):
    editor.set_viewport_size({"width": 1366, "height": 900})
    editor.goto(page.format(**archive))
    editor.wait_for_load_state("networkidle")
    editor.evaluate(WATCH)
    total = editor.evaluate("window.total")
    assert total > 10
    for _ in range(total // 10 + 12):  # a date has more stops than one
        for _ in range(10):
            editor.keyboard.press("Tab")
        if not editor.evaluate("window.toReach.size"):
            break
    assert editor.evaluate(LEFT) == []
    assert editor.evaluate("window.unseen") == []


@pytest.mark.parametrize("width", [390, 2560])
@pytest.mark.parametrize("page", MAIN)
def test_nothing_scrolls_sideways(editor: Any, archive: dict[str, Any], page: str, width: int):
    editor.set_viewport_size({"width": width, "height": 900})
    editor.goto(page.format(**archive))
    assert editor.evaluate("document.documentElement.scrollWidth") <= width


def direction(page: Any, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("it => getComputedStyle(it).direction"))


def test_arabic_stands_from_right_to_left_and_english_does_not(
    editor: Any, archive: dict[str, Any]
):
    for key, wanted in (("arabic", "rtl"), ("article", "ltr")):
        editor.goto(f"{DESK}/article/{archive[key]}/change/")
        for selector in ("#id_headline", "#id_body", ".marked-text p[dir=auto]"):
            assert direction(editor, selector) == wanted, selector
        editor.goto(f"/api/v1/articles/{archive[f'{key}_uid']}/")
        for selector in ("h1[dir=auto]", "div[lang] p[dir=auto]"):
            assert direction(editor, selector) == wanted, selector
    assert direction(editor, "html") == "ltr"
