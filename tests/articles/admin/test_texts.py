"""Form fields that do not edit what nobody touched."""

from datetime import UTC, datetime

import pytest
from django import forms

from articles.admin.texts import DayOrTimeField, LineField, LinesField, TextField


def test_a_text_keeps_its_line_ends_and_its_outer_blanks():
    field = TextField(rows=3)
    assert field.clean(" One\r\n\r\nTwo \r\n") == " One\n\nTwo \n"
    assert not field.has_changed(" One\n\nTwo \n", " One\r\n\r\nTwo \r\n")
    assert field.has_changed("One", "One ")


def test_a_line_has_no_line_end():
    assert LineField(rows=2).clean("A headline\r\non two lines") == "A headline on two lines"
    assert not LineField(rows=2).has_changed("A headline", "A headline")


def test_lines_may_hold_commas():
    field = LinesField(rows=2)
    assert field.clean("Jo Smith, Jr.\r\n\r\n Mona Said ") == ["Jo Smith, Jr.", "Mona Said"]
    assert field.clean("") == []
    assert not field.has_changed(["Jo Smith, Jr."], "Jo Smith, Jr.\r\n")
    assert field.prepare_value(["A, B", "C"]) == "A, B\nC"


def test_a_day_needs_no_time_but_a_time_needs_its_day():
    field = DayOrTimeField()
    assert field.clean(["2024-03-31", ""]) == datetime(2024, 3, 31, tzinfo=UTC)
    assert field.clean(["2024-03-31", "07:30"]) == datetime(2024, 3, 31, 7, 30, tzinfo=UTC)
    assert field.clean(["", ""]) is None
    with pytest.raises(forms.ValidationError, match="needs its date"):
        field.clean(["", "07:30"])
    with pytest.raises(forms.ValidationError):
        field.clean(["31 March", ""])
