"""Pages in the order of relevance: the window's best, row by row as a page needs them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from articles.api.pagination import Cursor, Place, Row
from articles.models import Article, ArticleQuerySet, SortKey
from articles.search import query
from articles.search.query import Ranking

RANK: Final = "rank"


class Relevance:
    """Rows of the articles that match the words. `is_bounded` is known once rows were fetched."""

    def __init__(
        self,
        articles: ArticleQuerySet,
        words: str,
        read: Callable[[ArticleQuerySet], QuerySet[Any, Row]],
    ) -> None:
        self._read = read
        self._ranking = Ranking(articles, words, SortKey())
        self.matches = self._ranking.matches
        self.is_bounded = False

    def rows(self, cursor: Cursor | None, limit: int) -> list[Row]:
        """Two queries: the ranking, and the rows. Backwards they come in reverse."""
        place, forward, inclusive = None, True, False
        if cursor:
            rank, published_at, uid = cursor.place
            place = query.Place(rank, published_at and datetime.fromisoformat(published_at), uid)
            forward, inclusive = cursor.forward, cursor.inclusive
        ranked, self.is_bounded = self._ranking.page(
            limit, place=place, forward=forward, inclusive=inclusive
        )
        found = Article.objects.filter(pk__in=[key for key, _ in ranked])
        rows = {row["pk"]: row for row in self._read(found)}
        return [{**rows[key], RANK: rank} for key, rank in ranked if key in rows]

    @staticmethod
    def place(row: Row) -> Place:
        at = row["published_at"]
        return [row[RANK], at and at.isoformat(), str(row["uid"])]
