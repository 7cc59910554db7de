"""Plans: on analysed rows a page reads its index and stops; none reads all articles."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, TestCase

from tests.articles.api.conforming import ROOT, glance
from tests.articles.enrichment.archives import seal
from tests.factories import make_entity, make_source, make_tag

pytestmark = pytest.mark.django_db

ROWS = """
    INSERT INTO articles_article (uid, origin, external_id, source_id, headline, body, language,
        published_at, published_precision, status, original_url, updated_at)
    SELECT gen_random_uuid(), 'plans', number::text,
        CASE WHEN number %% 10 = 0 THEN %(rare)s ELSE %(common)s END, 'Headline',
        CASE WHEN number %% 5000 = 0 THEN 'rarity' WHEN number %% 20 = 0 THEN 'usual'
            ELSE 'commonplace' END,
        CASE WHEN number %% 10 = 1 THEN 'pt-BR' ELSE 'en' END,
        CASE WHEN number %% 20 > 0 THEN timestamptz '2000-01-01' + number * interval '1 hour' END,
        CASE WHEN number %% 20 > 0 THEN 'exact' ELSE 'unknown' END, 'published', '',
        timestamptz '2020-01-01' + number * interval '1 minute'
    FROM generate_series(1, 50000) AS number
"""
LINKS = """
    INSERT INTO {table} (article_id, {target}_id, origin, state)
    SELECT id, %(target)s, 'machine', CASE WHEN id %% 100 = 0 THEN 'accepted' ELSE 'suggested' END
    FROM articles_article
"""

SPELLINGS = """
    INSERT INTO articles_alias (entity_id, spelling, kind, case_rule, standing)
    SELECT %(entity)s, md5(number::text), 'name', 'exact', 'review'
    FROM generate_series(1, 20000) AS number
"""


def fill() -> None:
    tag, entity = make_tag("Tag"), make_entity("Entity")
    rare, common = make_source("Rare"), make_source("Common")
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"rare": rare.pk, "common": common.pk})
        for table, target in (("articles_tagging", tag), ("articles_mention", entity)):
            name = target._meta.model_name
            cursor.execute(LINKS.format(table=table, target=name), {"target": target.pk})
        cursor.execute("SELECT gin_clean_pending_list('article_search')")  # as vacuum does
        cursor.execute("ANALYZE articles_article, articles_tagging, articles_mention")
    seal()  # or each test would announce all of them at its end


def plan(path, of, client=None):
    """How PostgreSQL reads the rows of the first query that holds the words `of`, under the
    settings that it has at that moment."""
    plans = []

    def explain(execute, sql, params, many, context):
        if of in sql and not sql.startswith("EXPLAIN"):
            execute(f"EXPLAIN {sql}", params, many, context)
            plans.append("\n".join(line for (line,) in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        path = path if path.startswith(("http", "/")) else ROOT + path
        assert (client or Client()).get(path).status_code == 200
    return plans[0]


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


WINDOW = "AS MATERIALIZED"
NARROWING = {
    "source=rare": "source",
    "language=pt": "article_by_language",
    "tag=tag": "accepted_tagging_by_tag",
    "entity=entity": "accepted_mention_by_entity",
    "updated_at__lt=2020-01-01T01:00:00Z": BY_UPDATE,
}


class PlansTest(TestCase):
    """One class, for the rows take their time."""

    @classmethod
    def setUpTestData(cls) -> None:
        fill()

    def test_pages_read_their_index_and_stop(self):
        for path, index in PLANS:
            for page in (path, glance(f"{path}{'&' if '?' in path else '?'}page_size=2")["next"]):
                explained, _, links = plan(page, of=ARTICLES).partition("SubPlan")
                assert "Seq Scan on articles_tagging" not in links, (page, links)
                assert index in explained, (page, explained)
                assert "Seq Scan on articles_article" not in explained, (page, explained)
                ordered = index in {BY_DATE, BY_UPDATE}
                assert not (ordered and "Sort" in explained), (page, explained)
                if ordered and page != path:
                    # The row comparison is a condition of the index: depth costs nothing.
                    condition = explained.partition("Index Cond")[2].partition("\n")[0]
                    assert "ROW(" in condition, (page, explained)

    def test_searches_read_the_index_of_words(self):
        for words in ("rarity", "usual", "commonplace", "rarity usual", '"commonplace headline"'):
            for order in ("relevance", "-published_at", "published_at"):
                explained = plan(f"articles/?q={words}&ordering={order}", of=WINDOW)
                assert "Seq Scan on articles_article" not in explained, explained
                windows = explained.split("CTE w")[1:]
                assert len(windows) > 3, explained
                of_words = [it.partition("CTE matches")[0] for it in windows]
                of_words = [it for it in of_words if "article_by_date" not in it]
                assert len(of_words) == len(windows) - 2, explained  # the edges are read by date
                assert all("article_search" in it for it in of_words), explained
                matches = explained.partition("CTE matches")[2].partition("InitPlan")[0]
                assert "Append" in explained
                if order == "relevance":
                    assert "ts_rank" in explained
                    assert "ts_rank" not in matches
        for order in ("-updated_at", "updated_at"):
            explained = plan(f"articles/?q=rarity&ordering={order}", of=WINDOW)
            assert "article_search" in explained, explained
            assert "Seq Scan on articles_article" not in explained, explained

    def test_editors_searches_read_it_too(self):
        self.client.force_login(User.objects.create_superuser("editor"))
        explained = plan("/admin/articles/article/?q=rarity", of=WINDOW, client=self.client)
        assert "Seq Scan on articles_article" not in explained, explained
        assert "article_search" in explained

    def test_searches_of_few_articles_read_these(self):
        for narrowing, index in NARROWING.items():
            explained = plan(f"articles/?q=commonplace&{narrowing}", of=WINDOW)
            rows = explained.partition("CTE rows")[2].partition("CTE matches")[0]
            assert index in rows, (narrowing, explained)
            assert "Seq Scan on articles_article" not in rows, (narrowing, explained)
        explained = plan("articles/?q=rarity&source=rare", of=WINDOW)
        assert "article_search" in explained.partition("CTE w1")[2].partition("CTE w2")[0]

    def test_a_suggestion_reads_the_index_of_spellings(self):
        with connection.cursor() as cursor:
            cursor.execute(SPELLINGS, {"entity": make_entity("Netanyahu").pk})
            cursor.execute("SELECT gin_clean_pending_list('alias_trigrams')")
            cursor.execute("ANALYZE articles_alias")
        assert "alias_trigrams" in plan("articles/?q=netanyaho", of="word_similarity(")

    def test_facets_read_the_links_of_their_articles(self):
        for facet, index in {
            "tag": "articles_tagging",
            "entity": "articles_mention",
            "source": "articles_article_pkey",
        }.items():
            explained = plan(f"articles/?q=rarity&facets={facet}", of="COUNT(")
            assert index in explained, (facet, explained)
            assert "Seq Scan on articles_article" not in explained, (facet, explained)
