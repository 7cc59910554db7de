"""Sources, entities and tags: their lists, and what each leads to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Final
from unicodedata import normalize

from django.db.models import QuerySet
from django.http import Http404
from django.utils.http import urlencode
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import filters, overviews, representations, serializers
from articles.api.doors import Door
from articles.api.members import choosing
from articles.api.narrowing import narrowed
from articles.api.overviews import overview_of
from articles.api.pagination import BY_SLUG, Row, paginate
from articles.api.parameters import FORMAT
from articles.api.representations import NOUN_PLACE, Address, Members, ShownPage, addresses
from articles.api.slugs import MODELS
from articles.models import Article, ArticleQuerySet, Entity, Redirect, Tag
from articles.vocabulary import NounKind


@dataclass(frozen=True, slots=True)
class Noun:
    """What distinguishes sources, entities and tags: the members of an answer, and the published
    articles of one.

    These are found by its key: for a key the planner knows how many they are.
    """

    kind: NounKind
    members: Members
    articles: Callable[[ArticleQuerySet, Row], ArticleQuerySet]

    def rows(self, chosen: Sequence[str]) -> QuerySet[Any, Row]:
        columns = representations.columns(self.members, chosen, NOUN_PLACE)
        rows: QuerySet[Any, Row] = MODELS[self.kind]._default_manager.values(*columns)
        return rows

    def told(self, rows: Sequence[Row], address: Address, chosen: Sequence[str]) -> list[Row]:
        return representations.told(self.members, chosen, ShownPage(rows, address))


SOURCE: Final = Noun(
    NounKind.SOURCE,
    representations.SOURCE,
    lambda articles, row: articles.filter(source=row["pk"]),
)
ENTITY: Final = Noun(
    NounKind.ENTITY,
    representations.ENTITY,
    lambda articles, row: articles.mentioning(Entity(pk=row["pk"])),
)
TAG: Final = Noun(
    NounKind.TAG,
    representations.TAG,
    lambda articles, row: articles.tagged(Tag(pk=row["pk"])),
)


MOST_CHILDREN: Final = 200


class NounList(Door):
    noun: ClassVar[Noun]

    def get(self, request: Request) -> Response:
        rows = narrowed(self.noun.rows(self.chosen), self.asked, self.parameters)
        page = paginate(request, self.asked, partial(BY_SLUG.rows, rows), BY_SLUG.place)
        address = addresses(self.address(f"{self.noun.kind}-list"))
        return self.listed(page, self.noun.told(page.rows, address, self.chosen), rows)


class NounDetail(Door):
    noun: ClassVar[Noun]
    may = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.NOT_FOUND)
    page = "articles/api_noun.html"

    def get(self, request: Request, slug: str) -> Response:
        slug = normalize("NFC", slug)
        if "\0" in slug:
            raise Http404  # PostgreSQL takes no NUL
        address = addresses(self.address(f"{self.noun.kind}-list"))
        for row in self.noun.rows(self.chosen).filter(slug=slug):
            (told,) = self.noun.told([row], address, self.chosen)
            told |= self.more(row) | self.overview(row)
            return Response({name: told[name] for name in self.chosen})
        survivor = Redirect.objects.survivor(self.noun.kind, slug)
        if survivor is None:
            raise Http404
        query = request.query_params.urlencode()
        location = address(survivor.slug) + (f"?{query}" if query else "")
        return Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": location})

    def more(self, row: Row) -> Row:
        """What only one kind of noun has."""
        return {}

    def overview(self, row: Row) -> Row:
        kind, articles = self.noun.kind, self.address("article-list")
        return overview_of(
            self.noun.articles(Article.objects.published(), row),
            f"{articles}?{urlencode({kind.value: row['slug']})}",
            addresses(articles),
            addresses(self.address("entity-list")),
            row["pk"] if kind is NounKind.ENTITY else None,
            self.chosen,
        )


class SourceList(NounList):
    """The outlets that articles come from, by slug."""

    noun = SOURCE
    name = "Sources"
    parameters = filters.SOURCE_PARAMETERS
    operation = "list_sources"
    answer = serializers.SourcePage


class SourceDetail(NounDetail):
    """One source: its years, the entities that it names most, its newest articles.

    A former slug leads to the present one.
    """

    noun = SOURCE
    operation = "get_source"
    parameters = (*choosing(overviews.SourceDetail), FORMAT)
    answer = overviews.SourceDetail


class EntityList(NounList):
    """The people, organisations, places and other things that articles name, by slug."""

    noun = ENTITY
    name = "Entities"
    parameters = filters.ENTITY_PARAMETERS
    operation = "list_entities"
    answer = serializers.EntityPage


class EntityDetail(NounDetail):
    """One entity: its spellings, its years, whom its articles name besides, the newest of them.

    A former slug leads to the present one.
    """

    noun = ENTITY
    operation = "get_entity"
    parameters = (*choosing(overviews.EntityDetail), FORMAT)
    answer = overviews.EntityDetail


class TagList(NounList):
    """The tags of articles, by slug."""

    noun = TAG
    name = "Tags"
    parameters = filters.TAG_PARAMETERS
    operation = "list_tags"
    answer = serializers.TagPage


class TagDetail(NounDetail):
    """One tag: the tags above and below, its years, the entities that it goes with, its newest
    articles.

    A former slug leads to the present one.
    """

    noun = TAG
    operation = "get_tag"
    parameters = (*choosing(overviews.TagDetail), FORMAT)
    answer = overviews.TagDetail

    def more(self, row: Row) -> Row:
        if "children" not in self.chosen:
            return {}
        children = Tag.objects.filter(parent=row["pk"]).order_by("name", "slug")
        return {"children": list(children.values("slug", "name")[:MOST_CHILDREN])}
