"""`manage.py load_articles PATH …`: load files, folders or standard input."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles.errors import LoadError
from articles.ingestion.document import Options
from articles.ingestion.inputs import find_inputs
from articles.ingestion.loader import Loading, load
from articles.ingestion.readers import READERS
from articles.ingestion.rejects import rejects_file
from articles.ingestion.report import OUTCOMES, LoadReport
from articles.vocabulary import ArticleStatus

SOME_LEFT, COULD_NOT_RUN = 1, 2


class Command(BaseCommand):
    help = (
        "Load articles from files, folders or standard input (-). Unchanged articles are not "
        "touched, and fields that an editor changed are kept. Exit code 0: all loaded; 1: some "
        "records rejected or in conflict with an editor; 2: could not run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("paths", nargs="+", metavar="PATH", help="file, folder, or - for standard input")
        add("--source", default="", metavar="S", help="slug or name, for records without one")
        add("--format", default="auto", choices=["auto", *READERS], help="default: auto")
        add("--create-missing", action="store_true", help="create unknown sources, tags, entities")
        add(
            "--status",
            default=ArticleStatus.PUBLISHED.value,
            choices=ArticleStatus.values,
            help="of new articles whose records have none (default: published)",
        )
        add("--timezone", metavar="Z", help="IANA zone of times without an offset")
        add("--rejects", type=Path, metavar="FILE", help="write rejected records as JSON Lines")
        add("--plan", action="store_true", help="show what would change; the archive stays as is")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loading = Loading(
                Options(
                    source=options["source"],
                    status=ArticleStatus(options["status"]),
                    timezone=_zone(options["timezone"]),
                ),
                format=options["format"],
                create_missing=options["create_missing"],
                is_plan=options["plan"],
                actor=_user(),
            )
            inputs = find_inputs(options["paths"])
            with rejects_file(options["rejects"]) as on_reject:
                report = load(inputs, loading, sys.stdin.buffer, on_reject)
        except (LoadError, DatabaseError) as error:
            raise CommandError(str(error).strip(), returncode=COULD_NOT_RUN) from error
        except KeyboardInterrupt:
            message = "Interrupted. What was loaded stays; load again to go on."
            raise CommandError(message, returncode=COULD_NOT_RUN) from None
        self._print(report)
        if not report.is_complete:
            raise CommandError("Not every record was loaded.", returncode=SOME_LEFT)

    def _print(self, report: LoadReport) -> None:
        for fault in report.faults:
            self.stderr.write(str(fault))
        for note in report.notes:
            self.stdout.write(f"{note.outcome}: {note.key}: {note.detail}")
        for name in report.names:
            self.stdout.write(f"new {name}")
        if report.derived:
            self.stdout.write(
                f"{report.derived} ids were derived from the text: "
                "an edited text will be a new article."
            )
        counts = ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in OUTCOMES)
        self.stdout.write(f"{'Would be' if report.is_plan else 'Done'}: {counts}")


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        raise LoadError(f"--timezone: {name!r} is no IANA zone such as Africa/Cairo") from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "loader"
