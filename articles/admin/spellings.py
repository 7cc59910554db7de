"""The spellings of an entity or a tag, as lines in its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from articles.admin.lines import LineForm, LineFormSet

if TYPE_CHECKING:
    AnyInline = admin.TabularInline[Any, Any]
else:
    AnyInline = admin.TabularInline


class SpellingFormSet(LineFormSet):
    told_by = "spelling"

    def clean(self) -> None:
        """The database knows the spellings that are stored; two new ones meet only here."""
        super().clean()
        seen = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            spelling = data.get("spelling")
            if not spelling or data.get("DELETE"):
                continue
            if spelling in seen and not form.errors:
                form.add_error("spelling", "This spelling is here twice.")
            seen.add(spelling)


class SpellingInline(AnyInline):
    form = LineForm
    formset = SpellingFormSet
    extra = 1
    classes = ("aliases",)


SHOWN_SPELLINGS = 4


def shown_spellings(name: str, spellings: list[str]) -> str:
    """The first few beside the name itself, for a cell of a list."""
    others = [spelling for spelling in spellings if spelling != name]
    more = f" +{len(others) - SHOWN_SPELLINGS}" if len(others) > SHOWN_SPELLINGS else ""
    return f"{', '.join(others[:SHOWN_SPELLINGS]) or '—'}{more}"
