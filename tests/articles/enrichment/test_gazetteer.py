import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.finds import Name
from articles.enrichment.gazetteer import Gazetteer
from articles.vocabulary import CaseRule, Standing
from tests.articles.enrichment.curated import (
    ACRONYM,
    GAZETTEER,
    NAME,
    SPELLINGS,
    found,
    names,
    only,
    words,
)


class TestPlaces:
    def test_the_longest_spelling_counts_alone(self):
        assert found("The UN Security Council met in Cairo, not the UN") == [
            ("UN Security Council", "un-security-council"),
            ("Cairo", "cairo"),
            ("UN", "united-nations"),
        ]

    def test_a_longer_spelling_that_fails_its_case_rule_hides_nothing(self):
        assert found("the UN security council") == [("UN", "united-nations")]

    def test_a_longer_spelling_that_does_not_end_there_hides_nothing(self):
        gazetteer = Gazetteer(names([("new-york", "New York", NAME), ("y", "New Yorkshire", NAME)]))
        assert found("in New York", gazetteer) == [("New York", "new-york")]

    def test_words_may_be_parted_by_any_blank_but_not_by_a_paragraph(self):
        assert found("United\nNations, United\xa0Nations, United  Nations, United\n\nNations") == [
            ("United\nNations", "united-nations"),
            ("United\xa0Nations", "united-nations"),
            ("United  Nations", "united-nations"),
        ]

    def test_a_never_alias_makes_no_find_and_hides_what_it_holds(self):
        gazetteer = Gazetteer(
            [
                Name(1, 1, "paris", "Paris", standing=Standing.ACCEPT),
                Name(2, 2, "paris-hilton", "Paris Hilton", standing=Standing.NEVER),
            ]
        )
        assert found("Paris Hilton was in Paris", gazetteer) == [("Paris", "paris")]
        assert only("Paris Hilton was in Paris", gazetteer).start == 20

    def test_a_never_alias_leaves_its_spelling_to_others(self):
        gazetteer = Gazetteer(
            [Name(1, 1, "a", "Ares", standing=Standing.NEVER), Name(2, 2, "b", "Ares")]
        )
        assert found("Ares", gazetteer) == [("Ares", "b")]

    def test_nothing_is_found_in_nothing(self):
        assert GAZETTEER.find("") == []
        assert Gazetteer([]).find("Cairo") == []


class TestCase:
    @pytest.mark.parametrize(
        ("spelling", "kind", "rule", "text", "counts"),
        [
            ("Nations unies", NAME, CaseRule.IGNORE, "les nations Unies", True),
            ("Nations unies", NAME, CaseRule.EXACT, "les Nations Unies", False),
            ("Nations unies", NAME, CaseRule.EXACT, "LES NATIONS UNIES", True),
            ("al-Qaeda", NAME, CaseRule.EXACT, "Al-Qaeda said", True),
            ("Turkey", NAME, CaseRule.EXACT, "a turkey", False),
            ("CAIRO", NAME, CaseRule.EXACT, "Cairo", False),
            ("Fiji", NAME, CaseRule.EXACT, "FIJI", True),
            ("Oman", NAME, CaseRule.IGNORE, "oman", True),
            ("Bo", NAME, CaseRule.IGNORE, "bo", False),
            ("Xi", NAME, CaseRule.EXACT, "XI", False),
            ("WHO", ACRONYM, CaseRule.IGNORE, "who", False),
            ("ASEAN", ACRONYM, CaseRule.IGNORE, "Asean", False),
            ("Σπάρτη", NAME, CaseRule.IGNORE, "ΣΠΆΡΤΗ", True),
            ("İzmir", NAME, CaseRule.IGNORE, "izmir", True),
        ],
    )
    def test_the_rule_of_the_alias_holds(self, spelling, kind, rule, text, counts):
        gazetteer = Gazetteer([Name(1, 1, "one", spelling, kind, rule)])
        assert bool(gazetteer.find(text)) is counts

    def test_a_dateline_in_capitals_is_no_doubt_and_a_line_in_capitals_is(self):
        assert only("CAIRO – The talks go on").is_unambiguous
        shouted = only("TALKS GO ON IN CAIRO\n\nMore soon.")
        assert words(shouted.reasons) == ["line-in-capitals"]
        assert not shouted.is_unambiguous


class TestStanding:
    @pytest.mark.parametrize("standing", [Standing.ACCEPT, Standing.REVIEW])
    def test_decides_over_an_unambiguous_find(self, standing):
        gazetteer = Gazetteer(names([("cairo", "Cairo", NAME)], standing=standing))
        assert only("in Cairo", gazetteer).standing == standing

    def test_never_accepts_an_ambiguous_or_doubtful_find(self):
        gazetteer = Gazetteer(names(standing=Standing.ACCEPT))
        assert only("in El Paso", gazetteer).standing == Standing.REVIEW
        assert only("the United Nations Office", gazetteer).standing == Standing.REVIEW


PIECES = st.sampled_from(
    [spelling for _, spelling, _ in SPELLINGS]
    + [
        "the ",
        " ",
        "\n\n",
        ". ",
        "'s",
        "’",
        "-",
        "said",
        "Hilton",
        "President",
        "\u0301",
        "  ",
        "ل",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)


@given(TEXTS, TEXTS)
def test_finds_are_places_of_the_text_and_never_overlap(text, headline):
    finds = GAZETTEER.find(text, headline=headline)
    assert all(find.quote == text[find.start : find.end] and find.quote for find in finds)
    assert all(first.end <= second.start for first, second in pairwise(finds))
    for find in finds:
        assert 0 < find.confidence <= 1
        scores = [one.score for one in find.candidates]
        assert scores == sorted(scores, reverse=True)
        assert len({one.entity for one in find.candidates}) == len(scores) > 0
        assert find.is_unambiguous is False or len(scores) == 1


@given(TEXTS)
def test_reading_again_finds_the_same_whatever_the_order_of_the_names(text):
    again = Gazetteer(reversed(names()))
    assert GAZETTEER.find(text) == again.find(text)


@given(TEXTS)
def test_what_stands_before_a_text_only_moves_its_finds(text):
    before = "Nobody came.\n\n"
    moved = GAZETTEER.find(before + text)
    length = len(before)
    if re.match(r"\s", text):
        return
    assert [(find.start - length, find.quote) for find in moved] == [
        (find.start, find.quote) for find in GAZETTEER.find(text)
    ]


@given(st.text(st.characters(categories=["L", "Nd"]), min_size=2, max_size=12))
def test_a_spelling_of_any_script_is_found(spelling):
    gazetteer = Gazetteer([Name(1, 1, "one", spelling)])
    assert [find.quote for find in gazetteer.find(f"“{spelling}”")] == [spelling]


@given(st.lists(st.sampled_from(SPELLINGS), min_size=1, max_size=5))
def test_every_spelling_is_found_between_quotation_marks(chosen):
    text = "; ".join(f"“{spelling}”" for _, spelling, _ in chosen)
    headline = "; ".join(spelling for _, spelling, _ in SPELLINGS)
    quotes = [find.quote for find in GAZETTEER.find(text, headline=headline)]
    assert quotes == [spelling for _, spelling, _ in chosen]
