"""What crawlers ask first: robots.txt, and the addresses of all public pages (sitemaps.org)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.models import Article, Entity, Source, Tag
from articles.models.key_ranges import in_range, occupied_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest

# The protocol allows 50,000 addresses and 50 MB: the longest slugs reach the bytes first.
ADDRESSES: Final = 25_000
LONGEST_NUMBER: Final = 10**12

_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"

PAGES: Final[Mapping[str, tuple[Callable[[], QuerySet[Any]], str, str]]] = {
    "articles": (Article.objects.published, "uid", "article-list"),
    "sources": (Source.objects.all, "slug", "source-list"),
    "entities": (Entity.objects.all, "slug", "entity-list"),
    "tags": (Tag.objects.all, "slug", "tag-list"),
}
"""Of each kind of page: the rows, the column that ends its address, and where that begins."""


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Readers' pages are for crawlers, the desk and what is endless or whole is not."""
    kept = ["/admin/", *(f"{reverse('api-root')}{path}" for path in ("*?", "articles.", "docs/"))]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in kept)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
def index(request: HttpRequest) -> HttpResponse:
    """The sitemaps: a part for each range of keys in which there is a public row."""
    parts = (
        request.build_absolute_uri(reverse("sitemap-part", args=[kind, number + 1]))
        for kind, (rows, _, _) in PAGES.items()
        for number in occupied_ranges(rows(), ADDRESSES)
    )
    return _answer("sitemapindex", (f"<sitemap><loc>{escape(it)}</loc></sitemap>" for it in parts))


@require_safe
@cache_control(no_cache=True)
def sitemap(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """The pages of one range. `lastmod` stands where a page changes with its own row only.

    The pages of sources, entities and tags change with their articles: they say nothing of it.
    """
    if kind not in PAGES or not 0 < number < LONGEST_NUMBER:
        raise Http404
    rows, column, name = PAGES[kind]
    start = request.build_absolute_uri(reverse(name))
    part = in_range(rows(), number - 1, ADDRESSES).values_list(column, "updated_at")
    entries = [
        f"<url><loc>{start}{quote(str(key), safe='')}/</loc>"
        + (f"<lastmod>{at.isoformat()}</lastmod>" if kind == "articles" else "")
        + "</url>"
        for key, at in part.iterator(ADDRESSES)
    ]
    if not entries:
        raise Http404
    return _answer("urlset", entries)


def _answer(root: str, entries: Iterable[str]) -> HttpResponse:
    text = f'{_XML}<{root} xmlns="{_NAMESPACE}">\n' + "\n".join(entries) + f"\n</{root}>\n"
    return HttpResponse(text, content_type="application/xml")
