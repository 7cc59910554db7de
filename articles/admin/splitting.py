"""Splitting an entity on the desk: some of its mentions belong to somebody else.

The page shows what would move, then moves exactly that. All of its steps are one form, so that
nothing that was marked gets lost on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from articles.admin.filters import picker
from articles.admin.numbers import whole
from articles.admin.permissions import may_merge
from articles.admin.runs import undo_offer
from articles.admin.split_choices import MOST_WORDS, keys, places, texts, words
from articles.errors import ArchiveError
from articles.models import Entity, Mention
from articles.models.ledger import current_run
from articles.models.splitting import SplitChoice, SplitPlan, plan_split, split_as_shown
from articles.vocabulary import EntityKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict
    from django.urls import URLPattern

NAMED: Final = 20
NO_SUCH: Final = "There is no such entity: choose one of those that are found, or name a new one."

PREVIEW, APPLY, CHOOSE, FIND, ENTER = "preview", "apply", "choose", "find", "enter"
"""What a button of the form asks for; the Enter key finds where words were written to be found."""


class SplitForm(forms.Form):
    """To whom the chosen mentions go: to an entity that is there, or to a new one."""

    name = forms.CharField(
        label="New entity", required=False, max_length=200,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label="Its kind", choices=EntityKind.choices, required=False)

    def __init__(self, *args: Any, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        existing = picker(Mention, "entity", site)
        existing.label = "An entity that is there"
        existing.error_messages["invalid_choice"] = NO_SUCH
        self.fields = {"existing": existing, **self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "existing" not in self.errors and bool(data.get("existing")) == bool(
            data.get("name", "").strip()
        ):
            raise ValidationError("Choose an entity that is there, or name a new one.")
        return data


class SplitPages:
    """The page of entities that gives some mentions to another."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.split_view)
        split_url = path("<path:object_id>/split/", view, name="articles_entity_split")
        return [split_url, *super().get_urls()]  # type: ignore[misc]

    def split_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not may_merge(request, Entity):
            raise PermissionDenied
        entity = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if entity is None:
            raise Http404("no such entity")
        given = request.POST if request.method == "POST" else request.GET
        step = _step(request)
        form = _form(request, step, self.admin_site)
        context: dict[str, Any] = {}
        if step in {PREVIEW, APPLY} and form.is_valid():
            choice = _choice(request.POST, form.cleaned_data)
            try:
                if step == APPLY:
                    try:
                        return _split(request, entity, choice)
                    except ArchiveError as error:
                        context["refusal"] = str(error)
                context |= _shown(plan_split(entity, choice), choice)
            except ArchiveError as error:
                context["refusal"] = str(error)
        context |= {
            **self.admin_site.each_context(request),
            "title": "Split",
            "subtitle": str(entity),
            "opts": Entity._meta,
            "object": entity,
            "form": form,
            "media": self.media + form.media,  # type: ignore[attr-defined]
            **words(entity, request, given),
            **places(entity, request, given),
            "spellings": entity.aliases.exclude(spelling=entity.name),
            "marked_spellings": request.POST.getlist("spelling"),
        }
        return TemplateResponse(request, "admin/articles/split.html", context)


def _step(request: HttpRequest) -> str:
    if request.method != "POST" or {"page", "places"} & request.POST.keys():
        return CHOOSE
    step = request.POST.get("step", PREVIEW)
    if step == ENTER:
        given = request.POST
        is_finding = any(
            given.get(name, "") != given.get(f"{name}_now", "") for name in ("words", "headline")
        )
        return FIND if is_finding else PREVIEW
    return step


def _form(request: HttpRequest, step: str, site: Any) -> SplitForm:
    """Checked where the split is asked for; until then only filled in as it was."""
    given = request.POST.copy()
    existing = given.get("existing", "")
    is_key = whole(existing) > 0
    if step in {PREVIEW, APPLY}:
        if existing and not is_key:
            given["existing"] = "0"  # the key of nothing: what is no key breaks the field
        return SplitForm(given, site=site)
    filled = {"existing": existing if is_key else None}
    filled |= {name: given.get(name) for name in ("name", "kind")}
    return SplitForm(site=site, initial=filled)


def _choice(given: QueryDict, to: dict[str, Any]) -> SplitChoice:
    return SplitChoice(
        mentions=tuple(keys(given)),
        quotes=tuple(texts(given, "quote")),
        spellings=tuple(texts(given, "spelling")),
        target=to["existing"],
        name=to["name"].strip(),
        kind=to["kind"] or EntityKind.OTHER,
    )


def _split(request: HttpRequest, entity: Entity, choice: SplitChoice) -> HttpResponse:
    """Of exactly what the editor was shown; others may be at work meanwhile."""
    shown = request.POST.get("shown", "")
    target, report = split_as_shown(entity, choice, request.user.get_username(), shown)
    if run := current_run():
        number = report.moved["mention"] + report.dropped["mention"]
        what, number = ("mention", number) if number else ("spelling", len(choice.spellings))
        ending, verb = ("", "is") if number == 1 else ("s", "are")
        told = f"{number:,} {what}{ending} of “{entity}” {verb} now of “{target}”."
        undo_offer(request, run, told)
    return HttpResponseRedirect(reverse("admin:articles_entity_change", args=[target.pk]))


def _shown(plan: SplitPlan, choice: SplitChoice) -> dict[str, Any]:
    """What would move; of the places where both are mentioned the first few are named."""
    theirs = [pair.theirs for pair in plan.same[:NAMED]]
    there = Mention.objects.select_related("article").defer("article__search", "article__body")
    mentions = there.in_bulk(theirs) if theirs else {}
    same = [(mentions[it.theirs], it) for it in plan.same[:NAMED] if it.theirs in mentions]
    more_words = len(plan.by_words) - MOST_WORDS
    return {
        "plan": plan,
        "choice": choice,
        "moving_words": plan.by_words[:MOST_WORDS],
        "more_moving_words": max(0, more_words),
        "same": same,
        "more_same": len(plan.same) - len(same),
    }
