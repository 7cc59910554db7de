from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.tagging import BODY, HEADLINE, LEAD, NEAR, NearTag, TagName, TagWords

TAGS = [
    TagName(1, "elections", "Elections"),
    TagName(2, "peace-process", "Peace process"),
    TagName(2, "peace-process", "ceasefire"),
    TagName(3, "health", "Health"),
    TagName(4, "public-health", "Public health"),
    TagName(5, "politics", "Politics"),
    TagName(6, "film", "映画"),
]
WORDS = TagWords(TAGS)
LEAD_TEXT = "Nothing of the kind was said in the first paragraph."


def suggested(body="", **context):
    return {one.slug: one for one in WORDS.suggest(body, **context)}


def test_words_count_in_any_case_and_as_whole_words():
    assert set(suggested("ELECTIONS were held; nobody spoke of healthy reelections.")) == {
        "elections"
    }


def test_singular_and_plural_are_one_word():
    assert "elections" in suggested("The election was held.")
    assert "peace-process" in suggested("All ceasefires were short.")
    assert "politics" not in suggested("A politic answer.")


def test_a_short_acronym_counts_only_as_it_is_written():
    words = TagWords([TagName(1, "technology", "IT"), TagName(2, "aids", "AIDS")])

    def named(body: str) -> set[str]:
        return {one.slug for one in words.suggest("", headline=body)}

    assert named("it is said that It aids nobody") == set()
    assert named("IT firms fight Aids") == {"technology", "aids"}


def test_the_longest_words_count_alone():
    assert set(suggested("Public health is at stake.")) == {"public-health"}


def test_words_in_a_script_without_blanks():
    assert "film" in suggested("新しい映画が公開された")


def test_headline_outweighs_lead_and_lead_the_body():
    headline = suggested(LEAD_TEXT, headline="A ceasefire")["peace-process"]
    lead = suggested("A ceasefire came.")["peace-process"]
    body = suggested(f"{LEAD_TEXT}\n\nA ceasefire here, a ceasefire there.")["peace-process"]
    assert headline.confidence > lead.confidence > body.confidence
    assert [one.evidence[0].word for one in (headline, lead, body)] == [HEADLINE, LEAD, BODY]


def test_once_in_the_body_is_too_little():
    assert suggested(f"{LEAD_TEXT}\n\nA ceasefire came.") == {}


def test_evidence_quotes_its_place():
    body = "A ceasefire came.\n\nThe peace\nprocess goes on."
    [first, second] = suggested(body)["peace-process"].evidence
    assert (first.quote, first.start, first.end) == ("ceasefire", 2, 11)
    assert second.quote == body[second.start : second.end] == "peace\nprocess"


def test_near_articles_speak_for_a_tag_if_several_have_it():
    near = [NearTag(3, "health", 8, 10), NearTag(5, "politics", 1, 10)]
    found = suggested(near=near)
    assert set(found) == {"health"}
    [evidence] = found["health"].evidence
    assert (evidence.word, evidence.articles, evidence.of) == (NEAR, 8, 10)


def test_both_together_say_more_than_either():
    near = [NearTag(1, "elections", 5, 10)]
    both = suggested("An election came.", near=near)["elections"].confidence
    assert both > suggested("An election came.")["elections"].confidence
    assert both > suggested(near=near)["elections"].confidence


def test_the_surest_come_first_and_no_tags_suggest_nothing():
    found = WORDS.suggest("Health, and peace process.", headline="Peace process")
    assert [one.slug for one in found] == ["peace-process", "health"]
    assert TagWords([]).suggest("Elections") == []


PIECES = st.sampled_from(
    ["ceasefire", "Election", "s", " ", "\n\n", "health ", "public ", "’s", "  "]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=20).map("".join))
def test_every_suggestion_is_curated_and_quotes_the_text(text):
    found = WORDS.suggest(text)
    assert len({one.tag for one in found}) == len(found)
    assert {one.slug for one in found} <= {tag.slug for tag in TAGS}
    for one in found:
        assert 0 < one.confidence <= 1
        assert all(text[part.start : part.end] == part.quote for part in one.evidence)


@given(st.integers(2, 20), st.integers(0, 20))
def test_more_near_articles_with_the_tag_never_say_less(articles, without):
    of = articles + without
    one = suggested(near=[NearTag(3, "health", articles, of)])
    more = suggested(near=[NearTag(3, "health", articles + 1, of + 1)])
    if one:
        assert more["health"].confidence >= one["health"].confidence
