"""The curation desk: the admin site under our own name, every change of which has an author."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import admin

from articles.models import recording
from articles.vocabulary import Way

if TYPE_CHECKING:
    from django.http import HttpRequest


class Desk(admin.AdminSite):
    site_title = "Newsroom"
    site_header = "Newsroom"
    index_title = "Curation desk"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Each request that may write is one transaction, recorded as its editor's."""

        @wraps(view)
        def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in {"GET", "HEAD"}:
                return view(request, *args, **kwargs)
            with recording(Way.ADMIN, actor=request.user.get_username(), run=uuid4()):
                return view(request, *args, **kwargs)

        return super().admin_view(recorded, cacheable)
