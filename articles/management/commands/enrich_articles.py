"""`manage.py enrich_articles`: let the machine suggest mentions, tags and duplicates."""

import os
import sys
import time
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from articles.enrichment import spacy_model
from articles.enrichment.enrich import begin, enrich, forget_model
from articles.enrichment.processes import EnrichmentError
from articles.enrichment.spacy_model import ModelError, find_model
from articles.management.enriching import Telling
from articles.management.refusals import database_words
from articles.models.summaries import refresh_after_writing

MOST_A_CORE = 8


class Command(BaseCommand):
    help = (
        "Read articles that are new, changed, or concerned by a change of the curated names, and "
        "write what the machine suggests. What editors decided stays. It can be ended at any "
        "moment and run again, also by several machines at once. Exit code 0: done; 1: some "
        "articles could not be read; 2: could not run, or not to the end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="read every article again")
        parser.add_argument(
            "--processes", type=int, default=1, metavar="N", help="workers that read side by side"
        )
        parser.add_argument(
            "--watch",
            type=float,
            nargs="?",
            const=10.0,
            metavar="SECONDS",
            help="go on for ever, looking for work every so often (10 seconds)",
        )
        parser.add_argument(
            "--engine",
            choices=[spacy_model.ENGINE],
            help="let this engine read too: spacy, a model whose folder SPACY_MODEL names",
        )
        parser.add_argument(
            "--forget-model",
            action="store_true",
            help="take back what rests on what a model said, but for what editors judged",
        )
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")

    def handle(self, *args: Any, **options: Any) -> None:
        most = MOST_A_CORE * (os.cpu_count() or 1)
        if not 1 <= options["processes"] <= most:
            raise CommandError(f"--processes: give a number from 1 to {most}", returncode=2)
        if options["watch"] is not None and options["watch"] <= 0:
            raise CommandError("--watch: give seconds above 0", returncode=2)
        if options["forget_model"] and options["engine"]:
            raise CommandError("--forget-model cannot stand with --engine", returncode=2)
        try:
            if options["forget_model"]:
                forget_model()
            position, failed = self._run(options, everything=options["all"])
            while options["watch"] is not None:
                time.sleep(options["watch"])
                position, _ = self._run(options, since=position)
        except (EnrichmentError, ModelError) as error:
            raise CommandError(str(error), returncode=2) from error
        except (Error, psycopg.Error) as error:
            raise CommandError(database_words(error), returncode=2) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Ended early; what was done is kept, and the next run goes on.", returncode=130
            ) from None
        if failed:
            raise CommandError(f"{failed} articles could not be read; they wait.", returncode=1)

    def _run(
        self, options: dict[str, Any], *, everything: bool = False, since: int | None = None
    ) -> tuple[int, int]:
        """The ledger's position up to which all is queued, and how many articles failed."""
        model = find_model(settings.SPACY_MODEL) if options["engine"] else None
        begun = begin(everything=everything, since=since, model=model)
        if begun.run is None:
            if options["watch"] is None and not options["quiet"]:
                self.stdout.write("Nothing is new or stale.")
            return begun.position, 0
        out, err = options.get("stdout") or sys.stdout, options.get("stderr") or sys.stderr
        telling = Telling(begun, out, out, err, is_quiet=options["quiet"])
        counts = enrich(begun.run, options["processes"], telling.told, model)
        refresh_after_writing()
        telling.end(counts)
        return begun.position, counts["failed"]
