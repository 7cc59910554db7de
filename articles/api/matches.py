"""Any filtered set of articles: what the list, the downloads and the feeds have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from drf_spectacular.utils import OpenApiResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from articles.api import filters, serializers
from articles.api.doors import Door
from articles.api.narrowing import narrowed
from articles.api.parameters import Parameter
from articles.api.problems import PROBLEM_JSON
from articles.api.renderers import JsonRenderer
from articles.api.schema import DoorSchema
from articles.models import Article, ArticleQuerySet

# Those parameters of the list that say which articles, and not how they are shown.
ARTICLE_FILTERS: Final[tuple[Parameter, ...]] = tuple(
    it for it in filters.ARTICLE_PARAMETERS if it.apply or it.name == "q"
)


class DocumentSchema(DoorSchema):
    """Of a door whose answer is no JSON, but a text of one media type."""

    def get_tags(self) -> list[str]:
        return ["articles"]

    def get_override_parameters(self) -> list[Any]:
        door: Any = self.door
        told = super().get_override_parameters()
        return [it for it in told if door.is_conditional or it.name != "ETag"]

    def get_response_serializers(self) -> Any:
        answers = super().get_response_serializers()
        door: Any = self.door
        told = OpenApiResponse(door.content, door.about)
        problems = {
            key: it for key, it in answers.items() if PROBLEM_JSON in str(key) and 406 not in key
        }
        unchanged = {304: answers[304]} if door.is_conditional else {}
        return {(200, door.media_type): told, **unchanged, **problems}


class MatchesDoor(Door):
    """Answers in the one form that its address names, whatever the Accept header asks for."""

    media_type: str
    about: str
    content: ClassVar[dict[str, Any]] = {"type": "string"}  # JSON Schema of the answer
    is_conditional: ClassVar[bool]  # whether it has an ETag
    answer = serializers.Problem  # all the JSON that it ever answers
    schema = DocumentSchema()

    def perform_content_negotiation(
        self,
        request: Request,
        force: Any = False,
    ) -> tuple[BaseRenderer, str]:
        return JsonRenderer(), JsonRenderer.media_type  # of problems

    def matches(self) -> ArticleQuerySet:
        return matching_articles(self.asked, self.parameters)


def matching_articles(asked: Mapping[str, Any], declared: Any) -> ArticleQuerySet:
    """The published articles that the filters leave and the words match, in no order.

    Raises InvalidRequestError for what contradicts itself and for slugs that never named a row.
    """
    articles = narrowed(Article.objects.published(), asked, declared)
    return articles.search(asked["q"]) if "q" in asked else articles
