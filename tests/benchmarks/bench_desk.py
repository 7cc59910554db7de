"""What each page of the desk costs: none should take 300 ms of the server's time.

The table tells the milliseconds of a request from its beginning to its answer (of a download to the
first piece) with the database and without the network: the median and the slowest of five, after
one that warms up. Bulk decisions follow, which have no bar.
"""

from collections.abc import Iterable
from statistics import median
from time import perf_counter
from typing import Any, Final, cast

from django.contrib.auth.models import User
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client, override_settings

from articles.models import Mention
from tests.benchmarks.desk_addresses import Asked, asked, missing
from tests.benchmarks.large_desk import build
from tests.benchmarks.report import Report

BAR: Final = 300
ROUNDS: Final = 5
ENDLESS: Final = 3_000
"""Milliseconds: what takes longer is not asked five times."""

ACCEPTED: Final = 10_000


@override_settings(ALLOWED_HOSTS=["testserver"])
def run(report: Report, size: int) -> None:
    connection.settings_dict["CONN_MAX_AGE"] = None  # as a server's: one connection, kept
    measure(report, build(size))


def measure(report: Report, keys: dict[str, Any], only: str = "") -> None:
    client = Client()
    client.force_login(User.objects.get(username="mona"))
    pages = asked(client, keys)
    if forgotten := missing(pages):
        raise AssertionError(f"pages that nobody asks for: {sorted(forgotten)}")
    print(f"          {keys['size']:,} articles\n\n    median  slowest  page")
    within = 0
    wanted = [page for page in pages if only in str(page)]
    for page in wanted:
        times = _times(client, page)
        held = median(times) <= BAR
        within += held
        mark = "" if held else "  MISSED"
        print(f"{median(times):10.0f} {max(times):8.0f}  {page}{mark}", flush=True)
    print(f"\npages under {BAR} ms: {within} of {len(wanted)}")
    report.ratio(f"pages under {BAR} ms / all pages", within / max(1, len(wanted)), at_least=1)
    if not only:
        _accept_many(client)


def _times(client: Client, page: Asked) -> list[float]:
    first = _ask(client, page)
    return [_ask(client, page) for _ in range(ROUNDS if first < ENDLESS else 1)]


def _ask(client: Client, page: Asked) -> float:
    """Milliseconds until the answer is there; it must be no fault."""
    start = perf_counter()
    answer: Any = client.post(page.address, page.data) if page.data else client.get(page.address)
    if isinstance(answer, StreamingHttpResponse):
        next(iter(cast("Iterable[bytes]", answer.streaming_content)), b"")
    taken = (perf_counter() - start) * 1000
    answer.close()
    if answer.status_code not in {200, 302, 403}:
        raise AssertionError(f"{page}: {answer.status_code}")
    return taken


def _accept_many(client: Client) -> None:
    """One decision of the queue on many mentions, and its undo."""
    waiting = Mention.objects.filter(entity=1000, state="suggested", is_lost=False)
    quote, _ = max(
        ((it, waiting.filter(quote=it).count()) for it in ("Bababa", "Bababa Bababa")),
        key=lambda it: it[1],
    )
    last = waiting.filter(quote=quote).order_by("pk").values_list("pk", flat=True)
    keys = list(last[:ACCEPTED])
    sent = {"verb": "accept", "entity": 1000, "quote": quote, "until": keys[-1]}
    seconds = _sent(client, "/admin/articles/queue/?show=mentions", sent)
    print(f"          accepting {len(keys):,} mentions at once: {seconds:.1f} s")


def _sent(client: Client, address: str, data: dict[str, Any]) -> float:
    start = perf_counter()
    answer = client.post(address, data)
    if answer.status_code != 302:
        raise AssertionError(f"{address}: {answer.status_code}")
    return perf_counter() - start
