"""What a download of all articles costs: beside COPY of the same JSON, and in memory."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.urls import resolve

from articles.ingestion.synthetic import records
from articles.models import Article
from articles.models.records import record_lines
from tests.benchmarks.report import Report

DOOR = "/api/v1/articles.ndjson"
ROUNDS = 3
MEGABYTE = 1_000_000


def run(report: Report, size: int) -> None:
    _fill(size)
    ratios = []
    for _ in range(ROUNDS):
        start = perf_counter()
        ours = sum(line.count(b"\n") for line in streamed())
        middle = perf_counter()
        copied = _copy()
        end = perf_counter()
        if not ours == copied == size:
            raise AssertionError(f"{ours} lines, {copied} rows of COPY, {size} articles")
        ratios.append((end - middle) / (middle - start))
    print(f"          {size:,} articles: {size / (middle - start):,.0f} records a second")
    report.ratio(
        "rate of articles.ndjson / rate of COPY (SELECT the same JSON)",
        median(ratios),
        at_least=0.5,
    )
    few = f"?published_at__lt={_tenth(size)}"
    report.ratio(
        "peak memory of streaming all articles / a tenth of them",
        _memory("") / _memory(few),
        at_most=1.1,
    )
    report.ratio("peak memory of streaming all articles in MB", _memory("") / MEGABYTE, at_most=200)


def streamed(query: str = "") -> Iterator[bytes]:
    """The answer of the door, in process, a piece at a time."""
    request = RequestFactory().get(DOOR + query)
    view, arguments, named = resolve(DOOR)
    response = view(request, *arguments, **named)
    if response.status_code != 200:
        raise AssertionError(response.status_code)
    yield from response.streaming_content
    response.close()


def _copy() -> int:
    statement = record_lines(Article.objects.published(), "-published_at")
    with connection.cursor() as cursor:
        text = cursor.mogrify(*statement)
        with cursor.copy(f"COPY ({text}) TO STDOUT") as copy:
            return sum(bytes(data).count(b"\n") for data in copy)


def _fill(size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "articles.jsonl")
        with path.open("w", encoding="utf-8") as file:
            for record in records(size):
                file.write(json.dumps(record) + "\n")
        call_command("load_articles", path, "--create-missing", "--quiet")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tenth(size: int) -> str:
    at = Article.objects.order_by("published_at").values_list("published_at", flat=True)
    return at[size // 10].isoformat().replace("+00:00", "Z")


def _memory(query: str) -> int:
    """The most bytes that a process takes which streams the articles, and does nothing else."""
    words = [sys.executable, "-m", "tests.benchmarks.stream", connection.settings_dict["NAME"]]
    done = subprocess.run(
        [*words, query], check=True, capture_output=True, text=True, env=os.environ
    )
    return int(done.stdout.split()[-1])
