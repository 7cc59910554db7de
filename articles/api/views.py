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
from articles.api.doors import Door
from articles.api.errors import GoneError
from articles.api.pagination import BY_SLUG, ORDERS, Keyset, Page, Row, counted, paginate
from articles.api.relevance import ByDate, ByRelevance, add_highlights, suggested
from articles.api.representations import ARTICLE_COLUMNS, Address, addresses
from articles.api.slugs import MODELS
from articles.api.tallies import tallies
from articles.models import Article, ArticleQuerySet, Redirect
from articles.search.facets import BOUND
from articles.search.query import WINDOW
from articles.vocabulary import ArticleStatus, NounKind

DATES: Final = ("-published_at", "published_at")


class ArticleList(Door):
    """Published articles: the newest first or, with `q`, the most relevant first.

    Pages are linked by `next` and `previous`. A search by relevance ranks the newest matches and
    its pages end with them; `search` says whether these are all.
    """

    name = "Articles"
    parameters = filters.ARTICLE_PARAMETERS
    operation = "list_articles"
    answer = serializers.ArticlePage

    def get(self, request: Request) -> Response:
        articles = filters.narrowed(Article.objects.published(), self.asked, self.parameters)
        if "q" in self.asked:
            return self._found(request, articles)
        order = ORDERS[self.asked.get("ordering", "-published_at")]
        page = paginate(
            request, self.asked, partial(order.rows, articles.values(*ARTICLE_COLUMNS)), order.place
        )
        told = {}
        if "facets" in self.asked:
            newest = articles.newest_first().values_list("pk", flat=True)[: BOUND + 1]
            told = tallies(self.asked["facets"], list(newest))
        return self.listed(page, self._results(page), articles, **told)

    def _found(self, request: Request, articles: ArticleQuerySet) -> Response:
        order = self.asked.get("ordering", filters.RELEVANCE)
        search = filters.search(articles, self.asked, self.parameters)
        by_relevance = ByRelevance(search)
        by: ByRelevance | ByDate | Keyset = by_relevance
        fetch = by_relevance.rows
        if order in DATES:
            by = ByDate(search, ascending=order == "published_at")
            fetch = by.rows
        elif order in ORDERS:
            by = ORDERS[order]
            fetch = partial(by.rows, search.to_sort().values(*ARTICLE_COLUMNS))
        page = paginate(request, self.asked, fetch, by.place)
        results = self._results(page)
        if self.asked.get("highlight"):
            add_highlights(results, page.rows, search)
        told: Row = {
            "search": {
                "mode": "bounded" if by_relevance.is_bounded else "exact",
                "window": WINDOW,
                "suggestion": None
                if "cursor" in self.asked
                else suggested(search, articles, len(results)),
            }
        }
        if "facets" in self.asked:
            told |= tallies(self.asked["facets"], search.newest(BOUND + 1))
        return self.listed(page, results, search, **told)

    def _results(self, page: Page) -> list[Row]:
        return representations.article_list(page.rows, addresses(self.address("article-list")))


class ArticleDetail(Door):
    """One published article with its text, its sections and where it names whom.

    An article that was public and is no more answers 410 and says why.
    """

    operation = "get_article"
    answer = serializers.ArticleDetail
    may = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    def get(self, request: Request, uid: UUID) -> Response:
        rows = Article.objects.published().filter(uid=uid).values(*ARTICLE_COLUMNS, "body")
        for row in rows:
            address = addresses(self.address("article-list"))
            return Response(representations.article_detail(row, address))
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
    """What distinguishes sources, entities and tags: the columns that are read, what is made of
    the rows, and the published articles of one."""

    kind: NounKind
    columns: Sequence[str]
    represent: Callable[[Sequence[Row], Address], list[Row]]
    articles: Callable[[ArticleQuerySet, Row], QuerySet[Any]]

    def rows(self) -> QuerySet[Any, Row]:
        rows: QuerySet[Any, Row] = MODELS[self.kind]._default_manager.values(*self.columns)
        return rows


SOURCE: Final = Noun(
    NounKind.SOURCE,
    representations.SOURCE_COLUMNS,
    representations.source_list,
    lambda articles, row: articles.filter(source=row["pk"]),
)
ENTITY: Final = Noun(
    NounKind.ENTITY,
    representations.ENTITY_COLUMNS,
    representations.entity_list,
    lambda articles, row: articles.mentioning(row["slug"]),
)
TAG: Final = Noun(
    NounKind.TAG,
    representations.TAG_COLUMNS,
    representations.tag_list,
    lambda articles, row: articles.tagged(row["slug"]),
)


class NounList(Door):
    noun: ClassVar[Noun]

    def get(self, request: Request) -> Response:
        rows = filters.narrowed(self.noun.rows(), self.asked, self.parameters)
        page = paginate(request, self.asked, partial(BY_SLUG.rows, rows), BY_SLUG.place)
        address = addresses(self.address(f"{self.noun.kind}-list"))
        return self.listed(page, self.noun.represent(page.rows, address), rows)


class NounDetail(Door):
    noun: ClassVar[Noun]
    may = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.NOT_FOUND)

    def get(self, request: Request, slug: str) -> Response:
        slug = normalize("NFC", slug)
        if "\0" in slug:
            raise Http404  # PostgreSQL takes no NUL
        address = addresses(self.address(f"{self.noun.kind}-list"))
        for row in self.noun.rows().filter(slug=slug):
            articles = self.noun.articles(Article.objects.published(), row)
            (told,) = self.noun.represent([row], address)
            return Response({**told, "article_count": counted(articles)})
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
    operation = "get_tag"
    answer = serializers.TagDetail
