"""What the doors of articles share: who may read which, what is read, and in which form."""

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import exchange, plain_pages, representations
from articles.api.doors import Door
from articles.api.errors import InvalidRequestError, ScopeError
from articles.api.exchange import ExchangeRenderer, JsonLdRenderer, NinjsRenderer
from articles.api.members import FIELDS, OMIT
from articles.api.pagination import ORDERS, PAGING, Cursor
from articles.api.parameters import Values, choice
from articles.api.renderers import HtmlRenderer, JsonRenderer
from articles.api.representations import ARTICLE_PLACE, Row, ShownPage, addresses
from articles.api.tokens import may_read_drafts
from articles.errors import InvalidQueryError
from articles.models import Article, ArticleQuerySet
from articles.vocabulary import ArticleStatus, TokenScope

RENDERERS: Final = (JsonRenderer, JsonLdRenderer, NinjsRenderer, HtmlRenderer)
PUBLIC: Final = (ArticleStatus.PUBLISHED,)
BESIDE: Final = ("include", "highlight", "facets", "as_of")  # what only JSON has members for

ARTICLE_FORMAT: Final = choice(
    "format",
    "The form of the answer, whatever the Accept header says: json for programs, jsonld "
    "(schema.org) and ninjs (IPTC ninjs 3) for exchange, html for people.",
    [renderer.format for renderer in RENDERERS],
)
STATUS: Final = choice(
    "status",
    "Articles of these statuses; `published` unless given. The others need a token with the scope "
    "`drafts`; `draft` is also what stands under an embargo.",
    ArticleStatus.values,
    values=Values.LISTED,
)
INCLUDE: Final = choice(
    "include",
    "`suggestions`: also links that no editor has judged, each with its `state`. It needs a token "
    "with the scope `drafts`. Filters go by accepted links all the same.",
    ["suggestions"],
    values=Values.LISTED,
)


# What may be asked of all published articles: none of these narrows them.
PLAIN: Final = {
    "ordering",
    FIELDS,
    OMIT,
    "facets",
    "format",
    *(parameter.name for parameter in PAGING),
}
Fetch = Callable[[Cursor | None, int], list[Row]]


class ArticleDoor(Door):
    renderer_classes = list(RENDERERS)
    may: ClassVar[Sequence[HTTPStatus]] = (HTTPStatus.FORBIDDEN,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in {"GET", "HEAD"}:
            return
        if not may_read_drafts(request):
            if set(self.asked.get("status", PUBLIC)) - set(PUBLIC):
                raise ScopeError("status=draft and status=withdrawn", TokenScope.DRAFTS)
            if "include" in self.asked:
                raise ScopeError("include=suggestions", TokenScope.DRAFTS)
        self._refuse_chosen_members(request)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What is told of a door is no article, whatever form of one is accepted."""
        if isinstance(request.accepted_renderer, ExchangeRenderer):
            request.accepted_renderer = JsonRenderer()
            request.accepted_media_type = JsonRenderer.media_type
        return super().options(request, *args, **kwargs)

    def _refuse_chosen_members(self, request: Request) -> None:
        """JSON-LD and ninjs have members of their own."""
        form = request.accepted_renderer
        if isinstance(form, ExchangeRenderer):
            faults = [
                InvalidQueryError(name, f"is for members of JSON; {form.format} has its own")
                for name in (FIELDS, OMIT, *BESIDE)
                if name in self.asked
            ]
            if faults:
                raise InvalidRequestError(faults)

    def rows(self, articles: ArticleQuerySet) -> QuerySet[Any, Row]:
        """What is read of the articles: what the answer needs, and what places them in a list."""
        if self._is_exchange:
            return exchange.rows(articles, self.chosen)
        suggestions = "include" in self.asked
        return representations.with_links(articles, self._columns, suggestions=suggestions)

    def fetch(self, order: str, articles: ArticleQuerySet) -> Fetch:
        """How the rows of a page in one of the `ORDERS` are had."""
        if self._is_exchange or any(name not in PLAIN for name in self.asked):
            return partial(ORDERS[order].rows, self.rows(articles))
        return partial(plain_pages.rows, order, self._columns)

    @property
    def _columns(self) -> tuple[str, ...]:
        return representations.columns(representations.ARTICLE, self.chosen, ARTICLE_PLACE)

    def readable(self) -> ArticleQuerySet:
        """The articles of the statuses that are asked for."""
        return Article.objects.of_statuses(self.asked.get("status", PUBLIC))

    def told(self, rows: Sequence[Row]) -> list[Any]:
        """The rows as the answer shows them, or as its renderer wants them."""
        if self._is_exchange:
            return exchange.public_articles(rows, self.address)
        address = addresses(self.address("article-list"))
        page = ShownPage(rows, address, suggestions="include" in self.asked)
        return representations.told(representations.ARTICLE, self.chosen, page)

    @property
    def _is_exchange(self) -> bool:
        return isinstance(self.request.accepted_renderer, ExchangeRenderer)
