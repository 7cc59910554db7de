"""Downloads: the records of any filtered articles in one stream, to be kept or loaded elsewhere."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Final

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from articles.api.matches import ARTICLE_FILTERS, MatchesDoor
from articles.api.pagination import ORDERS
from articles.api.parameters import choice
from articles.export.records import csv_rows, ndjson
from articles.models import ArticleQuerySet

DOWNLOAD_PARAMETERS: Final = (
    *ARTICLE_FILTERS,
    choice(
        "ordering",
        "Order of the records; undated articles are the oldest. Words do not order them.",
        list(ORDERS),
        default="-published_at",
    ),
)


class Download(MatchesDoor):
    parameters = DOWNLOAD_PARAMETERS
    is_conditional = False
    file: ClassVar[str]
    written: ClassVar[Callable[[ArticleQuerySet, str], Iterator[bytes]]]

    def get(self, request: Request) -> StreamingHttpResponse:
        order = self.asked.get("ordering", "-published_at")
        return self._answer(type(self).written(self.matches(), order))

    def head(self, request: Request) -> StreamingHttpResponse:
        """The same headers, and the same 400s, without a record being read."""
        self.matches()
        return self._answer(iter(()))

    def _answer(self, records: Iterator[bytes]) -> StreamingHttpResponse:
        disposition = {"Content-Disposition": f'attachment; filename="{self.file}"'}
        return StreamingHttpResponse(
            records, content_type=f"{self.media_type}; charset=utf-8", headers=disposition
        )


class ArticlesNdjson(Download):
    """All matching articles as JSON Lines: records that `load_articles` takes as they are.

    One moment of the archive, in one stream without pages. A stream that breaks off is no
    complete chunked answer, and its last line is no record.
    """

    operation = "download_articles_ndjson"
    media_type = "application/x-ndjson"
    about = "A record a line."
    file = "articles.ndjson"
    written = ndjson


class ArticlesCsv(Download):
    """All matching articles as CSV: RFC 4180 with a header, lists as JSON.

    Loads again as the JSON Lines do. Cells are as they are: a spreadsheet may take one that begins
    with `=` for a formula.
    """

    operation = "download_articles_csv"
    media_type = "text/csv"
    about = "A record a row, below a header."
    file = "articles.csv"
    written = csv_rows
