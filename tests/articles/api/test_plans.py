"""Plans: on analysed rows a page reads its index and stops; none reads all articles."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.articles.api.conforming import ROOT, glance
from tests.factories import make_entity, make_source, make_tag

pytestmark = pytest.mark.django_db

ROWS = """
    INSERT INTO articles_article (uid, origin, external_id, source_id, headline, body, language,
        published_at, published_precision, status, original_url, updated_at)
    SELECT gen_random_uuid(), 'plans', number::text,
        CASE WHEN number %% 10 = 0 THEN %(rare)s ELSE %(common)s END, 'Headline',
        CASE WHEN number %% 500 = 0 THEN 'rarity' ELSE 'commonplace' END,
        CASE WHEN number %% 10 = 1 THEN 'pt-BR' ELSE 'en' END,
        CASE WHEN number %% 20 > 0 THEN timestamptz '2000-01-01' + number * interval '1 day' END,
        CASE WHEN number %% 20 > 0 THEN 'exact' ELSE 'unknown' END, 'published', '',
        timestamptz '2020-01-01' + number * interval '1 minute'
    FROM generate_series(1, 3000) AS number
"""
LINKS = """
    INSERT INTO {table} (article_id, {target}_id, origin, state)
    SELECT id, %(target)s, 'machine', CASE WHEN id %% 100 = 0 THEN 'accepted' ELSE 'suggested' END
    FROM articles_article
"""


@pytest.fixture
def archive():
    tag, entity = make_tag("Tag"), make_entity("Entity")
    rare, common = make_source("Rare"), make_source("Common")
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"rare": rare.pk, "common": common.pk})
        for table, target in (("articles_tagging", tag), ("articles_mention", entity)):
            name = target._meta.model_name
            cursor.execute(LINKS.format(table=table, target=name), {"target": target.pk})
        cursor.execute("ANALYZE articles_article, articles_tagging, articles_mention")


def plan(path, of):
    """How PostgreSQL reads the rows of the query that holds the words `of`."""
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(path if path.startswith("http") else ROOT + path).status_code == 200
    (sql,) = [it["sql"] for it in captured.captured_queries if of in it["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


ARTICLES = 'AS "source__slug"'
BY_DATE, BY_UPDATE = "public_article_by_date", "public_article_by_update"
PLANS = [
    ("articles/", BY_DATE),
    ("articles/?ordering=published_at", BY_DATE),
    ("articles/?ordering=-updated_at", BY_UPDATE),
    ("articles/?ordering=updated_at", BY_UPDATE),
    ("articles/?published_at__lt=2000-03-01", BY_DATE),
    ("articles/?published_at__gte=2004-01-01&ordering=published_at", BY_DATE),
    ("articles/?updated_at__gt=2020-01-02T23:00:00Z&ordering=updated_at", BY_UPDATE),
    ("articles/?source=rare", "public_article_by_source"),
    ("articles/?language=pt", "public_article_by_language"),
    ("articles/?tag=tag", "accepted_tagging_by_tag"),
    ("articles/?entity=entity", "accepted_mention_by_entity"),
    ("articles/?tag__not=tag", "accepted_tagging_by_tag"),
]


def test_pages_read_their_index_and_stop(archive):
    """One test, for the rows take a second."""
    for path, index in PLANS:
        for page in (path, glance(f"{path}{'&' if '?' in path else '?'}page_size=2")["next"]):
            explained, _, links = plan(page, of=ARTICLES).partition("SubPlan")
            assert "Seq Scan on articles_tagging" not in links, (page, links)  # of the shown rows
            assert index in explained, (page, explained)
            assert "Seq Scan on articles_article" not in explained, (page, explained)
            ordered = index in {BY_DATE, BY_UPDATE}
            assert not (ordered and "Sort" in explained), (page, explained)
            if ordered and page != path:
                # The row comparison is a condition of the index: depth costs nothing.
                condition = explained.partition("Index Cond")[2].partition("\n")[0]
                assert "ROW(" in condition, (page, explained)
    rare = plan("articles/?q=rarity", of="ts_rank")
    assert "article_search" in rare
    assert "ts_rank" not in rare.partition("CTE matches")[2].partition("InitPlan")[0]
    assert "article_search" in plan("articles/?q=rarity&ordering=-published_at", of=ARTICLES)
