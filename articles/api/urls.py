"""The addresses of the API."""

from django.urls import path
from django.views.decorators.cache import cache_control

from articles.api import changes, doors, views

cached = cache_control(public=True, max_age=300)  # these change with the code only

urlpatterns = [
    path("", doors.Root.as_view(), name="api-root"),
    path("articles/", views.ArticleList.as_view(), name="article-list"),
    path("articles/<uuid:uid>/", views.ArticleDetail.as_view(), name="article-detail"),
    path("sources/", views.SourceList.as_view(), name="source-list"),
    path("sources/<str:slug>/", views.SourceDetail.as_view(), name="source-detail"),
    path("entities/", views.EntityList.as_view(), name="entity-list"),
    path("entities/<str:slug>/", views.EntityDetail.as_view(), name="entity-detail"),
    path("tags/", views.TagList.as_view(), name="tag-list"),
    path("tags/<str:slug>/", views.TagDetail.as_view(), name="tag-detail"),
    path("changes/", changes.ChangeList.as_view(), name="change-list"),
    path("schema/", cached(doors.Schema.as_view()), name="schema"),
    path("docs/", cached(doors.Docs.as_view()), name="docs"),
    path("<path:path>", doors.Missing.as_view(), name="missing"),
]
