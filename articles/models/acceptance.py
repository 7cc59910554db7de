"""Which suggestions editors nearly always accept, so that the rest may be accepted at once.

In SQL, for the ORM takes no last few decisions of each of many spellings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import connection

from articles.models.decisions import SPELLING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.models.waiting import Spelling

LATEST: Final = 50
"""So many of the last decisions on a spelling say how sure it is."""

FEWEST: Final = 10
"""Of fewer judged links nothing is concluded."""

RATE: Final = 0.95
"""What editors accepted at this rate, they would nearly always accept."""

IN_BULK: Final = "nearly always accepted"
"""The reason of what was accepted by this rule. It speaks for nothing: nobody looked at it."""

# By alias and engine: a decision counts that was on a suggestion of the same two. Of decisions on
# one link the last is what an editor says; one that was taken back says nothing.
_ACCEPTED: Final = f"""
    SELECT wanted.place, told.accepted, told.judged
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[])
        WITH ORDINALITY AS wanted (entity, quote, until, place)
    JOIN articles_entity entity ON entity.id = wanted.entity
    CROSS JOIN LATERAL (
        SELECT s.alias_id, s.engine FROM articles_mention m
        JOIN articles_suggestion s ON s.mention_id = m.id
        WHERE m.entity_id = wanted.entity AND m.quote = wanted.quote AND m.state = 'suggested'
            AND NOT m.is_lost AND m.id <= wanted.until
        ORDER BY m.id DESC LIMIT 1) AS here
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE verdict = 'accepted') AS accepted, count(*) AS judged
        FROM (
            SELECT DISTINCT ON (d.row) d.row, d.verdict FROM (
                SELECT id, "row", verdict FROM articles_decision
                WHERE kind = 'mention' AND target = entity.slug
                    AND SUBSTRING(quote, 1, {SPELLING}) = SUBSTRING(wanted.quote, 1, {SPELLING})
                    AND reason <> %s
                ORDER BY id DESC LIMIT {LATEST}) AS d
            JOIN articles_suggestion s ON s.mention_id = d.row
                AND s.alias_id = here.alias_id AND s.engine = here.engine
            ORDER BY d.row, d.id DESC) AS last
        WHERE verdict <> 'suggested') AS told
    WHERE told.judged >= {FEWEST} AND told.accepted >= {RATE} * told.judged
    ORDER BY wanted.place
"""


class Sure(NamedTuple):
    """A group of waiting mentions, and how many of the last judged of its spelling were accepted"""

    group: Spelling
    accepted: int
    judged: int


def nearly_always_accepted(groups: Sequence[Spelling]) -> list[Sure]:
    """Those of the groups whose alias and engine editors nearly always agreed with."""
    columns = [[getattr(it, name) for it in groups] for name in ("target", "quote", "until")]
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPTED, [*columns, IN_BULK])
        return [Sure(groups[place - 1], *told) for place, *told in cursor.fetchall()]
