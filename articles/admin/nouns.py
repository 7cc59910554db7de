"""What the four nouns share on the desk: bounded lists, honest forms, history from the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import PROTECT
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from articles.admin.activity import entries_address
from articles.admin.editing_together import last_entry, settle
from articles.admin.gone import gone
from articles.admin.history import events_of
from articles.admin.kept_forms import LOOK
from articles.admin.lists import (
    COUNTED,
    BoundedChangeList,
    BoundedPaginator,
    capped,
    count_each,
)
from articles.admin.permissions import may_undo
from articles.admin.revisions import RevisionPages
from articles.admin.texts import MomentField, TextField
from articles.errors import ArchiveError
from articles.models.histories import history_of

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    AnyAdmin = admin.ModelAdmin[Any]
    AnyForm = forms.ModelForm[Any]
else:
    AnyAdmin = admin.ModelAdmin
    AnyForm = forms.ModelForm

LOOK_FIRST = "Nothing is saved yet: look over what you wrote, then save."
FACTS = ("edited_fields", "created_at", "updated_at")
RECORD: tuple[str, Any] = ("Record", {"fields": FACTS, "classes": ["collapse"]})


class DeskForm(AnyForm):
    """A form that can show what the database or a model refused after the form was clean."""

    refusal = ""

    def clean(self) -> dict[str, Any] | None:
        if self.refusal:
            raise ValidationError(self.refusal)
        return super().clean()


def words_of(error: ArchiveError | IntegrityError) -> str:
    """What an editor is told. Constraints are named so that the name says the rule."""
    rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if isinstance(error, ArchiveError) or not rule:
        return str(error)
    return f"The archive refuses this by its rule “{rule.replace('_', ' ')}”."


class NounAdmin(RevisionPages, AnyAdmin):
    form = DeskForm
    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    formfield_overrides: ClassVar[Any] = {
        models.TextField: {"form_class": TextField, "rows": 4},
        models.DateTimeField: {"form_class": MomentField},
        models.URLField: {"assume_scheme": "https"},
        models.CharField: {"widget": AdminTextInputWidget({"dir": "auto"})},
    }
    show_facets = ShowFacets.NEVER  # they would count the whole table for each choice
    search_fields: ClassVar[Any] = ("name",)  # what it finds is `named()`
    ordering: ClassVar[Any] = ("slug",)  # indexed, and nearly the order of the names
    actions_on_top = True
    change_form_template = "admin/articles/change_form.html"
    delete_confirmation_template = "admin/articles/delete_confirmation.html"
    object_history_template = "admin/articles/history.html"
    public_route = ""  # name of the API's address of one row
    articles_of: QuerySet[Any] | None = None  # see `count_each`

    # ── lists ────────────────────────────────────────────────────────────────────────────────

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedChangeList]:
        return BoundedChangeList

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what a row of the list shows, and nothing else."""
        return rows

    def counted(self, rows: list[Any]) -> list[Any]:
        """The shown rows with their `article_count`."""
        if self.articles_of is not None:
            counts = count_each(rows, self.articles_of)
            for row in rows:
                row.article_count = counts.get(row.pk, 0)
        return rows

    @admin.display(description="articles")
    def article_count(self, row: Any) -> str:
        address = reverse("admin:articles_article_changelist")
        return format_html(
            '<a class="count" href="{}?{}={}">{}</a>',
            address, self.opts.model_name, row.pk, capped(row.article_count),
        )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.replace("\0", " ").strip()
        return (self.find(queryset, words) if words else queryset), False

    def find(self, rows: Any, words: str) -> QuerySet[Any]:
        return rows.named(words)  # type: ignore[no-any-return]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Rows are deleted one at a time, with what hangs on them in sight."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # ── forms ────────────────────────────────────────────────────────────────────────────────

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """What only the database can refuse is shown in the form, with all that was written."""
        if request.method == "POST" and object_id:
            row = self._locked(request, object_id)
            if row is None:
                return gone(self, request, object_id)
            self._settle(request, row)
        look = getattr(request, "look", LOOK_FIRST if LOOK in request.POST else "")
        if look and not hasattr(request, "refusal"):
            request.refusal = look  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (ArchiveError, IntegrityError) as error:
            request.refusal = words_of(error)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _locked(self, request: HttpRequest, object_id: str) -> Any:
        """The row, which nobody else changes until this request has ended."""
        found = self.get_object(request, unquote(object_id))
        rows = self.model._base_manager.select_for_update(of=("self",))
        return found and rows.filter(pk=found.pk).first()

    def _settle(self, request: HttpRequest, row: Any) -> None:
        """The second of two editors is told what the first did before anything is overwritten."""
        if "seen" not in request.POST or not self.has_change_permission(request, row):
            return
        comparison = settle(self, request, row)
        if comparison is not None:
            request.comparison = comparison  # type: ignore[attr-defined]
            request.refusal = comparison.words  # type: ignore[attr-defined]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        if row is not None and context.get("has_change_permission", True):
            context["seen_entry"] = last_entry(row)
        context["comparison"] = getattr(request, "comparison", None)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what the editor changed and nothing else: a load may be at work on the rest."""
        if not change:
            obj.save()
        elif names := self.changed_fields(form):
            obj.save(update_fields=names)

    def changed_fields(self, form: Any) -> list[str]:
        columns = {field.name for field in self.opts.concrete_fields}
        return [name for name in form.changed_data if name in columns]

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return self.public_address(obj) if obj is not None else None

    def public_address(self, obj: Any) -> str | None:
        """Where readers of the API see the row; None while they do not."""
        return api_address(self.public_route, obj.slug)

    # ── deleting ─────────────────────────────────────────────────────────────────────────────

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, Any], set[str], list[str]]:
        """What goes with the rows, counted and not listed: it may be a million mentions."""
        lines, counts, refused, protected = [str(obj) for obj in objs], {}, set(), []
        for relation in self.opts.related_objects:
            if relation.many_to_many:  # what it leads to stays; the links to it are counted
                continue
            of_row = relation.related_model._base_manager.filter(
                **{f"{relation.field.name}__in": [obj.pk for obj in objs]}
            )
            number = of_row.order_by()[: COUNTED + 1].count()
            meta = relation.related_model._meta
            if not number:
                continue
            noun = str(meta.verbose_name if number == 1 else meta.verbose_name_plural)
            line = f"{capped(number)} {noun}"
            if relation.on_delete is PROTECT:
                protected.append(line)
            else:
                lines.append(line)
                counts[str(meta.verbose_name_plural)] = capped(number)
        if not all(self.has_delete_permission(request, obj) for obj in objs):
            refused.add(str(self.opts.verbose_name))
        return lines, counts, refused, protected

    def get_urls(self) -> list[URLPattern]:
        return [*self.revision_urls(), *super().get_urls()]

    # ── history ──────────────────────────────────────────────────────────────────────────────

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        entries = history_of(row).select_related("batch")
        page = BoundedPaginator(entries, self.list_per_page).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": "History",
            "subtitle": str(row),
            "module_name": str(self.opts.verbose_name_plural).capitalize(),
            "opts": self.opts,
            "object": row,
            "page": page,
            "narrower": entries_address(kind=self.opts.model_name, row=row.pk),
            "events": events_of(page.object_list),
            "restore_url": f"admin:articles_{self.opts.model_name}_restore",
            "may_revert": may_undo(request) and self.has_change_permission(request, row),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


def api_address(route: str, key: Any) -> str:
    """Address of one row in the API, by its route; the doors are fixed, so it is known anyway."""
    try:
        return reverse(route, args=[key])
    except NoReverseMatch:
        noun = {"entity": "entities"}.get(route.removesuffix("-detail"))
        return f"/api/v1/{noun or route.removesuffix('-detail') + 's'}/{key}/"


def linked(row: Model | None, words: str = "") -> str:
    """A link to the row's page on the desk."""
    if row is None:
        return "—"
    address = reverse(f"admin:articles_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}" dir="auto">{}</a>', address, words or str(row))


def badge(word: str, label: str = "") -> str:
    """A word of the vocabulary, marked so that the theme can colour it."""
    return format_html('<span class="badge badge-{}">{}</span>', word, label or word)
