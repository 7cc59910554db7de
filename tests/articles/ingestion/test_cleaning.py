import json
import unicodedata
from pathlib import Path

import ftfy
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from articles.ingestion.cleaning import (
    RULES,
    TOO_MUCH,
    Edit,
    Step,
    clean,
    replay,
    restore,
    take_title,
)
from articles.ingestion.cleaning.edits import apply_edits, undo_edits
from articles.ingestion.cleaning.repairs import mojibake, normal_form

SHARED = Path(__file__).resolve().parents[4] / "shared"
LEAD = "The harbour council met on Monday and agreed to dredge the old channel before winter. " * 3
LEAD = LEAD.strip()

# What the rules look for, so that random texts meet them.
FRAGMENTS = st.sampled_from(
    [
        *("<p>", "</p>", "<br/>", "<a href='x'>", "<!--", "-->", "<script>", "</script>", "<", ">"),
        *("&amp;", "&lt;", "&gt;", "&amp;lt;b&amp;gt;", "&#0;", "&#13;", "&nbsp;", "&", ";"),
        *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\ufeff", "\xad", "\u202e", "\x07"),
        *("\r\n", "\r", "\n", "\n\n\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\t", "  "),
        *(
            "\xa0",
            "\u3000",
            " ",
            "e\u0301",
            "\u0301",
            "\u0958",
            "é",
            "Ã©",
            "â€œ",
            "Ã ",
            "à",
            "\x92",
        ),
        *("م", "ی", "क", "ไ", "א", "👩", "🏴", "\U000e0067", "\U000e007f", "潮", "."),
        *("Exit mobile version", "Share", "date 2024-03-31 ", "4 January 2019", "A Title Line"),
        *("word", "Word", "\nRead more\n", "é".encode().decode("latin-1"), "“”", "\x1a", "\ufffd"),
    ]
)
TEXTS = st.lists(FRAGMENTS | st.text(max_size=8), max_size=30).map("".join)


def body(text: str) -> str:
    return clean(text).text


def rules_of(text: str, field: str = "body") -> list[str]:
    return [step.rule for step in clean(text, field=field).steps]


class TestReversibility:
    @given(TEXTS, st.sampled_from(["body", "headline", "summary"]))
    @example("\n\n\n", "body")
    def test_the_received_text_comes_back_and_goes_forth_again(self, text, field):
        cleaned = clean(text, field=field)
        assert restore(cleaned.text, cleaned.steps) == text
        assert replay(text, cleaned.steps) == cleaned.text

    @given(TEXTS, st.sampled_from(["body", "headline", "summary"]))
    def test_a_clean_text_stays_as_it_is(self, text, field):
        once = clean(text, field=field).text
        assert clean(once, field=field).steps == ()

    @given(TEXTS, st.sets(st.sampled_from(sorted(RULES))))
    def test_rules_that_are_switched_off_do_nothing(self, text, names):
        cleaned = clean(text, frozenset(names))
        assert not names & {step.rule for step in cleaned.steps}
        assert restore(cleaned.text, cleaned.steps) == text

    @given(TEXTS)
    def test_steps_name_their_rule_and_say_what_was_there(self, text):
        for step in clean(text).steps:
            assert step.reason == RULES[step.rule].reason
            assert step.edits
            assert all(edit.removed != edit.inserted for edit in step.edits)
            text = _check_spans(text, step)

    def test_edits_one_by_one(self):
        edits = (Edit(0, "ab"), Edit(3, "", "XY"), Edit(4, "e", "E"))
        assert apply_edits("abcdef", edits) == "cXYdEf"
        assert undo_edits("cXYdEf", edits) == "abcdef"


def _check_spans(text: str, step: Step) -> str:
    for edit in step.edits:
        assert text[edit.start : edit.start + len(edit.removed)] == edit.removed
    return apply_edits(text, step.edits)


class TestMojibake:
    def test_is_repaired_where_it_stands(self):
        text = "Le cafÃ© du port.\n\nIl est très bon, dit-elle, à l’été."
        cleaned = clean(text)
        assert cleaned.text == "Le café du port.\n\nIl est très bon, dit-elle, à l’été."
        assert cleaned.steps[0].edits == (Edit(6, "Ã©", "é"),)

    @pytest.mark.parametrize(
        "text",
        ["Le café, déjà à l’Âge d’or.", "Привет из порта", "“Good,” she said — twice…", "naïve"],
    )
    def test_good_text_and_its_quotes_stay(self, text):
        assert clean(text).steps == ()

    @given(TEXTS)
    @example("à la carte".encode().decode("windows-1252"))
    @example("порт".encode().decode("windows-1251"))
    def test_nothing_that_ftfy_repairs_is_passed_over(self, text):
        lines = [ftfy.fix_encoding(line) for line in text.split("\n")]
        assert apply_edits(text, tuple(mojibake(text))) == "\n".join(lines)


class TestHtml:
    @pytest.mark.parametrize(
        ("text", "clean_text"),
        [
            ("One<br>two<BR />three", "One\ntwo\nthree"),
            ("<p>One</p><p class='a b'>Two</p>", "One\n\nTwo"),
            ('See <a href="https://a.example/?a=1&amp;b=2" target=_blank>this</a>.', "See this."),
            (
                "Tide &amp; Time &lt; 3 &#8212; &eacute;t&eacute; &hellip;",
                "Tide & Time < 3 — été …",
            ),
            ("AT&amp;amp;T", "AT&T"),
            ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
            ("a<!-- never\n seen -->b<script type='x'>if (a < b) {}</script>c", "abc"),
        ],
    )
    def test_remnants_go(self, text, clean_text):
        assert body(text) == clean_text

    @pytest.mark.parametrize(
        "text",
        [
            "a < b and c > d",
            "a<b and c>d",
            "if x <y then",
            "<3 you",
            "<Ada> said hello",
            "R&D and AT&T; more",
            "?a=1&copy=2",
            "&nosuchname;",
            "an open <!-- comment",
            "a <scripted> play",
        ],
    )
    def test_what_only_looks_like_it_stays(self, text):
        assert clean(text).steps == ()

    def test_many_openings_take_no_time(self):
        clean("<!--" * 20_000 + "<a href='" * 2_000 + "&amp" * 5_000)


class TestUnseenCharacters:
    @pytest.mark.parametrize(
        ("text", "clean_text"),
        [
            ("\ufeffThe \x07bo\u200bats\u2060 le\xadft", "The boats left"),
            ("Auf\u200clage", "Auflage"),
            ("plain \u200eLatin\u200f text", "plain Latin text"),
            ("\u202eevil\u202c", "evil"),
            ("a\U000e0067b", "ab"),
            ("میزبان\u200c\u200cها", "میزبان\u200cها"),
        ],
    )
    def test_go(self, text, clean_text):
        assert body(text) == clean_text

    @pytest.mark.parametrize(
        "text",
        [
            "می\u200cشود",
            "क्\u200dष",
            "👩\u200d🚒 and 👩🏽\u200d🚀 and ❤️\u200d🔥",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "ภาษา\u200bไทย",
            "שלום \u200fMWP",
        ],
    )
    def test_stay_where_a_script_needs_them(self, text):
        assert clean(text).steps == ()


class TestNormalForm:
    def test_composes(self):
        cleaned = clean("cafe\u0301 d’e\u0301te\u0301")
        assert cleaned.text == "café d’été"
        assert cleaned.steps[0].edits[0] == Edit(3, "e\u0301", "é")

    @given(st.text(max_size=60))
    def test_word_by_word_is_the_normal_form_of_the_whole(self, text):
        assert apply_edits(text, tuple(normal_form(text))) == unicodedata.normalize("NFC", text)


class TestLayout:
    @pytest.mark.parametrize(
        ("text", "clean_text"),
        [
            (
                "one\r\ntwo\rthree\u2028four\u2029five\x0csix",
                "one\ntwo\nthree\nfour\n\nfive\n\nsix",
            ),
            ("  one \t two  \n\u3000three\xa0\n\n \n\n\nfour\n\n", "one two\nthree\n\nfour"),
            ("10\xa0000 boats", "10\xa0000 boats"),
            (" \n\t\n", ""),
        ],
    )
    def test_one_form(self, text, clean_text):
        assert body(text) == clean_text

    def test_a_headline_is_one_line(self):
        assert (
            clean(" The boats\r\n  left<br>early ", field="headline").text == "The boats left early"
        )

    def test_long_runs_take_no_time(self):
        clean("a" + " \t" * 100_000 + "b" + "\n" * 100_000 + "c" + "\r" * 50_000)


class TestLeadingDate:
    def test_goes_from_the_body(self):
        assert body(f" date 2024-03-31 {LEAD}") == LEAD
        assert body(f"Friday, January 4, 2019\xa0 \n\n\n{LEAD}") == LEAD

    def test_stays_in_other_fields(self):
        assert "leading-date" not in rules_of("January 4, 2019\n\nThe boats", "summary")


class TestTrailingFurniture:
    @pytest.mark.parametrize(
        "line",
        [
            "Exit mobile version",
            "Share this:",
            "Read more: Dredgers arrive in Port Hale",
            "See also: Who pays for the channel?",
            "Lesen Sie auch: Bagger in Port Hale",
            "Click here to subscribe",
            "Facebook Twitter WhatsApp",
            "Facebook | X | Copy link",
            "Subscribe",
            "Abonnieren Sie unseren Newsletter",
            "Click to share on Chirper (Opens in new window)",
            "Subscribe to our newsletter!",
            "We use cookies to give you a better visit. Read our policy.",
            "By continuing to use this site you agree to the use of cookies.",
            "Read more",
            "- Advertisement -",
            "© 2024 Tidal Media. All rights reserved.",
            "Leave a comment",
            "3 comments",
            "Publicité",
            "Abonnez-vous à notre lettre !",
            "E-mail",
            "Lire aussi :",
            "Compartir en Chirper",
            "Leer más...",
            "Anzeige",
            "Weiterlesen »",
            "Реклама",
            "اقرأ المزيد",
        ],
    )
    def test_goes_with_all_lines_of_its_kind(self, line):
        assert body(f"{LEAD}\n\n{line}\nTweet\n \n{line}\n") == LEAD
        assert body(f"{LEAD}\n\n{line}\n\n{LEAD}") == f"{LEAD}\n\n{line}\n\n{LEAD}"

    @pytest.mark.parametrize(
        "line",
        [
            "Share prices fell in Port Hale.",
            "Read more: that is what the council asked of its members on Monday.",
            "Related costs: nobody knows",
            "Facebook and Twitter said nothing.",
            "Facebook",
            "Subscribe or leave, the editor said.",
            "Share this view, many skippers do.",
            "Read more books, the master told her crew.",
            "She left a comment.",
            "The mobile version will exit the market.",
            "We use cookie dough as bait",
            "* * *",
        ],
    )
    def test_a_last_sentence_stays(self, line):
        assert body(f"{LEAD}\n\n{line}") == f"{LEAD}\n\n{line}"


class TestTooMuch:
    def test_a_text_that_would_be_eaten_is_marked(self):
        assert clean("The boats left.\n\n" + "Subscribe to our newsletter\n" * 3).is_too_short
        assert clean("Exit mobile version").is_too_short
        assert clean("4 January 2019").is_too_short

    def test_repairs_and_tags_do_not_count(self):
        russian = "Лодки ушли рано утром."
        for text in (
            "<p><a href='https://a.example/long/long/long'>The boats</a> left.</p>",
            "".join(f"&#{ord(char)};" for char in russian),
            russian.encode().decode("windows-1252", "ignore"),
        ):
            assert not clean(text).is_too_short

    def test_the_share_is_that_of_visible_characters(self):
        cleaned = clean("x" * 81 + "  \n\n\n\n" + "Exit mobile version")
        assert cleaned.removed == pytest.approx(17 / 98)
        assert cleaned.removed < TOO_MUCH


class TestTitleLine:
    def test_is_taken_with_a_step_that_gives_it_back(self):
        text = f"Date: 2024-03-31\nHarbour Opens Its Gates\n\n\n{LEAD}\n"
        title, cleaned = take_title(clean(text))
        assert (title, cleaned.text) == ("Harbour Opens Its Gates", LEAD)
        assert restore(cleaned.text, cleaned.steps) == text

    @pytest.mark.parametrize(
        "text", [LEAD, f"The boats left.\n\n{LEAD}", f"Harbour Opens\n{LEAD}", "Harbour Opens"]
    )
    def test_is_not_made_up(self, text):
        assert take_title(clean(text))[0] == ""


@pytest.mark.skipif(not SHARED.exists(), reason="needs the sample texts beside the repository")
@pytest.mark.parametrize("name", ["wikinews.jsonl", "translated-news.jsonl"])
def test_sample_texts_lose_only_their_date_lines(name):
    for line in (SHARED / "samples" / name).read_text().splitlines():
        text = json.loads(line)["body"]
        cleaned = clean(text)
        assert restore(cleaned.text, cleaned.steps) == text
        assert clean(cleaned.text).steps == ()
        assert {step.rule for step in cleaned.steps} <= {
            "unseen-characters",
            "normal-form",
            "leading-date",
            "runs-of-blanks",
            "line-edges",
            "blank-lines",
        }
