"""The articles that an address of the desk's list stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict

from articles.errors import ArchiveError
from articles.models import Article

if TYPE_CHECKING:
    from django.db.models import QuerySet


def chosen_articles(query: str, editor: str) -> QuerySet[Article]:
    """All that the list shows for a query string, as this editor. Raises ArchiveError for one that
    the list would not take as it is."""
    request = HttpRequest()
    request.method, request.path, request.GET = "GET", "/", QueryDict(query.lstrip("?"))
    request.user = get_user_model()._default_manager.get(username=editor)
    desk = admin.site.get_model_admin(Article)
    try:
        shown = desk.get_changelist_instance(request)
    except (IncorrectLookupParameters, SuspiciousOperation) as error:
        raise ArchiveError(f"The list knows no such filter: {query}") from error
    return Article.objects.filter(pk__in=shown.get_queryset(request).order_by().values("pk"))
