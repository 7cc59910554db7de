"""The curation desk: the admin site under our own name, every change of which has an author."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import uuid4

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView

from articles.admin import REGISTER
from articles.admin.queue import queue_entries, queue_urls
from articles.models import Entity, recording
from articles.vocabulary import Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

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
        """Each request that may write is one transaction, recorded as its editor's."""

        @wraps(view)
        def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in {"GET", "HEAD"}:
                return view(request, *args, **kwargs)
            with recording(Way.ADMIN, actor=request.user.get_username(), run=uuid4()):
                return view(request, *args, **kwargs)

        return super().admin_view(cast("View", recorded), cacheable)

    def get_urls(self) -> list[Any]:
        return [*queue_urls(self), *super().get_urls()]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        answer = DeskAutocomplete.as_view(admin_site=self)
        return cast("HttpResponse", answer(request))

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
