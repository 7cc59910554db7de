"""Splitting an entity on the desk: some of its mentions belong to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from articles.admin.filters import picker
from articles.admin.permissions import may_merge
from articles.admin.runs import undo_offer
from articles.errors import ArchiveError
from articles.models import Alias, Entity, Mention, split
from articles.models.ledger import current_run
from articles.vocabulary import EntityKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

MOST_WORDS: Final = 200
MOST_SHOWN: Final = 100
AT_MOST: Final = 20_000


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
        form = SplitForm(request.POST or None, site=self.admin_site)
        refusal = ""
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():  # a new entity goes with a split that is refused
                    return self._split(request, entity, form)
            except ArchiveError as error:
                refusal = str(error)
        context = {
            **self.admin_site.each_context(request),
            "title": "Split",
            "subtitle": str(entity),
            "opts": Entity._meta,
            "entity": entity,
            "form": form,
            "refusal": refusal,
            "media": self.media + form.media,  # type: ignore[attr-defined]
            "chosen": request.POST.getlist("quote"),
            "picked": request.POST.getlist("mention"),
            **_choices(entity, request.GET.get("quote", "")),
        }
        return TemplateResponse(request, "admin/articles/split.html", context)

    def _split(self, request: HttpRequest, entity: Entity, form: SplitForm) -> HttpResponse:
        keys = _chosen(entity, request)
        spellings = request.POST.getlist("spelling")
        if not keys and not spellings:
            raise ArchiveError("Choose the mentions or the spellings that go.")
        target = form.cleaned_data["existing"]
        if target is None:
            name = form.cleaned_data["name"].strip()
            kind = form.cleaned_data["kind"] or EntityKind.OTHER
            target = Entity.objects.create(name=name, slug=Entity.free_slug(name), kind=kind)
            if name not in spellings:
                Alias.objects.create(entity=target, spelling=name)
        report = split(entity, target, keys, request.user.get_username(), spellings)
        if run := current_run():
            words = f"{report.moved['mention']:,} mentions of “{entity}” are now of “{target}”."
            undo_offer(request, run, words)
        return HttpResponseRedirect(reverse("admin:articles_entity_change", args=[target.pk]))


def _choices(entity: Entity, quote: str) -> dict[str, Any]:
    """By which words texts name it and how often; of one of them each place, if it is asked for."""
    mentions = Mention.objects.filter(entity=entity)
    by_words = mentions.values("quote").annotate(n=Count("pk")).order_by("-n", "quote")
    shown = mentions.filter(quote=quote) if quote else mentions.none()
    places = shown.select_related("article", "article__source").defer("article__search")
    return {
        "by_words": by_words[:MOST_WORDS],
        "quote": quote,
        "places": [(it, *_around(it)) for it in places.order_by("-article", "start")[:MOST_SHOWN]],
        "spellings": entity.aliases.exclude(spelling=entity.name),
        "most_shown": MOST_SHOWN,
    }


def _around(mention: Mention) -> tuple[str, str]:
    body, start, end = mention.article.body, mention.start or 0, mention.end or 0
    return body[max(0, start - 80) : start], body[end : end + 80] if mention.quote else ""


def _chosen(entity: Entity, request: HttpRequest) -> list[int]:
    """The mentions that were marked one by one, and all of the marked words."""
    keys = {int(key) for key in request.POST.getlist("mention") if key.isdecimal()}
    quotes = request.POST.getlist("quote")
    if quotes:
        found = Mention.objects.filter(entity=entity, quote__in=quotes).order_by("pk")
        keys |= set(found.values_list("pk", flat=True)[: AT_MOST + 1])
    if len(keys) > AT_MOST:
        raise ArchiveError(f"More than {AT_MOST:,} mentions: choose fewer words.")
    return sorted(keys)
