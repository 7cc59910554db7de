"""What a page of 25 rich articles costs: beside DRF as it is taught, and beside SQL alone.

All in one process, through the same WSGI application and its middleware, without rate limits,
whose cost is told apart.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, Final
from wsgiref.util import setup_testing_defaults

import orjson
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from articles.api.pagination import ORDERS, Cursor, _address
from articles.models import Article, Mention, Source, Tag, Tagging
from articles.models.bulk import stored_fields
from tests.benchmarks.report import Report
from tests.benchmarks.synthetic import COLUMNS, rows

ROUNDS: Final = 100
SMALL: Final = 10_000
PAGE: Final = "/api/v1/articles/"
OLDEST: Final = 25
IN_SMALL: Final = "small"  # a page of the small archive, and the schema that holds it
TABLES: Final = ("articles_article", "articles_tagging", "articles_mention")

COPIES = """
    INSERT INTO articles_article (uid, origin, external_id, source_id, headline, summary, bylines,
        body, language, published_at, published_precision, original_url, status)
    SELECT gen_random_uuid(), origin, external_id || '/' || copy, source_id, headline, summary,
        bylines, body, language, published_at - copy * interval '40 days', published_precision,
        original_url, status
    FROM articles_article, generate_series(%s, %s) AS copy
    WHERE id <= (SELECT min(id) + {small} - 1 FROM articles_article)
"""
NOUNS = """
    INSERT INTO articles_{noun} (slug, name{columns})
    SELECT '{noun}-' || number, initcap('{noun}') || ' ' || number{values}
    FROM generate_series(1, {count}) AS number
"""
LINKS = """
    INSERT INTO articles_{table} (article_id, {noun}_id, origin, state)
    SELECT article.id, low + (article.id * {step} + number * 7) %% {count}, 'machine', 'accepted'
    FROM articles_article AS article, generate_series(1, {each}) AS number,
        (SELECT min(id) AS low FROM articles_{noun}) AS nouns
    WHERE article.id > %s
"""
# The same members of the same articles, made by one statement.
STATEMENT = """
    SELECT json_agg(article)::text FROM (
        SELECT a.uid, '{prefix}' || a.uid || '/' AS url,
            json_build_object('slug', s.slug, 'name', s.name) AS source,
            a.external_id, a.headline, a.summary, a.bylines, a.language,
            a.published_at, a.published_precision, a.status,
            (SELECT coalesce(json_agg(json_build_object('slug', t.slug, 'name', t.name)
                    ORDER BY t.name), '[]')
                FROM articles_tagging l JOIN articles_tag t ON t.id = l.tag_id
                WHERE l.article_id = a.id AND l.state = 'accepted') AS tags,
            (SELECT coalesce(json_agg(shown ORDER BY first, slug), '[]') FROM (
                SELECT json_build_object('slug', e.slug, 'name', e.name, 'kind', e.kind) AS shown,
                    min(l.start) AS first, e.slug
                FROM articles_mention l JOIN articles_entity e ON e.id = l.entity_id
                WHERE l.article_id = a.id AND l.state = 'accepted' GROUP BY e.id
            ) AS entities) AS entities,
            a.updated_at, a.original_url
        FROM articles_article a JOIN articles_source s ON s.id = a.source_id
        WHERE a.status = 'published' AND (a.publish_at IS NULL OR a.publish_at <= now())
        ORDER BY coalesce(a.published_at, '-infinity') DESC, a.uid DESC
        LIMIT 25
    ) AS article
"""


def run(report: Report, size: int) -> None:
    connection.settings_dict["CONN_MAX_AGE"] = None  # as a server's: one connection, kept
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_article DROP COLUMN search")  # pages do not read it
    _fill(SMALL)
    known = {"ROOT_URLCONF": "tests.benchmarks.drf_peer", "ALLOWED_HOSTS": ["testserver"]}
    with override_settings(API_RATE_ANONYMOUS=None, **known):
        door = Application()
        _check(door)
        _keep_small()
        _fill(max(size, SMALL))
        deepest = _deepest(door)
        times = _times(
            {
                "page": lambda: door(PAGE),
                "deepest": lambda: door(deepest),
                "drf": lambda: door("/peer/articles/"),
                "sql": _statement,
                "uids": lambda: door(f"{PAGE}?fields=uid"),
                "limited": lambda: _limited(door),
                IN_SMALL: lambda: door(PAGE),
            }
        )
    told = ", ".join(f"{name} {seconds * 1000:.2f}" for name, seconds in times.items())
    print(f"          {max(size, SMALL):,} articles, milliseconds: {told}")
    page = times["page"]
    report.ratio("DRF as it is taught / a page", times["drf"] / page, at_least=2.5)
    report.ratio("a page / one SQL statement that builds it", page / times["sql"], at_most=3)
    report.ratio("deepest page / first page", times["deepest"] / page, at_most=1.5)
    report.ratio(
        f"a page of {max(size, SMALL):,} articles / of {SMALL:,}",
        page / times[IN_SMALL],
        at_most=1.5,
    )
    report.ratio("a page of uids alone / of all members", times["uids"] / page, at_most=0.9)
    report.ratio("a page with the rate limit / without", times["limited"] / page, at_most=1.5)


class Application:
    """The WSGI application, asked as a server asks it; answers the body."""

    def __init__(self) -> None:
        self._handler = WSGIHandler()

    def __call__(self, address: str) -> bytes:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query}
        setup_testing_defaults(environ)
        environ["HTTP_HOST"] = "testserver"
        status = []
        answer = self._handler(environ, lambda line, headers, *_: status.append(line))
        body = b"".join(answer)
        answer.close()
        if status != ["200 OK"]:
            raise AssertionError(f"{address}: {status} {body[:500]!r}")
        return body


def _limited(door: Application) -> bytes:
    settings.API_RATE_ANONYMOUS = (1_000_000, 60)
    try:
        return door(PAGE)
    finally:
        settings.API_RATE_ANONYMOUS = None


def _times(contenders: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """The median seconds of each, taken in turn so that what else the machine does falls on all
    alike; a few rounds come before to warm up."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(ROUNDS + 5):
        for name, ask in contenders.items():
            with connection.cursor() as cursor:
                archive = f"{IN_SMALL}, public" if name == IN_SMALL else "public"
                cursor.execute(f"SET search_path TO {archive}")
            start = perf_counter()
            ask()
            if number >= 5:
                found[name].append(perf_counter() - start)
    return {name: median(seconds) for name, seconds in found.items()}


def _check(door: Application) -> None:
    """All three tell the same: what is compared is the cost alone."""
    ours = orjson.loads(door(PAGE))["results"]
    peers = orjson.loads(door("/peer/articles/"))["results"]
    stated = orjson.loads(_statement())

    def known(articles: list[dict[str, Any]]) -> list[Any]:
        return [
            (it["uid"], it["headline"], it["source"], sorted(map(str, it["tags"])),
             sorted(map(str, it["entities"])), set(it))
            for it in articles
        ]  # fmt: skip

    if not len(ours) == 25 or not known(ours) == known(peers) == known(stated):
        raise AssertionError(f"different answers: {ours[0]} {peers[0]} {stated[0]}")


def _statement() -> str:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(prefix=f"http://testserver{PAGE}"))
        (answer,) = cursor.fetchone()
    return str(answer)


def _deepest(door: Application) -> str:
    """The address of the page of the oldest articles, as `next` would give it at last."""
    places = Article.objects.order_by("published_at", "uid").values("published_at", "uid")
    request = Request(APIRequestFactory().get(PAGE))
    address = _address(request, Cursor(ORDERS["-published_at"].place(places[OLDEST]), forward=True))
    found = orjson.loads(door(address.removeprefix("http://testserver")))
    if len(found["results"]) != OLDEST or found["next"]:
        raise AssertionError("not the last page")
    return address.removeprefix("http://testserver")


def _fill(size: int) -> None:
    """So many articles, with three tags and four entities each."""
    present = Article.objects.count()
    with connection.cursor() as cursor:
        for table in TABLES:  # the ledger is not what is measured
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        last = 0
        if not present:
            _start(cursor)
        elif size > present:
            last = Article.objects.values_list("pk", flat=True).latest("pk")
            cursor.execute(COPIES.format(small=SMALL), [1, size // SMALL - 1])
        else:
            return
        cursor.execute(LINKS.format(table="tagging", noun="tag", count=40, each=3, step=11), [last])
        cursor.execute(
            LINKS.format(table="mention", noun="entity", count=2000, each=4, step=13), [last]
        )
        cursor.execute("VACUUM ANALYZE")


def _keep_small() -> None:
    """The present articles with their links and indexes as an archive of its own."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {IN_SMALL}")
        for model in (Article, Tagging, Mention):
            table = model._meta.db_table
            names = ", ".join(f'"{field.column}"' for field in stored_fields(model))
            cursor.execute(f"CREATE TABLE {IN_SMALL}.{table} (LIKE {table} INCLUDING ALL)")
            cursor.execute(
                f"INSERT INTO {IN_SMALL}.{table} ({names}) SELECT {names} FROM public.{table}"
            )


def _start(cursor: Any) -> None:
    source = Source.objects.create(slug="synthetic", name="Synthetic", language="en")
    cursor.execute(NOUNS.format(noun="tag", count=40, columns=", description", values=", ''"))
    cursor.execute(
        NOUNS.format(
            noun="entity",
            count=2000,
            columns=", kind, description",
            values=", 'organisation', ''",
        )
    )
    with cursor.copy(f"COPY articles_article ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows(SMALL, source.pk):
            copy.write_row(row)
    if Tag.objects.count() != 40:
        raise AssertionError("tags are missing")
