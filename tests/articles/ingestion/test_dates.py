import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.ingestion.dates import find_leading_date, parse_published
from articles.vocabulary import DatePrecision

BERLIN = ZoneInfo("Europe/Berlin")
UTC = dt.UTC


class TestParsePublished:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2024-03-31T18:30:00Z", dt.datetime(2024, 3, 31, 18, 30, tzinfo=UTC)),
            ("2024-03-31t18:30:00z", dt.datetime(2024, 3, 31, 18, 30, tzinfo=UTC)),
            ("2024-03-31 18:30+02:00", dt.datetime(2024, 3, 31, 16, 30, tzinfo=UTC)),
            ("2024-03-31T18:30:00-0530", dt.datetime(2024, 4, 1, 0, 0, tzinfo=UTC)),
            ("2024-03-31T18:30:00.5Z", dt.datetime(2024, 3, 31, 18, 30, 0, 500000, tzinfo=UTC)),
            (
                "2024-03-31T18:30:00.1234567891Z",
                dt.datetime(2024, 3, 31, 18, 30, 0, 123456, tzinfo=UTC),
            ),
            ("0001-01-01T00:00:00Z", dt.datetime(1, 1, 1, tzinfo=UTC)),
            ("9999-12-31T23:59:59Z", dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ],
    )
    def test_a_time_is_exact_and_in_utc(self, text, moment):
        found, precision = parse_published(text, None)
        assert (found, precision) == (moment, DatePrecision.EXACT)
        assert found.utcoffset() == dt.timedelta()

    @pytest.mark.parametrize("text", ["0001-01-01", " 2024-03-31 ", "9999-12-31"])
    def test_a_date_is_a_day_at_midnight_utc_in_any_zone(self, text):
        found, precision = parse_published(text, BERLIN)
        assert (found.date().isoformat(), found.time()) == (text.strip(), dt.time())
        assert precision is DatePrecision.DAY

    def test_a_time_without_offset_is_one_of_the_zone(self):
        assert parse_published("2024-07-01T12:00:00", BERLIN)[0].hour == 10

    def test_a_time_that_came_twice_is_the_first(self):
        # Clocks went from 03:00 back to 02:00.
        moment = parse_published("2024-10-27T02:30:00", BERLIN)[0]
        assert moment == dt.datetime(2024, 10, 27, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("text", "zone", "reason"),
        [
            ("2024-02-31", None, "not a date"),
            ("2024-02-31T10:00:00Z", None, "not a date"),
            ("2024-03-31T25:00:00Z", None, "not a date"),
            ("31.03.2024", None, "not a date"),
            ("20240331", None, "not a date"),
            ("2024-W13-7", None, "not a date"),
            ("1711843200", None, "not a date"),
            ("٢٠٢٤-٠٣-٣١", None, "not a date"),
            ("0000-01-01", None, "not a date"),
            ("yesterday", None, "not a date"),
            ("2024-03-31T10:00:00", None, "--timezone"),
            ("2024-03-31T10:00:00+24:00", None, "offset"),
            ("2024-03-31T02:30:00", BERLIN, "skipped"),
            ("0001-01-01T00:00:00+02:00", None, "years 1 to 9999"),
            ("9999-12-31T23:00:00-02:00", None, "years 1 to 9999"),
            ("0001-01-01T00:00:00", BERLIN, "years 1 to 9999"),
        ],
    )
    def test_refusals_name_the_value_and_the_reason(self, text, zone, reason):
        with pytest.raises(ValueError, match=reason) as caught:
            parse_published(text, zone)
        assert repr(text) in str(caught.value)

    @given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
    def test_what_python_writes_with_whole_minutes_is_read(self, moment):
        offset = moment.utcoffset()
        if offset is None or offset.total_seconds() % 60:
            return  # local mean times of old, which RFC 3339 cannot write
        try:
            expected = moment.astimezone(UTC)
        except OverflowError:
            return
        assert parse_published(moment.isoformat(), None)[0] == expected

    @given(st.text(max_size=40))
    def test_any_text_is_a_date_or_refused(self, text):
        try:
            moment, _ = parse_published(text, BERLIN)
        except ValueError as error:
            assert "write" in str(error) or "years" in str(error)
        else:
            assert moment.tzinfo is UTC


class TestFindLeadingDate:
    @pytest.mark.parametrize(
        ("head", "date"),
        [
            (" date 2024-03-31 ", "2024-03-31"),
            ("Date: 2024-03-31 ", "2024-03-31"),
            ("Published on 2024-03-31\n\n", "2024-03-31"),
            ("2024-03-31\n", "2024-03-31"),
            ("Friday, January 4, 2019\xa0 \n\n\n", "2019-01-04"),
            ("January 4, 2019\n\n", "2019-01-04"),
            ("Sept. 3rd, 2019\n\n", "2019-09-03"),
            ("4 January 2019\r\n\r\n", "2019-01-04"),
            ("vendredi 4 janvier 2019\n\n", "2019-01-04"),
            ("1er août 2020\n\n", "2020-08-01"),
            ("4 de enero de 2019\n\n", "2019-01-04"),
            ("Freitag, 4. Januar 2019\n\n", "2019-01-04"),
            ("\n\n31. März 2024\n", "2024-03-31"),
        ],
    )
    def test_a_date_before_the_text(self, head, date):
        assert find_leading_date(f"{head}The boats left.") == (
            dt.date.fromisoformat(date),
            len(head),
        )

    @pytest.mark.parametrize(
        "text",
        [
            "On 31 March 2024 the boats left.",
            "2024-03-31 was the day on which the boats left.",
            "date 2024-03-31 was chosen by the council.",
            "March 31, 2024 the boats left.",
            "January 4, 2019 saw a storm\nand more.",
            "date 2024-02-31 The boats left.",
            "Saturday, January 4, 2019\n\nIt was a Friday.",
            "04/01/2019\n\nWhich month?",
            "February 30, 2019\n\nNo such day.",
            "May\n\nThe month.",
            "2019\n\nThe year.",
            "",
            "\n\n",
        ],
    )
    def test_what_is_not_surely_a_date_is_text(self, text):
        assert find_leading_date(text) == (None, 0)

    @given(st.text(max_size=60))
    def test_any_text(self, text):
        date, end = find_leading_date(text)
        assert (date is None) == (end == 0)
        assert end <= len(text)
