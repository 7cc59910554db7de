"""The nouns of the API: articles, and the sources, entities and tags that lead to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Final
from unicodedata import normalize
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import filters, representations, serializers
from articles.api.article_doors import ARTICLE_FORMAT, INCLUDE, ArticleDoor
from articles.api.doors import Door
from articles.api.errors import GoneError
from articles.api.members import choosing
from articles.api.pagination import BY_SLUG, ORDERS, counted, paginate
from articles.api.parameters import FORMAT
from articles.api.relevance import Relevance
from articles.api.representations import (
    NOUN_PLACE,
    Members,
    Row,
    ShownPage,
    addresses,
)
from articles.api.slugs import MODELS
from articles.api.tokens import may_read_drafts
from articles.models import Article, ArticleQuerySet, Redirect
from articles.search.query import WINDOW
from articles.vocabulary import ArticleStatus, NounKind


class ArticleList(ArticleDoor):
    """Published articles: the newest first or, with `q`, the most relevant first.

    Pages are linked by `next` and `previous`. A search by relevance ranks the newest matches and
    its pages end with them; `search` says whether these are all.
    """

    name = "Articles"
    parameters = filters.ARTICLE_PARAMETERS
    operation = "list_articles"
    answer = serializers.ArticlePage

    def get(self, request: Request) -> Response:
        words = self.asked.get("q")
        order = self.asked.get("ordering", "-published_at" if words is None else filters.RELEVANCE)
        articles = filters.narrowed(self.readable(), self.asked, self.parameters)
        mode = "exact"
        if order == filters.RELEVANCE:
            relevance = Relevance(articles, words or "", self.rows)
            matches = relevance.matches
            page = paginate(request, self.asked, relevance.rows, relevance.place)
            mode = "bounded" if relevance.is_bounded else "exact"
        else:
            matches = articles if words is None else articles.search(words)
            page = paginate(request, self.asked, self.fetch(order, matches), ORDERS[order].place)
        results = self.told(page.rows)
        search = {} if words is None else {"search": {"mode": mode, "window": WINDOW}}
        return self.listed(page, results, matches, **search)


class ArticleDetail(ArticleDoor):
    """One published article with its text, its sections and where it names whom.

    An article that was public and is no more answers 410 and says why.
    """

    parameters = (*choosing(serializers.ArticleDetail), INCLUDE, ARTICLE_FORMAT)
    operation = "get_article"
    answer = serializers.ArticleDetail
    may = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    def get(self, request: Request, uid: UUID) -> Response:
        any_status = may_read_drafts(request)
        articles = Article.objects.all() if any_status else Article.objects.published()
        for row in self.rows(articles.filter(uid=uid)):
            (told,) = self.told([row])
            return Response(told)
        raise self._missing(uid)

    @staticmethod
    def _missing(uid: UUID) -> GoneError | Http404:
        """What a reader may know of an article that is not public."""
        was_public = Article.objects.filter(uid=uid, was_public=True)
        for status, at, reason in was_public.values_list(
            "status", "withdrawn_at", "withdrawn_reason"
        ):
            if status == ArticleStatus.WITHDRAWN:
                return GoneError(reason, uid=uid, withdrawn_at=at)
            return GoneError("The article is no longer public.", uid=uid, withdrawn_at=None)
        return Http404()


@dataclass(frozen=True, slots=True)
class Noun:
    """What distinguishes sources, entities and tags: the members of an answer, and the published
    articles of one."""

    kind: NounKind
    members: Members
    articles: Callable[[ArticleQuerySet, Row], QuerySet[Any]]

    def rows(self, chosen: Sequence[str]) -> QuerySet[Any, Row]:
        columns = representations.columns(self.members, chosen, NOUN_PLACE)
        rows: QuerySet[Any, Row] = MODELS[self.kind]._default_manager.values(*columns)
        return rows


SOURCE: Final = Noun(
    NounKind.SOURCE,
    representations.SOURCE,
    lambda articles, row: articles.filter(source=row["pk"]),
)
ENTITY: Final = Noun(
    NounKind.ENTITY,
    representations.ENTITY,
    lambda articles, row: articles.mentioning(row["slug"]),
)
TAG: Final = Noun(
    NounKind.TAG,
    representations.TAG,
    lambda articles, row: articles.tagged(row["slug"]),
)


class NounList(Door):
    noun: ClassVar[Noun]

    def get(self, request: Request) -> Response:
        rows = filters.narrowed(self.noun.rows(self.chosen), self.asked, self.parameters)
        page = paginate(request, self.asked, partial(BY_SLUG.rows, rows), BY_SLUG.place)
        address = addresses(self.address(f"{self.noun.kind}-list"))
        shown = ShownPage(page.rows, address)
        told = representations.told(self.noun.members, self.chosen, shown)
        return self.listed(page, told, rows)


class NounDetail(Door):
    noun: ClassVar[Noun]
    may = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.NOT_FOUND)

    def get(self, request: Request, slug: str) -> Response:
        slug = normalize("NFC", slug)
        if "\0" in slug:
            raise Http404  # PostgreSQL takes no NUL
        address = addresses(self.address(f"{self.noun.kind}-list"))
        for row in self.noun.rows(self.chosen).filter(slug=slug):
            shown = ShownPage([row], address)
            (told,) = representations.told(self.noun.members, self.chosen, shown)
            if "article_count" in self.chosen:
                articles = self.noun.articles(Article.objects.published(), row)
                told["article_count"] = counted(articles)
            return Response(told)
        survivor = Redirect.objects.survivor(self.noun.kind, slug)
        if survivor is None:
            raise Http404
        query = request.query_params.urlencode()
        location = address(survivor.slug) + (f"?{query}" if query else "")
        return Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": location})


class SourceList(NounList):
    """The outlets that articles come from, by slug."""

    noun = SOURCE
    name = "Sources"
    parameters = filters.SOURCE_PARAMETERS
    operation = "list_sources"
    answer = serializers.SourcePage


class SourceDetail(NounDetail):
    """One source. A former slug leads to the present one."""

    noun = SOURCE
    parameters = (*choosing(serializers.SourceDetail), FORMAT)
    operation = "get_source"
    answer = serializers.SourceDetail


class EntityList(NounList):
    """The people, organisations, places and other things that articles name, by slug."""

    noun = ENTITY
    name = "Entities"
    parameters = filters.ENTITY_PARAMETERS
    operation = "list_entities"
    answer = serializers.EntityPage


class EntityDetail(NounDetail):
    """One entity with its spellings. A former slug leads to the present one."""

    noun = ENTITY
    parameters = (*choosing(serializers.EntityDetail), FORMAT)
    operation = "get_entity"
    answer = serializers.EntityDetail


class TagList(NounList):
    """The tags of articles, by slug."""

    noun = TAG
    name = "Tags"
    parameters = filters.TAG_PARAMETERS
    operation = "list_tags"
    answer = serializers.TagPage


class TagDetail(NounDetail):
    """One tag and the tag above it. A former slug leads to the present one."""

    noun = TAG
    parameters = (*choosing(serializers.TagDetail), FORMAT)
    operation = "get_tag"
    answer = serializers.TagDetail
