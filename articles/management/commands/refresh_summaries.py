"""`manage.py refresh_summaries [NAME …]`: count anew what the desk shows of the whole archive."""

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from articles.models.summaries import refresh
from articles.models.summary_statements import SUMMARIES


class Command(BaseCommand):
    help = (
        "Count anew what the dashboard and the queues of the desk show of the whole archive. Loads "
        "do so when they end; run it after other changes, as often as the figures are to be new. "
        "It can run twice at once and be ended at any moment. Exit code 0: done; 2: could not run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help=f"some of: {', '.join(SUMMARIES)}"
        )
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := sorted(set(options["names"]) - set(SUMMARIES)):
            raise CommandError(
                f"no such summary: {', '.join(unknown)}; there are {', '.join(SUMMARIES)}",
                returncode=2,
            )
        try:
            made = refresh(options["names"] or None)
        except (Error, psycopg.Error) as error:
            raise CommandError(f"The database does not answer: {error}", returncode=2) from error
        if options["quiet"]:
            return
        for summary in made:
            self.stdout.write(f"{summary.name:20}{summary.took_ms:>8,} ms")
        others = len(options["names"] or SUMMARIES) - len(made)
        told = f"; {others} were made by others meanwhile" if others else ""
        self.stdout.write(f"Done: {len(made)} made{told}")
