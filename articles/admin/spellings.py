"""The spellings of an entity or a tag, as lines in its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from articles.admin.editing_together import who_changed

if TYPE_CHECKING:
    AnyInline = admin.TabularInline[Any, Any]
    AnyForm = forms.ModelForm[Any]
    AnyFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    AnyInline, AnyForm, AnyFormSet = admin.TabularInline, forms.ModelForm, BaseInlineFormSet


class SpellingForm(AnyForm):
    """A spelling in the form of its owner, which remembers how it stood when it was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self._own:
                self.fields[name].show_hidden_initial = True

    @property
    def _own(self) -> tuple[str, ...]:
        """The formset adds its own reference to the owner."""
        fields = self._meta.fields or ()
        return tuple(it for it in fields if not self._meta.model._meta.get_field(it).is_relation)

    def changed_meanwhile(self) -> list[str]:
        """The fields that somebody else has changed since the form was opened."""
        if not self.instance.pk:
            return []
        opened = {name: self.data.get(self.add_initial_prefix(name)) for name in self._own}
        return [n for n, was in opened.items() if was is not None and was != self.initial[n]]

    def clean(self) -> dict[str, Any]:
        """What only others changed is taken over; where both did, the editor is asked."""
        data, posted = self.cleaned_data, cast("Any", self.data)
        theirs, mine = self.changed_meanwhile(), self.changed_data
        if theirs:
            self.data = posted = posted.copy()
        for name in theirs:
            stands = self.initial[name]
            posted[self.add_initial_prefix(name)] = stands
            if name not in mine:
                data[name] = stands
                posted[self.add_prefix(name)] = stands
            elif data.get(name) != stands:
                told = f"{who_changed(self.instance, 0)[-1]} made this “{stands}” while you were "
                again = f"editing. Save again to put “{data.get(name)}” in its place."
                self.add_error(name, told + again)
        return data


class SpellingFormSet(AnyFormSet):
    def clean(self) -> None:
        """The database knows the spellings that are stored; two new ones meet only here."""
        super().clean()
        self._refuse_gone()
        seen = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            spelling = data.get("spelling")
            if not spelling or data.get("DELETE"):
                continue
            if spelling in seen and not form.errors:
                form.add_error("spelling", "This spelling is here twice.")
            seen.add(spelling)

    def _refuse_gone(self) -> None:
        """A spelling that somebody took away or changed meanwhile is told of, and not lost."""
        for form in self.initial_forms:
            spelling = form.data.get(form.add_prefix("spelling"), "")
            if form.instance.pk is None:
                raise ValidationError(
                    f"“{spelling}” was taken away while you were editing: open the page again; "
                    "add it anew if it is to stay."
                )
            if self._should_delete_form(form) and form.changed_meanwhile():  # type: ignore[attr-defined]
                raise ValidationError(
                    f"“{spelling}” was changed while you were editing: open the page again before "
                    "you delete it."
                )


class SpellingInline(AnyInline):
    form = SpellingForm
    formset = SpellingFormSet
    extra = 1
    classes = ("aliases",)


SHOWN_SPELLINGS = 4


def shown_spellings(name: str, spellings: list[str]) -> str:
    """The first few beside the name itself, for a cell of a list."""
    others = [spelling for spelling in spellings if spelling != name]
    more = f" +{len(others) - SHOWN_SPELLINGS}" if len(others) > SHOWN_SPELLINGS else ""
    return f"{', '.join(others[:SHOWN_SPELLINGS]) or '—'}{more}"
