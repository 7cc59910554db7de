"""Taking back one step of a cleaning: exactly that, also where an editor was at work since."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from articles.differences import words_changed
from articles.ingestion.cleaning import Edit, Step, clean, replay, restore
from articles.ingestion.cleaning.edits import apply_edits
from articles.ingestion.cleaning.putting_back import CHANGED_LATER, EDITED, anchored, put_back

RAW = (
    "Sunday, March 31, 2024\n\nThe mayor\tof Cairo  spoke.\n\nHe said more, and more again.\n\n"
    "Share this\nExit mobile version"
)


def number_of(steps: tuple[Step, ...], rule: str) -> int:
    return next(n for n, step in enumerate(steps) if step.rule == rule)


@pytest.mark.parametrize("rule", ["leading-date", "trailing-furniture", "runs-of-blanks"])
def test_without_one_step_the_text_is_as_if_its_rule_were_switched_off(rule: str):
    cleaned = clean(RAW)
    found = put_back(cleaned.text, cleaned.text, cleaned.steps, number_of(cleaned.steps, rule))
    assert found.refused == ()
    assert found.text == clean(RAW, frozenset({rule})).text
    assert found.text != cleaned.text


def test_all_steps_put_back_from_the_last_on_give_the_raw_text():
    cleaned = clean(RAW)
    text, steps = cleaned.text, cleaned.steps
    for n in reversed(range(len(steps))):
        text = put_back(text, text, steps[: n + 1], n).text
    assert text == RAW == restore(cleaned.text, steps)


letters = st.text(alphabet="ab \n", max_size=30)


@st.composite
def cleanings(draw: st.DrawFn) -> tuple[str, tuple[Step, ...]]:
    """A text and steps that take from it what some letters match, as rules do."""
    raw = text = draw(st.text(alphabet="abcdefg \n", max_size=40))
    steps = []
    for pattern in draw(
        st.lists(st.sampled_from(["c+", "d ?", "e", " {2,}", "f.", "g"]), max_size=4)
    ):
        into = draw(st.sampled_from(["", "", "x"]))
        edits = tuple(Edit(m.start(), m[0], into) for m in re.finditer(pattern, text))
        if edits:
            steps.append(Step("rule", "reason", edits))
            text = apply_edits(text, edits)
    return raw, tuple(steps)


@given(cleanings(), st.data())
def test_a_step_put_back_adds_what_it_took_and_nothing_else(made, data: st.DataObject):
    raw, steps = made
    assume(steps)
    n = data.draw(st.integers(0, len(steps) - 1))
    text = replay(raw, steps)
    found = put_back(text, text, steps, n)
    put = steps[n].edits
    assert found.done + len(found.refused) == len(put)
    if found.refused:
        assert {it.reason for it in found.refused} == {CHANGED_LATER}
        return
    gained = sum(len(edit.removed) - len(edit.inserted) for edit in put)
    assert len(found.text) == len(text) + gained
    if n == len(steps) - 1:
        assert found.text == replay(raw, steps[:n])


@given(letters, letters, st.data())
def test_an_anchored_place_stands_between_the_same_words(old, new, data: st.DataObject):
    place = data.draw(st.integers(0, len(old)))
    length = data.draw(st.integers(0, min(5, len(old) - place)))
    at = anchored(words_changed(old, new), place, length)
    if at is None:
        assert old != new or not old
    else:
        assert new[at : at + length] == old[place : place + length]
        assert new[max(0, at - 1) : at] == old[max(0, place - 1) : place]
        assert new[at + length : at + length + 1] == old[place + length : place + length + 1]


def test_after_an_edit_elsewhere_the_step_is_still_put_back():
    cleaned = clean(RAW)
    edited = cleaned.text.replace("mayor", "governor")
    found = put_back(cleaned.text, edited, cleaned.steps, number_of(cleaned.steps, "leading-date"))
    assert found.text == "Sunday, March 31, 2024\n\n" + edited
    assert found.refused == ()


def test_where_the_place_itself_was_edited_nothing_is_guessed():
    cleaned = clean(RAW)
    edited = "A new beginning. " + cleaned.text
    found = put_back(cleaned.text, edited, cleaned.steps, number_of(cleaned.steps, "leading-date"))
    assert (found.text, found.done) == (edited, 0)
    assert [it.reason for it in found.refused] == [EDITED]


def test_a_step_that_was_put_back_is_not_put_back_twice():
    cleaned = clean(RAW)
    n = number_of(cleaned.steps, "leading-date")
    once = put_back(cleaned.text, cleaned.text, cleaned.steps, n).text
    assert put_back(cleaned.text, once, cleaned.steps, n).text == once
