"""What a reader may know of an article that is not public now."""

from uuid import UUID

from django.http import Http404

from articles.api.errors import GoneError
from articles.models import Article
from articles.vocabulary import ArticleStatus


def unseen(uid: UUID) -> GoneError | Http404:
    """410 with the public reason for what was public, 404 for all else. One query."""
    was_public = Article.objects.filter(uid=uid, was_public=True)
    for status, at, reason in was_public.values_list("status", "withdrawn_at", "withdrawn_reason"):
        if status == ArticleStatus.WITHDRAWN:
            return GoneError(reason, uid=uid, withdrawn_at=at)
        return GoneError("The article is no longer public.", uid=uid, withdrawn_at=None)
    return Http404()
