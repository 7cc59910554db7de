"""What of an entity may be split off: the words by which texts name it, each place of some words.
Both have pages; what is marked on another page stays marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count

from articles.admin.lists import BoundedPaginator, capped
from articles.admin.numbers import whole
from articles.models import Mention

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from articles.models import Entity

MOST_WORDS: Final = 200
"""Wordings on one page."""
MOST_SHOWN: Final = 100
"""Places on one page."""


def words(entity: Entity, request: HttpRequest, given: QueryDict) -> dict[str, Any]:
    """By which words texts name it and how often: a page of them, and before it what is marked on
    another one."""
    sought = _sought(given, "words")
    counted = Mention.objects.filter(entity=entity).values("quote").annotate(n=Count("pk"))
    found = counted.filter(quote__icontains=sought) if sought else counted
    is_other = sought != given.get("words_now", sought)
    page = _page(found.order_by("-n", "quote"), MOST_WORDS, given, "page", is_other)
    marked = texts(request.POST, "quote")  # in an address it says whose places are shown
    away = set(marked) - {row["quote"] for row in page.object_list}
    elsewhere = list(counted.filter(quote__in=away).order_by("-n", "quote")) if away else []
    return {
        "by_words": list(page.object_list),
        "elsewhere": elsewhere,
        "chosen": marked,
        "sought": sought,
        "word_page": page,
        "more_words": capped(page.paginator.count - page.end_index()) if page.has_next() else "",
        "has_filter": page.has_other_pages() or bool(sought),
    }


def places(entity: Entity, request: HttpRequest, given: QueryDict) -> dict[str, Any]:
    """Each place of some words, if they are asked for, and what is marked of others: those of the
    newest articles first."""
    quote = request.GET.get("quote", "").replace("\0", "")
    titled = _sought(given, "headline")
    mentions = Mention.objects.filter(entity=entity).select_related("article__source")
    context: dict[str, Any] = {"quote": quote, "titled": titled, "places": []}
    if is_asked := "quote" in request.GET:
        named = mentions.filter(article__headline__icontains=titled) if titled else mentions
        shown = (
            named.filter(quote=quote).defer("article__search").order_by("-article", "start", "pk")
        )
        is_other = given.get("headline_now", titled) != titled
        is_other = is_other or given.get("quote_now", quote) != quote
        page = _page(shown, MOST_SHOWN, given, "places", is_other)
        context["place_page"], context["place_count"] = page, capped(page.paginator.count)
        context["places"] = [(it, *_around(it)) for it in page.object_list]
    picked = keys(request.POST)
    away = set(picked) - {it.pk for it, *_ in context["places"]}
    others = mentions.filter(pk__in=away).defer("article__search", "article__body")
    return {
        **context,
        "has_places": is_asked,
        "other_places": others.order_by("-article", "start", "pk") if away else [],
        "picked": picked,
    }


def _sought(given: QueryDict, name: str) -> str:
    return given.get(name, "").replace("\0", "").strip()


def _page(rows: Any, size: int, given: QueryDict, name: str, is_other: bool) -> Any:
    """The page that a button asks for, else the one that was shown; of another list the first."""
    asked = given.get(name) or given.get(f"{name}_now")
    return BoundedPaginator(rows, size).get_page("1" if is_other else asked)


def _around(mention: Mention) -> tuple[str, str]:
    body, start, end = mention.article.body, mention.start or 0, mention.end or 0
    return body[max(0, start - 80) : start], body[end : end + 80] if mention.quote else ""


def keys(given: QueryDict) -> list[int]:
    return sorted({key for it in given.getlist("mention") if (key := whole(it))})


def texts(given: QueryDict, name: str) -> list[str]:
    return list(dict.fromkeys(value.replace("\0", "") for value in given.getlist(name)))
