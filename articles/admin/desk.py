"""The curation desk: the admin site under our own name, every change of which has an author."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import uuid4

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from articles.admin import REGISTER
from articles.admin.dashboard import dashboard, refresh_view
from articles.admin.history_note import note_of
from articles.admin.kept_forms import editor_mark, keep_until_login, kept_view
from articles.admin.logins import guarded
from articles.admin.queue import queue_entries, queue_urls
from articles.admin.runs import run_urls
from articles.models import Entity, recording
from articles.vocabulary import Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.template.response import TemplateResponse

View = TypeVar("View", bound="Callable[..., HttpResponseBase]")


class DeskAutocomplete(AutocompleteJsonView):
    """Names of entities come with their kind: there is more than one Cairo."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        result: dict[str, str] = super().serialize_result(obj, to_field_name)
        if isinstance(obj, Entity):
            result["text"] = f"{obj.name} ({obj.get_kind_display().lower()})"
            result["slug"] = obj.slug
        return result


class Desk(admin.AdminSite):
    site_title = "Newsroom"
    site_header = "Newsroom"
    index_title = "Curation desk"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        for model, model_admin in REGISTER.items():
            self.register(model, model_admin)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Each request that may write is one transaction, recorded as its editor's; of a view that
        `records_itself` it is not."""

        @wraps(view)
        def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in {"GET", "HEAD"} or getattr(view, "records_itself", False):
                return view(request, *args, **kwargs)
            actor, note = request.user.get_username(), note_of(request)
            with recording(Way.ADMIN, actor=actor, run=uuid4(), note=note):
                return view(request, *args, **kwargs)

        allowed = super().admin_view(cast("View", recorded), cacheable)

        @wraps(allowed)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            """A form that comes when its session has ended waits for its editor."""
            answer = None
            if request.method == "POST" and not self.has_permission(request):
                answer = keep_until_login(request)
            return answer or allowed(request, *args, **kwargs)

        return cast("View", kept)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return {**context, "editor_mark": editor_mark(request.user.get_username())}

    def get_urls(self) -> list[Any]:
        def kept_form(request: HttpRequest, token: str) -> HttpResponse:
            return kept_view(self, request, token)

        kept = path("kept/<str:token>/", self.admin_view(kept_form), name="kept_form")
        refresh = path("refresh-summaries/", self.admin_view(refresh_view), name="refresh")
        return [kept, refresh, *run_urls(self), *queue_urls(self), *super().get_urls()]

    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Guesses are counted: see `logins`."""
        log_in = partial(super().login, request, extra_context)
        return guarded(request, log_in, self.each_context(request))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        answer = DeskAutocomplete.as_view(admin_site=self)
        return cast("HttpResponse", answer(request))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**dashboard(request), **(extra_context or {})})

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """The queue, the archive in the order of the register, then the accounts."""
        order = [model.__name__ for model in REGISTER]
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "articles":
                app["models"].sort(key=lambda model: order.index(model["object_name"]))
                app["models"][:0] = queue_entries(request)
        return sorted(apps, key=lambda app: app["app_label"] != "articles")
