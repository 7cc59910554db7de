"""The doors of articles: the list, and one of them."""

from functools import partial
from http import HTTPStatus
from typing import Final, cast
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import filters, narrowing, serializers
from articles.api.article_doors import ARTICLE_FORMAT, INCLUDE, ArticleDoor
from articles.api.errors import InvalidRequestError
from articles.api.members import choosing
from articles.api.pagination import ORDERS, Keyset, paginate
from articles.api.relevance import ByDate, ByRelevance, add_highlights, suggested
from articles.api.representations import Row, addresses
from articles.api.revisions import AS_OF, article_as_of
from articles.api.tallies import tallies
from articles.api.visibility import unseen, visible
from articles.errors import InvalidQueryError
from articles.models import ArticleQuerySet
from articles.search.facets import BOUND
from articles.search.query import WINDOW

DATES: Final = ("-published_at", "published_at")


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
        articles = narrowing.narrowed(self.readable(), self.asked, self.parameters)
        if "q" in self.asked:
            return self._found(request, articles)
        order = self.asked.get("ordering", "-published_at")
        page = paginate(request, self.asked, self.fetch(order, articles), ORDERS[order].place)
        told = {}
        if "facets" in self.asked:
            newest = articles.newest_first().values_list("pk", flat=True)[: BOUND + 1]
            told = tallies(self.asked["facets"], list(newest))
        return self.listed(page, self.told(page.rows), articles, **told)

    def _found(self, request: Request, articles: ArticleQuerySet) -> Response:
        order = self.asked.get("ordering", filters.RELEVANCE)
        search = narrowing.search(articles, self.asked, self.parameters)
        by_relevance = ByRelevance(search, self.rows)
        by: ByRelevance | ByDate | Keyset = by_relevance
        fetch = by_relevance.rows
        if order in DATES:
            by = ByDate(search, self.rows, ascending=order == "published_at")
            fetch = by.rows
        elif order in ORDERS:
            by = ORDERS[order]
            matches = cast("ArticleQuerySet", search.to_sort())
            fetch = partial(by.rows, self.rows(matches))
        page = paginate(request, self.asked, fetch, by.place)
        results = self.told(page.rows)
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


class ArticleDetail(ArticleDoor):
    """One published article with its text, its sections and where it names whom.

    An article that was public and is no more answers 410 and says why.
    """

    parameters = (AS_OF, *choosing(serializers.ArticleDetail), INCLUDE, ARTICLE_FORMAT)
    operation = "get_article"
    answer = serializers.ArticleDetail
    may = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    def get(self, request: Request, uid: UUID) -> Response:
        if "as_of" in self.asked:
            return self._as_of(request, uid)
        for row in self.rows(visible(request).filter(uid=uid)):
            (told,) = self.told([row])
            return Response(told)
        raise unseen(uid)

    def _as_of(self, request: Request, uid: UUID) -> Response:
        if "include" in self.asked:
            fault = InvalidQueryError("include", "contradicts as_of: it tells accepted links only")
            raise InvalidRequestError([fault])
        address = addresses(self.address("article-list"))
        for article in visible(request).filter(uid=uid).only("uid"):
            return Response(article_as_of(article, self.asked["as_of"], address, self.chosen))
        raise unseen(uid)
