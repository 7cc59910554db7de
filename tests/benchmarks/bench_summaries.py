"""What the desk's front page costs: beside that of an empty archive; and counting all it shows."""

from collections.abc import Callable
from io import StringIO
from statistics import median
from time import perf_counter
from typing import Final

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from articles.models.summaries import refresh
from tests.benchmarks.report import Report

ROUNDS: Final = 30
MILLION: Final = 1_000_000


@override_settings(ALLOWED_HOSTS=["testserver"])
def run(report: Report, size: int) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("mona"))
    refresh()
    empty = _median(lambda: _front(client))
    call_command("generate_articles", str(size), stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    start = perf_counter()
    made = refresh()
    seconds = perf_counter() - start
    full = _median(lambda: _front(client))
    times = ", ".join(f"{it.name} {it.took_ms:,}" for it in made)
    print(f"          {size:,} articles: {full * 1000:.1f} ms a page; ms of counting: {times}")
    report.ratio("time of the front page / of that of an empty archive", full / empty, at_most=3)
    report.ratio(
        "seconds of counting all summaries, by million articles",
        seconds * MILLION / size,
        at_most=5,
    )


def _front(client: Client) -> None:
    if client.get("/admin/").status_code != 200:
        raise AssertionError("the front page does not answer")


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)
