"""Words and rows: matching in each language, and ranking no more than a window."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, SortKey
from articles.search import newest, query
from articles.search.query import Place, Search
from articles.search.words import languages_present
from tests.examples import examples
from tests.factories import make_article

pytestmark = pytest.mark.django_db
TIME = datetime(2024, 3, 31, tzinfo=UTC)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def found(words):
    return {article.headline for article in Article.objects.search(words)}


def ranked(words, limit=100, **place):
    """Headlines in their order, and whether the window was too small for all."""
    rows, bounded = Search(Article.objects.all(), words, SortKey()).ranked(limit, **place)
    names = dict(Article.objects.values_list("pk", "headline"))
    return [names[key] for key, _ in rows], bounded


def test_the_languages_that_rows_have():
    assert languages_present("articles_article", "default") == []
    for code in ("fr", "en", "fr", "und"):
        make_article(language=code)
    assert languages_present("articles_article", "default") == ["en", "fr", "und"]


def test_each_row_is_matched_in_its_own_language():
    make_article("English", body="They were talking.", language="en")
    make_article("Français", body="Les négociations.", language="fr")
    make_article("Unknown", body="talking négociations", language="und")
    assert found("talks") == {"English"}
    assert found("negociation") == {"Français"}
    assert found("talking") == {"English", "Unknown"}
    assert found("talks or negociation") == {"English", "Français"}
    assert found("the") == found("") == found("  ") == set()


def test_phrases_and_exclusions():
    make_article("One", body="peace talks resumed")
    make_article("Two", body="talks of lasting peace")
    assert found('"peace talks"') == {"One"}
    assert found("peace talks") == {"One", "Two"}
    assert found("peace -lasting") == {"One"}
    assert found("-lasting") == {"One"}


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text(alphabet=st.characters(), max_size=60)
    | st.text("a \"'&|!()<>:*\\-or\0%é漢", max_size=60)
    | st.tuples(st.text('a -"or', min_size=1, max_size=4), st.integers(1, 150)).map(
        lambda drawn: drawn[0] * drawn[1]
    )
)
def test_no_words_fail(words):
    with undone():
        for code in ("en", "fr", "zh"):
            make_article(body="aé漢 or peace", language=code)
        matches = set(Article.objects.search(words).values_list("pk", flat=True))
        rows, bounded = Search(Article.objects.all(), words, SortKey()).ranked(10)
        assert {key for key, _ in rows} == matches
        assert not bounded


@pytest.mark.parametrize("words", ["-" * 500, "peace ----------------------------------- talks",
    "- " * 200, "peace or " + "-" * 40 + " talks", "peace--talks", "peace - talks"])  # fmt: skip
def test_dividers_say_nothing(words):
    make_article("One", body="peace talks")
    assert found(words) == ({"One"} if "peace" in words else set())


def test_a_lone_surrogate_is_no_word():
    make_article("One", body="peace")
    assert found("peace or \ud800") == {"One"}


def test_the_best_come_first_then_the_newest():
    make_article("Peace", body="A headline outweighs a text.", published_at=TIME)
    make_article("Text", body="peace here and peace there", published_at=TIME)
    make_article("Undated", body="peace here and nothing there")
    make_article("Older", body="peace here and nothing there", published_at=TIME)
    make_article("Newer", body="peace here and nothing there", published_at=TIME + timedelta(1))
    names, bounded = ranked("peace")
    assert names == ["Peace", "Text", "Newer", "Older", "Undated"]
    assert not bounded


def test_each_row_is_ranked_with_its_own_query():
    make_article("English", body="talking talks talked", language="en")
    make_article("Und", body="talks talking talked", language="und", published_at=TIME)
    names, _ = ranked("talks")
    assert names == ["English", "Und"]  # three matches before one


def test_only_the_newest_are_ranked(monkeypatch):
    monkeypatch.setattr(query, "WINDOW", 2)
    make_article("Best", body="peace peace peace", published_at=TIME)
    make_article("Good", body="peace peace filler", published_at=TIME + timedelta(1))
    assert ranked("peace") == (["Best", "Good"], False)
    make_article("New", body="peace filler filler", published_at=TIME + timedelta(2))
    assert ranked("peace") == (["Good", "New"], True)
    assert ranked("peace", 1) == (["Good"], True)
    assert Article.objects.search("peace").count() == 3


def test_a_page_goes_on_from_a_place_and_back():
    articles = [
        make_article(str(n), body="peace", published_at=TIME + timedelta(n)) for n in range(4)
    ]
    undated = make_article("undated", body="peace")
    ranking = Search(Article.objects.all(), "peace", SortKey())
    rows, _ = ranking.ranked(10)
    rank = rows[0][1]
    assert [key for key, _ in rows] == [*(it.pk for it in reversed(articles)), undated.pk]
    third = Place(TIME + timedelta(1), str(articles[1].uid), rank)
    assert ranked("peace", place=third) == (["0", "undated"], False)
    assert ranked("peace", place=third, inclusive=True) == (["1", "0", "undated"], False)
    assert ranked("peace", place=third, forward=False) == (["2", "3"], False)
    last = Place(None, str(undated.uid), rank)
    assert ranked("peace", place=last) == ([], False)
    assert ranked("peace", 1, place=last, forward=False) == (["0"], False)


def test_a_ranking_costs_six_queries(django_assert_num_queries):
    make_article(body="peace")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    # The words' queries · the planner's settings · its statistics · how many matches it expects ·
    # the ranking · the settings back.
    with django_assert_num_queries(6):
        Search(Article.objects.all(), "peace", SortKey()).ranked(10)
    with django_assert_num_queries(3):  # words that say nothing match nothing
        assert Search(Article.objects.all(), "the", SortKey()).ranked(10) == ([], False)


def test_the_ranking_stands_outside_of_the_limit():
    """Or PostgreSQL would rank every match, however many there are."""
    make_article(body="peace")
    ranking = Search(Article.objects.all(), "peace", SortKey())
    with connection.execute_wrapper(explained := Explained()):
        ranking.ranked(10)
    matches = explained.plan.partition("CTE matches")[2].partition("InitPlan")[0]
    assert "Limit" in matches
    assert "ts_rank" not in matches
    assert "ts_rank" in explained.plan


class Explained:
    """Keeps the verbose plan of the ranking that it lets pass."""

    plan = ""

    def __call__(self, execute, sql, params, many, context):
        if "ts_rank" in sql:
            execute(f"EXPLAIN VERBOSE {sql}", params, many, context)
            self.plan = "\n".join(line for (line,) in context["cursor"].fetchall())
        return execute(sql, params, many, context)


def test_a_ranked_phrase_is_looked_for_in_the_newest_that_have_its_words(monkeypatch):
    monkeypatch.setattr(newest, "LOOKED_INTO", 3)
    for number in range(3):
        make_article(f"Words {number}", body="peace and talks", published_at=TIME)
    make_article("Old", body="peace talks", published_at=TIME - timedelta(1))
    assert ranked('"peace talks"') == ([], True)
    assert ranked('"peace talks" -lasting') == (["Old"], False)  # what is excluded is looked for
    assert found('"peace talks"') == {"Old"}
    make_article("New", body="peace talks", published_at=TIME + timedelta(1))
    assert ranked('"peace talks"') == (["New"], True)


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ("'a'", ""),
        ("'a' & 'b'", ""),
        ("'a' <-> 'b' | 'c' <2> 'd'", "'a' & 'b' | 'c' & 'd'"),
        ("'a' <-> 'b' & !'c'", ""),
        ("'a!''<->' <-> 'b\\\\''!'", "'a!''<->' & 'b\\\\''!'"),
    ],
)
def test_phrases_are_taken_from_a_query(query, plain):
    assert newest.without_phrases(query) == plain
