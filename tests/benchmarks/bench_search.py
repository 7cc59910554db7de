"""What a search costs, at every frequency of a word: in milliseconds, and beside the ORM's own.

The bar of 100 ms is one for a million articles (N=1000000). The peer is what Django's manual
shows: SearchQuery and SearchRank over the same stored vector and index.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client, override_settings

from articles.models import Article
from tests.benchmarks.report import Report

SHARES = (0.97, 0.61, 0.1, 0.02, 0.004, 0.001)
SAMPLE = 5_000
ROUNDS = 20
PEER_ROUNDS = 3
BAR = 100  # ms
CLIENT = Client()  # one, for each loads the middleware anew
ORDERS = ("relevance", "-published_at")
# The sample's words with their shares, without those that another language's dictionary cuts.
FREQUENCIES = """
    SELECT word, ndoc::float / (SELECT count(*) FROM articles_article WHERE id % {step} = 0)
    FROM ts_stat('SELECT search FROM articles_article WHERE id % {step} = 0')
    WHERE word ~ '^[a-z]+$'
        AND to_tsvector('newsroom_english', word) = to_tsvector('newsroom_french', word)
        AND to_tsvector('newsroom_german', word) = to_tsvector('newsroom_english', word)
        AND (to_tsvector('newsroom_english', word))::text LIKE '''' || word || '''%'
"""


def run(report: Report, size: int) -> None:
    if not Article.objects.exists():
        call_command("generate_articles", str(size))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE articles_article, articles_tagging, articles_mention")
    asked = searches(size)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        for name, words in asked.items():
            for order in ORDERS:
                measure(report, name, words, order)
        extras(list(asked.values())[2])


def searches(size: int) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(FREQUENCIES.format(step=max(1, size // SAMPLE)))
        found = cursor.fetchall()
    nearest = [min(found, key=lambda it: abs(it[1] - share)) for share in SHARES]
    named = {
        f"{share:.2g} % of articles": word
        for word, share in ((word, share * 100) for word, share in nearest)
    }
    words = [word for word, _ in nearest]
    return {
        **named,
        "two words": f"{words[2]} {words[3]}",
        "one or another": f"{words[0]} or {words[4]}",
        "a frequent word without another": f"{words[0]} -{words[1]}",
        "a phrase": f'"{words[1]} {words[2]}"',
    }


def measure(report: Report, name: str, words: str, order: str) -> None:
    ours = times(lambda: ask(q=words, ordering=order), ROUNDS)
    peers = times(lambda: peer(words, order), PEER_ROUNDS)
    told = "by relevance" if order == "relevance" else "newest first"
    report.ratio(
        f"ms, p95 of a search {told}: {name} (ORM: {median(peers):.0f} ms)",
        sorted(ours)[int(len(ours) * 0.95) - 1],
        at_most=BAR,
    )
    print(f"{median(ours) / median(peers):8.2f}  … of the time of SearchQuery and SearchRank")


def ask(**parameters: Any) -> None:
    response = CLIENT.get(f"/api/v1/articles/?{urlencode(parameters)}")
    if response.status_code != 200:
        raise AssertionError(response.content)


def peer(words: str, order: str) -> None:
    """A page as Django's manual shows it, of the articles in English."""
    query = SearchQuery(words, config="newsroom_english", search_type="websearch")
    found = Article.objects.published().filter(search=query).defer("body", "search")
    if order == "relevance":
        found = found.annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "-uid")
    else:
        found = found.order_by("-published_at", "-uid")
    list(found.select_related("source").prefetch_related("taggings__tag", "mentions__entity")[:25])


def times(work: Callable[[], None], rounds: int) -> list[float]:
    """Milliseconds of each round, after one that warms."""
    work()
    found = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        found.append((perf_counter() - start) * 1000)
    return found


def extras(words: str) -> None:
    """What may be asked for besides, for the eye."""
    for name, more in {
        "count": {"count": "true"},
        "passages": {"highlight": "true"},
        "all facets": {"facets": "source,tag,entity,language,year"},
        "a misspelt name": {"q": "Compnay"},
    }.items():
        found = times(lambda more=more: ask(**({"q": words} | more)), 5)
        print(f"{median(found):8.1f}  ms with {name}")
