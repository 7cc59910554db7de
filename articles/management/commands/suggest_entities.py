"""`manage.py suggest_entities`: gather names that nobody has curated."""

import time
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from articles.enrichment.discover import discover
from articles.management.refusals import database_words
from articles.models.summaries import refresh_after_writing

SECONDS_BETWEEN_LINES = 10


class Command(BaseCommand):
    help = (
        "Read all articles for names that are no curated spellings, and suggest new entities: the "
        "2,000 from which the most articles would gain, with their first places. Run "
        "`enrich_articles` before it. What an editor judged is never suggested again. Exit code 0: "
        "done; 2: could not run; 130: stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")

    def handle(self, *args: Any, **options: Any) -> None:
        told = 0
        start = last_time = time.monotonic()

        def tell(articles: int) -> None:
            nonlocal told, last_time
            told += articles
            now = time.monotonic()
            if not options["quiet"] and now - last_time > SECONDS_BETWEEN_LINES:
                last_time = now
                rate = told / (now - start)
                self.stdout.write(f"looking for names: {told:,} articles, {rate:,.0f}/s")

        try:
            done = discover(tell)
            refresh_after_writing()
        except (Error, psycopg.Error) as error:
            raise CommandError(database_words(error), returncode=2) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped; nothing was written.", returncode=130) from None
        if not options["quiet"]:
            self.stdout.write(
                f"Done: {done.articles} articles read; suggestions: {done.created} new, "
                f"{done.updated} updated, {done.deleted} gone"
            )
