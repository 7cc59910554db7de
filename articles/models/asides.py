"""What an editor's merger or deletion takes with it beside the ledger, set aside for the undo.

The machine's salience and the conflicts of loads are no part of the ledger: whole runs of theirs
would drown it. But what goes with a merged entity or a deleted article has to be there again when
that is undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pgtrigger
from django.db import connection, models

from articles.models.triggers import AT_THE_DESK, REDACTING, ArchiveTrigger

if TYPE_CHECKING:
    from uuid import UUID


class SetAside(models.Model):
    """One row that an editor's run changed: `row` is how it was before, and what came where
    nothing was (`is_new`)."""

    run = models.UUIDField(editable=False)
    kind = models.CharField(max_length=20, editable=False)
    article = models.BigIntegerField(editable=False)
    is_new = models.BooleanField(editable=False)
    row = models.JSONField(editable=False)

    class Meta:
        verbose_name_plural = "rows set aside"
        indexes = [
            models.Index("run", "kind", "id", name="set_aside_by_run"),
            models.Index("article", name="set_aside_by_article"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of article {self.article}, set aside in {self.run}"


def set_aside(kind: str, operation: pgtrigger.Operation) -> ArchiveTrigger:
    """Of a table whose rows have an `article_id`."""
    return ArchiveTrigger(
        name="set_aside",
        when=pgtrigger.After,
        operation=operation,
        condition=pgtrigger.Condition(f"{AT_THE_DESK} AND NOT {REDACTING}"),
        func=f"""
            IF nullif(current_setting('newsroom.run', true), '') IS NULL THEN RETURN NULL; END IF;
            INSERT INTO articles_setaside (run, kind, article, is_new, "row")
            VALUES (
                current_setting('newsroom.run')::uuid, '{kind}',
                CASE TG_OP WHEN 'INSERT' THEN NEW.article_id ELSE OLD.article_id END,
                TG_OP = 'INSERT', CASE TG_OP WHEN 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END
            );
            RETURN NULL;
        """,
    )


# The first that a run did to a row tells how it was before the run. What is put back is set aside
# in the run of the undo, by the same triggers, so that an undo is undone alike.
_BACK: Final = """
    WITH before AS (
        SELECT DISTINCT ON (article, "row"->>'entity_id') is_new, article,
            ("row"->>'entity_id')::bigint AS entity, ("row"->>'score')::float8 AS score
        FROM articles_setaside WHERE run = %(run)s AND kind = 'salience'
        ORDER BY article, "row"->>'entity_id', id
    ), gone AS (
        DELETE FROM articles_salience s USING before b
        WHERE b.is_new AND s.article_id = b.article AND s.entity_id = b.entity
    )
    INSERT INTO articles_salience (article_id, entity_id, score)
    SELECT article, entity, score FROM before b
    WHERE NOT is_new AND EXISTS (SELECT FROM articles_article a WHERE a.id = b.article)
        AND EXISTS (SELECT FROM articles_entity e WHERE e.id = b.entity)
    ON CONFLICT (article_id, entity_id) DO UPDATE SET score = excluded.score
        WHERE articles_salience.score <> excluded.score;
    INSERT INTO articles_loadconflict (load_id, article_id, field, theirs)
    SELECT c.load_id, c.article_id, c.field, c.theirs FROM articles_setaside s
    CROSS JOIN LATERAL jsonb_populate_record(NULL::articles_loadconflict, s."row") c
    WHERE s.run = %(run)s AND s.kind = 'loadconflict'
        AND EXISTS (SELECT FROM articles_article a WHERE a.id = c.article_id)
        AND EXISTS (SELECT FROM articles_loadrun l WHERE l.id = c.load_id)
    ON CONFLICT DO NOTHING
"""


def put_back(run: UUID) -> None:
    """Give back what a run took away beside the ledger, where article and entity are there."""
    with connection.cursor() as cursor:
        for statement in _BACK.split(";"):
            cursor.execute(statement, {"run": run})
