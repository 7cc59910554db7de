import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.doubts import INSIDE
from articles.enrichment.finds import Name
from articles.enrichment.gazetteer import LIKELY, Gazetteer
from articles.vocabulary import AliasKind, CaseRule, Standing

NAME, ACRONYM, DEMONYM, SURNAME = AliasKind
SPELLINGS = [
    ("cairo", "Cairo", NAME),
    ("egypt", "Egypt", NAME),
    ("egypt", "Egyptian", DEMONYM),
    ("united-nations", "UN", ACRONYM),
    ("united-nations", "United Nations", NAME),
    ("un-security-council", "UN Security Council", NAME),
    ("jordan", "Jordan", NAME),
    ("jordan", "Jordanian", DEMONYM),
    ("jordan", "Hashemite Kingdom of Jordan", NAME),
    ("michael-jordan", "Michael Jordan", NAME),
    ("michael-jordan", "Jordan", SURNAME),
    ("benjamin-netanyahu", "Benjamin Netanyahu", NAME),
    ("benjamin-netanyahu", "Netanyahu", SURNAME),
    ("sara-netanyahu", "Sara Netanyahu", NAME),
    ("sara-netanyahu", "Netanyahu", SURNAME),
    ("george-w-bush", "George W. Bush", NAME),
    ("george-w-bush", "Bush", SURNAME),
    ("paris", "Paris", NAME),
    ("turkey", "Turkey", NAME),
    ("united-kingdom", "British", DEMONYM),
    ("el-paso-texas", "El Paso", NAME),
    ("el-paso-la-palma", "El Paso", NAME),
]
SLUGS = sorted({slug for slug, _, _ in SPELLINGS})


def names(spellings=SPELLINGS, **rules):
    return [
        Name(number, SLUGS.index(slug) if slug in SLUGS else number, slug, spelling, kind, **rules)
        for number, (slug, spelling, kind) in enumerate(spellings)
    ]


GAZETTEER = Gazetteer(names())


def found(text, gazetteer=GAZETTEER, **context):
    """Quotations and the slugs of their candidates."""
    return [
        (find.quote, *(one.slug for one in find.candidates))
        for find in gazetteer.find(text, **context)
    ]


def only(text, gazetteer=GAZETTEER, **context):
    [find] = gazetteer.find(text, **context)
    return find


def words(reasons):
    return [reason.word for reason in reasons]


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


class TestSurnames:
    def test_count_after_the_full_name_only(self):
        text = "Netanyahu spoke. Benjamin Netanyahu met others; then Netanyahu left."
        assert found(text) == [
            ("Benjamin Netanyahu", "benjamin-netanyahu"),
            ("Netanyahu", "benjamin-netanyahu"),
        ]
        assert [find.start for find in GAZETTEER.find(text)] == [17, 53]

    def test_the_headline_counts_as_earlier(self):
        assert found("Netanyahu spoke.", headline="Benjamin Netanyahu speaks") == [
            ("Netanyahu", "benjamin-netanyahu")
        ]

    def test_a_headline_may_name_whom_the_body_names_in_full(self):
        reading = GAZETTEER.read("Benjamin Netanyahu spoke.", headline="Netanyahu speaks")
        assert [find.quote for find in reading.headline] == ["Netanyahu"]
        assert [find.quote for find in reading.body] == ["Benjamin Netanyahu"]

    def test_of_two_persons_named_is_ambiguous(self):
        *_, find = GAZETTEER.find("Benjamin Netanyahu and Sara Netanyahu came. Netanyahu spoke.")
        assert {one.slug for one in find.candidates} == {"benjamin-netanyahu", "sara-netanyahu"}
        assert not find.is_unambiguous

    def test_of_two_persons_named_ranks_the_one_named_last_first(self):
        for last in ("Benjamin", "Sara"):
            first = "Sara" if last == "Benjamin" else "Benjamin"
            text = f"In came {first} Netanyahu and {last} Netanyahu. Then Netanyahu spoke."
            *_, find = GAZETTEER.find(text)
            assert find.candidates[0].slug == f"{last.lower()}-netanyahu"
            assert "named-last" in words(find.candidates[0].reasons)

    @pytest.mark.parametrize("text", ["son Yair Netanyahu", "Yair Netanyahu", "Netanyahu Park"])
    def test_of_somebody_else_is_no_find(self, text):
        assert found(f"Benjamin Netanyahu spoke. So did {text}, they said.")[1:] == []

    def test_that_may_be_a_place_too_is_ambiguous_and_the_person_named_comes_first(self):
        *_, find = GAZETTEER.find("Michael Jordan came. They saw how Jordan played.")
        assert [one.slug for one in find.candidates] == ["michael-jordan", "jordan"]
        assert "named-in-full" in words(find.candidates[0].reasons)
        assert only("in Jordan").is_unambiguous

    @pytest.mark.parametrize("title", ["President", "Prime Minister", "Mr", "Mr.", "Premier"])
    def test_may_follow_a_title(self, title):
        text = f"George W. Bush left. On Monday {title} Bush spoke."
        assert found(text)[-1] == ("Bush", "george-w-bush")


class TestAmbiguity:
    def test_gives_one_find_with_ranked_candidates(self):
        find = only("The lava reached El Paso on La Palma.")
        assert [one.slug for one in find.candidates] == ["el-paso-la-palma", "el-paso-texas"]
        assert find.candidates[0].score > find.candidates[1].score
        assert "words-of-its-slug" in words(find.candidates[0].reasons)
        assert not find.is_unambiguous

    def test_another_name_of_the_entity_speaks_for_it(self):
        text = "Michael Jordan came. A Jordanian team and a second one from Jordan played."
        candidates = GAZETTEER.find(text)[-1].candidates
        place = next(one for one in candidates if one.slug == "jordan")
        assert ("also-named", "Jordanian") in place.reasons

    def test_a_demonym_is_a_kind_of_its_own_and_less_sure(self):
        find = only("an Egyptian official")
        assert (find.kind, find.candidates[0].slug) == (DEMONYM, "egypt")
        assert find.confidence < only("in Egypt").confidence


class TestLongerNames:
    @pytest.mark.parametrize(
        "text",
        [
            "she saw Paris Hilton there",
            "the Cairo University press",
            "the actor Woody Paris said",
            "he is Jordan B. Peterson, they said",
        ],
    )
    def test_one_word_of_a_longer_name_is_no_find(self, text):
        assert found(text) == []

    @pytest.mark.parametrize("text", ["the UN General Assembly", "a British Airways flight"])
    def test_an_acronym_or_demonym_before_one_is_doubtful(self, text):
        find = only(text)
        assert words(find.reasons) == [INSIDE]
        assert find.confidence < LIKELY

    @pytest.mark.parametrize(
        "text",
        [
            "Across Egypt, many",
            "the Egypt President Sisi knew",
            "In Cairo Prime Minister Madbouly spoke",
            "the President of Egypt Abdel Fattah said",
            "it ended in Cairo Sunday",
            "Talks In Cairo Resume After Long Delay",
            "he left Cairo. Then Paris-based",
            "In Kairo und Cairo Gespräche",
        ],
    )
    def test_what_only_stands_beside_it_is_no_longer_name(self, text):
        language = "de" if "Gespräche" in text else "en"
        assert all(find.is_unambiguous for find in GAZETTEER.find(text, language=language))
        assert found(text, language=language)

    @pytest.mark.parametrize(
        "text", ["in Egyptian.", "into Egyptian by", "an Egyptian translation"]
    )
    def test_a_language_is_doubtful(self, text):
        assert words(only(text).reasons) == ["names-a-language"]

    def test_what_is_in_a_country_is_no_language(self):
        assert only("in Egyptian museums").is_unambiguous

    def test_a_sentence_that_may_begin_with_a_longer_name_is_a_doubt(self):
        assert not only("Marla Jordan left the room.").is_unambiguous
        assert only("Visiting Cairo was fun.").is_unambiguous
        assert only("Rumours came; rumours went. Rumours Cairo denied.").is_unambiguous

    def test_known_names_side_by_side_are_two(self):
        assert len(found("Egypt Jordan talks")) == 2

    def test_a_form_of_address_before_a_place_is_a_doubt(self):
        assert not only("Later Mr Jordan spoke").is_unambiguous

    def test_a_word_that_opens_a_sentence_and_is_a_word_too_is_a_doubt(self):
        text = "Turkey is eaten then. Few buy their turkey early, and some flew to Turkey."
        assert [find.is_unambiguous for find in GAZETTEER.find(text)] == [False, True]


def test_a_letter_joined_to_an_arabic_name_is_a_doubt_unless_the_name_has_its_article():
    gazetteer = Gazetteer([Name(1, 1, "qatar", "قطر"), Name(2, 2, "cairo", "القاهرة")])
    assert words(only("في قطر", gazetteer).reasons) == []
    assert not only("وقطر", gazetteer).is_unambiguous
    assert only("والقاهرة", gazetteer).is_unambiguous
    assert only("للقاهرة", gazetteer).is_unambiguous


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
