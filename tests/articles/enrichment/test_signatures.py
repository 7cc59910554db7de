"""Signatures, shares and shared passages: the same everywhere, whatever else there is."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.furniture import Holder, is_furniture
from articles.enrichment.shingles import FOOT_LINES, HEAD_LINES, LONGEST, read, shingles
from articles.enrichment.signatures import (
    BANDS,
    CONFIGURATION,
    FEWEST_SHINGLES,
    MOST_PASSAGES,
    Shares,
    explain,
    shares,
    sign,
)

# Few different words, so that texts have some in common; every script, so that none is special.
WORDS = [
    "talks",
    "Qatar",
    "the",
    "L’été",
    "e\u0301te\u0301",
    "قطر",
    "हिन्दी",
    "会",
    "谈",
    "ร",
    "٣",
    "ﬁn",
    "St.",
]
TEXTS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", "  ", "\n", ", ", "\n\n"])),
    max_size=60,
).map(lambda parts: "".join(word + blank for word, blank in parts))
ANY = st.one_of(TEXTS, st.text())

STORY = " ".join(f"word{number}" for number in range(40))


def words(text: str) -> list[str]:
    return read(text).words


class TestReading:
    def test_case_width_and_punctuation_count_for_nothing(self):
        assert read("The ﬁnal “TALKS”, in Ｑatar!").words == [
            "the",
            "final",
            "talks",
            "in",
            "qatar",
        ]
        assert read("Straße E\u0301te\u0301").words == read("STRASSE été").words

    def test_marks_part_no_word(self):
        assert read("हिन्दी में").words == ["हिन्दी", "में"]

    def test_scripts_without_spaces_are_read_by_characters(self):
        assert read("会谈将于 Doha 举行").words == ["会", "谈", "将", "于", "doha", "举", "行"]
        found = read("谈判代表说会谈将于星期日").own_shingles()
        assert found[0] == "谈 判 代 表 说 会 谈 将"
        assert len(found) == 5

    def test_a_shingle_is_four_words(self):
        assert read("One two three four five.").own_shingles() == [
            "one two three four",
            "two three four five",
        ]
        assert read("One two three.").own_shingles() == []

    def test_lines_have_keys_where_they_hold_a_shingle(self):
        reading = read("One two three\n\nOne two three four\n会谈将于星期日\none TWO, three: four")
        assert [(it.start, it.end) for it in reading.lines] == [(3, 7), (14, 18)]
        assert reading.lines[0].key == reading.lines[1].key
        assert reading.own_words({reading.lines[0].key}) == [
            "one",
            "two",
            "three",
            *"会谈将于星期日",
        ]

    def test_bounds(self):
        assert len("".join(read("a" * (LONGEST + 5)).words)) == LONGEST
        lines = "\n".join(f"this is line {number}" for number in range(100))
        keys = [it.start // 4 for it in read(lines).lines]
        assert keys == [*range(HEAD_LINES), *range(100 - FOOT_LINES, 100)]

    @given(ANY)
    def test_each_word_has_its_place(self, text):
        reading, found = read(text), read(text).places()
        assert len(found) == len(reading.words)
        for word, (start, end) in zip(reading.words, found, strict=True):
            assert read(text[start:end]).words == [word]

    @given(TEXTS)
    def test_spaced_or_not_the_shingles_are_the_same(self, text):
        reading = read(text)
        if reading.is_spaced:
            assert shingles(reading.words) == shingles(reading.words, is_spaced=False)


class TestSign:
    @given(st.lists(ANY, max_size=6), st.randoms())
    def test_the_same_text_has_the_same_bands(self, texts, chance):
        """In whatever order and company it is signed."""
        alone = [sign([read(text)])[0] for text in texts]
        order = chance.sample(range(len(texts)), len(texts))
        together = sign([read(texts[index]) for index in order])
        assert together == [alone[index] for index in order]
        for text, bands in zip(texts, alone, strict=True):
            enough = len(read(text).own_shingles()) >= FEWEST_SHINGLES
            assert len(bands) == (BANDS if enough else 0)
            assert all(-(2**31) <= band < 2**31 for band in bands)

    def test_in_every_process(self):
        """Also where strings hash otherwise: the bands of a text are those that are stored."""
        code = (
            "import sys; from articles.enrichment.shingles import read;"
            "from articles.enrichment.signatures import *;"
            "print(CONFIGURATION, sign([read(sys.argv[1])]))"
        )
        for seed in ("1", "2"):
            done = subprocess.run(
                [sys.executable, "-c", code, STORY],
                env={"PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout.strip() == f"{CONFIGURATION} {sign([read(STORY)])}"

    def test_of_every_version(self):
        """A change of these numbers is a change of the rules: it needs another VERSION."""
        assert CONFIGURATION == "e9deaaba1ea90911"
        assert sign([read(STORY)])[0][:3] == (-2114154700, -1357656080, -1419984451)

    def test_excerpts_share_bands(self):
        text = " ".join(f"word{number}" for number in range(200))
        half = " ".join(text.split()[60:160])
        one, other, stranger = sign([read(it) for it in (text, half, text.replace("d", "x"))])
        assert set(one) & set(other)
        assert not set(one) & set(stranger)

    def test_furniture_is_left_out(self):
        footer = "Follow us on every platform there is"
        with_footer = read(f"{STORY}\n{footer}")
        key = with_footer.lines[-1].key
        assert sign([with_footer], {key}) == sign([read(STORY)])
        assert sign([with_footer]) != sign([read(STORY)])


class TestShares:
    @given(TEXTS, TEXTS)
    def test_shares_are_told_both_ways(self, one, other):
        found, turned = shares(read(one), read(other)), shares(read(other), read(one))
        if found is None:
            assert turned is None
            return
        assert turned == Shares(found.second, found.first)
        assert 0 <= found.first <= 1 and 0 <= found.second <= 1
        assert (found.first == 0) == (found.second == 0)
        assert found.are_near == (max(found.first, found.second) >= 0.6)

    @given(TEXTS)
    def test_a_text_is_all_in_itself(self, text):
        found = shares(read(text), read(text.upper()))
        assert found in (None, Shares(1, 1))

    def test_an_excerpt_is_in_its_original(self):
        found = shares(read(STORY), read(" ".join(STORY.split()[10:25])))
        assert found == Shares(pytest.approx(12 / 37), 1)
        assert found.are_near


class TestExplain:
    @given(TEXTS, TEXTS)
    def test_passages_are_the_same_words_in_both_texts(self, one, other):
        passages = explain(read(one), read(other))
        ours, theirs = words(one), words(other)
        common = set(shingles(ours, is_spaced=False)) & set(shingles(theirs, is_spaced=False))
        assert bool(passages) == bool(common)
        end = 0
        for it in passages:
            assert end <= it.start < it.end
            end = it.end
            said = words(one[it.start : it.end])
            assert said == words(other[it.other_start : it.other_end])
            assert shingles(said, is_spaced=False)

    @given(TEXTS, TEXTS)
    def test_passages_end_where_the_words_differ(self, one, other):
        for it in explain(read(one), read(other)):
            after, theirs = words(one[it.end :])[:1], words(other[it.other_end :])[:1]
            assert not after or after != theirs

    def test_swapped_sentences_are_two_passages(self):
        first, second = "One two three four five.", "Six seven eight nine ten."
        one, other = f"{first} {second}", f"{second}\n\n{first}"
        found = [
            (one[it.start : it.end], other[it.other_start : it.other_end])
            for it in explain(read(one), read(other))
        ]
        assert found == [(it[:-1], it[:-1]) for it in (first, second)]

    def test_bounds(self):
        refrain = "again and again and again " * 2_000
        assert len(explain(read(refrain), read(refrain))) == 1
        parts = [f"p{n}a p{n}b p{n}c p{n}d" for n in range(MOST_PASSAGES + 50)]
        found = explain(read(" x ".join(parts)), read(" y ".join(parts)))
        assert len(found) == MOST_PASSAGES
        assert found == sorted(found, key=lambda it: it.start)

    def test_nothing_in_common(self):
        assert explain(read(STORY), read("")) == []
        assert explain(read(STORY), read(STORY.replace("d", "x"))) == []


class TestFurniture:
    FOOTER = "follow us on every platform there is"

    def holders(self, count: int, own: int, *, sources: int = 1) -> list[Holder]:
        bodies = [" ".join(f"s{n}w{word}" for word in range(own)) for n in range(count)]
        return [
            Holder(n % sources, read(f"{body}\n{self.FOOTER}")) for n, body in enumerate(bodies)
        ]

    def test_three_stories_of_one_source_or_six_of_all(self):
        assert not is_furniture(self.holders(2, 40))
        assert is_furniture(self.holders(3, 40))
        assert not is_furniture(self.holders(3, 40, sources=3))
        assert is_furniture(self.holders(6, 40, sources=6))

    def test_where_it_is_most_of_the_texts_more_have_to_hold_it(self):
        long = " ".join(f"f{number}" for number in range(60))
        texts = [f"{' '.join(f's{n}w{word}' for word in range(12))}\n{long}" for n in range(4)]
        mine = [Holder(1, read(text)) for text in texts]
        assert not is_furniture(mine[:3])
        assert is_furniture(mine)

    def test_copies_are_one_story(self):
        text = f"{STORY}\n{self.FOOTER}"
        assert not is_furniture([Holder(1, read(text))] * 12)

    def test_so_is_one_that_many_print_over_footers_of_their_own(self):
        footers = (" ".join(f"f{n}w{word}" for word in range(15)) for n in range(12))
        printed = [read(f"{STORY}\n{footer}") for footer in footers]
        assert not is_furniture([Holder(number, it) for number, it in enumerate(printed)])
