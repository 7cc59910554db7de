"""Plans of the doors besides the lists, on 50,000 analysed rows: each names its index."""

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from tests.articles.api.conforming import ROOT
from tests.factories import make_entity, make_source, make_tag

pytestmark = pytest.mark.django_db

COUNT = 50_000
ROWS = """
    INSERT INTO articles_article (uid, origin, external_id, source_id, headline, body, language,
        published_at, published_precision, status, original_url)
    SELECT gen_random_uuid(), 'plans', number::text, %s, 'Headline', '', 'en',
        timestamptz '2000-01-01' + number * interval '1 hour', 'exact', 'published', ''
    FROM generate_series(1, %s) AS number
"""
LINKS = """
    INSERT INTO {table} (article_id, {target}_id, origin, state)
    SELECT id, %s, 'machine', CASE WHEN id %% %s = 0 THEN 'accepted' ELSE 'suggested' END
    FROM articles_article
"""
BY_DATE = "public_article_by_date"
# Which of both depends on how much of the table was vacuumed since it was written.
BY_KEY = "articles_article_pkey|public_article_by_key"
# An index over articles, or the one that keeps a mention from standing twice at a place.
OF_ARTICLE = "articles_mention_article_id|article_mentions_an_entity_at_a_place_once"
BY_ENTITY, BY_TAG = "accepted_mention_by_entity", "accepted_tagging_by_tag"


@pytest.fixture
def archive():
    """Of two articles one, and of a thousand one, has the entity and the tag of that name; of all
    others they are suggested."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [make_source("Wire").pk, COUNT])
        for name, every in (("Often", 2), ("Seldom", 1_000)):
            for table, target in (
                ("articles_mention", make_entity(name)),
                ("articles_tagging", make_tag(name)),
            ):
                sql = LINKS.format(table=table, target=target._meta.model_name)
                cursor.execute(sql, [target.pk, every])
        cursor.execute("ANALYZE")
    yield Article.objects.filter(
        mentions__state="accepted", mentions__entity__slug="seldom"
    ).earliest("pk")
    transaction.set_rollback(True)  # at its end the test announces none of them


def plan(path, of):
    """How PostgreSQL reads the query that holds the words `of`."""
    with CaptureQueriesContext(connection) as captured:
        response = Client().get(path)
        assert response.status_code == 200, response.content
        assert b"".join(response)
    (sql, *_) = [it["sql"] for it in captured.captured_queries if of in it["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_each_names_its_index(archive):
    """One test, for the rows take seconds."""
    uid = archive.uid
    last = f"/sitemap-articles-{(Article.objects.latest('pk').pk - 1) // 25_000 + 1}.xml"
    plans = [
        (f"{ROOT}articles.ndjson", "row_to_json", [BY_DATE, OF_ARTICLE]),
        (f"{ROOT}articles.ndjson?tag=seldom", "row_to_json", [BY_TAG]),
        (f"{ROOT}articles.csv?ordering=updated_at", "to_json", ["public_article_by_update"]),
        ("/feeds/articles.atom", "LEFT(", [BY_DATE]),
        ("/feeds/articles.json?entity=seldom", "LEFT(", [BY_ENTITY]),
        (f"{ROOT}entities/often/", "companions", [BY_DATE, BY_ENTITY]),
        (f"{ROOT}entities/seldom/", "companions", [BY_ENTITY, OF_ARTICLE]),
        (f"{ROOT}tags/seldom/", "companions", [BY_TAG]),
        (f"{ROOT}sources/wire/", "companions", ["public_article_by"]),
        (f"{ROOT}articles/{uid}/related/", "rarest", [BY_ENTITY, BY_TAG, BY_KEY]),
        (f"{ROOT}articles/{uid}/revisions/", '"articles_ledgerentry"', ["ledger_entry_by_row"]),
        ("/sitemap.xml", "occupied", ["articles_article"]),
        (last, "articles_article", [BY_KEY]),
    ]
    for path, of, indexes in plans:
        explained = plan(path, of)
        for index in indexes:
            assert re.search(index, explained), (path, index, explained)
        assert "Seq Scan on articles_article" not in explained, (path, explained)
        assert "Seq Scan on articles_mention" not in explained, (path, explained)
    whole = plan(f"{ROOT}articles.ndjson", "row_to_json")
    before_rows = whole.partition("SubPlan")[0].partition("Aggregate")[0]
    assert "Sort" not in before_rows, whole  # the first record comes at once
