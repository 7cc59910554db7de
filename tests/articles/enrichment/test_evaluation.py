"""Measuring suggestions: what the counts are, and what must hold of any gold set and any find."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.evaluation import (
    Found,
    GoldArticle,
    GoldError,
    GoldPair,
    GoldSpan,
    GoldStoryline,
    Scope,
    Score,
    SpanReport,
    evaluate_engines,
    evaluate_groups,
    evaluate_pairs,
    evaluate_spans,
    evaluate_storylines,
    pair_table,
    read_articles,
    read_pairs,
    read_storylines,
    span_table,
)
from articles.identity import article_uid

GOLD = Path(__file__).resolve().parents[2] / "gold"


def place(start: int, end: int, entity: str | None = "cairo", **more: object) -> GoldSpan:
    members = {"kind": "place", **more}
    return GoldSpan(start, end, "x" * (end - start), entity, **members)  # type: ignore[arg-type]


def trap(start: int, end: int) -> GoldSpan:
    return GoldSpan(start, end, "x" * (end - start), None, None, True, True)


def article(*spans: GoldSpan, name: str = "one") -> GoldArticle:
    return GoldArticle("gold", name, "", spans)


def judged(spans: list[GoldSpan], *finds: Found) -> SpanReport:
    gold = article(*spans)
    return evaluate_spans([gold], {gold.uid: finds}, "engine")


def as_found(span: GoldSpan) -> Found:
    return Found(span.start, span.end, span.entity, span.kind)


@st.composite
def golds(draw: st.DrawFn, least: int = 0) -> tuple[GoldSpan, ...]:
    """Names of an article, in order and apart, some of them touching."""
    spans, here = [], 0
    for _ in range(draw(st.integers(least, 8))):
        start = here + draw(st.integers(0, 3))
        here = start + draw(st.integers(1, 4))
        entity = draw(st.sampled_from([None, "cairo", "egypt"]))
        kind = "place" if entity else draw(st.sampled_from(["person", "place"]))
        spans.append(place(start, here, entity, kind=kind, is_ambiguous=draw(st.booleans())))
    return tuple(spans)


@st.composite
def any_find(draw: st.DrawFn) -> Found:
    start = draw(st.integers(0, 40))
    entity = draw(st.sampled_from([None, "cairo", "egypt", "israel"]))
    kind = draw(st.sampled_from([None, "person", "place"]))
    others = tuple(draw(st.lists(st.sampled_from(["cairo", "egypt"]), max_size=2)))
    return Found(start, start + draw(st.integers(1, 6)), entity, kind, others if entity else ())


finds_anywhere = st.lists(any_find(), max_size=12)


def most_pairs(names: list[GoldSpan], finds: list[Found]) -> int:
    """The greatest number of overlapping pairs, by trying out augmenting paths."""
    taken: dict[int, int] = {}

    def place_for(name: int, seen: set[int]) -> bool:
        for number, find in enumerate(finds):
            touches = find.start < names[name].end and names[name].start < find.end
            if touches and number not in seen:
                seen.add(number)
                if number not in taken or place_for(taken[number], seen):
                    taken[number] = name
                    return True
        return False

    return sum(place_for(name, set()) for name in range(len(names)))


class TestScores:
    def test_shares_follow_from_counts(self) -> None:
        score = Score(correct=3, found=4, expected=6)
        assert (score.precision, score.recall, score.f1) == (0.75, 0.5, 0.6)

    def test_of_nothing_all_is_right(self) -> None:
        assert (Score().precision, Score().recall, Score().f1) == (1, 1, 1)
        assert (Score(expected=2).precision, Score(expected=2).recall) == (1, 0)
        assert (Score(found=2).precision, Score(found=2).recall) == (0, 1)
        assert Score(expected=2).f1 == Score(found=2).f1 == 0

    @given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
    def test_f1_is_the_harmonic_mean(self, correct: int, wrong: int, missed: int) -> None:
        score = Score(correct, correct + wrong, correct + missed)
        if correct:
            mean = 2 / (1 / score.precision + 1 / score.recall)
            assert score.f1 == pytest.approx(mean)
        assert 0 <= score.f1 <= 1

    def test_they_add_up(self) -> None:
        assert Score(1, 2, 3) + Score(4, 5, 6) == Score(5, 7, 9)


class TestNames:
    def test_place_and_entity_must_be_right(self) -> None:
        report = judged([place(0, 5)], Found(0, 5, "egypt", "place"))
        assert report.measure().strict == Score(0, 1, 1)
        assert report.measure().by_span == Score(1, 1, 1)

    def test_another_place_is_right_by_span_only(self) -> None:
        report = judged([place(3, 8)], Found(3, 6, "cairo", "place"))
        assert report.measure().strict == Score(0, 1, 1)
        assert report.measure().by_span == Score(1, 1, 1)

    def test_places_that_only_touch_do_not_overlap(self) -> None:
        report = judged([place(3, 8)], Found(8, 9, "cairo"), Found(0, 3, "cairo"))
        assert report.measure().by_span == Score(0, 2, 1)

    def test_an_uncurated_name_needs_its_kind(self) -> None:
        names = [place(0, 5, None, kind="person")]
        right, wrong = Found(0, 5, None, "person"), Found(0, 5, None, "place")
        assert judged(names, right).measure(Scope.NEW).strict == Score(1, 1, 1)
        assert judged(names, wrong).measure(Scope.NEW).strict == Score(0, 1, 1)
        assert judged(names, Found(0, 5)).measure(Scope.NEW).strict == Score(0, 1, 1)
        assert judged(names, Found(0, 5)).measure(Scope.NEW).by_span == Score(1, 1, 1)

    def test_the_right_entity_may_be_among_the_candidates(self) -> None:
        find = Found(0, 5, "egypt", "place", ("cairo",))
        measure = judged([place(0, 5)], find).measure(Scope.KNOWN)
        assert measure.strict == Score(0, 1, 1)
        assert measure.listed == Score(1, 1, 1)

    def test_overlaps_are_counted_once(self) -> None:
        over_two = judged([place(0, 3), place(4, 7)], Found(0, 7, "cairo"))
        assert over_two.measure().by_span == Score(1, 1, 2)
        twice = judged([place(0, 7)], Found(0, 3, "cairo"), Found(4, 7, "cairo"))
        assert twice.measure().by_span == Score(1, 2, 1)

    def test_a_find_over_two_names_leaves_each_its_own(self) -> None:
        finds = (Found(0, 7, "cairo"), Found(0, 2, "cairo"))
        assert judged([place(0, 3), place(4, 7)], *finds).measure().by_span == Score(2, 2, 2)

    def test_the_same_find_twice_is_one(self) -> None:
        find = Found(0, 5, "cairo", "place")
        assert judged([place(0, 5)], find, find).measure().strict == Score(1, 1, 1)

    def test_known_and_new_names_are_apart(self) -> None:
        names = [place(0, 5), place(6, 9, None, kind="person")]
        report = judged(names, Found(0, 5, "cairo", "place"))
        assert report.measure(Scope.KNOWN).strict == Score(1, 1, 1)
        assert report.measure(Scope.NEW).strict == Score(0, 0, 1)
        assert report.measure(Scope.KNOWN, "place").strict == Score(1, 1, 1)
        assert report.measure(Scope.KNOWN, "person").strict == Score()
        assert report.measure(Scope.ALL, "person").strict == Score(0, 0, 1)

    def test_negatives_are_not_expected_and_tell_when_they_are_found(self) -> None:
        report = judged([trap(0, 3), trap(5, 8), place(9, 12)], Found(5, 8, "may", "person"))
        assert (report.caught, report.negatives) == (1, 2)
        assert report.measure().strict == Score(0, 1, 1)
        assert report.measure(Scope.AMBIGUOUS).by_span == Score(0, 1, 0)

    def test_of_ambiguous_names_only_finds_near_them_count(self) -> None:
        names = [place(0, 5, is_ambiguous=True), place(9, 12)]
        finds = (Found(0, 5, "cairo", "place"), Found(9, 12, "egypt", "place"))
        assert judged(names, *finds).measure(Scope.AMBIGUOUS).strict == Score(1, 1, 1)

    def test_articles_add_up_and_others_are_not_judged(self) -> None:
        one, two = article(place(0, 5)), article(place(0, 5), name="two")
        find = Found(0, 5, "cairo", "place")
        report = evaluate_spans([one, two], {one.uid: [find], "elsewhere": [find]})
        assert report.articles == 2
        assert report.measure().strict == Score(1, 1, 2)

    def test_each_engine_has_its_report(self) -> None:
        gold = article(place(0, 5))
        found = {"good": {gold.uid: [Found(0, 5, "cairo", "place")]}, "idle": {}}
        good, idle = evaluate_engines(iter([gold]), found)
        assert (good.engine, good.measure().strict.f1) == ("good", 1)
        assert (idle.engine, idle.measure().strict) == ("idle", Score(0, 0, 1))

    @pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3)])
    def test_a_find_has_a_place(self, start: int, end: int) -> None:
        with pytest.raises(ValueError, match="no place"):
            Found(start, end)


class TestAnyNames:
    @given(golds())
    def test_finding_all_of_them_is_perfect(self, spans: tuple[GoldSpan, ...]) -> None:
        report = judged(list(spans), *map(as_found, spans))
        for row in report.rows:
            for score in (row.measure.strict, row.measure.listed, row.measure.by_span):
                assert (score.precision, score.recall, score.f1) == (1, 1, 1), row

    @given(golds(least=1))
    def test_finding_nothing_recalls_nothing(self, spans: tuple[GoldSpan, ...]) -> None:
        measure = judged(list(spans)).measure()
        assert measure.strict == measure.by_span == Score(0, 0, len(spans))
        assert measure.strict.f1 == 0

    @given(golds(least=1))
    def test_other_entities_are_wrong_but_at_the_right_place(
        self, spans: tuple[GoldSpan, ...]
    ) -> None:
        finds = [Found(span.start, span.end, "mars", "place") for span in spans]
        measure = judged(list(spans), *finds).measure()
        assert measure.strict.correct == 0
        assert measure.by_span.f1 == 1

    @given(golds(), finds_anywhere)
    def test_each_way_is_more_lenient_than_the_one_before(
        self, spans: tuple[GoldSpan, ...], finds: list[Found]
    ) -> None:
        for row in judged(list(spans), *finds).rows:
            strict, listed, by_span = row.measure.strict, row.measure.listed, row.measure.by_span
            assert strict.correct <= listed.correct <= by_span.correct
            assert by_span.correct <= min(by_span.found, by_span.expected)
            assert strict.found == by_span.found
            assert strict.expected == by_span.expected

    @given(golds(), finds_anywhere)
    def test_overlaps_are_the_greatest_number_of_pairs(
        self, spans: tuple[GoldSpan, ...], finds: list[Found]
    ) -> None:
        by_span = judged(list(spans), *finds).measure().by_span
        assert by_span.correct == most_pairs(list(spans), list(set(finds)))

    @given(golds(), finds_anywhere)
    def test_known_and_new_names_are_all_of_them(
        self, spans: tuple[GoldSpan, ...], finds: list[Found]
    ) -> None:
        report = judged(list(spans), *finds)
        parts = report.measure(Scope.KNOWN).strict + report.measure(Scope.NEW).strict
        assert parts == report.measure().strict

    @given(golds(), finds_anywhere, st.randoms())
    def test_the_order_of_finds_says_nothing(
        self, spans: tuple[GoldSpan, ...], finds: list[Found], chance: object
    ) -> None:
        shuffled = sorted(finds, key=lambda _: chance.random())  # type: ignore[attr-defined]
        assert judged(list(spans), *finds) == judged(list(spans), *shuffled)

    @given(golds(), golds())
    def test_swapped_sides_swap_precision_and_recall(
        self, one: tuple[GoldSpan, ...], two: tuple[GoldSpan, ...]
    ) -> None:
        there = judged(list(one), *map(as_found, two)).measure()
        back = judged(list(two), *map(as_found, one)).measure()
        for way in ("strict", "listed", "by_span"):
            assert getattr(there, way).precision == getattr(back, way).recall
            assert getattr(there, way).f1 == getattr(back, way).f1


uids = st.sampled_from("abcdef")
uid_pairs = st.tuples(uids, uids).filter(lambda pair: pair[0] != pair[1])


class TestPairs:
    def test_the_order_within_a_pair_says_nothing(self) -> None:
        assert evaluate_pairs([GoldPair("a", "b")], [("b", "a")]).score == Score(1, 1, 1)

    def test_whatever_is_not_said_to_be_a_duplicate_is_none(self) -> None:
        gold = [GoldPair("a", "b"), GoldPair("a", "c", is_duplicate=False)]
        report = evaluate_pairs(gold, [("a", "b"), ("a", "c"), ("b", "c")])
        assert report.score == Score(1, 3, 1)

    def test_other_articles_are_not_judged_unless_told(self) -> None:
        gold, found = [GoldPair("a", "b")], [("a", "b"), ("a", "z"), ("a", "a")]
        assert evaluate_pairs(gold, found).score == Score(1, 1, 1)
        assert evaluate_pairs(gold, found).unjudged == 1
        assert evaluate_pairs(gold, found, articles={"a", "b", "z"}).score == Score(1, 2, 1)

    @given(st.sets(uid_pairs), st.sets(uid_pairs))
    def test_swapped_sides_swap_precision_and_recall(
        self, one: set[tuple[str, str]], two: set[tuple[str, str]]
    ) -> None:
        there = evaluate_pairs([GoldPair(*pair) for pair in one], two, "abcdef").score
        back = evaluate_pairs([GoldPair(*pair) for pair in two], one, "abcdef").score
        assert (there.precision, there.recall) == (back.recall, back.precision)

    @given(st.sets(uid_pairs, min_size=1))
    def test_all_is_perfect_and_nothing_recalls_nothing(self, pairs: set[tuple[str, str]]) -> None:
        gold = [GoldPair(*pair) for pair in pairs]
        assert evaluate_pairs(gold, pairs).score.f1 == 1
        assert evaluate_pairs(gold, []).score.recall == 0

    def test_an_article_is_no_pair_with_itself(self) -> None:
        with pytest.raises(ValueError, match="itself"):
            GoldPair("a", "a")


class TestGroups:
    def test_co_membership_is_what_counts(self) -> None:
        assert evaluate_groups([{"a", "b", "c"}], [{"a", "b"}, {"c"}]).score == Score(1, 1, 3)
        assert evaluate_groups([{"a", "b"}, {"c"}], [{"a", "b", "c"}]).score == Score(1, 3, 1)

    @given(st.lists(st.sets(uids, min_size=1)))
    def test_the_same_groups_are_perfect(self, groups: list[set[str]]) -> None:
        score = evaluate_groups(groups, reversed(groups)).score
        assert (score.precision, score.recall, score.f1) == (1, 1, 1)

    def test_articles_of_no_storyline_are_judged(self) -> None:
        gold = [GoldStoryline("talks", ("a", "b")), GoldStoryline(None, ("c", "d"))]
        assert evaluate_storylines(gold, [["a", "b"]]).score == Score(1, 1, 1)
        assert evaluate_storylines(gold, [["a", "b", "c"]]).score == Score(1, 3, 1)
        assert evaluate_storylines(gold, [["c", "d"]]).score == Score(0, 1, 1)
        report = evaluate_storylines(gold, [["a", "b", "elsewhere"]])
        assert (report.score, report.unjudged) == (Score(1, 1, 1), 2)


class TestTables:
    def test_of_names(self) -> None:
        names = [place(0, 5), place(6, 9, None, kind="person"), trap(10, 13)]
        report = judged(names, Found(0, 5, "cairo", "place"), Found(10, 13, "may", "person"))
        lines = span_table([report]).splitlines()
        assert lines[0].split()[:6] == ["engine", "names", "kind", "P", "R", "F1"]
        known = next(line for line in lines if line.split()[1:3] == ["known", "every"])
        assert known.split()[3:6] == ["0.500", "1.000", "0.667"]
        assert known.split()[-3:] == ["1", "2", "1"]
        new = next(line for line in lines if line.split()[1:3] == ["new", "every"])
        assert new.split()[3:6] == ["–", "0.000", "0.000"]
        assert lines[-1] == "engine: 1 articles, 1 of 1 negatives found"

    def test_of_pairs(self) -> None:
        found = [("a", "b"), ("a", "z")]
        report = evaluate_pairs([GoldPair("a", "b")], found, engine="minhash")
        head, line = pair_table([report]).splitlines()
        assert head.split()[-1] == "unjudged"
        assert line.split() == ["minhash", "1.000", "1.000", "1.000", "1", "1", "1", "1"]


def line_of(**changes: object) -> str:
    body = "In Cairo."
    span = {"start": 3, "end": 8, "quote": "Cairo", "entity": "cairo", "kind": "place"}
    row: dict[str, object] = {
        "origin": "gold",
        "external_id": "one",
        "sha256": sha256(body.encode()).hexdigest(),
        "body": body,
        "spans": [{**span, **changes}],
    }
    return json.dumps(row)


class TestReading:
    def test_an_article(self) -> None:
        (read,) = read_articles([line_of(ambiguous=True, why="a reason"), "\n"])
        assert read.uid == str(article_uid("gold", "one"))
        assert read.spans == (GoldSpan(3, 8, "Cairo", "cairo", "place", True),)
        assert read.is_of("In Cairo.")
        assert not read.is_of("In Cairo")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"end": 9}, "no place"),
            ({"start": 4, "end": 9}, "not the one"),
            ({"kind": "town"}, "no known kind"),
            ({"kind": None}, "no known kind"),
            ({"negative": True}, "has an entity"),
            ({"start": "3"}, "line 2"),
        ],
    )
    def test_a_line_that_is_wrong_is_named(self, changes: dict[str, object], words: str) -> None:
        with pytest.raises(GoldError, match=words) as caught:
            list(read_articles([line_of(), line_of(**changes)]))
        assert str(caught.value).startswith("line 2: ")

    @pytest.mark.parametrize("line", ["{", "[]", "7", '{"origin": "gold"}', '"text"'])
    def test_whatever_is_no_article_is_named(self, line: str) -> None:
        for read in (read_articles, read_pairs, read_storylines):
            with pytest.raises(GoldError, match="line 1: "):
                list(read([line]))

    def test_names_over_one_another_are_refused(self) -> None:
        with pytest.raises(ValueError, match="is not after"):
            article(place(0, 5), place(4, 8))

    def test_pairs_and_storylines(self) -> None:
        (pair,) = read_pairs(['{"a": "1", "b": "2", "duplicate": false}'])
        assert pair == GoldPair("1", "2", is_duplicate=False)
        (line,) = read_storylines(['{"storyline": null, "articles": ["1", "2"]}'])
        assert line == GoldStoryline(None, ("1", "2"))


class TestTheGoldSet:
    @pytest.mark.parametrize("name", ["entities.jsonl", "homographs.jsonl"])
    def test_it_is_read_and_measures_itself_as_perfect(self, name: str) -> None:
        with (GOLD / name).open(encoding="utf-8") as lines:
            gold = tuple(read_articles(lines))
        found = {a.uid: [as_found(s) for s in a.spans if not s.is_negative] for a in gold}
        report = evaluate_spans(gold, found)
        assert report.measure().strict.expected > 200
        assert {row.measure.strict.f1 for row in report.rows} == {1}
        assert report.caught == 0 < report.negatives

    def test_its_storylines_measure_themselves_as_perfect(self) -> None:
        with (GOLD / "storylines.jsonl").open(encoding="utf-8") as lines:
            gold = tuple(read_storylines(lines))
        named = [storyline.articles for storyline in gold if storyline.name]
        assert evaluate_storylines(gold, named).score == Score(13, 13, 13)
        everything = [uid for storyline in gold for uid in storyline.articles]
        assert evaluate_storylines(gold, [everything]).score == Score(13, 48 * 47 // 2, 13)
