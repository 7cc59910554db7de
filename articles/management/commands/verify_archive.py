"""manage.py verify_archive: is a dump whole?"""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from articles.errors import ArchiveError
from articles.export import dump


class Command(BaseCommand):
    help = "Check a dump of export_archive and name every damaged record. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the folder of the dump")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            damage = list(dump.verify(options["path"]))
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        if damage:
            raise CommandError("\n".join(["The dump is damaged:", *damage]))
        self.stdout.write("The dump is whole.")
