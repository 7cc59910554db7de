import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.discovery import (
    UnknownGroup,
    group_key,
    rank_groups,
    unknown_names,
)

COUNTS = {"talks": 90, "meanwhile": 12, "growth": 40, "park": 7}


def quotes(text, counts=COUNTS, known=(), **context):
    return [one.quote for one in unknown_names(text, counts, known, **context)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met Lena Vidal in Port Elva.", ["Lena Vidal", "Port Elva"]),
        ("There Prime Minister Lena Vidal spoke.", ["Lena Vidal"]),
        ("The Elvan Foreign Minister Lena Vidal spoke.", ["Elvan", "Lena Vidal"]),
        ("Attorney General Lena Vidal spoke.", ["Lena Vidal"]),
        ("in St. Elva they stay", ["St. Elva"]),
        ("He saw Dr. Vidal and Mr Orr.", ["Vidal", "Orr"]),
        ("Talks began. Meanwhile nobody came.", []),
        ("Talks with Vidal began.", ["Vidal"]),
        ("The Supreme Court met.", ["Supreme Court"]),
        ("the Bank of Elva and the House of the Sea", ["Bank of Elva", "House of the Sea"]),
        ("Vidal's party and Orr’s", ["Vidal", "Orr"]),
        ("It was J. R. Orr and L. Vidal", ["J. R. Orr", "L. Vidal"]),
        ("on Monday in March and in May", []),
        ("Theresa May left in May", ["Theresa May"]),
        ("I said I'm here. It's fine. Don't go", []),
        ("he met Bashar al-Orr and Jeanne d'Elva", ["Bashar al-Orr", "Jeanne d'Elva"]),
        ("la ministre de l'Elvie a dit", ["Elvie"]),
        ("the ELVA and the iPhone", ["ELVA"]),
        ("вчера Лена Видаль приехала", ["Лена Видаль"]),
        ("ο Νίκος Βιντάλ ήρθε", ["Νίκος Βιντάλ"]),
        ("他在北京会见", []),
        ("التقى في القاهرة", []),
        ("so " + "Elva " * 40, []),
        ("", []),
    ],
)
def test_finds_capitalised_runs(text, expected):
    assert quotes(text) == expected


def test_a_heading_is_no_run_and_is_not_joined_to_the_text_after_it():
    text = "A long first paragraph came.\n\nVidal Takes The Lead\n\nElva waited for the whole day."
    assert quotes(text) == ["Elva"]


def test_a_heading_glued_to_its_paragraph_is_no_run():
    assert quotes("Vidal Takes The Lead\nIn Elva they waited.") == ["Elva"]


def test_a_word_of_the_archive_opens_a_sentence_without_being_a_name():
    assert quotes("Growth slowed. Orrin slowed.") == ["Orrin"]
    assert quotes("Growth slowed.", {}) == ["Growth"]
    assert quotes("Growth slowed; no growth came.", {}) == []
    assert quotes("Finding Orrin was hard. Reportedly, it was.", {}) == ["Finding Orrin"]


def test_counts_may_be_asked_of_a_function():
    assert quotes("Growth slowed.", lambda word: 1 if word == "growth" else 0) == []


def test_known_names_are_left_out():
    text = "French President Lena Vidal of Elva spoke about many things."
    at = text.index("Lena Vidal")
    assert quotes(text, known=[(0, 6), (at, at + 10)]) == ["Elva"]
    assert quotes("of Elva Lena Vidal spoke", known=[(3, 7)]) == ["Lena Vidal"]


def test_one_german_noun_is_no_name_and_two_words_may_be():
    text = "Die Regierung traf Lena Vidal in der NATO, sagte Minister Orr."
    assert quotes(text, language="de") == ["Lena Vidal", "NATO", "Orr"]


def test_reasons_say_why():
    one, other = unknown_names("Later Minister Vidal met. Park Elva was closed.", COUNTS)
    assert ("after-a-title", "Minister") in one.reasons
    assert other.quote == "Elva"
    [city, again] = unknown_names("a Port Elva, or Port Elva", {"port": 3})
    assert ("also-in-small-letters", 1) in city.reasons
    assert ("times-in-the-text", 2) in again.reasons


def test_a_surname_after_the_full_name_is_grouped_with_it():
    first, full, after = unknown_names("saw Vidal, saw Lena Vidal, saw Vidal", {})
    assert [one.key for one in (first, full, after)] == ["vidal", "lena vidal", "lena vidal"]
    assert ("named-in-full", "Lena Vidal") in after.reasons


def test_sure_signs_make_it_surer():
    titled = unknown_names("Later Minister Vidal left.", {})[0]
    plain = unknown_names("then Vidal left", {})[0]
    opening = unknown_names("Vidal left", {})[0]
    assert titled.confidence > plain.confidence > opening.confidence


@pytest.mark.parametrize(
    "quote",
    ["Port Elva", "PORT ELVA", "Port\nElva", "The Port Elva", "Port Elva’s", "Port\xa0Elva"],
)
def test_spellings_of_one_name_have_one_key(quote):
    assert group_key(quote) == "port elva"


def test_groups_are_ranked_by_the_articles_that_would_gain():
    def group(key, articles, confidence):
        return UnknownGroup(key, key.title(), articles, articles * 2, confidence)

    groups = [group("doubtful", 10, 0.2), group("many", 9, 0.8), group("few", 2, 0.9)]
    assert [one.key for one in rank_groups(reversed(groups))] == ["many", "doubtful", "few"]


PIECES = st.sampled_from(
    [
        "Lena",
        "Vidal",
        "Minister",
        "of",
        "the",
        " ",
        " ",
        "\n\n",
        ". ",
        "'s",
        "-",
        "É",
        "e\u0301",
        "  ",
    ]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join))
def test_unknown_names_are_places_of_the_text_in_order(text):
    found = unknown_names(text, COUNTS)
    assert all(one.quote == text[one.start : one.end] for one in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert all(0 < one.confidence < 1 for one in found)
    assert {one.key for one in found} <= {group_key(one.quote) for one in found}
    known = [(one.start, one.end) for one in found]
    covered = {at for start, end in known for at in range(start, end)}
    rest = unknown_names(text, COUNTS, known)
    assert not covered & {at for one in rest for at in range(one.start, one.end)}
