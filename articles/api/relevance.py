"""Pages of a search: by relevance or by date, row by row as a page needs them; and what is told
of them: where the words stand, and what misspelt ones may mean."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from articles.api.pagination import Cursor, Place, Row
from articles.models import Alias, Article, ArticleQuerySet, SortKey
from articles.search import query
from articles.search.passages import highlights
from articles.search.query import Search
from articles.search.suggestion import FEW, suggestion
from articles.vocabulary import Standing

RANK: Final = "rank"
Read = Callable[[ArticleQuerySet], QuerySet[Any, Row]]  # what is read of articles


class ByRelevance:
    """The window's best matches first. `is_bounded` is known once rows were fetched."""

    def __init__(self, search: Search[Article], read: Read) -> None:
        self._search = search
        self._read = read
        self.is_bounded = False

    def rows(self, cursor: Cursor | None, limit: int) -> list[Row]:
        """Three queries: statistics, ranking, rows. Backwards they come in reverse."""
        place, forward, inclusive = None, True, False
        if cursor:
            rank, published_at, uid = cursor.place
            place = query.Place(_time(published_at), uid, rank)
            forward, inclusive = cursor.forward, cursor.inclusive
        ranked, self.is_bounded = self._search.ranked(
            limit, place=place, forward=forward, inclusive=inclusive
        )
        rows = _rows([key for key, _ in ranked], self._read)
        return [{**rows[key], RANK: rank} for key, rank in ranked if key in rows]

    @staticmethod
    def place(row: Row) -> Place:
        return [row[RANK], *ByDate.place(row)]


class ByDate:
    """All matches, newest first or oldest first."""

    def __init__(self, search: Search[Article], read: Read, *, ascending: bool) -> None:
        self._search = search
        self._read = read
        self._ascending = ascending

    def rows(self, cursor: Cursor | None, limit: int) -> list[Row]:
        """Three queries: statistics, matches, rows. Backwards they come in reverse."""
        if cursor is None:
            keys = self._search.newest(limit, ascending=self._ascending)
        else:
            published_at, uid = cursor.place
            keys = self._search.newest(
                limit,
                place=query.Place(_time(published_at), uid),
                ascending=self._ascending == cursor.forward,
                inclusive=cursor.inclusive,
            )
        rows = _rows(keys, self._read)
        return [rows[key] for key in keys if key in rows]

    @staticmethod
    def place(row: Row) -> Place:
        at = row["published_at"]
        return [at and at.isoformat(), str(row["uid"])]


def add_highlights(results: Sequence[Row], rows: Sequence[Row], search: Search[Article]) -> None:
    """Give each of the results, which were made of the rows, its member `highlight`. One query."""
    keys = [row["pk"] for row in rows]
    found = highlights(Article, search.matches.db, keys, search.queries, search.words)
    for result, key in zip(results, keys, strict=True):
        marked = found[key]
        result["highlight"] = {"headline": marked.headline, "passages": marked.passages}


def suggested(search: Search[Article], articles: ArticleQuerySet, results: int) -> str | None:
    """What the words may mean if hardly anything was found; names as editors spell them."""
    if results >= FEW:
        return None
    spellings = Alias.objects.exclude(standing=Standing.NEVER).values_list("spelling")

    def count(words: str, limit: int) -> int:
        return Search(articles, words, SortKey()).count(limit)

    return suggestion(search.words, spellings, count)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _rows(keys: Sequence[Any], read: Read) -> Mapping[Any, Row]:
    return {row["pk"]: row for row in read(Article.objects.filter(pk__in=keys))}
