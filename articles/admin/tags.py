"""Tags on the desk: a shallow tree of subjects, and the other words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Prefetch

from articles.admin.downloads import DownloadAdmin
from articles.admin.merging import MergePages, merge_selected
from articles.admin.nouns import FACTS, RECORD, DeskForm, linked
from articles.admin.spellings import SpellingInline, shown_spellings
from articles.models import Tag, TagAlias, Tagging

if TYPE_CHECKING:
    from django.db.models import QuerySet


class TagForm(DeskForm):
    def clean_parent(self) -> Tag | None:
        """The database refuses a circle; here it is said before anything is lost."""
        parent: Tag | None = self.cleaned_data["parent"]
        above, seen = parent, set()
        while above is not None and above.pk not in seen:
            if above.pk == self.instance.pk:
                raise ValidationError(
                    "“%(parent)s” stands below this tag (or is it): a tag cannot be above itself.",
                    params={"parent": parent},
                )
            seen.add(above.pk)
            above = above.parent
        return parent


class TagAliasInline(SpellingInline):
    model = TagAlias
    fields = ("spelling",)
    verbose_name = "other spelling"
    verbose_name_plural = "other spellings"


class TagAdmin(MergePages, DownloadAdmin):
    actions = (merge_selected,)
    form = TagForm
    list_display = ("title", "spellings", "parent_link", "media_topic", "article_count")
    sortable_by = ("title",)
    list_filter = (("parent", admin.EmptyFieldListFilter),)
    search_help_text = "Part of a name or of another spelling, or the beginning of a slug."
    autocomplete_fields = ("parent",)
    public_route = "tag-detail"
    readonly_fields = FACTS
    fieldsets = (
        (None, {"fields": ["name", "slug", "parent", "media_topic", "description"]}),
        RECORD,
    )
    inlines = (TagAliasInline,)
    download_columns = {
        "slug": "slug",
        "name": "name",
        "aliases": ArraySubquery(
            TagAlias.objects.filter(tag=OuterRef("pk")).order_by("spelling").values("spelling")
        ),
        "parent": "parent__slug",
        "media_topic": "media_topic",
        "description": "description",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    articles_of = Tagging.objects.accepted().filter(tag=OuterRef("pk")).values("article")

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        aliases = Prefetch("aliases", TagAlias.objects.all())
        return rows.select_related("parent").prefetch_related(aliases)

    @admin.display(description="name", ordering="slug")
    def title(self, tag: Tag) -> str:
        return tag.name

    @admin.display(description="other spellings")
    def spellings(self, tag: Tag) -> str:
        return shown_spellings(tag.name, [alias.spelling for alias in tag.aliases.all()])

    @admin.display(description="parent")
    def parent_link(self, tag: Tag) -> str:
        return linked(tag.parent)
