"""The change feed: what a reader has to fetch again, in an order that a client can remember.

Rows are written where the ledger gives out its positions: at commit, one writer at a time. So
whoever has seen a position has seen every lower one, for ever; what `announce_changes()` compares
is what is public now with what the feed last said.
"""

from __future__ import annotations

import pgtrigger
from django.db import connection, models, transaction

from articles.models.change_functions import LAST
from articles.models.constraints import known_word
from articles.models.ledger import SEAL_LOCK
from articles.models.triggers import ArchiveTrigger, append_only
from articles.vocabulary import ChangeAction, ChangeKind

# Published articles whose embargo has ended and of which the feed does not know it yet.
DUE = f"""
    SELECT a.uid::text FROM articles_article a
    {LAST.format(kind="'article'", key="a.uid::text")}
    WHERE a.status = 'published' AND a.publish_at <= statement_timestamp()
        AND coalesce(last.action NOT IN ('created', 'changed'), true)
"""
ANNOUNCE_DUE = f"""
    INSERT INTO articles_change (kind, key, action, at)
    SELECT 'article', due.uid, 'created', clock_timestamp() FROM ({DUE}) AS due (uid)
    ORDER BY due.uid
    RETURNING key
"""


class Change(models.Model):
    """One change of one thing. `at` is when it was given its position."""

    position = models.BigAutoField(primary_key=True, editable=False)
    kind = models.CharField(max_length=10, choices=ChangeKind, editable=False)
    key = models.TextField(editable=False, help_text="The uid of an article, else a slug.")
    action = models.CharField(max_length=10, choices=ChangeAction, editable=False)
    at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            known_word("kind", ChangeKind, "change_kind_is_a_known_word"),
            known_word("action", ChangeAction, "change_action_is_a_known_word"),
        ]
        indexes = [
            models.Index("kind", "key", "position", name="change_by_key"),
            models.Index(
                "position",
                name="change_of_a_noun_by_position",
                condition=~models.Q(kind=ChangeKind.ARTICLE),
            ),
        ]
        triggers = [
            ArchiveTrigger(
                name="one_at_a_time",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # Before any row of the statement is given its position, whoever writes it.
                func=f"PERFORM pg_advisory_xact_lock({SEAL_LOCK}); RETURN NULL;",
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind} {self.key} {self.action}"


def announce_due() -> list[str]:
    """Announce the articles whose embargo has ended since. Returns their uids.

    However often and by however many at once it is called, each end is announced once.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({DUE})")
        if cursor.fetchone() == (False,):
            return []  # the common case waits for nobody
        with transaction.atomic():
            # What others announced while this waited is seen by the next statement only.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
            cursor.execute(ANNOUNCE_DUE)
            return [uid for (uid,) in cursor.fetchall()]
