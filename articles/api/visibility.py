"""Which articles a reader may look at, and what is told of one that is not public now."""

from uuid import UUID

from django.db.models import Value
from django.http import Http404
from rest_framework.request import Request

from articles.api.errors import GoneError
from articles.api.tokens import may_read_drafts
from articles.models import Article, ArticleQuerySet, Redaction
from articles.models.redaction_functions import PUBLIC_REASON
from articles.vocabulary import ArticleStatus


def visible(request: Request) -> ArticleQuerySet:
    """The public articles; all of them for who has a token with the scope `drafts`."""
    return Article.objects.all() if may_read_drafts(request) else Article.objects.published()


def unseen(uid: UUID) -> GoneError | Http404:
    """410 with the public reason for what was public, 404 for all else. One query."""
    was_public = Article.objects.filter(uid=uid, was_public=True)
    # Of an article that was deleted, before it was redacted or since, there is no row.
    redacted = Redaction.objects.announced(uid).values_list(
        Value(ArticleStatus.WITHDRAWN.value), "at", Value(PUBLIC_REASON)
    )
    told = was_public.values_list("status", "withdrawn_at", "withdrawn_reason")
    for status, at, reason in told.union(redacted):
        if status == ArticleStatus.WITHDRAWN:
            return GoneError(reason, uid=uid, withdrawn_at=at)
        return GoneError("The article is no longer public.", uid=uid, withdrawn_at=None)
    return Http404()
