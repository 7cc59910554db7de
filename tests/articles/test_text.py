import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text import (
    HEADLINE_LENGTH,
    SLUG_LENGTH,
    canonical_language,
    derive_headline,
    excerpt,
    fingerprint,
    first_sentence,
    is_title,
    paragraphs,
    sections,
    slug_variant,
    slugify,
    word_count,
)

PROSE = "The harbour council met on Monday and agreed to dredge the old channel before winter. " * 3


class TestFingerprint:
    def test_is_of_the_body(self):
        assert fingerprint("A", "körper") == hashlib.sha256("körper".encode()).hexdigest()

    def test_is_of_the_headline_where_there_is_no_body(self):
        assert fingerprint("A", "") == hashlib.sha256(b"A").hexdigest()


def test_words_stand_between_blanks():
    assert word_count(" one\n\ntwo\tthree ") == 3


class TestSlugify:
    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("The Tidal Post", "the-tidal-post"),
            ("Egypt’s  Côte d'Azur!", "egypts-côte-dazur"),
            ("हिन्दी समाचार", "हिन्दी-समाचार"),
            ("العربية", "العربية"),
            ("日本 経済", "日本-経済"),
            ("İzmir", "izmir"),
            ("E\u0301lan", "élan"),
            ("می\u200cشود", "میشود"),
            ("1\ufe0f\u20e3 vote", "1-vote"),
            ("under_score/slash", "under-score-slash"),
            ("— ! —", ""),
            ("", ""),
        ],
    )
    def test_keeps_letters_marks_and_digits_of_every_script(self, name, slug):
        assert slugify(name) == slug

    def test_names_that_differ_only_in_vowel_signs_stay_apart(self):
        assert slugify("कमल") != slugify("कमाल")

    def test_cuts_at_a_hyphen(self):
        slug = slugify("word " * 40)
        assert len(slug) <= SLUG_LENGTH
        assert set(slug.split("-")) == {"word"}

    def test_cuts_one_long_word_before_a_letter_and_not_before_its_mark(self):
        slug = slugify("a" * 79 + "क" + "ा" * 5)
        assert slug == "a" * 79

    @given(st.text(max_size=300))
    def test_any_name(self, name):
        slug = slugify(name)
        assert len(slug) <= SLUG_LENGTH
        assert slug == slugify(slug)
        assert not slug.startswith("-")
        assert not slug.endswith("-")
        assert unicodedata.is_normalized("NFC", slug)

    @given(st.text(min_size=1, max_size=200), st.integers(2, 10**6))
    def test_a_variant_stays_within_the_length(self, name, number):
        variant = slug_variant(slugify(name), number)
        assert len(variant) <= SLUG_LENGTH
        assert variant.endswith(f"-{number}")

    def test_a_variant_of_a_short_slug(self):
        assert slug_variant("tidal-post", 2) == "tidal-post-2"


class TestExcerpt:
    def test_leaves_a_short_text(self):
        assert excerpt("two\n\nwords", 20) == "two words"

    def test_cuts_between_words(self):
        assert excerpt("The tide came in, and the boats went out.", 20) == "The tide came in…"

    def test_cuts_text_without_blanks(self):
        assert excerpt("潮" * 50, 10) == "潮" * 9 + "…"

    @given(st.text(max_size=400), st.integers(1, 120))
    def test_is_never_too_long(self, text, length):
        assert len(excerpt(text, length)) <= length


class TestSections:
    BODY = (
        f"{PROSE}\n\nHarbour Opens Its Gates\n\n{PROSE}\n\nA short sentence stands here.\n\n{PROSE}"
        f"\n\nThe Long Road and the Bridge to Come\n\n{PROSE}"
    )

    def test_headings_are_found_and_short_sentences_are_not(self):
        found = sections(self.BODY)
        assert [section.heading for section in found] == [
            None,
            "Harbour Opens Its Gates",
            "The Long Road and the Bridge to Come",
        ]
        assert [len(section.paragraphs) for section in found] == [1, 3, 1]

    def test_offsets_point_into_the_body(self):
        for section in sections(self.BODY):
            inside = self.BODY[section.start : section.end]
            assert inside.startswith(section.heading or section.paragraphs[0].text)
            assert inside.endswith(section.paragraphs[-1].text)
            for part in section.paragraphs:
                assert self.BODY[part.start : part.end] == part.text

    @pytest.mark.parametrize(
        "line",
        [
            "Nobody came.",
            "“We will not leave”",
            "— Ada Quill, harbour master",
            "- a bullet",
            "by the numbers we know now",
            "By Ada Quill",
            "Was it worth it?",
            "The Council That Met on Monday to Decide About All the Boats in Town",
            "A line\nand another",
            "",
        ],
    )
    def test_what_is_no_title(self, line):
        assert not is_title(line)
        assert [section.heading for section in sections(f"{PROSE}\n\n{line}\n\n{PROSE}")] == [None]

    def test_a_heading_needs_a_longer_paragraph_after_it(self):
        assert [part.heading for part in sections(f"{PROSE}\n\nThe End")] == [None]
        assert [part.heading for part in sections(f"{PROSE}\n\nThe Harbour\n\nShut.")] == [None]

    def test_lines_of_a_list_are_no_headings(self):
        body = f"{PROSE}\n\nGold Medal\n\nSilver Medal\n\n{PROSE}"
        assert [part.heading for part in sections(body)] == [None]

    def test_a_body_may_open_with_a_heading(self):
        assert [part.heading for part in sections(f"The Harbour\n\n{PROSE}")] == ["The Harbour"]

    def test_scripts_without_case(self):
        lead = "اجتمع مجلس الميناء يوم الاثنين واتفق على تعميق القناة القديمة قبل حلول الشتاء."
        body = f"{lead}\n\nالميناء يفتح أبوابه\n\n{lead}"
        assert [part.heading for part in sections(body)] == [None, "الميناء يفتح أبوابه"]
        chinese = "港口委员会星期一开会，同意在冬天之前疏浚旧航道。"
        body = f"{chinese}\n\n港口开放\n\n{chinese}\n\n没有人来。\n\n{chinese}"
        assert [part.heading for part in sections(body)] == [None, "港口开放"]

    @given(st.text(alphabet="Ab .\n", max_size=200))
    def test_paragraphs_and_sections_lose_nothing(self, body):
        parts = paragraphs(body)
        assert (
            "".join(part.text for part in parts).split()
            == "".join(body[part.start : part.end] for part in parts).split()
        )
        assert sum(len(part.text.split()) for part in parts) == len(body.split())
        told = [section.heading or "" for section in sections(body)] + [
            part.text for section in sections(body) for part in section.paragraphs
        ]
        assert sorted(" ".join(told).split()) == sorted(body.split())


class TestFirstSentence:
    @pytest.mark.parametrize(
        "sentence",
        [
            "The U.S. fleet met Dr. Hale near St. Ives on 3.5 acres.",
            "J. K. Marsh and the Rev. Toll spoke at 10 a.m. today.",
            "Am 3. Mai tagte der Rat in Nr. 7 am Markt.",
            "“It is over.” she said, and left.",
            "Prices rose by 2.5 percent vs. last year!",
            "港口委员会星期一开会。",
            "「終わった。」",
            "هل انتهى الاجتماع؟",
            "बंदरगाह परिषद सोमवार को मिली।",
            "Wait... there is more to it.",
        ],
    )
    def test_ends_where_the_sentence_ends(self, sentence):
        following = " Next came the boats." if sentence.isascii() else " 次の文。 ثم التالي."
        assert first_sentence(sentence + following) == sentence

    def test_without_an_end_is_the_paragraph(self):
        assert first_sentence("no end here\n\nAnother paragraph.") == "no end here"


class TestDeriveHeadline:
    @pytest.mark.parametrize(
        ("body", "headline"),
        [
            (" The harbour opened on Monday. Boats left.", "The harbour opened on Monday"),
            ("Will it open? Nobody knows.", "Will it open?"),
            ("CAIRO (Tidal Wire) — Boats left early. More.", "Boats left early"),
            ("NEW YORK, March 31 -- Boats left early.", "Boats left early"),
            ("PORT HALE. Boats left early. More.", "Boats left early"),
            ("PORT HALE, March 31\n\nBoats left early. More.", "Boats left early"),
            ("By Ada Quill\n\nBoats left early. More.", "Boats left early"),
            ("Port Hale – the old harbour – slept. More.", "Port Hale – the old harbour – slept"),
            ("港口委员会开会。会后散去。", "港口委员会开会"),
            ("CAIRO", "CAIRO"),
            ("...", "..."),
        ],
    )
    def test_is_the_first_sentence_of_the_lead(self, body, headline):
        assert derive_headline(body) == headline

    def test_a_long_sentence_ends_at_a_clause(self):
        lead = (
            "The harbour council and the fishing fleet are to meet again on Thursday in Port Hale, "
            "following weeks of silence over the dredging of the old channel."
        )
        assert derive_headline(lead) == (
            "The harbour council and the fishing fleet are to meet again on Thursday in Port Hale"
        )

    def test_a_long_sentence_loses_its_opening_phrase(self):
        lead = (
            "In a rare turn for the quiet coast, talks between the council and the fishing fleet "
            "are to begin again in Port Hale, said by a local paper and confirmed by two skippers."
        )
        assert derive_headline(lead) == (
            "Talks between the council and the fishing fleet are to begin again in Port Hale"
        )

    def test_a_long_clause_is_cut_between_words_and_shows_it(self):
        headline = derive_headline("the boats and " * 20 + "all.")
        assert headline.endswith((" the boats and…", " boats…"))
        assert HEADLINE_LENGTH - 15 < len(headline) <= HEADLINE_LENGTH

    @given(st.text(max_size=400))
    def test_is_never_empty_for_a_visible_text(self, body):
        headline = derive_headline(body)
        assert len(headline) <= HEADLINE_LENGTH
        assert bool(headline) == bool(body.strip())
        assert "\n" not in headline


class TestCanonicalLanguage:
    @pytest.mark.parametrize(
        ("tag", "canonical"),
        [
            ("fra-CA", "fr-CA"),
            ("arb", "ar"),
            ("iw", "he"),
            ("", "und"),
            ("  ", "und"),
            ("EN", "en"),
            ("zh_TW", "zh-TW"),
            ("zho-CN", "zh-CN"),
            ("cmn", "zh"),
            ("prs", "fa-AF"),
            ("pt-br", "pt-BR"),
            ("sr-Latn", "sr-Latn"),
            ("es-419", "es-419"),
            ("yue", "yue"),
        ],
    )
    def test_is_that_of_bcp_47(self, tag, canonical):
        assert canonical_language(tag) == canonical
        assert canonical_language(canonical) == canonical

    @pytest.mark.parametrize(
        "tag", ["xx", "english", "e", "en-US-US", "fra-CAN", "é", "\0", "en--US", "x" * 3000]
    )
    def test_refuses_what_is_not_registered(self, tag):
        with pytest.raises(ValueError, match="language"):
            canonical_language(tag)

    @given(st.text(max_size=20))
    def test_any_text_is_a_tag_or_refused(self, tag):
        try:
            canonical = canonical_language(tag)
        except ValueError as error:
            assert repr(tag) in str(error)
        else:
            assert canonical_language(canonical) == canonical
