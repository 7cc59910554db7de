"""`manage.py follow_archive URL`: keep this archive equal to another by its change feed."""

import sys
from argparse import ArgumentParser
from time import sleep
from typing import Any, NoReturn

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection

from articles.errors import ArchiveError
from articles.ingestion.follow import (
    Archive,
    FollowReport,
    ReplacedError,
    UnreachableError,
    follow,
)
from articles.models.summaries import refresh_after_writing

SOME_LEFT, COULD_NOT_RUN, INTERRUPTED = 1, 2, 130


class Command(BaseCommand):
    help = (
        "Keep this archive equal to another newsroom: read its change feed from where the last run "
        "ended and fetch what has changed. It can be stopped at any moment and run again. What an "
        "editor changed, decided or deleted here is kept and reported. Exit code 0: equal; 1: some "
        "things were kept or refused; 2: could not run; 130: interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("url", metavar="URL", help="address of the other archive, as https://archive.example/")
        add("--token", default="", help="of the other archive, for its higher rate limits")
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument(
            "--once", action="store_true", help="follow to the end and stop (default)"
        )
        mode.add_argument(
            "--watch",
            type=_seconds,
            metavar="SECONDS",
            help="then ask again after so long, for ever",
        )
        add("--from-start", action="store_true", help="read the feed from its first change again")
        add("--quiet", action="store_true", help="no progress; what was kept and the end stay")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            archive = Archive(options["url"], options["token"])
            report = self._follow(archive, options, from_start=options["from_start"])
            while options["watch"] is not None:
                connection.close()  # nobody waits for it meanwhile
                sleep(options["watch"])
                self._watch(archive, options)
        except KeyboardInterrupt:
            _stop("Stopped; run it again to go on.", INTERRUPTED)
        except (Error, psycopg.Error) as error:
            words = f"The database failed: {str(error).strip()}\nRun it again to go on."
            _stop(words, COULD_NOT_RUN, error)
        except ArchiveError as error:
            _stop(str(error), COULD_NOT_RUN, error)
        if not report.is_equal:
            _stop("Not everything is here as it is there: see above.", SOME_LEFT)

    def _follow(
        self, archive: Archive, options: dict[str, Any], *, from_start: bool = False
    ) -> FollowReport:
        def tell(page: FollowReport) -> None:
            for note in page.notes:
                self.stderr.write(note)
            if not options["quiet"]:
                self.stderr.write(f"position {page.position:,}")

        report = follow(archive, from_start=from_start, on_page=tell)
        if report.changes:
            refresh_after_writing()
        self.stdout.write(report.summary())
        return report

    def _watch(self, archive: Archive, options: dict[str, Any]) -> None:
        """An archive that does not answer is asked again next time."""
        try:
            self._follow(archive, options)
        except ReplacedError:
            raise
        except UnreachableError as error:
            self.stderr.write(f"{error}; trying again in {options['watch']:g} seconds")
        sys.stdout.flush()


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= 86_400:
        raise ValueError(text)
    return seconds


def _stop(message: str, code: int, error: Exception | None = None) -> NoReturn:
    raise CommandError(message, returncode=code) from error
