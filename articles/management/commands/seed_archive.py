"""`manage.py seed_archive [PATH …]`: load the fixtures; idempotent."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles.errors import LoadError
from articles.ingestion.seeds import OUTCOMES, SeedReport, seed
from articles.management.enriching import enrich_after_load
from articles.models.summaries import refresh_after_writing


class Command(BaseCommand):
    help = (
        "Load sources, tags, entities and articles from fixtures. Run again, it updates what the "
        "fixtures changed and nothing that an editor changed. With a mistake nothing is loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="fixture files, or folders of *.json (default: fixtures/)",
        )

        parser.add_argument(
            "--enrich",
            action="store_true",
            help="then let the machine read what was created or updated, as enrich_articles does",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = seed(
                options["paths"] or [settings.BASE_DIR / "fixtures"], actor="seed_archive"
            )
        except (LoadError, DatabaseError) as error:
            raise CommandError(str(error).strip()) from error
        refresh_after_writing()
        self._print(report, is_detailed=options["verbosity"] > 1)
        if options["enrich"]:
            out, err = options.get("stdout") or sys.stdout, options.get("stderr") or sys.stderr
            enrich_after_load(report.run, out, err, is_quiet=options["verbosity"] < 1)

    def _print(self, report: SeedReport, is_detailed: bool) -> None:
        self.stdout.write(f"{'':10}" + "".join(f"{outcome:>11}" for outcome in OUTCOMES))
        for kind, counts in report.counts.items():
            numbers = "".join(f"{counts[outcome] or '·':>11}" for outcome in OUTCOMES)
            self.stdout.write(f"{kind:10}{numbers}")
        for note in report.notes:
            if is_detailed or note.outcome != "updated":
                self.stdout.write(f"{note.outcome} {note.kind} {note.key}: {note.detail}")
        if report.stale:
            self.stdout.write(f"{report.stale} mentions went with the words that they stood on")
        if not report.has_changes:
            self.stdout.write("Nothing to do.")
