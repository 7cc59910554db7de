"""manage.py export_archive: the whole archive as files."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from articles.errors import ArchiveError
from articles.export import dump


class Command(BaseCommand):
    help = "Write every row of the archive to a new folder: JSON Lines and a manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a new or empty folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = dump.write(options["path"])
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        for file in manifest.files:
            self.stdout.write(f"{file.rows:>10,}  {file.name}")
