"""Articles on the desk: finding, correcting, publishing and withdrawing them, judging links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html

from articles.admin import corrections, filters, withdrawal
from articles.admin.article_page import ArticlePage, enrich_selected
from articles.admin.bulk import BULK_ACTIONS
from articles.admin.dates import refusal_of
from articles.admin.downloads import RecordDownloadAdmin
from articles.admin.links import (
    NewMentionInline,
    NewTaggingInline,
    move_mentions,
)
from articles.admin.lists import COUNTED
from articles.admin.nouns import FACTS, DeskForm, api_address, badge, linked
from articles.admin.permissions import ArticleRights
from articles.admin.texts import DayOrTimeField, LineField, LinesField, TextField
from articles.identity import derived_external_id
from articles.models import Article, SortKey
from articles.search.query import Search
from articles.vocabulary import ArticleStatus, DatePrecision

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

WITHDRAWAL = ("withdrawn_at", "withdrawn_reason", "withdrawn_note")
SHOWN_TAGS = 3


UNDETERMINED = "und"


class ArticleForm(corrections.CorrectionQuestion, DeskForm):
    headline = LineField(rows=2, max_length=1000)
    summary = TextField(rows=3)
    body = TextField(rows=26, help_text="Plain text; blank lines separate paragraphs.")
    bylines = LinesField(rows=2, help_text="One name a line.")
    published_at = DayOrTimeField(
        label="Published", help_text="UTC. Without a time of day the precision is a day."
    )

    class Meta:
        widgets = {"external_id": forms.TextInput({"class": "vTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status = self.fields.get("status")
        if status is not None and self.instance.status != ArticleStatus.WITHDRAWN:
            # Withdrawing needs a reason and so a page of its own.
            status.choices = [  # type: ignore[attr-defined]
                choice for choice in ArticleStatus.choices if choice[0] != ArticleStatus.WITHDRAWN
            ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("published_at", "publish_at"):
            moment = data.get(name) if name in self.changed_data else None
            if moment and (refusal := refusal_of(moment)):
                self.add_error(name, refusal)
        self._settle_precision(data)
        if self.instance.pk is None and data.get("source"):
            self._settle_identity(data)
            if data.get("language") == UNDETERMINED:
                data["language"] = data["source"].language
        leaves = data.get("status") not in {None, ArticleStatus.WITHDRAWN}
        if leaves and self.instance.status == ArticleStatus.WITHDRAWN:
            self.instance.withdrawn_at = None
            self.instance.withdrawn_reason = self.instance.withdrawn_note = ""
        return data

    def _settle_precision(self, data: dict[str, Any]) -> None:
        """A date without a time is a day, a new one with a time exact; no date, no precision."""
        if "published_at" not in data or "published_precision" not in data:
            return
        if data["published_at"] is None:
            data["published_precision"] = DatePrecision.UNKNOWN
        elif not self.data.get(self.add_prefix("published_at_1"), "").strip():
            data["published_precision"] = DatePrecision.DAY
        elif data["published_precision"] == DatePrecision.UNKNOWN:
            if self.instance.published_at is None:
                data["published_precision"] = DatePrecision.EXACT
            else:
                self.add_error("published_precision", "A date is exact or a day. Empty the date.")

    def _settle_identity(self, data: dict[str, Any]) -> None:
        headline, body = data.get("headline", ""), data.get("body", "")
        if not data.get("external_id") and (headline or body):
            url = data.get("original_url", "")
            data["external_id"] = derived_external_id(url, headline, body)
        same = Article.objects.filter(
            origin=data["source"].slug, external_id=data.get("external_id", "")
        ).first()
        if same:
            self.add_error(
                "external_id",
                format_html("This source has an article with this id already: {}.", linked(same)),
            )


class ArticleAdmin(ArticleRights, ArticlePage, RecordDownloadAdmin):
    form = ArticleForm
    ordering = ("-pk",)
    list_display = (
        "title", "source_name", "published", "state", "tag_names", "words",
    )  # fmt: skip
    list_display_links = ("title",)
    sortable_by = ("published",)
    list_filter = (
        filters.ArticleFilter, "status", filters.PrecisionFilter, filters.LanguageFilter,
        "headline_derived", filters.RunFilter,
    )  # fmt: skip
    search_fields = ("headline",)
    search_help_text = (
        'Words, a "whole phrase", or, -without; or a uid, external id or address pasted whole.'
    )
    actions = (*BULK_ACTIONS, enrich_selected)
    bears = COUNTED + 1  # bulk work counts for itself, and says how much is too much
    autocomplete_fields = ("source",)
    public_route = "article-detail"
    inlines = (NewTaggingInline, NewMentionInline, corrections.CorrectionInline)
    readonly_fields = (
        "uid", "origin", "headline_derived", "word_count", "fingerprint", "was_public",
        *WITHDRAWAL, *FACTS,
    )  # fmt: skip

    @property
    def media(self) -> forms.Media:
        # The list's filters find sources, entities and tags by typing.
        widget = AutocompleteSelect(Article._meta.get_field("source"), self.admin_site)
        return super().media + widget.media

    # ── the list ─────────────────────────────────────────────────────────────────────────────

    def for_list(self, rows: Any) -> QuerySet[Article]:
        return rows.for_desk()  # type: ignore[no-any-return]

    def find(self, rows: Any, words: str) -> QuerySet[Any]:
        named = list(Article.objects.identified_by(words).values_list("pk", flat=True)[:10])
        found: QuerySet[Any] = Search(rows, words, SortKey()).to_sort()
        return rows.filter(pk__in=named) | found if named else found

    @admin.display(description="headline")
    def title(self, article: Article) -> str:
        derived = badge("derived") if article.headline_derived else ""
        return format_html('<span dir="auto">{}</span> {}', str(article), derived)

    @admin.display(description="source, language")
    def source_name(self, article: Article) -> str:
        return format_html(
            '{}<br><span class="quiet">{}</span>', article.source.name, article.language
        )

    @admin.display(description="published", ordering="published_at")
    def published(self, article: Article) -> str:
        if article.published_at is None:
            return badge("undated")
        shown = f"{article.published_at:%Y-%m-%d}"
        if article.published_precision == DatePrecision.EXACT:
            shown += f" {article.published_at:%H:%M}"
        return format_html('<time datetime="{}">{}</time>', shown.replace(" ", "T"), shown)

    @admin.display(description="status")
    def state(self, article: Article) -> str:
        if article.status == ArticleStatus.PUBLISHED and not article.is_public:
            return badge("embargoed")
        return badge(article.status)

    @admin.display(description="tags")
    def tag_names(self, article: Any) -> str:
        names = [link.tag.name for link in article.accepted_taggings]
        more = f" +{len(names) - SHOWN_TAGS}" if len(names) > SHOWN_TAGS else ""
        if not names:
            return format_html('<span class="none">{}</span>', "—")
        return format_html("{}{}", ", ".join(names[:SHOWN_TAGS]), more)

    @admin.display(description="words")
    def words(self, article: Article) -> str:
        return f"{article.word_count:,}"

    # ── the page ─────────────────────────────────────────────────────────────────────────────

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        readers = ["status", "publish_at"]
        if obj and obj.status == ArticleStatus.WITHDRAWN:
            readers += WITHDRAWAL
        facts: list[Any] = [
            "source", "language", "published_at", "published_precision", "original_url",
        ]  # fmt: skip
        record = [
            "edited_fields", "headline_derived", "was_public", "word_count", "uid", "origin",
            "external_id", "fingerprint", "created_at", "updated_at",
        ]  # fmt: skip
        return [
            (None, {"fields": ["headline", "summary", "bylines", "body"]}),
            *corrections.question(request, self, obj),
            ("Facts", {"fields": facts if obj else [*facts, "external_id"]}),
            ("For readers", {"fields": readers}),
            *([("Record", {"fields": record, "classes": ["collapse"]})] if obj else []),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        kept = [*self.readonly_fields, *self.kept_from(request, obj)]
        return [*kept, "external_id"] if obj else kept

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else (NewTaggingInline, NewMentionInline)

    def changed_fields(self, form: Any) -> list[str]:
        names = super().changed_fields(form)
        if "published_at" in names:
            names.append("published_precision")
        return [*names, *WITHDRAWAL] if "status" in names else names

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        corrections.write_correction(request, obj, form)
        if change and "body" in form.changed_data:
            lost = move_mentions(obj, form.initial["body"])
            if lost:
                self.message_user(
                    request,
                    "Mentions whose place in the text is gone were removed: " + ", ".join(lost),
                    messages.WARNING,
                )

    def after_restore(self, row: Any) -> None:
        """Mentions follow the text to where their words stand now."""
        body = row.body
        row.refresh_from_db(fields=["body"])
        if row.body != body:
            move_mentions(row, body)

    def restore_question(self, request: HttpRequest, row: Any, then: dict[str, Any]) -> Any:
        """Readers are told of a text that comes back as of any other."""
        return corrections.question_before(request, row, then)

    def public_address(self, obj: Any) -> str | None:
        return api_address(self.public_route, obj.uid) if obj.is_public else None

    # ── withdrawing one ──────────────────────────────────────────────────────────────────────

    def get_urls(self) -> list[URLPattern]:
        withdraw = path(
            "<path:object_id>/withdraw/",
            self.admin_site.admin_view(self.withdraw_view),
            name="articles_article_withdraw",
        )
        return [withdraw, *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        article = self.get_object(request, unquote(object_id))
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        if not self.has_withdraw_permission(request):
            raise PermissionDenied
        form = withdrawal.WithdrawForm(request.POST or None)
        if not form.is_valid():
            return withdrawal.ask_reason(self, request, [article], form)
        withdrawal.withdraw_with(self, request, [article], form)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
