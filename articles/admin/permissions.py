"""Who may do what at the desk, beyond what Django asks by itself.

A page or an action asks here, by verb. Which groups may is said in `articles.models.groups`; a
superuser may everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from articles.vocabulary import ArticleStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model
    from django.http import HttpRequest


def may_publish(request: HttpRequest) -> bool:
    """Show articles to readers, and change those that readers see."""
    return _has(request, "publish_article")


def may_withdraw(request: HttpRequest) -> bool:
    """Take articles from readers."""
    return _has(request, "withdraw_article")


def may_bulk(request: HttpRequest) -> bool:
    """Change many articles at once."""
    return _has(request, "bulk_change")


def may_merge(request: HttpRequest, model: type[Model]) -> bool:
    """Make one row of several, split one, or undo that: of sources, entities or tags."""
    return _has(request, f"merge_{model._meta.model_name}")


def may_undo(request: HttpRequest) -> bool:
    """Revert a row or a whole run to an earlier state."""
    return _has(request, "undo_run")


def may_upload(request: HttpRequest) -> bool:
    """Load records from a file through the desk."""
    return _has(request, "upload_load")


def may_judge(request: HttpRequest) -> bool:
    """Accept and reject what a machine suggests."""
    return _has(request, "judge_suggestion")


def may_judge_of(request: HttpRequest, articles: Iterable[Any]) -> bool:
    """The same, of what concerns these articles: contributors judge on drafts only."""
    return may_judge(request) and (may_publish(request) or all(map(is_draft, articles)))


def rights_of(request: HttpRequest) -> frozenset[str]:
    """All that a person may do to what the archive holds, by codename."""
    given: Any = request.user
    held = (it.partition(".") for it in given.get_all_permissions())
    return frozenset(codename for app, _, codename in held if app == "articles")


def may_download(request: HttpRequest, model: type[Model]) -> bool:
    """Take a list away as a file: whoever sees its rows may."""
    return _has(request, f"view_{model._meta.model_name}")


def _has(request: HttpRequest, codename: str) -> bool:
    return bool(request.user.has_perm(f"articles.{codename}"))


class ArticleRights:
    """What a person may do with one article follows from its status: see `may_publish`."""

    def has_bulk_permission(self, request: HttpRequest) -> bool:
        return may_bulk(request)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return may_publish(request)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return may_withdraw(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without `publish_article` only drafts are changed: readers see the others or saw them.
        Of a redacted article there is nothing to change."""
        may: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        if obj is None or not may:
            return may
        return not obj.is_redacted and (is_draft(obj) or may_publish(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deleting takes from readers what they see, as withdrawing does."""
        may: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return may and (obj is None or is_draft(obj) or may_withdraw(request))

    def kept_from(self, request: HttpRequest, obj: Any) -> Iterable[str]:
        """The fields of the form that say who sees the article, for those who may not say it."""
        if not may_publish(request):
            return ("status", "publish_at")
        if obj is not None and not is_draft(obj) and not may_withdraw(request):
            return ("status",)
        return ()


def is_draft(article: Any) -> bool:
    return bool(article.status == ArticleStatus.DRAFT)
