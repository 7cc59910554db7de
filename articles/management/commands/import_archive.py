"""manage.py import_archive: a dump into an empty archive."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from articles.errors import ArchiveError
from articles.export import dump
from articles.models.summaries import refresh_after_writing


class Command(BaseCommand):
    help = "Restore a dump of export_archive into an empty archive, all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the folder of the dump")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = dump.read(options["path"])
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        refresh_after_writing()
        for file in manifest.files:
            self.stdout.write(f"{file.rows:>10,}  {file.name}")
