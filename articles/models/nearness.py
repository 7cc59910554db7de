"""Which signatures have bands or lines in common, and the writing of many of them at once.

In SQL, for the ORM knows no LATERAL and no condition on what a conflict updates.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

FREQUENT: Final = 500
"""A band that more articles have, as far as PostgreSQL's statistics tell, is not looked up."""

MOST_LOOKED_AT: Final = 1_000
"""Of one article's candidates so many are ranked by how many bands they share."""

MOST_HOLDERS: Final = 16
"""Of the articles that hold a line so many are looked at, those that came last."""

_UNSIGNED: Final = """
    SELECT a.id FROM articles_article a LEFT JOIN articles_signature s ON s.article_id = a.id
    WHERE a.id = ANY (%s) AND (s.fingerprint, s.configuration) IS DISTINCT FROM (a.fingerprint, %s)
    ORDER BY a.id
"""
_CANDIDATES: Final = f"""
    WITH frequent AS MATERIALIZED (
        SELECT element.band
        FROM pg_stats p JOIN pg_class c ON c.oid = 'articles_signature'::regclass
        CROSS JOIN unnest(p.most_common_elems::text::integer[])
            WITH ORDINALITY AS element (band, place)
        WHERE p.schemaname = current_schema() AND p.tablename = 'articles_signature'
            AND p.attname = 'bands'
            AND p.most_common_elem_freqs[element.place] * c.reltuples > %(frequent)s
    )
    SELECT s.article_id, near.article_id, near.shared
    FROM articles_signature s
    CROSS JOIN LATERAL (
        SELECT array(SELECT unnest(s.bands) EXCEPT SELECT band FROM frequent) AS bands OFFSET 0
    ) AS asked
    CROSS JOIN LATERAL (
        SELECT found.article_id, (
            SELECT count(*) FROM unnest(found.bands) AS band WHERE band = ANY (asked.bands)
        ) AS shared
        FROM (
            SELECT o.article_id, o.bands FROM articles_signature o
            WHERE o.bands && asked.bands AND o.article_id <> s.article_id LIMIT {MOST_LOOKED_AT}
        ) AS found
        ORDER BY shared DESC, found.article_id LIMIT %(limit)s
    ) AS near
    WHERE s.article_id = ANY (%(articles)s)
    ORDER BY s.article_id, near.shared DESC, near.article_id
"""
_HOLDERS: Final = f"""
    SELECT line, (array_agg(article_id ORDER BY article_id DESC))[:{MOST_HOLDERS}]
    FROM (
        SELECT article_id, unnest(lines) AS line FROM articles_signature WHERE lines && %(lines)s
    ) AS held
    WHERE line = ANY (%(lines)s) GROUP BY line HAVING count(*) >= %(fewest)s ORDER BY line
"""
_HOLDING: Final = "SELECT article_id FROM articles_signature WHERE lines && %s ORDER BY article_id"
_WRITE_SIGNATURES: Final = """
    INSERT INTO articles_signature AS s (article_id, bands, lines, fingerprint, configuration)
    SELECT r.article_id, r.bands, r.lines, r.fingerprint, r.configuration
    FROM jsonb_to_recordset(%s) AS r (article_id bigint, bands integer[], lines bigint[],
        fingerprint text, configuration text)
    ORDER BY r.article_id
    ON CONFLICT (article_id) DO UPDATE SET bands = excluded.bands, lines = excluded.lines,
        fingerprint = excluded.fingerprint, configuration = excluded.configuration
    WHERE (s.bands, s.lines, s.fingerprint, s.configuration)
        IS DISTINCT FROM (excluded.bands, excluded.lines, excluded.fingerprint,
            excluded.configuration)
"""
_WRITE_PAIRS: Final = """
    INSERT INTO articles_duplicatepair AS p (first_id, second_id, first_share, second_share,
        passages, first_fingerprint, second_fingerprint, engine, version, configuration, run)
    SELECT r.* FROM jsonb_to_recordset(%s) AS r (first_id bigint, second_id bigint,
        first_share float, second_share float, passages jsonb, first_fingerprint text,
        second_fingerprint text, engine text, version text, configuration text, run uuid)
    ORDER BY r.first_id, r.second_id
    ON CONFLICT (first_id, second_id) DO UPDATE SET
        first_share = excluded.first_share, second_share = excluded.second_share,
        passages = excluded.passages, first_fingerprint = excluded.first_fingerprint,
        second_fingerprint = excluded.second_fingerprint, engine = excluded.engine,
        version = excluded.version, configuration = excluded.configuration, run = excluded.run
    WHERE p.state = 'suggested' AND (p.first_share, p.second_share, p.passages,
            p.first_fingerprint, p.second_fingerprint)
        IS DISTINCT FROM (excluded.first_share, excluded.second_share, excluded.passages,
            excluded.first_fingerprint, excluded.second_fingerprint)
"""


class Candidate(NamedTuple):
    """An article, another that may be near it, and how many bands they share."""

    article: int
    other: int
    shared: int


def unsigned(articles: Collection[int], configuration: str) -> list[int]:
    """Those of the articles that have no signature of their present text by these rules."""
    return [key for (key,) in _ask(_UNSIGNED, [list(articles), configuration])]


def candidates(articles: Collection[int], at_most: int) -> list[Candidate]:
    """For each of the articles the others that share most bands with it."""
    asked = {"articles": list(articles), "limit": at_most, "frequent": FREQUENT}
    with _by_index():
        return [Candidate(*row) for row in _ask(_CANDIDATES, asked)]


def line_holders(lines: Collection[int], fewest: int) -> dict[int, list[int]]:
    """Of these lines those that as many articles hold, with the last 16 of these."""
    with _by_index():
        return dict(_ask(_HOLDERS, {"lines": list(lines), "fewest": fewest}))


def holding(lines: Collection[int]) -> list[int]:
    """The articles that hold one of the lines."""
    with _by_index():
        return [key for (key,) in _ask(_HOLDING, [list(lines)])]


def write_signatures(rows: Iterable[Mapping[str, Any]]) -> int:
    """Write what differs of them, and return how many did."""
    return _write(_WRITE_SIGNATURES, rows)


def write_pairs(rows: Iterable[Mapping[str, Any]]) -> int:
    """Write what differs of pairs that no editor has judged, and return how many did."""
    return _write(_WRITE_PAIRS, rows)


def _write(statement: str, rows: Iterable[Mapping[str, Any]]) -> int:
    given = list(rows)
    if not given:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(given)])
        return int(cursor.rowcount)


def _ask(statement: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


@contextmanager
def _by_index() -> Iterator[None]:
    """A transaction in which no table is read as a whole.

    Of an array's rare elements the statistics know so little that PostgreSQL would do so. Nor is
    anything compiled, for what a forbidden plan seems to cost.
    """
    with transaction.atomic(savepoint=False):
        [(*before, _, _)] = _ask(
            "SELECT current_setting('enable_seqscan'), current_setting('jit'),"
            " set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)",
            [],
        )
        yield
        # An exception needs no care here: the rollback takes the settings back.
        _ask("SELECT set_config('enable_seqscan', %s, true), set_config('jit', %s, true)", before)
