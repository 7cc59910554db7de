"""Entities on the desk, with the spellings by which texts name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch

from articles.admin import filters
from articles.admin.downloads import DownloadAdmin
from articles.admin.merging import MergePages, merge_selected
from articles.admin.nouns import FACTS, RECORD, DeskForm
from articles.admin.spellings import SpellingInline, shown_spellings
from articles.admin.splitting import SplitPages
from articles.models import Alias, Entity, Mention

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class EntityForm(DeskForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if isinstance(wikidata_id := data.get("wikidata_id"), str):
            data["wikidata_id"] = wikidata_id.upper()
        return data


class AliasInline(SpellingInline):
    model = Alias
    fields = ("spelling", "kind", "case_rule", "standing")


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
        return shown_spellings(entity.name, [alias.spelling for alias in entity.aliases.all()])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Texts name an entity by its own name as well: it is an alias like the others."""
        super().save_related(request, form, formsets, change)
        if not change or "name" in form.changed_data:
            Alias.objects.get_or_create(entity=form.instance, spelling=form.instance.name)
