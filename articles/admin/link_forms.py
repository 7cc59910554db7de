"""Forms for mentions and taggings: a word on those that are there, and rows for new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.admin.judging import decided_by
from articles.admin.numbers import whole
from articles.anchors import find_place
from articles.models import Mention, Tagging
from articles.vocabulary import LinkState, Origin

if TYPE_CHECKING:
    from django.db.models import QuerySet

    AnyForm = forms.ModelForm[Any]
    AnyFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    AnyForm, AnyFormSet = forms.ModelForm, BaseInlineFormSet

SHOWN = 100  # links on one page; more would make a form that no browser likes
CHOSEN = SafeString(" selected")
ACCEPT, REJECT, REMOVE = "accept", "reject", "remove"


class PlainHidden(forms.HiddenInput):
    """Written without a template: a page has hundreds of these."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = self.format_value(value) or ""
        given = (name, (attrs or {}).get("id", ""), shown)
        return format_html('<input type="hidden" name="{}" id="{}" value="{}">', *given)


class PlainSelect(forms.Select):
    """The same, of a few choices on what it is `about`."""

    about = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, CHOSEN if key == (value or "") else "", label) for key, label in self.choices),
        )
        given = (name, (attrs or {}).get("id", ""), self.about, options)
        pattern = '<select name="{}" id="{}" aria-label="{}, when saved">{}</select>'
        return format_html(pattern, *given)


class DecisionForm(AnyForm):
    """An editor's word on one link. The row itself is not edited, so it needs no validation."""

    decision = forms.ChoiceField(label="When saved", required=False, widget=PlainSelect)
    seen = forms.CharField(required=False, widget=PlainHidden)

    def __init__(self, *args: Any, editor: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editor = editor
        link = self.instance
        choices = [("", "Leave as it is")]
        if link.state != LinkState.ACCEPTED:
            choices.append((ACCEPT, "Accept"))
        if link.state != LinkState.REJECTED:
            choices.append((REJECT, "Reject"))
        if link.origin == Origin.EDITOR:
            choices.append((REMOVE, "Remove"))
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        self.fields["decision"].widget.about = str(link.article) if link.pk else ""
        self.initial["seen"] = link.state

    @cached_property
    def changed_data(self) -> list[str]:
        """What was seen is no change: only a decision is one."""
        return [name for name in super().changed_data if name != "seen"]

    def clean(self) -> dict[str, Any]:
        """Nobody judges what somebody else has judged meanwhile without knowing it."""
        seen, link = self.cleaned_data.get("seen"), self.instance
        decided = self.cleaned_data.get("decision") or "decision" in self.errors
        if decided and seen and link.pk and seen != link.state:
            told = f"{decided_by(link)} made this {link.state} meanwhile: decide again."
            self.add_error("decision", told)
            data: Any = self.data
            self.data = data = data.copy()
            data[self.add_prefix("seen")] = link.state
            data[self.add_prefix("decision")] = ""
        return self.cleaned_data

    def _post_clean(self) -> None:
        pass

    def save(self, commit: bool = True) -> Any:
        decision = self.cleaned_data["decision"]
        if decision == ACCEPT:
            self.instance.accept(self.editor)
        elif decision == REMOVE and self.instance.origin == Origin.EDITOR:
            self.instance.delete()
        else:
            self.instance.reject(self.editor)
        return self.instance


class DecisionFormSet(AnyFormSet):
    """Links that are there. However many, they cost two queries."""

    def clean(self) -> None:
        for form in self.initial_forms:
            if form.instance.pk is None and form.cleaned_data.get("decision"):
                raise ValidationError(
                    "A link that you decided on has been removed in the meantime: open the page "
                    "again to see those that are there."
                )

    def _posted_keys(self) -> list[int]:
        given = [self.data.get(f"{self.prefix}-{n}-id", "") for n in range(SHOWN)]
        return [key for it in given if (key := whole(it))]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        # Django's own field asks the database for each row once more.
        form.fields["id"] = forms.IntegerField(
            initial=form.instance.pk, required=False, widget=PlainHidden
        )
        form.fields[self.fk.name].widget = PlainHidden()


class NewLinkForm(AnyForm):
    """A link that an editor adds: its origin is the editor and it is accepted at once."""

    def refuse_again(self, link: Mention | Tagging | None, field: str) -> None:
        if link is not None:
            self.add_error(field, f"This is here already and {link.state}: decide on it above.")


class NewTaggingForm(NewLinkForm):
    def clean(self) -> dict[str, Any]:
        tag, article = self.cleaned_data.get("tag"), self.instance.article
        if tag and article.pk:
            self.refuse_again(Tagging.objects.filter(article=article, tag=tag).first(), "tag")
        return self.cleaned_data


class NewMentionForm(NewLinkForm):
    quote = forms.CharField(
        label="Words in the text",
        required=False,
        widget=forms.TextInput({"dir": "auto", "class": "vTextField"}),
        help_text="As they stand in the text; left empty: the entity's name.",
    )
    start = forms.IntegerField(
        label="Place",
        required=False,
        min_value=0,
        widget=forms.NumberInput({"class": "vIntegerField"}),
        help_text="Characters before the words; left empty: where they stand first.",
    )

    def clean(self) -> dict[str, Any]:
        entity, article = self.cleaned_data.get("entity"), self.instance.article
        if entity is None or self.errors:
            return self.cleaned_data
        words, wanted = self.cleaned_data["quote"] or entity.name, self.cleaned_data["start"]
        start = find_place(article.body, words, wanted)
        if start is None:
            where = "in the text" if wanted is None else f"at place {wanted}"
            self.add_error("quote", f"The words “{words}” do not stand {where}.")
            return self.cleaned_data
        end = start + len(words)
        self.cleaned_data |= {"quote": words, "start": start}
        self.instance.end = end
        if article.pk:
            same = Mention.objects.filter(article=article, entity=entity, start=start, end=end)
            self.refuse_again(same.first(), "entity")
        return self.cleaned_data


class NewLinkFormSet(AnyFormSet):
    """Empty rows only, each of which knows the article as it stands in the form."""

    model: type[Any]

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._base_manager.none()  # type: ignore[no-any-return]

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.article = self.instance
        return form

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            target = data.get(self.model.target_field)
            if target is None or form.errors:
                continue
            place = (target, data.get("start"), form.instance.__dict__.get("end"))
            if place in seen:
                form.add_error(self.model.target_field, "This is here twice.")
            seen.add(place)
