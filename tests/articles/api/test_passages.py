"""Passages: what differs, near what is the same, and bounded whatever the texts are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.api.passages import LONGEST_PASSAGE, MOST_PASSAGES, Passage, passages

WORDS = st.lists(st.sampled_from(["one", "two", "three", "\n", "\n\n", "四五", "ستة"]), max_size=60)
TEXT = st.one_of(st.text(max_size=300), WORDS.map(" ".join))


@given(TEXT, TEXT)
def test_every_passage_differs_and_stands_in_its_text(before, after):
    found, is_whole = passages(before, after)
    assert len(found) <= MOST_PASSAGES
    assert found or not is_whole or before.split() == after.split()
    for passage in found:
        for side, text in zip(passage, (before, after), strict=True):
            assert len(side) <= LONGEST_PASSAGE + 4
            flat = "".join(text.split())
            assert "".join(side.removesuffix(" […]").split()) in flat


@given(TEXT)
def test_equal_texts_have_none(text):
    assert passages(text, text) == ([], True)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "New.", [Passage("", "New.")]),
        ("a\n\nb\n\nc", "a\n\nc", [Passage("b", "")]),
        (
            "one two three four five six seven eight nine ten",
            "one two three four five six seven 8 nine ten",
            [Passage("two three four five six seven eight nine ten",
                     "two three four five six seven 8 nine ten")],
        ),
        ("我们今天去北京", "我们今天去上海", [Passage("我们今天去北京", "我们今天去上海")]),
    ],
)  # fmt: skip
def test_what_is_told(before, after, found):
    assert passages(before, after) == (found, True)


def test_distant_places_stand_apart():
    words = [f"w{n}" for n in range(100)]
    other = words.copy()
    other[10], other[90] = "x", "y"
    found, is_whole = passages(" ".join(words), " ".join(other))
    assert is_whole
    assert [it.after for it in found] == [" ".join(other[4:17]), " ".join(other[84:97])]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 1_000_000, "b " * 1_000_000),
        ("a " * 5_000, "b a " * 2_500),
        ("a\n" * 5_000, "a a\n" * 5_000),
        ("\n".join(f"old {n}" for n in range(5_000)), "\n".join(f"new {n}" for n in range(5_000))),
    ],
    ids=["one line", "words again and again", "lines again and again", "all lines"],
)
def test_large_texts_are_bounded(before, after):
    found, _ = passages(before, after)
    assert 1 <= len(found) <= MOST_PASSAGES
    assert all(len(side) <= LONGEST_PASSAGE + 4 for it in found for side in it)
