from django.urls import include, path

urlpatterns = [path("", include("articles.urls"))]

handler400 = "articles.pages.refused"
handler404 = "articles.pages.missing"
handler500 = "articles.pages.failed"
