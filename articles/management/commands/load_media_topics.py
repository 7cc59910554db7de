"""`manage.py load_media_topics FILE`: the IPTC Media Topics as tags."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles.errors import LoadError
from articles.ingestion.media_topics import LANGUAGE, load_topics, read_topics
from articles.models.summaries import refresh_after_writing


class Command(BaseCommand):
    help = (
        "Make tags of the IPTC Media Topics in a JSON file. Run again, it updates what the file "
        "changed and nothing that an editor changed or deleted. Exit code 0: all are tags; 1: some "
        "concepts are at fault and were left out; 2: could not run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--language",
            default=LANGUAGE,
            help=f"of the names, where there are several ({LANGUAGE})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            topics, faults = read_topics(options["file"], options["language"])
            report = load_topics(topics, actor="load_media_topics")
        except (LoadError, DatabaseError) as error:
            raise CommandError(str(error).strip(), returncode=2) from error
        refresh_after_writing()
        for fault in faults:
            self.stderr.write(fault)
        self.stdout.write(
            f"Done: {report.created} created, {report.updated} updated, "
            f"{report.unchanged} unchanged, {report.deleted} deleted by editors, "
            f"{report.spellings} other spellings, {len(faults)} at fault"
        )
        if faults:
            raise SystemExit(1)
