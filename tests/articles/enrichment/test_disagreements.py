"""Days and figures in sentences, and which of them are shown side by side."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.disagreements import Named, Report, find_disagreements
from articles.enrichment.figures import read_figures
from articles.text import sentences

NAMES = ("Israel", "Hamas", "Cairo", "Gaza", "Resolution 2728")


def report(key: str, body: str, day: date | None = None) -> Report:
    names = [
        Named(name, at, at + len(name))
        for name in NAMES
        for at in range(len(body))
        if body.startswith(name, at)
    ]
    return Report(key, day, body, tuple(names))


def found(*bodies: str, days: tuple[date | None, ...] = ()) -> list[tuple[str, str, str]]:
    reports = [
        report(str(number), body, days[number] if days else None)
        for number, body in enumerate(bodies)
    ]
    return [
        (it.kind, ",".join(it.first.values), ",".join(it.second.values))
        for it in find_disagreements(reports)
    ]


def figures(text: str) -> list[tuple[str, str]]:
    return [(it.kind, it.value) for it in read_figures(text)]


class TestFigures:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("on Sunday, 31 March", [("weekday", "Sunday"), ("date", "03-31")]),
            ("am Mittwoch, dem 3. Mai", [("weekday", "Wednesday"), ("date", "05-03")]),
            ("le mercredi 1er juin", [("weekday", "Wednesday"), ("date", "06-01")]),
            ("on March 31, 2024", [("date", "03-31")]),
            ("يوم الأحد", [("weekday", "Sunday")]),
            ("1,200 people", [("number of people", "1200")]),
            ("1.200 Menschen", [("number of menschen", "1200")]),
            ("five soldiers", [("number of soldiers", "5")]),
            ("30 more hostages", [("number of hostages", "30")]),
            ("three of the hostages", [("number of hostages", "3")]),
            ("12 per cent and 4.5%", [("percent", "12"), ("percent", "4.5")]),
            ("$2.5 million", [("dollar", "2500000")]),
            ("2.5 million dollars", [("dollar", "2500000")]),
            ("€1 billion", [("euro", "1000000000")]),
        ],
    )
    def test_are_read_with_what_they_count(self, text, expected):
        assert figures(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "in 2024 talks began", "Bloody Sunday", "the Sunday Times", "at 10:30 sharp",
            "version 1.2.3 came", "aged 45.", "sundays", "A7 motorway", "5 and", "the second time",
        ],
    )  # fmt: skip
    def test_that_cannot_be_compared_are_left_out(self, text):
        assert figures(text) == []

    @given(st.text(st.sampled_from("0123456789., $%€ aMay Sunday\u00a0\u202f٣"), max_size=60))
    def test_stand_where_they_are_said_to(self, text):
        for it in read_figures(text):
            assert 0 <= it.start < it.end <= len(text)
            assert any(char.isalnum() for char in text[it.start : it.end])


class TestDisagreements:
    def test_of_days(self):
        assert found(
            "Israel agreed. Talks in Cairo with Hamas resume on Sunday, a source said.",
            "Hamas confirmed that the talks resume in Cairo on Wednesday.",
        ) == [("weekday", "Sunday", "Wednesday")]

    def test_of_figures_of_one_kind(self):
        assert found(
            "Hamas would release 40 hostages held in Gaza under the truce.",
            "Under the truce Hamas is to release 33 hostages from Gaza within 6 weeks.",
        ) == [("number of hostages", "40", "33")]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Israel and Hamas resume talks on Sunday.", "Israel and Hamas resume talks Sunday."),
            ("Israel and Hamas resume talks on Sunday.", "Israel may resume talks on Monday."),
            ("Israel and Hamas resume talks on Sunday.", "Israel and Hamas met on Monday."),
            ("Israel and Hamas resume talks on Sunday or Monday.", "Hamas, Israel resume talks "
             "Monday."),
            ("Hamas would release 40 hostages to Israel.", "Hamas would release 33 to Israel."),
            ("Hamas would release 40 hostages to Israel.", "Hamas may release 41 hostages to "
             "Israel."),
            ("Israel rejects Resolution 2728 as biased.", "Israel rejects Resolution 2728 as not "
             "binding on Sunday."),
        ],
        ids=["same", "one name", "few words", "one day in both", "another kind", "rounded", "name"],
    )  # fmt: skip
    def test_are_quiet(self, one, other):
        assert found(one, other) == []

    def test_of_weekdays_are_those_of_one_week(self):
        bodies = (
            "Israel and Hamas resume talks on Sunday.",
            "Hamas and Israel resume talks on Monday.",
        )
        near, far = date(2024, 3, 30), date(2024, 5, 30)
        assert len(found(*bodies, days=(near, near))) == 1
        assert len(found(*bodies, days=(near, None))) == 1
        assert found(*bodies, days=(near, far)) == []

    def test_are_between_articles_and_told_once(self):
        sunday = "Israel and Hamas resume talks on Sunday."
        monday = "Hamas and Israel resume talks on Monday."
        assert found(f"{sunday} {monday}") == []
        assert len(found(sunday, monday, sunday, monday)) == 1

    def test_are_bounded(self):
        days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
        reports = [
            report(str(number), f"Israel and Hamas resume round {number} of talks on {day}.")
            for number, day in enumerate(days)
        ]
        assert len(find_disagreements(reports, most=3)) == 3

    @given(
        st.lists(
            st.lists(
                st.sampled_from(
                    [*NAMES, "talks", "resume", "Sunday", "Monday", "40 hostages", "."]
                ),
                max_size=20,
            ).map(" ".join),
            max_size=4,
        )
    )
    def test_quote_what_stands_there_and_share_no_value(self, bodies):
        reports = {str(number): report(str(number), body) for number, body in enumerate(bodies)}
        for it in find_disagreements(reports.values()):
            assert it.first.article != it.second.article
            assert len(it.entities) >= 2
            assert not set(it.first.values) & set(it.second.values)
            for said in (it.first, it.second):
                assert reports[said.article].body[said.start : said.end] == said.quote


class TestSentences:
    def test_stand_in_their_order_with_their_places(self):
        body = " One of Mr. Smith’s.  “Two!” Three at 5.30 p.m. now\n\nFour? five.\n\n\nSix"
        parts = sentences(body)
        assert [it.text for it in parts] == [
            "One of Mr. Smith’s.", "“Two!”", "Three at 5.30 p.m. now", "Four? five.", "Six",
        ]  # fmt: skip
        assert all(body[it.start : it.end] == it.text for it in parts)

    @given(st.text(st.sampled_from("aB. !?\n。”"), max_size=60))
    def test_hold_every_character_but_blanks(self, body):
        parts = sentences(body)
        assert "".join("".join(it.text.split()) for it in parts) == "".join(body.split())
        assert all(body[it.start : it.end] == it.text for it in parts)
