"""manage.py generate_articles N: synthetic articles for benchmarks, into the archive or a file."""

import json
import sys
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import CommandParser

from articles.ingestion.synthetic import records


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of articles: give 1 or more")
    return int(text)


class Command(BaseCommand):
    help = (
        "Synthetic articles: the same for the same number and seed. Without --output they are "
        "loaded into the archive as any others, under the source “synthetic”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=positive, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="K", help="default: 1")
        parser.add_argument(
            "--output", metavar="FILE", help="write JSON Lines to a file (- for standard output)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lines = (
            json.dumps(record) + "\n" for record in records(options["number"], options["seed"])
        )
        if options["output"] == "-":
            sys.stdout.writelines(lines)
        elif options["output"]:
            self._write(Path(options["output"]), lines)
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"synthetic-{options['seed']}.jsonl"
                self._write(path, lines)
                call_command("load_articles", str(path), create_missing=True, stdout=self.stdout)

    def _write(self, path: Path, lines: Iterator[str]) -> None:
        try:
            with path.open("w", encoding="utf-8") as file:
                file.writelines(lines)
        except OSError as error:
            raise CommandError(f"--output: {path}: {error.strerror}") from error
