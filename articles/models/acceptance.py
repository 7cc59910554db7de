"""What editors' decisions say of suggestions like those that they judged: how sure these are, which
of them are accepted nearly always, and which mostly rejected.

Asked when they are shown, so that a decision counts at once and nothing is written again for it. In
SQL, for the ORM takes no last few decisions of each of many spellings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import connection

from articles.models.decisions import SPELLING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from articles.models.entities import Mention
    from articles.models.waiting import Spelling

LATEST: Final = 50
"""So many of the last decisions on a spelling say how sure it is."""

FEWEST: Final = 10
"""Of fewer judged links nothing is concluded."""

RATE: Final = 0.95
"""What editors accepted at this rate, they would nearly always accept."""

IN_BULK: Final = "nearly always accepted"
"""The reason of what was accepted by this rule. It speaks for nothing: nobody looked at it."""

PRIOR: Final = 5
"""An engine's own confidence weighs as much as so many decisions of editors."""

RECENT: Final = 5_000
"""Among so many of the last decisions it is seen which spellings are mostly rejected."""

FEW: Final = 5
"""Of fewer judged links nobody says that they are mostly rejected."""

# By alias and engine: a decision counts that was on a suggestion of the same two. Of decisions on
# one link the last is what an editor says; one that was taken back says nothing.
_OF_LATE: Final = f"""
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
"""
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
    {_OF_LATE}
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


_LEARNED: Final = f"""
    SELECT wanted.place, told.accepted, told.judged
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[])
        WITH ORDINALITY AS wanted (entity, quote, alias, engine, place)
    JOIN articles_entity entity ON entity.id = wanted.entity
    CROSS JOIN LATERAL (SELECT wanted.alias AS alias_id, wanted.engine AS engine) AS here
    {_OF_LATE}
"""


def learn(mentions: Iterable[Mention]) -> None:
    """Draw the confidence of suggestions, as they stand in memory, towards the rate at which
    editors of late accepted what the same engine suggested by the same alias. At most one query."""
    told = [(it, it.suggestion) for it in mentions if getattr(it, "suggestion", None) is not None]
    alike = [(it.entity_id, it.quote, by.alias_id, by.engine) for it, by in told]
    asked = [it for it in dict.fromkeys(alike) if it[2] is not None]
    if not asked:
        return
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*asked, strict=True)]
        cursor.execute(_LEARNED, [*columns, IN_BULK])
        rates = {asked[place - 1]: rate for place, *rate in cursor.fetchall()}
    for (_, suggestion), of in zip(told, alike, strict=True):
        accepted, judged = rates.get(of, (0, 0))
        own = suggestion.confidence
        suggestion.confidence = round((own * PRIOR + accepted) / (PRIOR + judged), 4)


_REJECTED: Final = f"""
    SELECT entity.id, told.quote FROM (
        SELECT target, SUBSTRING(quote, 1, {SPELLING}) AS quote
        FROM (
            SELECT DISTINCT ON ("row") target, quote, verdict FROM (
                SELECT * FROM articles_decision ORDER BY id DESC LIMIT {RECENT}) AS recent
            WHERE kind = 'mention' AND reason <> %s
            ORDER BY "row", id DESC) AS last
        WHERE verdict <> 'suggested'
        GROUP BY 1, 2
        HAVING count(*) >= {FEW}
            AND count(*) FILTER (WHERE verdict = 'accepted') < 0.5 * count(*)) AS told
    JOIN articles_entity entity ON entity.slug = told.target
"""


def mostly_rejected() -> set[tuple[int, str]]:
    """Of which entities (keys) and spellings editors of late rejected more than they accepted."""
    with connection.cursor() as cursor:
        cursor.execute(_REJECTED, [IN_BULK])
        return set(cursor.fetchall())
