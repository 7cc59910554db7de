"""Entities on the desk, with the spellings by which texts name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Prefetch
from django.forms.models import BaseInlineFormSet

from articles.admin import filters
from articles.admin.downloads import DownloadAdmin
from articles.admin.editing_together import who_changed
from articles.admin.merging import MergePages, merge_selected
from articles.admin.nouns import FACTS, RECORD, DeskForm
from articles.admin.splitting import SplitPages
from articles.models import Alias, Entity, Mention

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    AnyInline = admin.TabularInline[Any, Any]
    AnyForm = forms.ModelForm[Any]
    AnyFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    AnyInline, AnyForm, AnyFormSet = admin.TabularInline, forms.ModelForm, BaseInlineFormSet

SHOWN_ALIASES = 4
ALIAS_FIELDS = ("spelling", "kind", "case_rule", "standing")


class EntityForm(DeskForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if isinstance(wikidata_id := data.get("wikidata_id"), str):
            data["wikidata_id"] = wikidata_id.upper()
        return data


class AliasForm(AnyForm):
    """An alias in the form of its entity, which remembers how it stood when it was opened."""

    class Meta:
        model = Alias
        fields = ALIAS_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ALIAS_FIELDS:
                self.fields[name].show_hidden_initial = True

    def changed_meanwhile(self) -> list[str]:
        """The fields that somebody else has changed since the form was opened."""
        if not self.instance.pk:
            return []
        opened = {name: self.data.get(self.add_initial_prefix(name)) for name in ALIAS_FIELDS}
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


class AliasFormSet(AnyFormSet):
    def clean(self) -> None:
        """The database knows the aliases that are stored; two new ones meet only here."""
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
        """An alias that somebody took away or changed meanwhile is told of, and not lost."""
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


class AliasInline(AnyInline):
    model = Alias
    form = AliasForm
    formset = AliasFormSet
    fields = ALIAS_FIELDS
    extra = 1
    classes = ("aliases",)


class EntityAdmin(MergePages, SplitPages, DownloadAdmin):
    actions = (merge_selected,)
    form = EntityForm
    list_display = ("title", "kind", "spellings", "wikidata_id", "is_reviewed", "article_count")
    sortable_by = ("title",)
    list_filter = ("kind", "is_reviewed", filters.StandingFilter)
    search_fields = ("name", "aliases__spelling", "slug", "wikidata_id")
    search_help_text = "Part of a name or of another spelling, a slug, or a Wikidata id."
    public_route = "entity-detail"
    readonly_fields = FACTS
    fieldsets = (
        (None, {"fields": ["name", "slug", "kind", "is_reviewed", "wikidata_id", "description"]}),
        RECORD,
    )
    inlines = (AliasInline,)
    download_columns = {
        "slug": "slug",
        "name": "name",
        "kind": "kind",
        "aliases": ArraySubquery(
            Alias.objects.filter(entity=OuterRef("pk")).order_by("spelling").values("spelling")
        ),
        "is_reviewed": "is_reviewed",
        "wikidata_id": "wikidata_id",
        "description": "description",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    articles_of = (
        Mention.objects.accepted().filter(entity=OuterRef("pk")).values("article").distinct()
    )

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("description").prefetch_related(Prefetch("aliases", Alias.objects.all()))

    @admin.display(description="name", ordering="slug")
    def title(self, entity: Entity) -> str:
        return entity.name

    @admin.display(description="other spellings")
    def spellings(self, entity: Entity) -> str:
        others = [a.spelling for a in entity.aliases.all() if a.spelling != entity.name]
        more = f" +{len(others) - SHOWN_ALIASES}" if len(others) > SHOWN_ALIASES else ""
        return f"{', '.join(others[:SHOWN_ALIASES]) or '—'}{more}"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Texts name an entity by its own name as well: it is an alias like the others."""
        super().save_related(request, form, formsets, change)
        if not change or "name" in form.changed_data:
            Alias.objects.get_or_create(entity=form.instance, spelling=form.instance.name)
