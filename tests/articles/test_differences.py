"""What differs between two texts, word by word."""

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import differences
from articles.differences import Piece, is_changed, words_changed

few = st.text(alphabet="ab \n.", max_size=60)
words = st.lists(st.sampled_from("abcd"), max_size=12)
LETTERS = "aé e\u0301\n\r\t,ß—القاهرة ﷺकाठमांडू東京とคำที่မြန်မា👩‍👩‍👧🇪🇬\u200f"
scripts = st.text(
    alphabet=st.sampled_from(LETTERS),
    max_size=60,
)


def sides(pieces: list[Piece]) -> tuple[str, str]:
    return (
        "".join(text for kind, text in pieces if kind != "added"),
        "".join(text for kind, text in pieces if kind != "removed"),
    )


@given(st.one_of(few, scripts, st.text()), st.one_of(few, scripts, st.text()))
def test_joining_the_pieces_gives_back_both_texts(before: str, after: str):
    pieces = words_changed(before, after)
    assert sides(pieces) == (before, after)
    assert all(piece.text for piece in pieces)
    assert is_changed(pieces) == (before != after)


@given(few, few)
def test_neighbours_are_of_different_kinds_and_removed_comes_first(before: str, after: str):
    kinds = [piece.kind for piece in words_changed(before, after)]
    for first, second in pairwise(kinds):
        assert (first, second) not in {
            ("same", "same"), ("removed", "removed"), ("added", "added"), ("added", "removed"),
        }  # fmt: skip


@given(
    st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12)
)
def test_as_many_words_are_kept_as_can_be(old: list[str], new: list[str]):
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            longer = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if a == b else longer
    # lines, so that no blank between two changes goes with them
    pieces = words_changed("".join(f"{w}\n" for w in old), "".join(f"{w}\n" for w in new))
    kept = "".join(text for kind, text in pieces if kind == "same")
    assert len(kept.replace("\n", "")) + kept.count("\n") >= lengths[-1][-1]


@given(scripts, scripts, st.integers(2, 5))
def test_long_texts_are_compared_as_truly_as_short_ones(before: str, after: str, times: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "CELLS", 20)
        patch.setattr(differences, "ALL_CELLS", 60_000)
        one, other = before * times + after, after + before * times
        assert sides(words_changed(one, other)) == (one, other)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("the same", "the same", [("same", "the same")]),
        ("", "new", [("added", "new")]),
        ("gone", "", [("removed", "gone")]),
        (
            "The mayor of Cairo spoke.",
            "The governor of Cairo spoke again.",
            [
                ("same", "The "), ("removed", "mayor"), ("added", "governor"),
                ("same", " of Cairo spoke"), ("added", " again"), ("same", "."),
            ],
        ),
        (
            "He said two words here",
            "He uttered three words here",
            [
                ("same", "He "), ("removed", "said two"), ("added", "uttered three"),
                ("same", " words here"),
            ],
        ),
        (
            "東京都知事",
            "東京府知事",
            [("same", "東京"), ("removed", "都"), ("added", "府"), ("same", "知事")],
        ),
        (
            "काठमांडू में",
            "काठमाडौं में",
            [("removed", "काठमांडू"), ("added", "काठमाडौं"), ("same", " में")],
        ),
        (
            "قال الوزير",
            "قال الرئيس",
            [("same", "قال "), ("removed", "الوزير"), ("added", "الرئيس")],
        ),
    ],
)  # fmt: skip
def test_words_are_compared_whole(before: str, after: str, pieces: list[tuple[str, str]]):
    assert [tuple(piece) for piece in words_changed(before, after)] == pieces


def long_text(kind: str, length: int) -> str:
    chosen = random.Random(6)
    if kind == "one word":
        return "word " * (length // 5)
    if kind == "random words":
        return " ".join(str(chosen.randrange(3000)) for _ in range(length * 22 // 100))
    if kind == "one letter":
        return "a" * length
    return "".join(chr(chosen.randrange(0x4E00, 0x5E00)) for _ in range(length))


# A tenth of the length may cost a hundredth of the work; both are beyond what may be weighed.
TENTH = pytest.param(100_000, 100, id="a tenth")
MEGABYTE = pytest.param(1_000_000, 1, id="a megabyte", marks=pytest.mark.slow)


@pytest.mark.parametrize(("length", "less"), [TENTH, MEGABYTE])
@pytest.mark.parametrize("kind", ["one word", "random words", "one letter", "ideographs"])
def test_a_long_text_is_compared_in_bounded_work(
    kind: str, length: int, less: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(differences, "CELLS", differences.CELLS // less)
    monkeypatch.setattr(differences, "ALL_CELLS", differences.ALL_CELLS // less)
    weighed = []
    real = differences._longest

    def counted(old: list[int], new: list[int], part: Any) -> Any:
        weighed.append((part.b - part.a) * (part.d - part.c))
        return real(old, new, part)

    monkeypatch.setattr(differences, "_longest", counted)
    chosen = random.Random(7)
    before = long_text(kind, length)
    cuts = sorted(chosen.randrange(len(before)) for _ in range(6))
    after = before[: cuts[0]] + "NEW" + before[cuts[1] : cuts[4]] + " other " + before[cuts[5] :]
    assert sides(words_changed(before, after)) == (before, after)
    assert sides(words_changed(before, before[::-1])) == (before, before[::-1])
    assert max(weighed, default=0) <= differences.CELLS
    assert sum(weighed) <= 2 * differences.ALL_CELLS
