"""Corrections at the desk: who changes a text that readers see is asked whether it is one.

There is no answer by default. What has been told is listed on the article's page, where a note can
be worded anew or taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin

from articles.admin.lines import LineForm, LineFormSet
from articles.admin.texts import TextField
from articles.models import Correction
from articles.models.revisions import TEXTS as TEXT_FIELDS
from articles.models.revisions import texts_seen
from articles.vocabulary import ArticleStatus, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    AnyInline = admin.TabularInline[Any, Any]
    AnyForm = forms.ModelForm[Any]
else:
    AnyInline, AnyForm = admin.TabularInline, forms.ModelForm

TEXTS: Final = frozenset(TEXT_FIELDS)
QUESTION: Final = ("is_correction", "correction_note")
MINOR, CORRECTION = "minor", "correction"


def unfit(answer: str, note: str, *, is_due: bool) -> tuple[str, str] | None:
    """The field of the question that is at fault, and why; None: the answer can stand."""
    if not answer and note:
        return "is_correction", "Is the note meant for readers? Choose one."
    if not answer and is_due:
        return "is_correction", (
            "Nothing is saved yet. Readers know this text otherwise: say whether your change "
            "corrects a mistake."
        )
    if answer == CORRECTION and not note:
        return "correction_note", "Tell readers what was wrong and what is right."
    if answer == MINOR and note:
        return "is_correction", "A minor change has no note: empty it, or correct."
    return None


class Question(forms.Form):
    """The question by itself, for pages that change a text without the article's form."""

    is_correction = forms.ChoiceField(
        label="Is this a correction?",
        required=False,
        choices=[
            (MINOR, "A minor change: readers are told nothing"),
            (CORRECTION, "A correction: readers are told, in the note below"),
        ],
        widget=forms.RadioSelect,
        help_text="Asked when headline, summary or text change that readers see, or saw last.",
    )
    correction_note = TextField(
        rows=2,
        label="Note for readers",
        help_text="What was wrong, and what is right. It stands under the article for good.",
    )

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        if "is_correction" not in self.fields:
            return data
        answer, note = data.get("is_correction") or "", data.get("correction_note", "").strip()
        if fault := unfit(answer, note, is_due=not answer and self.is_due(data)):
            self.add_error(*fault)
        return data

    def is_due(self, data: Mapping[str, Any]) -> bool:
        """Whether what is being saved needs an answer."""
        return True


class CorrectionQuestion(Question, AnyForm):
    """The question as part of the form of an article that readers see or saw, and of no other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks(self.instance):
            for name in QUESTION:
                self.fields.pop(name, None)

    def is_due(self, data: Mapping[str, Any]) -> bool:
        article = self.instance
        if data.get("status", article.status) != ArticleStatus.PUBLISHED:
            return False
        if article.is_public:
            return bool(TEXTS & set(self.changed_data))
        seen = texts_seen(article) or {}
        return any(data.get(name, getattr(article, name)) != seen[name] for name in seen)


def asks(article: Any) -> bool:
    """Whether readers see the stored article, or saw it once, so that a change is told to them."""
    return bool(article.pk and (article.is_public or article.was_public))


def question(request: HttpRequest, desk: Any, article: Any) -> list[tuple[str, Any]]:
    """The part of the article's page that asks, for who may answer."""
    if article is None or not asks(article) or not desk.has_change_permission(request, article):
        return []
    return [("Correction", {"fields": QUESTION, "classes": ["correction"]})]


def question_before(request: HttpRequest, article: Any, then: Mapping[str, Any]) -> Question | None:
    """What is asked before an article gets other values: None where readers see nothing of it."""
    if then.get("status", article.status) != ArticleStatus.PUBLISHED:
        return None
    seen = texts_seen(article)
    if seen is None or all(then.get(name, seen[name]) == seen[name] for name in seen):
        return None
    return Question(request.POST if request.method == "POST" else None)


def note_for_readers(form: Any) -> str:
    """What readers are told by the answer of a checked form; empty: nothing."""
    data = form.cleaned_data
    is_told = data.get("is_correction") == CORRECTION
    return data.get("correction_note", "").strip() if is_told else ""


def write_correction(request: HttpRequest, article: Any, form: Any) -> None:
    """Tell readers what the editor answered."""
    if note := note_for_readers(form):
        Correction.objects.create(article=article, note=note, editor=request.user.get_username())


class CorrectionForm(LineForm):
    note = TextField(rows=2)

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"].strip()
        if not note:
            raise forms.ValidationError("A correction has a note; to take it back, delete it.")
        return note


class CorrectionFormSet(LineFormSet):
    """Whoever words a note is named as its editor."""

    told_by = "note"
    editor = ""

    def save_new(self, form: Any, commit: bool = True) -> Any:
        form.instance.editor = self.editor
        return super().save_new(form, commit=commit)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        form.instance.editor, form.instance.origin = self.editor, Origin.EDITOR
        return super().save_existing(form, obj, commit=commit)


class CorrectionInline(AnyInline):
    model = Correction
    form = CorrectionForm
    formset = CorrectionFormSet
    fields = ("note", "written", "editor")
    readonly_fields = ("written", "editor")
    classes = ("corrections",)

    @admin.display(description="At (UTC)")
    def written(self, correction: Correction) -> str:
        return f"{correction.at:%Y-%m-%d %H:%M}" if correction.pk else "—"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """An empty row where readers see or saw the article: without scripts there is no other."""
        return int(obj is not None and (obj.is_public or obj.was_public))

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        return type("CorrectionFormSet", (formset,), {"editor": request.user.get_username()})
