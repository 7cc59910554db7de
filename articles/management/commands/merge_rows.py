"""Merge sources, entities or tags: `manage.py merge_rows source STAYS OTHER … --editor NAME`."""

from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from articles.errors import ArchiveError
from articles.management.editors import editor_named
from articles.models import Entity, Source, Tag, merge, recording
from articles.vocabulary import NounKind, Way

MODELS = {NounKind.SOURCE: Source, NounKind.ENTITY: Entity, NounKind.TAG: Tag}


class Command(BaseCommand):
    help = "Make one row of several: all that refers to the others moves to the first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=NounKind.values)
        parser.add_argument("survivor", help="slug of the row that stays")
        parser.add_argument("others", nargs="+", help="slugs of those that go")
        parser.add_argument("--editor", required=True, help="who does it: the name of an account")
        parser.add_argument("--plan", action="store_true", help="change nothing, say what would be")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = NounKind(options["kind"])
        editor = editor_named(options["editor"], f"articles.merge_{kind}")
        survivor: str = options["survivor"]
        others: list[str] = options["others"]
        found = MODELS[kind]._base_manager.filter(slug__in=[survivor, *others])
        rows = {row.slug: row for row in found}
        if missing := [slug for slug in (survivor, *others) if slug not in rows]:
            raise CommandError(f"No {kind} has the slug {', '.join(missing)}.")
        run = uuid4()
        note = f"{', '.join(others)} merged into {survivor}, by command"
        try:
            with transaction.atomic():
                with recording(Way.ADMIN, actor=editor, run=run, note=note):
                    report = merge(rows[survivor], [rows[slug] for slug in others], editor)
                if options["plan"]:
                    transaction.set_rollback(True)
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        for word, counter in (
            ("moved", report.moved),
            ("dropped, for one is enough", report.dropped),
        ):
            for what, number in sorted(counter.items()):
                if number:
                    self.stdout.write(f"{number:>9,} {what}: {word}")
        for conflict in report.conflicts:
            self.stdout.write(conflict)
        if not options["plan"]:
            self.stdout.write(f"Merged. To undo that: manage.py undo_run {run} --editor …")
