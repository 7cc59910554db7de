"""The same page as idiomatic Django REST Framework writes it: what the API's pages are beside.

ModelSerializer, select_related, prefetch_related, CursorPagination; the members of the API's list.
"""

from typing import Any

from django.db.models import Prefetch
from django.urls import include, path
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer

from articles.models import Article, Entity, Mention, Source, Tag, Tagging


class SourceSerializer(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ("slug", "name")


class TagSerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ("slug", "name")


class EntitySerializer(serializers.ModelSerializer[Entity]):
    class Meta:
        model = Entity
        fields = ("slug", "name", "kind")


class ArticleSerializer(serializers.ModelSerializer[Article]):
    url = serializers.HyperlinkedIdentityField(view_name="article-detail", lookup_field="uid")
    source = SourceSerializer()  # type: ignore[assignment]
    tags = serializers.SerializerMethodField()
    entities = serializers.SerializerMethodField()

    class Meta:
        model = Article
        fields = (
            "uid", "url", "source", "external_id", "headline", "summary", "bylines", "language",
            "published_at", "published_precision", "status", "tags", "entities", "updated_at",
            "original_url",
        )  # fmt: skip

    def get_tags(self, article: Any) -> Any:
        return TagSerializer([it.tag for it in article.accepted_taggings], many=True).data

    def get_entities(self, article: Any) -> Any:
        return EntitySerializer([it.entity for it in article.accepted_mentions], many=True).data


class Pages(CursorPagination):
    page_size = 25
    ordering = ("-published_at", "-uid")


class Articles(generics.ListAPIView[Article]):
    renderer_classes = (JSONRenderer,)
    serializer_class = ArticleSerializer
    pagination_class = Pages
    queryset = (
        Article.objects.published()
        .select_related("source")
        .defer("body", "search")
        .prefetch_related(
            Prefetch(
                "taggings",
                Tagging.objects.accepted().select_related("tag").order_by("tag__name"),
                to_attr="accepted_taggings",
            ),
            Prefetch(
                "mentions",
                Mention.objects.accepted().select_related("entity").order_by("start", "pk"),
                to_attr="accepted_mentions",
            ),
        )
    )


urlpatterns = [
    path("peer/articles/", Articles.as_view()),
    path("", include("articles.urls")),
]
