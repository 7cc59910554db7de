import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.folding import fold, fold_spelling

TEXTS = (
    st.text(st.sampled_from("aB é\u0301İΣςßﬁ\xa0\n\r \u200bمَي’–Ｕक़각ᄀ"), max_size=40) | st.text()
)


@pytest.mark.parametrize(
    ("text", "lower"),
    [
        ("Cairo", "cairo"),
        ("l’Égypte", "l'égypte"),
        ("Guinea‑Bissau", "guinea-bissau"),
        ("Israel–Hamas", "israel-hamas"),
        ("United\nNations", "united nations"),
        ("United\xa0Nations", "united nations"),
        ("United  \r\n Nations", "united nations"),
        ("United\n\nNations", "united  nations"),
        ("E\u0301gypte", "égypte"),
        ("İstanbul", "istanbul"),
        ("ΟΔΟΣ", "οδοσ"),
        ("οδός", "οδόσ"),
        ("ＵＮ", "un"),
        ("مِصْرُ", "مصر"),
        ("مصـــر", "مصر"),
        ("علي", "علی"),
        ("Bun\xaddes\u200btag", "bundestag"),
        ("\u1111\u1167\u11bc\u110b\u1163\u11bc", "평양"),
    ],
)
def test_folds_what_reads_the_same(text, lower):
    assert fold(text).lower == lower


def test_paragraphs_stay_apart():
    assert "united nations" not in fold("the United\n\nNations").lower


@given(TEXTS)
def test_every_character_knows_where_it_came_from(text):
    folded = fold(text)
    assert len(folded.plain) == len(folded.lower)
    spans = [folded.span(at, at + 1) for at in range(len(folded.lower))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(min_size=1))
def test_a_spelling_folds_alike_composed_and_decomposed(text):
    composed = fold_spelling(unicodedata.normalize("NFC", text))
    assert fold_spelling(unicodedata.normalize("NFD", text)) == composed
