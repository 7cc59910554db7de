"""What each page of the desk costs: none should take 300 ms of the server's time.

The table tells the milliseconds of a request from its beginning to its answer (of a download to the
first piece) with the database and without the network: the median and the slowest of five, after
one that warms up. `work` is how long processors were at work for it, in this process and in that of
the database: on a machine that does other things besides, the rest is waiting for these. Bulk
decisions follow, which have no bar.
"""

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final, cast

from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.http import StreamingHttpResponse
from django.test import Client, override_settings

from articles.models import Mention
from articles.models.waiting import busiest, spellings
from tests.benchmarks.desk_addresses import Asked, asked, missing
from tests.benchmarks.large_desk import build
from tests.benchmarks.report import Report

BAR: Final = 300
ROUNDS: Final = 5
ENDLESS: Final = 3_000
"""Milliseconds: what takes longer is not asked five times."""

PATIENCE: Final = 20_000.0
"""Milliseconds for one statement."""

ACCEPTED: Final = 10_000


@override_settings(ALLOWED_HOSTS=["testserver"])
def run(report: Report, size: int) -> None:
    connection.settings_dict["CONN_MAX_AGE"] = None  # as a server's: one connection, kept
    connection.close()
    measure(report, build(size))


def measure(report: Report, keys: dict[str, Any], only: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {PATIENCE:.0f}")
    client = Client()
    client.force_login(User.objects.get(username="mona"))
    pages = asked(client, keys)
    if forgotten := missing(pages):
        raise AssertionError(f"pages that nobody asks for: {sorted(forgotten)}")
    print(f"          {keys['size']:,} articles\n\n    median  slowest   work  page")
    within = working = 0
    wanted = [page for page in pages if only in str(page)]
    for page in wanted:
        taken, work = zip(*_times(client, page), strict=True)
        held = median(taken) <= BAR
        within, working = within + held, working + (median(work) <= BAR)
        mark = "" if held else "  MISSED"
        print(
            f"{median(taken):10.0f} {max(taken):8.0f} {median(work):6.0f}  {page}{mark}", flush=True
        )
    print(f"\npages under {BAR} ms: {within} of {len(wanted)}; of work alone: {working}")
    report.ratio(f"pages under {BAR} ms / all pages", within / max(1, len(wanted)), at_least=1)
    if not only:
        _accept_many(client)


def _times(client: Client, page: Asked) -> list[tuple[float, float]]:
    first, _ = _ask(client, page)
    return [_ask(client, page) for _ in range(ROUNDS if first < ENDLESS else 1)]


def _ask(client: Client, page: Asked) -> tuple[float, float]:
    """Milliseconds until the answer is there, and those of work; it must be no fault."""
    start, at_work = perf_counter(), _work()
    try:
        answer: Any = (
            client.post(page.address, page.data) if page.data else client.get(page.address)
        )
    except OperationalError:  # it took too long
        return PATIENCE, PATIENCE
    if isinstance(answer, StreamingHttpResponse):
        next(iter(cast("Iterable[bytes]", answer.streaming_content)), b"")
    taken, work = (perf_counter() - start) * 1000, (_work() - at_work) * 1000
    answer.close()
    if answer.status_code not in {200, 302, 403}:
        raise AssertionError(f"{page}: {answer.status_code}")
    return taken, work


def _work() -> float:
    """Seconds of processors so far, of this process and of its connection to the database."""
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    try:
        told = Path(f"/proc/{process}/schedstat").read_text()
    except OSError:  # no Linux, or the database is elsewhere
        return process_time()
    return process_time() + int(told.split()[0]) / 1e9


def _accept_many(client: Client) -> None:
    """One decision of the queue on the largest group that waits."""
    groups = spellings("mention", busiest("mention")[:1])
    if not groups:
        print("          accepting many mentions at once: nothing waits in this archive")
        return
    entity, quote, *_ = groups[0]
    waiting = Mention.objects.filter(entity=entity, quote=quote, state="suggested", is_lost=False)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:ACCEPTED])
    sent = {"verb": "accept", "entity": entity, "quote": quote, "until": keys[-1]}
    seconds = _sent(client, "/admin/articles/queue/?show=mentions", sent)
    print(f"          accepting {len(keys):,} mentions at once: {seconds:.1f} s")


def _sent(client: Client, address: str, data: dict[str, Any]) -> float:
    start = perf_counter()
    answer = client.post(address, data)
    if answer.status_code != 302:
        raise AssertionError(f"{address}: {answer.status_code}")
    return perf_counter() - start
