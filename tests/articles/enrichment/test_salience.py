import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.salience import HEADLINE, salience

LENGTHS = st.integers(1, 5000)


@st.composite
def mentions(draw):
    length = draw(LENGTHS)
    return draw(st.lists(st.integers(0, length - 1), max_size=30)), length


def test_nothing_is_not_salient():
    assert salience([], 1000) == 0
    assert salience([], 0) == 0
    assert salience([], 0, in_headline=True) == HEADLINE


def test_what_an_article_is_about_stands_far_from_what_it_names():
    about = salience([10, 200, 420, 640, 910], 1000, in_headline=True)
    named = salience([930], 1000)
    assert about > 0.85
    assert named < 0.1


@pytest.mark.parametrize(
    ("places", "length", "in_headline", "value"),
    [([0], 100, False, 0.3425), ([0], 100, True, 0.6925), ([80], 100, False, 0.0945)],
)
def test_follows_its_formula(places, length, in_headline, value):
    assert salience(places, length, in_headline=in_headline) == value


@given(mentions(), st.booleans())
def test_is_a_share(texts, in_headline):
    places, length = texts
    assert 0 <= salience(places, length, in_headline=in_headline) <= 1


@given(mentions())
def test_a_headline_adds(texts):
    places, length = texts
    assert salience(places, length, in_headline=True) > salience(places, length)


@given(mentions(), st.data())
def test_one_mention_more_never_makes_it_less(texts, data):
    places, length = texts
    more = [*places, data.draw(st.integers(0, length - 1))]
    assert salience(more, length) >= salience(places, length)


@given(mentions(), st.integers(1, 500))
def test_text_added_before_one_mention_never_makes_it_more(texts, added):
    places, length = texts
    if places:
        place = places[0]
        assert salience([place + added], length + added) <= salience([place], length)


@given(mentions(), st.randoms())
def test_the_order_of_mentions_says_nothing(texts, chance):
    places, length = texts
    shuffled = list(places)
    chance.shuffle(shuffled)
    assert salience(shuffled, length) == salience(places, length)
