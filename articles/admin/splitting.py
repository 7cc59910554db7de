"""Splitting an entity on the desk: some of its mentions belong to somebody else.

The page shows what would move, then moves exactly that. All of its steps are one form, so that
nothing that was marked gets lost on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from articles.admin.filters import picker
from articles.admin.permissions import may_merge
from articles.admin.runs import undo_offer
from articles.errors import ArchiveError
from articles.models import Entity, Mention
from articles.models.ledger import current_run
from articles.models.splitting import SplitChoice, SplitPlan, plan_split, split_as_shown
from articles.vocabulary import EntityKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict
    from django.urls import URLPattern

MOST_WORDS: Final = 200
"""Wordings on one page; a filter and further pages lead to the rest."""
MOST_SHOWN: Final = 100
NAMED: Final = 20

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
        self.fields = {"existing": existing, **self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("existing")) == bool(data.get("name", "").strip()):
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
            "entity": entity,
            "form": form,
            "media": self.media + form.media,  # type: ignore[attr-defined]
            **_words(entity, request, step),
            **_places(entity, request),
            "spellings": entity.aliases.exclude(spelling=entity.name),
            "marked_spellings": request.POST.getlist("spelling"),
        }
        return TemplateResponse(request, "admin/articles/split.html", context)


def _step(request: HttpRequest) -> str:
    if request.method != "POST" or "page" in request.POST:
        return CHOOSE
    step = request.POST.get("step", PREVIEW)
    if step == ENTER:
        is_finding = request.POST.get("words", "") != request.POST.get("words_now", "")
        return FIND if is_finding else PREVIEW
    return step


def _form(request: HttpRequest, step: str, site: Any) -> SplitForm:
    """Checked where the split is asked for; until then only filled in as it was."""
    given = request.POST
    if step in {PREVIEW, APPLY}:
        return SplitForm(given, site=site)
    existing = given.get("existing", "")
    filled = {"existing": existing if existing.isdecimal() else None}
    filled |= {name: given.get(name) for name in ("name", "kind")}
    return SplitForm(site=site, initial=filled)


def _choice(given: QueryDict, to: dict[str, Any]) -> SplitChoice:
    return SplitChoice(
        mentions=tuple(_keys(given)),
        quotes=tuple(_texts(given, "quote")),
        spellings=tuple(_texts(given, "spelling")),
        target=to["existing"],
        name=to["name"].strip(),
        kind=to["kind"] or EntityKind.OTHER,
    )


def _keys(given: QueryDict) -> list[int]:
    found = {int(key) for key in given.getlist("mention") if key.isdecimal() and len(key) < 19}
    return sorted(found)


def _texts(given: QueryDict, name: str) -> list[str]:
    return list(dict.fromkeys(value.replace("\0", "") for value in given.getlist(name)))


def _split(request: HttpRequest, entity: Entity, choice: SplitChoice) -> HttpResponse:
    """Of exactly what the editor was shown; others may be at work meanwhile."""
    shown = request.POST.get("shown", "")
    target, report = split_as_shown(entity, choice, request.user.get_username(), shown)
    if run := current_run():
        number = report.moved["mention"] + report.dropped["mention"]
        what, number = ("mention", number) if number else ("spelling", len(choice.spellings))
        ending, verb = ("", "is") if number == 1 else ("s", "are")
        words = f"{number:,} {what}{ending} of “{entity}” {verb} now of “{target}”."
        undo_offer(request, run, words)
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


def _words(entity: Entity, request: HttpRequest, step: str) -> dict[str, Any]:
    """By which words texts name it and how often: a page of them, and before it what is marked on
    another one."""
    given = request.POST if request.method == "POST" else request.GET
    sought = given.get("words", "").replace("\0", "").strip()
    asked = "1" if step == FIND else given.get("page") or given.get("page_now") or "1"
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
    counted = Mention.objects.filter(entity=entity).values("quote").annotate(n=Count("pk"))
    found = counted.filter(quote__icontains=sought) if sought else counted
    start = (page - 1) * MOST_WORDS
    rows = list(found.order_by("-n", "quote")[start : start + MOST_WORDS + 1])
    listed, is_cut = rows[:MOST_WORDS], len(rows) > MOST_WORDS
    marked = _texts(given, "quote") if request.method == "POST" else []
    away = set(marked) - {row["quote"] for row in listed}
    elsewhere = list(counted.filter(quote__in=away).order_by("-n", "quote")) if away else []
    return {
        "by_words": listed,
        "elsewhere": elsewhere,
        "chosen": marked,
        "sought": sought,
        "page": page,
        "more": found.count() - start - len(listed) if is_cut else 0,
        "has_filter": is_cut or page > 1 or bool(sought),
    }


def _places(entity: Entity, request: HttpRequest) -> dict[str, Any]:
    """Each place of some words, if they are asked for, and what is marked of others."""
    quote = request.GET.get("quote", "").replace("\0", "")
    mentions = Mention.objects.filter(entity=entity).select_related("article__source")
    places: list[Mention] = []
    if quote:
        shown = mentions.filter(quote=quote).defer("article__search")
        places = list(shown.order_by("-article", "start")[:MOST_SHOWN])
    picked = _keys(request.POST)
    away = set(picked) - {it.pk for it in places}
    others = mentions.filter(pk__in=away).defer("article__search", "article__body")
    return {
        "quote": quote,
        "places": [(it, *_around(it)) for it in places],
        "other_places": others.order_by("-article", "start") if away else [],
        "picked": picked,
        "most_shown": MOST_SHOWN,
    }


def _around(mention: Mention) -> tuple[str, str]:
    body, start, end = mention.article.body, mention.start or 0, mention.end or 0
    return body[max(0, start - 80) : start], body[end : end + 80] if mention.quote else ""
