"""The doors of articles: the list, and one of them."""

from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import filters, representations, serializers
from articles.api.doors import Door
from articles.api.pagination import ORDERS, paginate
from articles.api.parameters import FORMAT
from articles.api.relevance import Relevance
from articles.api.representations import ARTICLE_COLUMNS, addresses
from articles.api.revisions import AS_OF, article_as_of
from articles.api.visibility import unseen
from articles.models import Article
from articles.search.query import WINDOW


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
        words = self.asked.get("q")
        order = self.asked.get("ordering", "-published_at" if words is None else filters.RELEVANCE)
        articles = filters.narrowed(Article.objects.published(), self.asked, self.parameters)
        matches: QuerySet[Any]
        mode = "exact"
        if order == filters.RELEVANCE:
            relevance = Relevance(articles, words or "")
            matches = relevance.matches
            page = paginate(request, self.asked, relevance.rows, relevance.place)
            mode = "bounded" if relevance.is_bounded else "exact"
        else:
            matches = articles if words is None else articles.search(words)
            fetch = partial(ORDERS[order].rows, matches.values(*ARTICLE_COLUMNS))
            page = paginate(request, self.asked, fetch, ORDERS[order].place)
        results = representations.article_list(page.rows, addresses(self.address("article-list")))
        search = {} if words is None else {"search": {"mode": mode, "window": WINDOW}}
        return self.listed(page, results, matches, **search)


class ArticleDetail(Door):
    """One published article with its text, its sections and where it names whom.

    An article that was public and is no more answers 410 and says why.
    """

    parameters = (AS_OF, FORMAT)
    operation = "get_article"
    answer = serializers.ArticleDetail
    may = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    def get(self, request: Request, uid: UUID) -> Response:
        articles = Article.objects.published().filter(uid=uid)
        address = addresses(self.address("article-list"))
        if "as_of" in self.asked:
            for article in articles.only("uid"):
                return Response(article_as_of(article, self.asked["as_of"], address))
        for row in articles.values(*ARTICLE_COLUMNS, "body"):
            return Response(representations.article_detail(row, address))
        raise unseen(uid)
