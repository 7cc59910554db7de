import pytest

from articles.enrichment.finds import Name
from articles.enrichment.gazetteer import Gazetteer
from tests.articles.enrichment.curated import DEMONYM, GAZETTEER, found, only, words


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

    @pytest.mark.parametrize(
        ("text", "language", "first"),
        [
            ("Ships on the Niger wait for rain.", "en", "niger-river"),
            ("Ships on the lower Niger wait for rain.", "en", "niger-river"),
            ("People in Niger wait for rain by the river.", "en", "niger"),
            ("Le fleuve et le Niger, river.", "fr", "niger-river"),
        ],
    )
    def test_an_english_river_has_the_article(self, text, language, first):
        names = [Name(1, 1, "niger", "Niger"), Name(2, 2, "niger-river", "Niger")]
        find = only(text, Gazetteer(names), language=language)
        assert find.candidates[0].slug == first
        assert not find.is_unambiguous, "the editor is asked all the same"
