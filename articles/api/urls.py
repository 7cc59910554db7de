"""The addresses of the API."""

from django.urls import path
from django.views.decorators.cache import cache_control

from articles.api import changes, doors, downloads, nouns, related, revisions, storylines, views

cached = cache_control(public=True, max_age=300)  # these change with the code only

urlpatterns = [
    path("", doors.Root.as_view(), name="api-root"),
    path("articles/", views.ArticleList.as_view(), name="article-list"),
    path("articles/<uuid:uid>/", views.ArticleDetail.as_view(), name="article-detail"),
    path(
        "articles/<uuid:uid>/related/",
        related.RelatedArticles.as_view(),
        name="article-related",
    ),
    path(
        "articles/<uuid:uid>/revisions/",
        revisions.ArticleRevisions.as_view(),
        name="article-revisions",
    ),
    path("articles.ndjson", downloads.ArticlesNdjson.as_view(), name="articles-ndjson"),
    path("articles.csv", downloads.ArticlesCsv.as_view(), name="articles-csv"),
    path("sources/", nouns.SourceList.as_view(), name="source-list"),
    path("sources/<str:slug>/", nouns.SourceDetail.as_view(), name="source-detail"),
    path("entities/", nouns.EntityList.as_view(), name="entity-list"),
    path("entities/<str:slug>/", nouns.EntityDetail.as_view(), name="entity-detail"),
    path("tags/", nouns.TagList.as_view(), name="tag-list"),
    path("tags/<str:slug>/", nouns.TagDetail.as_view(), name="tag-detail"),
    path("storylines/", storylines.StorylineList.as_view(), name="storyline-list"),
    path("storylines/<str:slug>/", storylines.StorylineDetail.as_view(), name="storyline-detail"),
    path("changes/", changes.ChangeList.as_view(), name="change-list"),
    path("schema/", cached(doors.Schema.as_view()), name="schema"),
    path("docs/", cached(doors.Docs.as_view()), name="docs"),
    path("<path:path>", doors.Missing.as_view(), name="missing"),
]
