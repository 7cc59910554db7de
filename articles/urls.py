from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from articles import pages, sitemaps
from articles.api import feeds

urlpatterns = [
    path("", pages.front_page, name="front-page"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("articles.api.urls")),
    path("feeds/articles.atom", feeds.AtomFeed.as_view(), name="articles-atom"),
    path("feeds/articles.json", feeds.JsonFeed.as_view(), name="articles-json"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<str:kind>-<int:number>.xml", sitemaps.sitemap, name="sitemap-part"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("favicon.ico", RedirectView.as_view(url="/static/articles/icon.svg")),
    path("healthz", pages.alive, name="healthz"),
    path("readyz", pages.ready, name="readyz"),
]
