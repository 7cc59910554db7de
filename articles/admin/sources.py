"""Sources on the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef

from articles.admin.downloads import DownloadAdmin
from articles.admin.merging import MergePages, merge_selected
from articles.admin.nouns import FACTS, RECORD, DeskForm
from articles.ingestion.cleaning import RULES
from articles.models import Article, Source


class SourceForm(DeskForm):
    cleaning_off = forms.MultipleChoiceField(
        label="Switched off",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Rules that would harm the texts of this source.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "cleaning_off" not in self.fields:
            return
        known = [(rule.name, f"{rule.name}: {rule.reason}") for rule in RULES.values()]
        unknown = [(name, name) for name in self.instance.cleaning_off if name not in RULES]
        self.fields["cleaning_off"].choices = [*known, *unknown]  # type: ignore[attr-defined]


class SourceAdmin(MergePages, DownloadAdmin):
    actions = (merge_selected,)
    form = SourceForm
    list_display = ("title", "kind", "country", "language", "timezone", "article_count")
    sortable_by = ("title",)
    list_filter = ("kind",)
    search_help_text = "Part of a name, or the beginning of a slug."
    public_route = "source-detail"
    readonly_fields = FACTS
    fieldsets = (
        (None, {"fields": ["name", "slug", "kind", "homepage"]}),
        ("Defaults of its articles", {"fields": ["language", "timezone", "country"]}),
        ("Internal", {"fields": ["notes"]}),
        ("Cleaning of its texts", {"fields": ["cleaning_off"], "classes": ["collapse"]}),
        RECORD,
    )
    download_columns = {
        name: name
        for name in (
            "slug", "name", "kind", "homepage", "country", "language", "timezone", "notes",
            "cleaning_off", "created_at", "updated_at",
        )
    }  # fmt: skip
    articles_of = Article.objects.filter(source=OuterRef("pk")).values("pk")

    @admin.display(description="name", ordering="slug")
    def title(self, source: Source) -> str:
        return source.name
