"""Undo what a load, a merge or bulk work did: `manage.py undo_run RUN --editor NAME`."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from articles.errors import ArchiveError
from articles.management.editors import editor_named
from articles.models import Reversal, revert
from articles.models.ledger_words import kind_words

SHOWN = 50


class Command(BaseCommand):
    help = "Take back what a run changed, as far as nothing has changed since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=UUID, help="as a load's report and the history show it")
        parser.add_argument("--editor", required=True, help="who undoes it: the name of an account")
        parser.add_argument("--plan", action="store_true", help="change nothing, say what would be")
        parser.add_argument("--note", default="", help="why, for the history")
        parser.add_argument(
            "--correction",
            default="",
            metavar="NOTE",
            help="tell readers this under each article whose words the undo changes for them",
        )
        parser.add_argument(
            "--with-empty",
            action="store_true",
            help="bring back sources, entities and tags also where nothing else comes with them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        editor = editor_named(options["editor"], "articles.undo_run")
        is_plan = options["plan"]
        try:
            with transaction.atomic():
                report = revert(
                    options["run"],
                    editor=editor,
                    note=options["note"],
                    correction=options["correction"].strip(),
                    is_plan=is_plan,
                )
                is_refused = bool(report.empty_shells) and not options["with_empty"]
                if is_refused:
                    transaction.set_rollback(True)
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        self._tell(report, "would " if is_plan or is_refused else "")
        if is_refused and not is_plan:
            raise CommandError(
                "Nothing is undone: undo the later runs first, or add --with-empty to bring back "
                "what is empty."
            )
        if not report.total:
            self.stdout.write("Nothing was left to undo.")
        elif not is_plan:
            self.stdout.write(f"Undone. To undo that: manage.py undo_run {report.run} --editor …")

    def _tell(self, report: Reversal, would: str) -> None:
        for words, counter in (
            (f"{would}get earlier values", report.restored),
            (f"{would}come back", report.made),
            (f"{would}go", report.deleted),
        ):
            for kind, number in sorted(counter.items()):
                self.stdout.write(f"{number:>9,} {kind_words(kind, number)}: {words}")
        for left in report.left[:SHOWN]:
            self.stdout.write(f"left as it is: {left}")
        if len(report.left) > SHOWN:
            self.stdout.write(f"and {len(report.left) - SHOWN:,} more are left as they are")
        for shell in report.shells:
            empty = ": nothing else comes back with it" if shell.is_empty else ""
            self.stdout.write(f"{would}come back: {shell}{empty}")
        for later in report.later_runs():
            self.stdout.write(f"to be undone first: {later}: manage.py undo_run {later.run}")
        if report.retold:
            self.stdout.write(
                f"Readers see {report.retold:,} of the articles, in other words than until now: "
                "--correction NOTE tells them why."
            )
