"""Storylines that editors accepted: their list, and one with its timeline.

Told is what readers may see anyway: published articles that an editor put there, and the accepted
names in them. A storyline without any is not there.
"""

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from unicodedata import normalize

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Subquery
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import filters, representations, timelines
from articles.api.doors import Door
from articles.api.members import choosing
from articles.api.narrowing import narrowed
from articles.api.overviews import HEADLINE_COLUMNS
from articles.api.pagination import BY_SLUG, Row, paginate
from articles.api.parameters import FORMAT
from articles.api.representations import NOUN_PLACE, ShownPage, addresses
from articles.api.serializers import StorylinePage
from articles.api.timelines import day_of
from articles.models import Article, Storyline, StorylineArticle

OF_ARTICLES: Final = frozenset({"timeline", "sources", "entities", "disagreements"})


def _public() -> QuerySet[StorylineArticle]:
    """Places in the storyline of an outer query that readers may see."""
    shown = Article.objects.published().values("pk")
    return StorylineArticle.objects.accepted().filter(storyline=OuterRef("pk"), article__in=shown)


def _over_places(aggregate: Any) -> Subquery:
    found = _public().order_by().values("storyline").annotate(over=aggregate)
    return Subquery(found.values("over"))


COUNTED: Final[dict[str, Callable[[], Subquery]]] = {
    "article_count": lambda: _over_places(Count("pk")),
    "first_at": lambda: _over_places(Min("article__published_at")),
    "last_at": lambda: _over_places(Max("article__published_at")),
}
STORYLINE: Final[representations.Members] = {
    "slug": representations.column("slug"),
    "name": representations.column("name"),
    "url": representations.Member(("slug",), lambda row, page: page.address(row["slug"])),
    "description": representations.column("description"),
    "article_count": representations.column("article_count"),
    "begins": representations.Member(("first_at",), lambda row, _: day_of(row["first_at"])),
    "ends": representations.Member(("last_at",), lambda row, _: day_of(row["last_at"])),
    "updated_at": representations.column("updated_at"),
}


def _rows(chosen: Sequence[str]) -> QuerySet[Any, Row]:
    columns = representations.columns(STORYLINE, chosen, NOUN_PLACE)
    counted = {name: COUNTED[name]() for name in columns if name in COUNTED}
    shown = Storyline.objects.accepted().filter(Exists(_public()))
    rows: QuerySet[Any, Row] = shown.annotate(**counted).values(*columns)
    return rows


class StorylineList(Door):
    """Articles on one running event, across sources and days, as editors put them together; by
    slug."""

    name = "Storylines"
    parameters = filters.STORYLINE_PARAMETERS
    operation = "list_storylines"
    answer = StorylinePage

    def get(self, request: Request) -> Response:
        rows = narrowed(_rows(self.chosen), self.asked, self.parameters)
        page = paginate(request, self.asked, partial(BY_SLUG.rows, rows), BY_SLUG.place)
        shown = ShownPage(page.rows, addresses(self.address("storyline-list")))
        return self.listed(page, representations.told(STORYLINE, self.chosen, shown), rows)


class StorylineDetail(Door):
    """One storyline: its articles by day, whom they name, and where they may disagree.

    A former slug leads to the present one.
    """

    operation = "get_storyline"
    parameters = (*choosing(timelines.StorylineDetail), FORMAT)
    answer = timelines.StorylineDetail
    may = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.NOT_FOUND)

    def get(self, request: Request, slug: str) -> Response:
        slug = normalize("NFC", slug)
        if "\0" in slug:
            raise Http404  # PostgreSQL takes no NUL
        address = addresses(self.address("storyline-list"))
        for row in _rows(self.chosen).filter(slug=slug):
            (told,) = representations.told(STORYLINE, self.chosen, ShownPage([row], address))
            if OF_ARTICLES & set(self.chosen):
                told |= self._of_articles(row["pk"])
            return Response({name: told[name] for name in self.chosen})
        survivor = Storyline.objects.survivor(slug)
        if survivor is None or not _rows(["slug"]).filter(slug=survivor.slug).exists():
            raise Http404
        query = request.query_params.urlencode()
        location = address(survivor.slug) + (f"?{query}" if query else "")
        return Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": location})

    def _of_articles(self, storyline: int) -> Row:
        places = StorylineArticle.objects.accepted().filter(storyline=storyline)
        newest = Article.objects.published().filter(pk__in=places.values("article")).newest_first()
        rows = list(newest.values("pk", *HEADLINE_COLUMNS)[: timelines.MOST_ARTICLES])
        article, source, entity = (
            addresses(self.address(f"{noun}-list")) for noun in ("article", "source", "entity")
        )
        told: dict[str, Callable[[], list[Row]]] = {
            "timeline": lambda: timelines.timeline(rows, article),
            "sources": lambda: timelines.sources(rows, source),
            "entities": lambda: timelines.entities([row["pk"] for row in rows], entity),
            "disagreements": lambda: timelines.disagreements(rows, article),
        }
        return {name: tell() for name, tell in told.items() if name in self.chosen}
