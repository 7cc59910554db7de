"""The door of the change feed: its members, pages, parameters, and what a page costs."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Change
from articles.models.change_functions import LAST
from articles.vocabulary import ArticleStatus
from tests.articles.api.conforming import ROOT, ask, refused
from tests.factories import make_article, make_entity, make_mention, make_source, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def changes():
    """Nine changes of all kinds, as a commit would announce them."""
    source = make_source("Wire")
    article = make_article("Talks", source=source, body="In Cairo.")
    connection.check_constraints()
    make_mention(article, make_entity("Cairo"))
    connection.check_constraints()
    tag = make_tag("Peace")
    connection.check_constraints()
    tag.slug = "سلام"
    tag.save()
    connection.check_constraints()
    article.withdraw("An error.")
    connection.check_constraints()
    article.delete()
    make_article(status=ArticleStatus.DRAFT)
    connection.check_constraints()
    return [
        ("source", "wire", "created"),
        ("article", str(article.uid), "created"),
        ("entity", "cairo", "created"),
        ("article", str(article.uid), "changed"),
        ("tag", "peace", "created"),
        ("tag", "peace", "merged"),
        ("tag", "سلام", "created"),
        ("article", str(article.uid), "withdrawn"),
        ("article", str(article.uid), "deleted"),
    ]


def told(answer):
    return [(row["kind"], row["key"], row["action"]) for row in answer["results"]]


def test_an_empty_archive_has_changed_nothing():
    empty = {"next": None, "previous": None, "count": None, "results": []}
    assert ask("changes/") == ask("changes/?after=9223372036854775807") == empty


def test_the_changes_in_their_order(changes):
    answer = ask("changes/?count=true")
    assert told(answer) == changes
    assert (answer["next"], answer["previous"]) == (None, None)
    assert answer["count"] == {"value": 9, "relation": "eq"}
    positions = [row["position"] for row in answer["results"]]
    assert positions == sorted(set(positions))
    times = [row["at"] for row in answer["results"]]
    assert times == sorted(times)
    assert {frozenset(row) for row in answer["results"]} == {
        frozenset({"position", "kind", "key", "action", "at"})
    }


@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_pages_and_going_on_after_the_last(changes, size):
    answer, found = ask(f"changes/?page_size={size}"), []
    while True:
        found += told(answer)
        last = answer["results"][-1]["position"]
        if not answer["next"]:
            break
        answer = ask(answer["next"])
    assert found == changes
    assert ask(f"changes/?after={last}")["results"] == []
    make_tag("News")
    connection.check_constraints()
    assert told(ask(f"changes/?after={last}")) == [("tag", "news", "created")]
    assert told(ask(f"changes/?after={last - 1}")) == [changes[-1], ("tag", "news", "created")]
    if answer["previous"]:
        back = ask(answer["previous"])
        assert told(back) == changes[-len(answer["results"]) - size : -len(answer["results"])]


def test_a_page_that_was_the_last_goes_on_when_more_comes(changes):
    first = ask("changes/?page_size=8")
    end = ask(first["next"])
    assert told(end) == changes[8:]
    make_tag("News")
    connection.check_constraints()
    assert told(ask(first["next"])) == [*changes[8:], ("tag", "news", "created")]


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("changes/?kind=article", {"article"}),
        ("changes/?kind=tag,entity", {"tag", "entity"}),
        ("changes/?kind=source,article&after=0&page_size=1000", {"source", "article"}),
    ],
)
def test_kinds(changes, path, kinds):
    assert told(ask(path)) == [row for row in changes if row[0] in kinds]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("changes/?after=-1", "after"),
        ("changes/?after=1.5", "after"),
        ("changes/?after=", "after"),
        ("changes/?after=9223372036854775808", "after"),
        ("changes/?after=%D9%A1", "after"),
        ("changes/?after=1&after=2", "after"),
        ("changes/?after=%00", "after"),
        ("changes/?kind=mention", "kind"),
        ("changes/?kind=", "kind"),
        ("changes/?page_size=1001", "page_size"),
        ("changes/?page_size=0", "page_size"),
        ("changes/?ordering=position", "ordering"),
        ("changes/?cursor=forged", "cursor"),
    ],
)
def test_what_is_refused(path, parameter):
    assert refused(path)["parameter"] == parameter


def test_a_slip_is_corrected():
    assert refused("changes/?afer=1")["nearest"] == "after"
    fault = refused("changes/?kind=articles")
    assert (fault["nearest"], fault["allowed"]) == (
        "article",
        ["article", "source", "entity", "tag"],
    )


def test_a_cursor_belongs_to_its_request(changes):
    cursor = ask("changes/?page_size=2")["next"].partition("cursor=")[2]
    assert refused(f"changes/?page_size=2&after=1&cursor={cursor}")["parameter"] == "cursor"


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_costs_one_query(count, django_assert_num_queries):
    for _ in range(count):
        make_tag()
    connection.check_constraints()
    assert Change.objects.count() == count
    with django_assert_num_queries(1):
        Client().get(f"{ROOT}changes/?page_size=1000&after=0&kind=tag")
    with django_assert_num_queries(2):
        Client().get(f"{ROOT}changes/?count=true")


ROWS = """
    INSERT INTO articles_change (kind, key, action, at)
    SELECT CASE WHEN number % 1000 = 0 THEN 'tag' ELSE 'article' END, number::text, 'created', now()
    FROM generate_series(1, 50000) AS number
"""
EMBARGOES = """
    INSERT INTO articles_article (uid, origin, external_id, source_id, headline, body, language,
        status, original_url, publish_at)
    SELECT gen_random_uuid(), 'plans', number::text, %s, 'Headline', '', 'en', 'published', '',
        CASE WHEN number %% 100 = 0 THEN now() - number * interval '1 minute' END
    FROM generate_series(1, 50000) AS number
"""
BY_POSITION, OF_NOUNS = "articles_change_pkey", "change_of_a_noun_by_position"
PLANS = [
    ("changes/", BY_POSITION),
    ("changes/?after=40000", BY_POSITION),
    ("changes/?after=49990", BY_POSITION),
    ("changes/?kind=article,tag", BY_POSITION),
    ("changes/?kind=tag", OF_NOUNS),
    ("changes/?kind=tag,source,entity&after=20000", OF_NOUNS),
]


def explained(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_pages_read_their_index_and_stop():
    """One test, for the rows take a second."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        cursor.execute("ANALYZE articles_change")
    for path, index in PLANS:
        pages = [path]
        if following := ask(f"{path}{'&' if '?' in path else '?'}page_size=2")["next"]:
            pages.append(following.removeprefix(f"http://testserver{ROOT}"))
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert Client().get(ROOT + page).status_code == 200
            (sql,) = [it["sql"] for it in captured.captured_queries]
            plan = explained(sql)
            assert index in plan, (page, plan)
            assert "Seq Scan" not in plan, (page, plan)
            assert "Sort" not in plan, (page, plan)


def test_the_last_word_and_what_is_due_are_found_by_index():
    from articles.models.changes import DUE

    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        cursor.execute(EMBARGOES, [make_source().pk])
        cursor.execute("ANALYZE articles_change, articles_article")
    plan = explained(DUE)
    assert "change_by_key" in plan, plan
    assert "article_by_end_of_embargo" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_a_key_of_which_nothing_was_said_is_looked_up_in_a_few_blocks():
    """Before PostgreSQL 18 a comparison of rows went on through all other keys to find none."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT last.action FROM (VALUES (%s)) t (key) "
            + LAST.format(kind="'article'", key="t.key"),
            ["zzz"],
        )
        ((plan,),) = cursor.fetchall()
    found = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    assert found["Shared Hit Blocks"] + found["Shared Read Blocks"] < 10, plan
