"""Articles as the records of the load interface: one statement, which PostgreSQL itself writes."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection, transaction

from articles.models.article_queries import SortKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from articles.models.article_queries import ArticleQuerySet

# What the filters leave of an article, under the names by which the statement knows it.
_COLUMNS: Final[Mapping[str, str | Combinable]] = {
    "id": "pk",
    "sort_key": SortKey(),
    "uid": "uid",
    "origin": "origin",
    "external_id": "external_id",
    "source": "source__slug",
    "source_name": "source__name",
    "headline": "headline",
    "body": "body",
    "summary": "summary",
    "url": "original_url",
    "language": "language",
    "bylines": "bylines",
    "published_at": "published_at",
    "published_precision": "published_precision",
    "status": "status",
    "updated_at": "updated_at",
}
_ORDERS: Final = {
    "-published_at": "a.sort_key DESC, a.uid DESC",
    "published_at": "a.sort_key, a.uid",
    "-updated_at": "a.updated_at DESC, a.uid DESC",
    "updated_at": "a.updated_at, a.uid",
    # Those of the desk's list, where PostgreSQL holds undated articles for the latest.
    "-pk": "a.id DESC",
    "published_at,-pk": "a.published_at, a.id DESC",
    "-published_at,-pk": "a.published_at DESC, a.id DESC",
}
_MEMBERS: Final = {
    "source": "a.source",
    "source_name": "a.source_name",
    "external_id": "a.external_id",
    "headline": "a.headline",
    "body": "a.body",
    "summary": "a.summary",
    "url": "a.url",
    "language": "a.language",
    "bylines": "a.bylines",
    "tags": "tags.names",
    "tag_slugs": "tags.slugs",
    "entities": "entities.found",
    # A year has four digits in the archive, in SQL and in RFC 3339 alike; sessions are in UTC.
    "published_at": """CASE WHEN a.published_precision = 'day' THEN a.published_at::date::text
        ELSE replace(to_json(a.published_at) #>> '{}', '+00:00', 'Z') END""",
    "published_precision": "a.published_precision",
    "status": "a.status",
    "origin": "a.origin",
    "uid": "a.uid",
    "cleaned": "true",
}
_LISTS: Final = frozenset({"bylines", "tags", "tag_slugs", "entities"})
# In the ORM each link would be a subquery of its own for names and slugs, and the object jsonb,
# which costs twice as much as json and sorts the members.
_FROM: Final = """
    FROM ({articles}) AS a ({columns})
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(tag.name ORDER BY tag.name, tag.slug), '{{}}') AS names,
            coalesce(array_agg(tag.slug ORDER BY tag.name, tag.slug), '{{}}') AS slugs
        FROM articles_tagging link JOIN articles_tag tag ON tag.id = link.tag_id
        WHERE link.article_id = a.id AND link.state = 'accepted') AS tags
    CROSS JOIN LATERAL (
        SELECT coalesce(json_agg(json_build_object(
            'name', entity.name, 'kind', entity.kind, 'slug', entity.slug)
            ORDER BY link.first NULLS LAST, entity.slug), '[]') AS found
        FROM (SELECT entity_id, min(start) AS first FROM articles_mention
            WHERE article_id = a.id AND state = 'accepted' GROUP BY entity_id) AS link
        JOIN articles_entity entity ON entity.id = link.entity_id) AS entities
    ORDER BY {order}
"""

MOST_ROWS: Final = 200
PIECE: Final = 1_000_000
"""So many characters are fetched at a time, as far as the rows before foretell."""

RECORD_MEMBERS: Final = tuple(_MEMBERS)


class Statement(NamedTuple):
    """SQL and its parameters."""

    sql: str
    parameters: tuple[Any, ...]


def record_lines(articles: ArticleQuerySet, order: str) -> Statement:
    """One text a row: the record as a JSON object. `order` is one of those of the lists."""
    members = ", ".join(f'{sql} AS "{name}"' for name, sql in _MEMBERS.items())
    return _statement(
        f"SELECT row_to_json(r)::text FROM (SELECT {members} {{rest}}) AS r", articles, order
    )


def record_cells(articles: ArticleQuerySet, order: str) -> Statement:
    """One column for each of RECORD_MEMBERS; lists are JSON."""
    cells = ", ".join(
        f"to_json({sql})::text" if name in _LISTS else sql for name, sql in _MEMBERS.items()
    )
    return _statement(f"SELECT {cells} {{rest}}", articles, order)


def stream_values(rows: QuerySet[Any, tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The same of any `values_list()`."""
    with transaction.atomic():
        _end_when_idle()
        found = rows.iterator(MOST_ROWS)
        while some := list(islice(found, MOST_ROWS)):
            yield some


def _end_when_idle() -> None:
    with connection.cursor() as settings:
        settings.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")


def _statement(select: str, articles: ArticleQuerySet, order: str) -> Statement:
    rows = articles.order_by().values_list(*_COLUMNS.values())
    # Filters that leave nothing still make a statement, of no rows.
    sql, parameters = rows.query.get_compiler(rows.db, elide_empty=False).as_sql()
    rest = _FROM.format(articles=sql, columns=", ".join(_COLUMNS), order=_ORDERS[order])
    return Statement(select.replace("{rest}", rest), tuple(parameters))


def stream_rows(statement: Statement) -> Iterator[list[tuple[Any, ...]]]:
    """Rows from a cursor of the server, some at a time, of one moment of the archive.

    The transaction lives as long as the iterator: whoever lets that go, lets both go. One that
    asks for nothing more in ten minutes loses both, for an old transaction costs all others.
    """
    count = 1
    with transaction.atomic():
        _end_when_idle()
        with connection.chunked_cursor() as cursor:
            cursor.execute(*statement)
            while rows := cursor.fetchmany(count):
                yield rows
                mean = sum(len(str(cell)) for row in rows for cell in row) // len(rows) + 1
                count = max(1, min(MOST_ROWS, 2 * count, PIECE // mean))
