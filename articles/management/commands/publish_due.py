"""`manage.py publish_due`: tell the change feed of articles whose embargo has ended."""

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from articles.models import announce_due


class Command(BaseCommand):
    help = (
        "Tell the change feed which articles became public because their embargo ended: nobody "
        "writes anything in that moment. Run it every minute; it can run as often as you like, "
        "also twice at once. Exit code 0: done; 2: could not run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            uids = announce_due()
        except (Error, psycopg.Error) as error:
            raise CommandError(f"The database does not answer: {error}", returncode=2) from error
        if options["quiet"]:
            return
        for uid in uids:
            self.stdout.write(f"public now: {uid}")
        self.stdout.write(f"Done: {len(uids)} announced")
