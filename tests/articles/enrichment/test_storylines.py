"""Grouping articles: what makes two alike, and what must hold of any groups."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.likeness import WINDOW, Piece, Topic, likeness, rarity, telling
from articles.enrichment.storylines import LEAST, MOST_MEMBERS, find_storylines, strongest

START = date(2024, 3, 1)


def piece(key: int, day: int | None, entities: str, words: str = "talks truce") -> Piece:
    """Entities are letters, all of one weight."""
    return Piece(
        key,
        None if day is None else START + timedelta(days=day),
        {ord(name): Topic(0.8, 1.0) for name in entities},
        dict.fromkeys(words.split(), 0.5),
    )


def grouped(*pieces: Piece, standing: tuple[set[int], ...] = ()) -> list[tuple[int, ...]]:
    return [group.keys for group in find_storylines(pieces, standing)]


class TestLikeness:
    def test_needs_a_common_entity(self):
        assert likeness(piece(1, 0, "ab"), piece(2, 0, "cd")).score == 0
        assert likeness(piece(1, 0, ""), piece(2, 0, "")).score == 0

    def test_of_the_same_on_one_day_is_whole(self):
        assert likeness(piece(1, 0, "ab"), piece(2, 0, "ab")).score == 1

    def test_by_what_everybody_is_about_is_small(self):
        for rare in (0.1, 0.9):
            one, two = (Piece(key, START, {1: Topic(0.9, rare)}, {}) for key in (1, 2))
            assert likeness(one, two).score == pytest.approx(0.6 * rare)

    def test_falls_with_time_and_ends_with_the_window(self):
        scores = [likeness(piece(1, 0, "ab"), piece(2, day, "ab")).score for day in (0, 5, 30, 45)]
        assert scores == sorted(scores, reverse=True)
        assert scores[2] == 0.5
        assert likeness(piece(1, 0, "ab"), piece(2, WINDOW + 1, "ab")).score == 0

    def test_takes_what_has_no_day_for_far_away(self):
        undated = likeness(piece(1, 0, "ab"), piece(2, None, "ab"))
        assert undated.score == likeness(piece(1, 0, "ab"), piece(2, WINDOW, "ab")).score
        assert undated.days is None

    def test_tells_what_is_shared_and_how_far_apart(self):
        found = likeness(piece(1, 0, "abc"), piece(2, 3, "bcd", "truce fire"))
        assert found.entities == (ord("b"), ord("c"))
        assert (found.words, found.days) == (("truce",), 3)


class TestGroups:
    def test_hold_what_is_alike_and_near(self):
        found = grouped(
            piece(1, 0, "ab"),
            piece(2, 2, "ab"),
            piece(3, 200, "ab"),
            piece(4, 1, "xy", "storm flood"),
        )
        assert found == [(1, 2)]

    def test_go_on_with_their_event_beyond_the_window(self):
        days = range(0, 120, 10)
        assert grouped(*(piece(day, day, "ab") for day in days)) == [tuple(days)]

    def test_are_not_chained_by_one_that_is_a_little_of_both(self):
        """An overview that names everything does not make one story of two."""
        truce = [piece(key, 0, "abc", "talks truce mediators") for key in (1, 2, 3)]
        storm = [piece(key, 0, "xyz", "storm flood rescue") for key in (11, 12, 13)]
        both = piece(20, 0, "abcxyz", "talks storm")
        found = grouped(*truce, *storm, both)
        assert [set(keys) & {1, 2, 3} and set(keys) & {11, 12, 13} for keys in found] == [set()] * 2

    def test_that_stand_are_added_to_and_neither_parted_nor_joined(self):
        pieces = [piece(key, 0, "ab") for key in range(5)]
        (one,) = find_storylines(pieces[:3], [{0, 1}])
        assert (one.keys, one.standing) == ((2,), 0)
        assert one.places[0].nearest in {0, 1}
        found = find_storylines(pieces, [{0, 1}, {2, 3}])
        assert [(group.keys, group.standing) for group in found] == [((4,), 0)]

    def test_that_stand_and_gain_nothing_are_not_told(self):
        assert grouped(piece(1, 0, "ab"), piece(2, 0, "ab"), standing=({1, 2},)) == []

    def test_grow_to_a_bound(self):
        count = MOST_MEMBERS + 30
        found = grouped(*(piece(key, key // 10, "ab") for key in range(count)))
        assert sum(map(len, found)) <= count
        assert max(map(len, found)) <= MOST_MEMBERS

    def test_say_how_surely_and_by_what(self):
        (group,) = find_storylines([piece(1, 0, "ab"), piece(2, 0, "ab"), piece(3, 30, "ab")])
        sure = {place.key: place.confidence for place in group.places}
        assert sure[1] == sure[2] == 1
        assert sure[3] < 1
        assert group.places[0].likeness.entities == (ord("a"), ord("b"))


topics = st.builds(Topic, st.floats(0.05, 1), st.just(0.9))
weights = st.dictionaries(st.integers(1, 6), topics, max_size=4)
words = st.dictionaries(
    st.sampled_from(["truce", "talks", "storm"]), st.floats(0.05, 1), max_size=3
)
days = st.none() | st.dates(date(2024, 1, 1), date(2024, 6, 1))
archives = st.lists(st.tuples(days, weights, words), max_size=14).map(
    lambda rows: [Piece(key, *row) for key, row in enumerate(rows)]
)


@given(archives, st.randoms(use_true_random=False))
def test_groups_are_the_same_in_any_order_and_part_what_they_hold(pieces, random):
    found = find_storylines(pieces)
    mixed = list(pieces)
    random.shuffle(mixed)
    assert find_storylines(mixed) == found
    keys = [key for group in found for key in group.keys]
    assert len(keys) == len(set(keys))
    by_key = {it.key: it for it in pieces}
    for group in found:
        assert len(group.keys) > 1
        for place in group.places:
            assert place.nearest in group.keys
            assert 0 < place.confidence <= 1
            assert place.likeness == likeness(
                *sorted((by_key[place.key], by_key[place.nearest]), key=lambda it: it.key)
            )
            assert place.likeness.score >= LEAST


@given(archives, st.sets(st.integers(0, 13), max_size=6))
def test_a_group_that_stands_is_whole_and_alone(pieces, standing):
    for group in find_storylines(pieces, [standing]):
        assert not standing & set(group.keys) or group.standing is None
        if group.standing == 0:
            assert {place.nearest for place in group.places} <= standing | set(group.keys)
        else:
            assert not standing & set(group.keys)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_rarity_is_a_share_and_falls_with_every_article(articles, of):
    assert 0 <= rarity(articles, of) <= 1
    assert rarity(articles + 1, of) <= rarity(articles, of)


@pytest.mark.parametrize(("most", "kept"), [(0, []), (1, ["b"]), (9, ["b", "a", "c"])])
def test_what_tells_most(most, kept):
    assert list(telling({"a": 0.5, "b": 0.9, "c": 0.5}, most)) == kept


def test_the_strongest_entities_are_those_of_several():
    assert strongest([piece(1, 0, "ab"), piece(2, 0, "bc")], 3) == [ord("b")]
