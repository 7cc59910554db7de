"""manage.py redact_article: erase an article for good, where the law wants it."""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import transaction

from articles.errors import ArchiveError
from articles.models import Article
from articles.models.redact import Counts, redact


class Command(BaseCommand):
    help = (
        "Erase an article for good: its text and names go from the archive and from its history, "
        "and nothing brings them back. A tombstone stays, and the change feed tells copies to "
        "follow. Backups and exports that were made before keep what they have."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uid", type=UUID, help="uid of the article")
        parser.add_argument("--reason", required=True, help="why; kept, and shown to nobody")
        parser.add_argument("--editor", required=True, help="the superuser who answers for it")
        parser.add_argument("--plan", action="store_true", help="only say what would go")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        uid, reason, editor = options["uid"], options["reason"].strip(), options["editor"]
        people = get_user_model().objects.filter(is_active=True, is_superuser=True)
        if not people.filter(username=editor).exists():
            raise CommandError(f"{editor} is no active superuser: only they redact.")
        if not reason:
            raise CommandError("--reason is empty: say why.")
        try:
            if options["plan"]:
                self._tell(_planned(uid, reason, editor), "would go")
                return
            if not options["yes"]:
                self._ask(uid)
            self._tell(redact(uid, reason, editor), "gone")
        except ArchiveError as error:
            raise CommandError(str(error)) from error

    def _ask(self, uid: UUID) -> None:
        article = Article.objects.filter(uid=uid).only("headline", "external_id").first()
        self.stdout.write(f"{article or 'A deleted article'}\nThis cannot be undone.")
        try:
            answer = input("Write “redact” to go on: ")
        except EOFError:
            answer = ""
        if answer.strip() != "redact":
            raise CommandError("Nothing was redacted.")

    def _tell(self, counts: Counts, verb: str) -> None:
        for name, count in counts.items():
            self.stdout.write(f"{count:>8,}  {name} {verb}")


def _planned(uid: UUID, reason: str, editor: str) -> Counts:
    """What a redaction does, and takes back."""
    with transaction.atomic():
        counts = redact(uid, reason, editor)
        transaction.set_rollback(True)
    return counts
