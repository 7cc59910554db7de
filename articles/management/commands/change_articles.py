"""Bulk work beyond what a page bears: `manage.py change_articles "QUERY" --tag SLUG …`."""

from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from articles.admin.chosen import chosen_articles
from articles.errors import ArchiveError
from articles.management.editors import editor_named
from articles.models import Source, Tag, recording
from articles.models.bulk_work import (
    MOST_ROWS,
    BulkChange,
    change_in_bulk,
    plan_bulk,
    publishing,
    setting_language,
    setting_source,
    tagging,
    untagging,
    withdrawing,
)
from articles.vocabulary import Way


class Command(BaseCommand):
    help = "Change all articles that a list on the desk shows, in one run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "query", help="what stands behind the ? in the list's address; empty: all articles"
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--tag", metavar="SLUG")
        what.add_argument("--untag", metavar="SLUG")
        what.add_argument("--publish", action="store_true")
        what.add_argument("--withdraw", metavar="REASON", help="with its public reason")
        what.add_argument("--language", metavar="CODE")
        what.add_argument("--source", metavar="SLUG")
        parser.add_argument("--editor", required=True, help="who does it: the name of an account")
        parser.add_argument("--plan", action="store_true", help="change nothing, only count")

    def handle(self, *args: Any, **options: Any) -> None:
        editor = editor_named(options["editor"], "articles.bulk_change")
        for option in ("publish", "withdraw"):
            if options[option]:
                editor_named(options["editor"], f"articles.{option}_article")
        try:
            change = _change(options)
            articles = chosen_articles(options["query"], editor)
            plan = plan_bulk(articles, change, articles.count())
            self.stdout.write(f"{plan.changing:,} of {plan.chosen:,} would be {change.done}")
            if plan.refused:
                self.stdout.write(f"{plan.refused:,} cannot be: {change.refusal}")
            if not options["plan"]:
                self._work(articles, change, editor)
        except ArchiveError as error:
            raise CommandError(str(error)) from error

    def _work(self, articles: Any, change: BulkChange, editor: str) -> None:
        """Piece by piece: what is done stays done when the command is broken off."""
        run, done = uuid4(), 0
        while True:
            some = change.concerns(articles).order_by("pk").values("pk")[:MOST_ROWS]
            with recording(Way.ADMIN, actor=editor, run=run, note="by command"):
                count = change_in_bulk(articles.model.objects.filter(pk__in=some), change, editor)
            if not count:
                break
            done += count
            self.stdout.write(f"{done:,} done")
        if done:
            self.stdout.write(f"To undo that: manage.py undo_run {run} --editor …")


def _change(options: dict[str, Any]) -> BulkChange:
    if options["publish"]:
        return publishing()
    if options["withdraw"] is not None:
        return withdrawing(options["withdraw"])
    if options["language"] is not None:
        return setting_language(options["language"])
    if options["source"] is not None:
        return setting_source(_named(Source, options["source"]))
    if options["tag"] is not None:
        return tagging(_named(Tag, options["tag"]))
    return untagging(_named(Tag, options["untag"]))


def _named(model: Any, slug: str) -> Any:
    row = model.objects.filter(slug=slug).first()
    if row is None:
        raise CommandError(f"No {model._meta.verbose_name} has the slug “{slug}”.")
    return row
