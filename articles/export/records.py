"""Records of any articles as a stream: JSON Lines or CSV, that `load_articles` reads again."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from articles.models.records import RECORD_MEMBERS, record_cells, record_lines, stream_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from articles.models import ArticleQuerySet

BROKEN: Final = "The export broke off here: it is not whole. Ask again."


def ndjson(articles: ArticleQuerySet, order: str) -> Iterator[bytes]:
    """A record a line, in UTF-8, of one moment of the archive.

    An error on the way ends it with a line that is no record, and is raised.
    """
    return told(lines(articles, order), f'{{"error": "{BROKEN}"}}\n')


def csv_rows(articles: ArticleQuerySet, order: str) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a header, lists as JSON; every cell as it is, whatever it begins with.

    An error on the way ends it with a row of a single cell, and is raised.
    """
    return told(_table(articles, order), f"{BROKEN}\r\n")


def told(pieces: Iterator[str], broken: str) -> Iterator[bytes]:
    """The pieces in UTF-8; an error on the way ends them with `broken`, and is raised."""
    try:
        for piece in pieces:
            yield piece.encode()
    except Exception:
        yield broken.encode()
        raise


def lines(articles: ArticleQuerySet, order: str) -> Iterator[str]:
    for rows in stream_rows(record_lines(articles, order)):
        yield "\n".join([line for (line,) in rows]) + "\n"


def _table(articles: ArticleQuerySet, order: str) -> Iterator[str]:
    yield _as_csv([RECORD_MEMBERS])
    for rows in stream_rows(record_cells(articles, order)):
        yield _as_csv(rows)


def _as_csv(rows: Sequence[Sequence[Any]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
