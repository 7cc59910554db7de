"""Undo what a load, a merge or bulk work did: `manage.py undo_run RUN --editor NAME`."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from articles.errors import ArchiveError
from articles.management.editors import editor_named
from articles.models import revert

SHOWN = 50


class Command(BaseCommand):
    help = "Take back what a run changed, as far as nothing has changed since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=UUID, help="as a load's report and the history show it")
        parser.add_argument("--editor", required=True, help="who undoes it: the name of an account")
        parser.add_argument("--plan", action="store_true", help="change nothing, say what would be")
        parser.add_argument("--note", default="", help="why, for the history")

    def handle(self, *args: Any, **options: Any) -> None:
        editor = editor_named(options["editor"], "articles.undo_run")
        try:
            report = revert(
                options["run"], editor=editor, note=options["note"], is_plan=options["plan"]
            )
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        would = "would " if options["plan"] else ""
        for words, counter in (
            (f"{would}get earlier values", report.restored),
            (f"{would}come back", report.made),
            (f"{would}go", report.deleted),
        ):
            for kind, number in sorted(counter.items()):
                self.stdout.write(f"{number:>9,} {kind}: {words}")
        for left in report.left[:SHOWN]:
            self.stdout.write(f"left as it is: {left}")
        if len(report.left) > SHOWN:
            self.stdout.write(f"and {len(report.left) - SHOWN:,} more are left as they are")
        if not report.total:
            self.stdout.write("Nothing was left to undo.")
        elif not options["plan"]:
            self.stdout.write(f"Undone. To undo that: manage.py undo_run {report.run} --editor …")
