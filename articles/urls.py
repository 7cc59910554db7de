from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from articles import feeds, pages

urlpatterns = [
    path("", pages.front_page, name="front-page"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("articles.api.urls")),
    path("feeds/articles.atom", feeds.ArticlesAtom(), name="articles-atom"),
    path("feeds/articles.json", feeds.articles_json, name="articles-json"),
    path("favicon.ico", RedirectView.as_view(url="/static/articles/icon.svg")),
    path("healthz", pages.alive, name="healthz"),
    path("readyz", pages.ready, name="readyz"),
]
