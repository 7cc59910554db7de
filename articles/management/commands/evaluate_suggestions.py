"""`manage.py evaluate_suggestions`: how good the machine's suggestions are, by a gold set."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from articles.enrichment.evaluate import (
    measure_names,
    measure_pairs,
    measure_storylines,
    read_texts,
)
from articles.enrichment.evaluation import (
    GoldError,
    pair_table,
    read_articles,
    read_pairs,
    read_storylines,
    span_table,
)
from articles.enrichment.spacy_model import Model, ModelError, find_model
from articles.management.refusals import database_words, file_words

T = TypeVar("T")


class Command(BaseCommand):
    help = (
        "Compare what the machine finds with what a careful editor marked, and print precision, "
        "recall and F1 by kind. The format is described in tests/gold/README.md. Exit code 0: "
        "measured; 2: could not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "gold", nargs="*", type=Path, metavar="GOLD.jsonl", help="names in articles"
        )
        parser.add_argument(
            "--texts",
            nargs="+",
            type=Path,
            default=[],
            metavar="FILE.jsonl",
            help="texts that neither the gold set nor the archive holds; known by their hash",
        )
        parser.add_argument(
            "--pairs",
            type=Path,
            metavar="FILE.jsonl",
            help="pairs of near-duplicates, to compare with those that were suggested",
        )

        parser.add_argument(
            "--storylines",
            type=Path,
            metavar="FILE.jsonl",
            help="articles of one event each, to compare with the storylines that were suggested",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["gold"] or options["pairs"] or options["storylines"]):
            raise CommandError(
                "Name a gold set, or --pairs or --storylines and one of these.",
                returncode=2,
            )
        try:
            self._measure(options)
        except (Error, psycopg.Error) as error:
            raise CommandError(database_words(error), returncode=2) from error

    def _measure(self, options: dict[str, Any]) -> None:
        texts = dict(it for path in options["texts"] for it in self._read(path, read_texts))
        gold = [it for path in options["gold"] for it in self._read(path, read_articles)]
        if gold:
            measured = measure_names(gold, texts, self._model())
            self.stdout.write(span_table(measured.reports))
            if measured.missing:
                self.stdout.write(
                    f"{len(measured.missing)} articles were not measured: their texts are neither "
                    "in the archive nor among --texts, or have changed"
                )
        if options["pairs"]:
            report = measure_pairs(self._read(options["pairs"], read_pairs))
            self.stdout.write(pair_table([report]))
        if options["storylines"]:
            report = measure_storylines(self._read(options["storylines"], read_storylines))
            self.stdout.write(pair_table([report]))

    @staticmethod
    def _model() -> Model | None:
        """The operator's, if there is one."""
        try:
            return find_model(settings.SPACY_MODEL) if settings.SPACY_MODEL else None
        except ModelError as error:
            raise CommandError(str(error), returncode=2) from error

    @staticmethod
    def _read(path: Path, read: Callable[[Iterable[str]], Iterator[T]]) -> list[T]:
        try:
            with path.open(encoding="utf-8") as lines:
                if found := list(read(lines)):
                    return found
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(file_words(path, error), returncode=2) from error
        except GoldError as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error
        raise CommandError(f"{path}: holds nothing to measure by", returncode=2)
