"""What ledger and change feed cost: the same writes with and without them, in turn, in one run."""

from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection

from articles.models import Article, Change, LedgerEntry, Source
from tests.benchmarks.report import Report
from tests.benchmarks.synthetic import COLUMNS, rows

COPIED = 20_000
SAVED = 1_000
ROUNDS = 3


def run(report: Report, size: int) -> None:
    source = Source.objects.create(slug="synthetic", name="Synthetic", language="en")
    data = list(rows(COPIED, source.pk))
    report.ratio("COPY of 20,000 articles, with / without ledger", _copies(data), at_most=1.3)
    report.ratio("1,000 single saves, with / without ledger", _saves(), at_most=2.0)
    _empty()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_article DROP COLUMN search")
    report.ratio(
        "COPY of 20,000 articles without search vector, with / without ledger",
        _copies(data),
        at_most=2.5,
    )


def _copies(data: list[tuple[Any, ...]]) -> float:
    return _in_turn(lambda: _copy(data), before=_empty)


def _saves() -> float:
    articles = list(Article.objects.defer("search")[:SAVED])

    def save() -> None:
        for article in articles:
            article.summary = f"{article.summary[:-1]}{'.' if article.summary[-1] == '!' else '!'}"
            article.save(update_fields=["summary"])

    return _in_turn(save)


def _in_turn(work: Any, before: Any = lambda: None) -> float:
    """The median ratio of seconds with and without the ledger, pair by pair."""
    ratios = []
    for _ in range(ROUNDS):
        seconds = []
        for state in ("DISABLE", "ENABLE"):
            before()
            _triggers(state)
            before_it = LedgerEntry.objects.count(), Change.objects.count()
            start = perf_counter()
            work()
            seconds.append(perf_counter() - start)
            after_it = LedgerEntry.objects.count(), Change.objects.count()
            for written, there in zip(after_it, before_it, strict=True):
                if (written > there) != (state == "ENABLE"):
                    raise AssertionError(f"{written - there} rows with the triggers {state}D")
        ratios.append(seconds[1] / seconds[0])
    return median(ratios)


def _copy(data: list[tuple[Any, ...]]) -> None:
    """Copy the rows; with the ledger on, each of them has its entry."""
    with connection.cursor() as cursor:
        names = ", ".join(COLUMNS)
        with cursor.copy(f"COPY articles_article ({names}) FROM STDIN") as copy:
            for row in data:
                copy.write_row(row)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE articles_article, articles_ledgerentry, articles_change CASCADE")


def _triggers(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'articles_article'::regclass"
            " AND tgname LIKE 'pgtrigger_ledger%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE articles_article {state} TRIGGER "{name}"')
