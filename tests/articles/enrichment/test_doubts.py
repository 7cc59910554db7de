import pytest

from articles.enrichment.doubts import INSIDE
from articles.enrichment.finds import Name
from articles.enrichment.gazetteer import LIKELY, Gazetteer
from articles.vocabulary import AliasKind
from tests.articles.enrichment.curated import GAZETTEER, found, only, words


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


@pytest.mark.parametrize(
    ("text", "is_date"),
    [
        ("Theresa May travels in May.", True),
        ("Theresa May travels on 12 May.", True),
        ("Theresa May travels, and late May it is.", True),
        ("Theresa May travels; it is May 12.", True),
        ("Theresa May travels, and May speaks.", False),
        ("Theresa May travels, said May.", False),
    ],
)
def test_a_month_where_dates_stand_is_nobody(text, is_date):
    names = [
        Name(1, 1, "theresa-may", "Theresa May"),
        Name(2, 1, "theresa-may", "May", AliasKind.SURNAME),
    ]
    assert len(found(text, Gazetteer(names))) == (1 if is_date else 2)
