"""Where words stand in a text, before and after an edit."""

from hypothesis import given
from hypothesis import strategies as st

from articles.anchors import find_place, moved_place, passage, shared_ends

texts = st.text(alphabet="ab \n", max_size=40)


def test_words_are_found_first_or_at_the_given_place():
    body = "Cairo, and Cairo again"
    assert find_place(body, "Cairo") == 0
    assert find_place(body, "Cairo", 11) == 11
    assert find_place(body, "Cairo", 3) is None
    assert find_place(body, "Alexandria") is None


def test_a_passage_stays_in_its_paragraph_and_is_cut_between_words():
    body = "First paragraph.\n\n" + "word " * 30 + "Cairo" + " word" * 30 + "\n\nLast."
    start = body.index("Cairo")
    before, words, after = passage(body, start, start + 5, width=22)
    assert words == "Cairo"
    assert before == "…word word word word "
    assert after == " word word word word…"
    assert passage("Cairo\nx", 0, 5) == ("", "Cairo", "")


@given(texts, texts)
def test_shared_ends_do_not_overlap(old: str, new: str):
    head, tail = shared_ends(old, new)
    assert head + tail <= min(len(old), len(new))
    assert old[:head] == new[:head]
    assert old[len(old) - tail :] == new[len(new) - tail :]


@given(texts, texts, texts, st.text(alphabet="XY", min_size=1, max_size=5))
def test_words_outside_the_edit_move_with_the_text(before: str, after: str, added: str, words: str):
    old = before + words + after
    assert moved_place(old, added + old, len(before), words) == len(added) + len(before)
    assert moved_place(old, old + added, len(before), words) == len(before)


@given(texts, texts, st.integers(0, 39), st.integers(1, 5))
def test_a_moved_place_holds_the_words(old: str, new: str, start: int, length: int):
    words = old[start : start + length]
    if not words:
        return
    place = moved_place(old, new, start, words)
    assert (place is None) == (words not in new)
    assert place is None or new[place : place + len(words)] == words
