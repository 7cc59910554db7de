"""Downloads: what they hold, that they load again, and how they end."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.api import downloads, filters
from articles.export.records import BROKEN
from articles.models import Alias, Article, Entity, Mention, Redirect, Source, Tag, Tagging
from articles.models import records as model_records
from articles.vocabulary import ArticleStatus, Origin
from tests.articles.api.conforming import ROOT, ask, document, glance, refused
from tests.factories import make_article, make_entity, make_source, make_tag, make_tagging

FORMS = ["articles.ndjson", "articles.csv"]


def fetched(path, **headers):
    response = Client(headers=headers or None).get(ROOT + path)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def records(path):
    text = fetched(path)
    if path.startswith("articles.csv"):
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return [json.loads(line) for line in text.split("\n") if line]


def told(path):
    return [record["headline"] for record in records(path)]


def rich():
    wire = make_source("The Wire", slug="wire", language="ar")
    article = make_article(
        "=SUM(A1); said \"he\"\u2028and 'she', 😀",
        source=wire,
        external_id="ä/1?",
        summary="+1\n-2\n@3",
        body='A first, "quoted" line.\nA second;\ttabbed.\n\nخبر. 中文。 \\N \\" end',
        bylines=["Ann; Lee", "By Night", 'Q"uote'],
        published_at=datetime(2024, 3, 31, 18, 30, 1, 250_000, tzinfo=UTC),
        original_url="https://example.org/a?b=1,2;3",
    )
    for slug in ("peace", "peace-2"):  # two tags of one name
        make_tagging(article, make_tag("Peace", slug=slug), origin=Origin.SOURCE)
    make_tagging(article, make_tag("Sport"), origin=Origin.MACHINE, state="suggested")
    for slug, kind in (("cairo-eg", "place"), ("cairo", "work")):
        entity = make_entity("Cairo", slug=slug, kind=kind)
        Mention.objects.create(article=article, entity=entity, origin=Origin.SOURCE)
    # The source was renamed since it gave the first article its origin.
    wire.slug = "new-wire"
    wire.save()
    make_article(
        "date 31 March 2024",
        source=wire,
        body="31 March 2024 stood here, says an editor.\n\n\n\nExit mobile version",
        published_at=datetime(2024, 3, 31, tzinfo=UTC),
        published_precision="day",
        language="und",
    )
    make_article("Undated", source=wire, body="")
    return article


@pytest.mark.django_db
def test_a_line_is_the_record():
    article = rich()
    assert records("articles.ndjson")[0] == {
        "source": "new-wire",
        "source_name": "The Wire",
        "external_id": "ä/1?",
        "headline": article.headline,
        "body": article.body,
        "summary": article.summary,
        "url": article.original_url,
        "language": "en",
        "bylines": ["Ann; Lee", "By Night", 'Q"uote'],
        "tags": ["Peace", "Peace"],
        "tag_slugs": ["peace", "peace-2"],
        "entities": [
            {"name": "Cairo", "kind": "work", "slug": "cairo"},
            {"name": "Cairo", "kind": "place", "slug": "cairo-eg"},
        ],
        "published_at": "2024-03-31T18:30:01.25Z",
        "published_precision": "exact",
        "status": "published",
        "origin": "wire",
        "uid": str(article.uid),
        "cleaned": True,
    }
    assert [it["published_at"] for it in records("articles.ndjson")[1:]] == ["2024-03-31", None]
    assert records("articles.csv")[0]["headline"].startswith("=SUM(A1);")


def public_answers():
    """All that readers see of all articles, but for when rows came and where addresses are."""
    shown = []
    for article in glance("articles/?page_size=200")["results"]:
        detail = glance(article["url"])
        del detail["updated_at"]
        shown.append(detail)
    return shown


@pytest.mark.django_db
@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("is_empty", [True, False], ids=["empty archive", "archive of nouns"])
def test_a_download_loads_again(path, is_empty, tmp_path):
    rich()
    before = public_answers()
    file = tmp_path / path
    file.write_bytes(fetched(path).encode())
    with connection.cursor() as cursor:  # rows deleted by an editor would stay deleted
        emptied = [Mention, Tagging, Article]
        emptied += [Redirect, Alias, Entity, Tag, Source] if is_empty else []
        tables = ", ".join(model._meta.db_table for model in emptied)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {tables}, articles_ledgerentry CASCADE")
    call_command("load_articles", str(file), "--create-missing", "--quiet")
    assert public_answers() == before
    # Twice is once: the same articles, whatever their source is called now.
    out = io.StringIO()
    call_command("load_articles", str(file), stdout=out)
    assert "0 created, 0 updated, 3 unchanged" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("path", FORMS)
def test_only_what_the_public_sees(path):
    make_article("Shown")
    make_article("Draft", status=ArticleStatus.DRAFT)
    make_article("Awaited", publish_at=timezone.now() + timedelta(days=1))
    make_article("Withdrawn").withdraw("It was wrong.")
    assert told(path) == ["Shown"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", FORMS)
def test_any_filter_and_order(path):
    tag = make_tag("Peace")
    for day in (1, 2, 3):
        article = make_article(f"Day {day}", published_at=datetime(2024, 1, day, tzinfo=UTC))
        if day > 1:
            make_tagging(article, tag)
    make_article("Undated treaty", body="A treaty.")
    assert told(path) == ["Day 3", "Day 2", "Day 1", "Undated treaty"]
    assert told(f"{path}?tag=peace&ordering=published_at") == ["Day 2", "Day 3"]
    assert told(f"{path}?q=treaties") == ["Undated treaty"]
    assert told(f"{path}?published_at__lt=2024-01-03&tag=peace") == ["Day 2"]
    assert told(f"{path}?ordering=updated_at")[0] == "Day 1"
    assert told(f"{path}?ordering=-updated_at")[0] == "Undated treaty"


@pytest.mark.django_db
def test_an_empty_archive():
    assert fetched("articles.ndjson") == ""
    assert fetched("articles.csv") == ",".join(model_records.RECORD_MEMBERS) + "\r\n"


@pytest.mark.django_db
@pytest.mark.parametrize("path", FORMS)
def test_strict_as_everywhere(path):
    names = [parameter.name for parameter in downloads.DOWNLOAD_PARAMETERS]
    known = {parameter.name for parameter in filters.ARTICLE_PARAMETERS}
    assert set(names) < known
    assert {"q", "tag", "entity__not", "published_at__gte", "ordering"} <= set(names)
    problem = ask(f"{path}?tga=peace", 400)
    assert problem["errors"][0]["nearest"] == "tag"
    assert problem["errors"][0]["allowed"] == names
    for given in ("cursor=x", "page_size=5", "count=true", "format=json", "ordering=relevance"):
        assert refused(f"{path}?{given}")["parameter"] == given.partition("=")[0]
    assert refused(f"{path}?tag=unknown")["parameter"] == "tag"
    documented = document()["paths"][f"{ROOT}{path}"]["get"]
    assert [it["name"] for it in documented["parameters"]] == names
    assert set(documented["responses"]) == {"200", "400", "401", "429", "500"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "media_type"),
    [("articles.ndjson", "application/x-ndjson"), ("articles.csv", "text/csv")],
)
def test_headers(path, media_type):
    make_article()
    for accept in ("*/*", "text/html", media_type, "application/json"):
        response = Client(headers={"accept": accept}).get(ROOT + path)
        assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{path}"'
        assert "Content-Length" not in response.headers
        assert b"".join(response.streaming_content)
    with CaptureQueriesContext(connection) as captured:
        head = Client().head(f"{ROOT}{path}?ordering=published_at")
    assert head.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert b"".join(head.streaming_content) == b""
    assert not captured.captured_queries
    assert Client().head(f"{ROOT}{path}?tag=unknown").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 300])
def test_a_download_is_one_statement(count):
    tag = make_tag("Peace")
    for _ in range(count):
        make_tagging(make_article(), tag)
    with CaptureQueriesContext(connection) as captured:
        assert len(records("articles.ndjson?tag=peace")) == count
    work = [it["sql"] for it in captured if not it["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(work) == 3, work  # the slug · a setting of the transaction · the records
    assert "row_to_json" in work[-1]


# ── how a stream ends ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def observer():
    """A second connection to the database of the test."""
    words = {"dbname", "host", "port", "user", "password"}
    kept = {k: v for k, v in connection.get_connection_params().items() if k in words}
    with psycopg.connect(**kept, autocommit=True) as other:
        yield other


IN_TRANSACTION = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database()
    AND state = 'idle in transaction' AND pid <> pg_backend_pid()
"""


def many_articles():
    for number in range(60):
        make_article(f"Article {number}", body="word " * 500)


@pytest.mark.django_db(transaction=True)
def test_who_goes_away_frees_cursor_and_transaction(observer):
    many_articles()
    response = Client().get(f"{ROOT}articles.ndjson")
    pieces = iter(response.streaming_content)
    assert next(pieces)
    assert observer.execute(IN_TRANSACTION).fetchall()
    response.close()
    assert not observer.execute(IN_TRANSACTION).fetchall()
    assert ask("articles/?page_size=1")["results"]  # the connection is as good as before


@pytest.mark.django_db(transaction=True)
def test_a_download_shows_one_moment(observer):
    many_articles()
    response = Client().get(f"{ROOT}articles.ndjson?ordering=published_at")
    pieces = iter(response.streaming_content)
    first = next(pieces)
    assert first.count(b"\n") < 10
    observer.execute("UPDATE articles_article SET headline = 'Changed', status = 'draft'")
    lines = [json.loads(line) for line in (first + b"".join(pieces)).splitlines()]
    assert len({line["uid"] for line in lines}) == len(lines) == 60
    assert not any(line["headline"] == "Changed" for line in lines)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", FORMS)
def test_an_error_in_the_middle_is_no_short_file(path, observer, tmp_path):
    """The stream is aborted, and its last line loads nowhere."""
    many_articles()
    response = Client().get(ROOT + path)
    pieces = iter(response.streaming_content)
    got = [next(pieces) for _ in range(3)]
    for (pid,) in observer.execute(IN_TRANSACTION).fetchall():
        observer.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(OperationalError):
        got.extend(pieces)
    response.close()
    connection.close()
    text = b"".join(got)
    assert text.splitlines()[-1].find(BROKEN.encode()) >= 0
    file = tmp_path / path
    file.write_bytes(text)
    with pytest.raises(CommandError) as raised:
        call_command("load_articles", str(file), "--quiet", stderr=io.StringIO())
    assert raised.value.returncode == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["articles.ndjson", "articles.csv"])
def test_filters_that_can_leave_nothing_give_an_empty_file(path):
    make_article("One")
    answer = Client().get(f"{ROOT}{path}?language__in=aaa")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer.status_code == 200
    assert len(lines) == (1 if path.endswith("csv") else 0)
