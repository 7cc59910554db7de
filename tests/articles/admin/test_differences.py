"""How the desk shows what differs."""

import re
from html import unescape

from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from articles.admin.differences import MOST, changed, shown
from articles.differences import Piece


def test_each_change_is_marked_by_element_and_by_words_for_those_who_listen():
    html = changed("The mayor spoke.", "The governor spoke.")
    assert '<del><span class="visually-hidden">[removed: </span>mayor<span' in html
    assert '<ins><span class="visually-hidden">[added: </span>governor<span' in html
    assert html.startswith('<div class="diff" dir="auto">The ')


def test_nothing_changed_shows_nothing():
    assert changed("same", "same") == ""
    assert shown([]) == ""


@given(st.text(max_size=80), st.text(max_size=80))
def test_texts_are_escaped_and_whole_where_they_are_short(before: str, after: str):
    html = changed(before, after)
    if before == after:
        return
    bare = re.sub(r'<span class="visually-hidden">.*?</span>', "", html)
    old = re.sub(r"<ins>.*?</ins>", "", bare, flags=re.DOTALL)
    assert unescape(re.sub(r"<[^>]*>", "", old)) == unescape(escape(before))


def test_a_long_text_is_shown_around_its_changes():
    before = "word " * 5000 + "old" + " word" * 5000
    html = changed(before, before.replace("old", "new"))
    assert len(html) < 1500
    assert "[…]" in html
    assert "old" in html
    assert "new" in html


def test_no_more_than_so_many_changes_are_shown_and_the_rest_is_told():
    pieces = [Piece("same", "a "), Piece("added", "b ")] * (MOST + 7)
    html = shown(pieces)
    assert html.count("<ins>") == MOST
    assert "and 7 more changes" in html
