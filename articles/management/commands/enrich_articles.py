"""`manage.py enrich_articles`: let the machine suggest mentions, tags and duplicates."""

import os
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from articles.enrichment.annotate import Annotated
from articles.enrichment.enrich import begin, enrich
from articles.enrichment.processes import EnrichmentError
from articles.models.summaries import refresh_after_writing

SECONDS_BETWEEN_LINES = 10
SECONDS_BETWEEN_BARS = 0.2


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
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["processes"] <= 8 * (os.cpu_count() or 1):
            raise CommandError("--processes: give a number from 1 on", returncode=2)
        if options["watch"] is not None and options["watch"] <= 0:
            raise CommandError("--watch: give seconds above 0", returncode=2)
        try:
            position, failed = self._run(options, everything=options["all"])
            while options["watch"] is not None:
                time.sleep(options["watch"])
                position, _ = self._run(options, since=position)
        except EnrichmentError as error:
            raise CommandError(str(error), returncode=2) from error
        except (Error, psycopg.Error) as error:
            raise CommandError(f"The database does not answer: {error}", returncode=2) from error
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
        begun = begin(everything=everything, since=since)
        if begun.run is None:
            if options["watch"] is None and not options["quiet"]:
                self.stdout.write("Nothing is new or stale.")
            return begun.position, 0
        telling = _Telling(self, begun.articles, is_quiet=options["quiet"])
        counts = enrich(begun.run, options["processes"], telling.told)
        refresh_after_writing()
        telling.end(counts)
        return begun.position, counts["failed"]


class _Telling:
    """A bar on a terminal, a line every ten seconds elsewhere, one line at the end."""

    def __init__(self, command: BaseCommand, total: int, *, is_quiet: bool) -> None:
        self._out, self._err = command.stdout, command.stderr
        self._total, self._is_quiet = total, is_quiet
        self._has_bar = self._out.isatty()
        self._start = self._last = time.monotonic()
        self._done = self._compared = 0

    def told(self, batch: Annotated) -> None:
        for uid, reason in batch.failed:
            self._err.write(f"not read: {uid}: {reason}")
        self._done += batch.articles
        self._compared += batch.compared
        now = time.monotonic()
        pause = SECONDS_BETWEEN_BARS if self._has_bar else SECONDS_BETWEEN_LINES
        if self._is_quiet or now - self._last < pause:
            return
        self._last = now
        rate = self._done / max(now - self._start, 0.001)
        left = max(self._total - self._done, 0) / rate
        words = (
            f"enriching: {self._done:,} of {self._total:,} articles read, {rate:,.0f}/s, "
            f"{round(left) // 60}:{round(left) % 60:02} left, {self._compared:,} compared"
        )
        self._out.write(f"\r\x1b[K{words}" if self._has_bar else words, ending="")
        if not self._has_bar:
            self._out.write("")

    def end(self, counts: Counter[str]) -> None:
        if self._has_bar:
            self._out.write("\r\x1b[K", ending="")
        if not self._is_quiet:
            self._out.write(
                f"Done: {counts['articles']} articles read; mentions: {counts['created']} new, "
                f"{counts['updated']} updated, {counts['deleted']} gone, {counts['moved']} moved, "
                f"{counts['lost']} lost; tags: {counts['tags']} written; "
                f"duplicates: {counts['pairs']} pairs written"
            )
