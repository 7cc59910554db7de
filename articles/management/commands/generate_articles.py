"""`manage.py generate_articles N`: synthetic articles, for benchmarks and trials."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles.errors import ArchiveError
from articles.ingestion.inputs import STANDARD_INPUT, Input
from articles.ingestion.loader import Loading, load
from articles.ingestion.outputs import opened_output
from articles.ingestion.report import OUTCOMES, LoadReport
from articles.ingestion.synthetic import SOURCE, records
from articles.models.summaries import refresh_after_writing

SOME_LEFT, COULD_NOT_RUN = 1, 2


class Command(BaseCommand):
    help = (
        f"Load N synthetic articles of the source “{SOURCE}”, the same for the same seed, as "
        "load_articles loads a file; or write them as JSON Lines. Exit codes as those of "
        "load_articles."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=_number, metavar="N", help="how many articles")
        parser.add_argument("--seed", type=int, default=1, metavar="K", help="default: 1")
        parser.add_argument(
            "--output",
            metavar="FILE",
            help="write JSON Lines to a file, or - for standard output; the archive stays as is",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lines = _lines(options["number"], options["seed"])
        try:
            if options["output"]:
                _write(lines, options["output"])
                return
            report = _load(lines, f"synthetic articles, seed {options['seed']}")
        except (ArchiveError, DatabaseError) as error:
            raise CommandError(str(error).strip(), returncode=COULD_NOT_RUN) from error
        refresh_after_writing()
        counts = ", ".join(f"{report.counts[outcome]:,} {outcome}" for outcome in OUTCOMES)
        self.stdout.write(f"Done: {counts}")
        if not report.is_complete:
            raise CommandError("Not every article was loaded.", returncode=SOME_LEFT)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no number of articles")
    return int(text)


def _lines(number: int, seed: int) -> Iterator[bytes]:
    for record in records(number, seed):
        yield json.dumps(record).encode() + b"\n"


def _write(lines: Iterator[bytes], output: str) -> None:
    to_file = opened_output(Path(output), "--output")
    with nullcontext(sys.stdout.buffer.write) if output == STANDARD_INPUT else to_file as write:
        for line in lines:
            write(line)


def _load(lines: Iterator[bytes], name: str) -> LoadReport:
    """Through a file, so that a load that was killed finds its inputs again."""
    with NamedTemporaryFile(prefix="newsroom-", suffix=".jsonl") as file:
        file.writelines(lines)
        file.flush()
        source = Input(name, Path(file.name))
        loading = Loading(format="jsonl", create_missing=True)
        return load([source], loading, cast("BinaryIO", file))
