"""Form fields that give back a text as it was written: a form must not edit what nobody touched."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.postgres.forms import SimpleArrayField

from articles.admin.dates import MISREAD, YEAR_FIRST


def plain(text: str) -> str:
    """With the line ends that are stored: a browser sends CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class TextField(forms.CharField):
    """Text whose blanks count: places in it are counted in characters."""

    widget = forms.Textarea

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        attributes = {"rows": rows, "dir": "auto", "class": "vLargeTextField"}
        defaults = {"required": False, "strip": False}
        super().__init__(**{**defaults, **kwargs, "widget": forms.Textarea(attributes)})

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return plain(initial or "") != self.to_python(data)


class LineField(forms.CharField):
    """One line of text that is shown whole, on several lines where it is long."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        widget = forms.Textarea({"rows": rows, "dir": "auto", "class": "vLargeTextField"})
        super().__init__(required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "").replace("\n", " ")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class LinesField(SimpleArrayField):
    """A list with one item a line, so that an item may have a comma in it."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        widget = forms.Textarea({"rows": rows, "dir": "auto", "class": "vLargeTextField"})
        super().__init__(
            forms.CharField(max_length=200),
            delimiter="\n",
            required=False,
            widget=widget,
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, list) else plain(value or "").split("\n")
        return super().to_python([line.strip() for line in lines if line.strip()])


class MomentField(forms.SplitDateTimeField):
    """A date, year first, and a time of day in UTC."""

    widget = AdminSplitDateTime

    def __init__(self, **kwargs: Any) -> None:
        help_text = " ".join(filter(None, [kwargs.pop("help_text", ""), YEAR_FIRST]))
        misread = {"invalid_date": MISREAD}
        super().__init__(**kwargs, help_text=help_text, error_messages=misread)


class DayOrTimeField(MomentField):
    """A date with or without its time of day. Without: midnight UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, require_all_fields=False, **kwargs)
        for field in self.fields:
            field.required = False

    def compress(self, data_list: Any) -> datetime | None:
        day, at = [*data_list, None, None][:2]
        if day is None:
            if at is not None:
                raise forms.ValidationError("A time of day needs its date.")
            return None
        return datetime.combine(day, at or time(), UTC)
