"""The lines of a form that are rows of their own: an entity's spellings, an article's corrections.

Two editors on one line: what only others changed is taken over, where both did the second to save
is asked, and nobody deletes what somebody else has changed meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from articles.admin.editing_together import who_changed
from articles.admin.texts import plain

if TYPE_CHECKING:
    AnyForm = forms.ModelForm[Any]
    AnyFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    AnyForm, AnyFormSet = forms.ModelForm, BaseInlineFormSet


class LineForm(AnyForm):
    """A line in the form of its owner, which remembers how it stood when it was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: list[str] = []
        if self.instance.pk:
            for name in self._own:
                self.fields[name].show_hidden_initial = True

    @property
    def _own(self) -> tuple[str, ...]:
        """The formset adds its own reference to the owner."""
        fields = self._meta.fields or ()
        model = self._meta.model._meta
        return tuple(
            it for it in fields if it in self.fields and not model.get_field(it).is_relation
        )

    def _changed_meanwhile(self) -> list[str]:
        """The fields that somebody else has changed since the form was opened."""
        if not self.instance.pk:
            return []
        opened = {name: self.data.get(self.add_initial_prefix(name)) for name in self._own}
        return [n for n, was in opened.items() if was is not None and plain(was) != self.initial[n]]

    def clean(self) -> dict[str, Any]:
        """What only others changed is taken over; where both did, the editor is asked."""
        data, posted = self.cleaned_data, cast("Any", self.data)
        self.theirs, mine = self._changed_meanwhile(), self.changed_data
        if self.theirs:
            self.data = posted = posted.copy()
        for name in self.theirs:
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


class LineFormSet(AnyFormSet):
    """Lines, each told by the words of its field `told_by`."""

    told_by: ClassVar[str]

    def clean(self) -> None:
        """A line that somebody took away or changed meanwhile is told of, and not lost."""
        super().clean()
        for form in self.initial_forms:
            words = form.data.get(form.add_prefix(self.told_by), "")
            if form.instance.pk is None:
                raise ValidationError(
                    f"“{words}” was taken away while you were editing: open the page again; "
                    "add it anew if it is to stay."
                )
            if self._should_delete_form(form) and form.theirs:  # type: ignore[attr-defined]
                raise ValidationError(
                    f"“{form.initial[self.told_by]}” was changed by "
                    f"{who_changed(form.instance, 0)[-1]} while you were editing: look at it, "
                    "then delete it once more if it is to go."
                )
