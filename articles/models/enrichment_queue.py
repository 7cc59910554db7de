"""Which articles the machine has still to read: new ones, changed ones, and those that a change of
the curated names or an editor's word concerns. Many workers take from one queue, each what no other
holds.

In SQL, for the ORM knows no locks on two tables and no update from values. What a queued article
asks of its reader is a *vocabulary*, a position in the ledger: a worker that has read the names
earlier may still be at work, and would take from the queue what it cannot find.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

# What the machine reads of an article, as one hash: another text, and it has to read again.
TEXT_HASH: Final = (
    "encode(sha256(convert_to(a.language || chr(10) || a.headline || chr(10) || a.fingerprint,"
    " 'UTF8')), 'hex')"
)
# Articles are compared with others in blocks of so many keys. Only the number's sameness matters.
BLOCK: Final = 256
BLOCK_LOCK: Final = 7220

_QUEUE_NEW: Final = """
    INSERT INTO articles_enrichment (article_id, vocabulary)
    SELECT a.id, %(vocabulary)s FROM articles_article a
    WHERE (%(all)s OR a.id = ANY (%(articles)s))
        AND NOT EXISTS (SELECT FROM articles_enrichment e WHERE e.article_id = a.id)
    ON CONFLICT DO NOTHING
"""
_QUEUE_CHANGED: Final = f"""
    UPDATE articles_enrichment e SET is_stale = true
    FROM articles_article a
    WHERE a.id = e.article_id AND NOT e.is_stale AND (%(all)s OR a.id = ANY (%(articles)s))
        AND (e.configuration <> %(configuration)s OR e.text <> {TEXT_HASH})
"""
_QUEUE_PAIRING: Final = """
    UPDATE articles_enrichment SET pairing = '' WHERE pairing NOT IN ('', %s)
"""
# Also those that are stale: their reader may be at work, with the names of before.
_QUEUE: Final = """
    UPDATE articles_enrichment e SET is_stale = true, vocabulary = %(vocabulary)s
    WHERE (%(all)s OR e.article_id = ANY (%(articles)s))
        AND (NOT e.is_stale OR e.vocabulary < %(vocabulary)s)
"""
_HOLDING_ALIASES: Final = """
    SELECT DISTINCT m.article_id FROM articles_suggestion s
    JOIN articles_mention m ON m.id = s.mention_id WHERE s.alias_id = ANY (%s)
"""
# No editor changes a text while a worker reads it; one at which an editor is at work comes later.
_CLAIM: Final = """
    SELECT e.article_id FROM articles_enrichment e JOIN articles_article a ON a.id = e.article_id
    WHERE e.is_stale AND e.vocabulary <= %(vocabulary)s AND e.article_id > %(after)s
        AND (%(all)s OR e.article_id = ANY (%(articles)s))
    ORDER BY e.article_id LIMIT %(limit)s
    FOR UPDATE OF e SKIP LOCKED FOR SHARE OF a SKIP LOCKED
"""
_WAITING: Final = """
    SELECT count(*) FROM articles_enrichment
    WHERE is_stale AND vocabulary <= %(vocabulary)s
        AND (%(all)s OR article_id = ANY (%(articles)s))
"""
_DONE: Final = """
    UPDATE articles_enrichment e
    SET is_stale = false, grouping = '', text = done.text, configuration = %s, at = now(),
        pairing = CASE WHEN e.text = done.text THEN e.pairing ELSE '' END
    FROM unnest(%s::bigint[], %s::text[]) AS done (article, text)
    WHERE e.article_id = done.article
"""
_UNPAIRED_BLOCK: Final = f"""
    SELECT min(article_id) / {BLOCK} FROM articles_enrichment
    WHERE pairing = '' AND NOT is_stale AND article_id >= (%s + 1) * {BLOCK}
"""
_UNPAIRED: Final = f"""
    SELECT article_id, text FROM articles_enrichment
    WHERE pairing = '' AND NOT is_stale
        AND article_id >= %s::bigint * {BLOCK} AND article_id < (%s::bigint + 1) * {BLOCK}
    ORDER BY article_id
"""
# What somebody else holds is compared once more, by the next run.
_PAIRED: Final = """
    UPDATE articles_enrichment SET pairing = %s WHERE article_id IN (
        SELECT e.article_id FROM articles_enrichment e
        JOIN unnest(%s::bigint[], %s::text[]) AS done (article, text)
            ON e.article_id = done.article AND e.text = done.text AND NOT e.is_stale
        ORDER BY e.article_id FOR UPDATE OF e SKIP LOCKED)
"""


def queue_changed(
    configuration: str, vocabulary: int, articles: Collection[int] | None = None
) -> int:
    """Queue what is new, and what was read as another text or by other rules: of these articles,
    of all of them where none are given."""
    asked = {"configuration": configuration, "vocabulary": vocabulary, **_among(articles)}
    return _execute(_QUEUE_NEW, asked) + _execute(_QUEUE_CHANGED, asked)


def queue_pairing(rules: str) -> int:
    """Queue what was compared by other rules."""
    return _execute(_QUEUE_PAIRING, [rules])


def queue_articles(articles: Collection[int] | None, vocabulary: int) -> int:
    """Queue articles for whoever knows the names of this position; without a list, all of them."""
    return _execute(_QUEUE, {"vocabulary": vocabulary, **_among(articles)})


def holding_aliases(aliases: Collection[int]) -> set[int]:
    """The articles in which these aliases were found before."""
    return {article for (article,) in _ask(_HOLDING_ALIASES, [list(aliases)])}


def claim(
    vocabulary: int, after: int, at_most: int, articles: Collection[int] | None = None
) -> list[int]:
    """Stale articles with keys above one, which nobody else holds until this transaction ends."""
    asked = {"vocabulary": vocabulary, "after": after, "limit": at_most, **_among(articles)}
    return [key for (key,) in _ask(_CLAIM, asked)]


def finish(texts: Mapping[int, str], configuration: str) -> None:
    """Take articles (keys) from the queue, with the hashes of the texts that were read."""
    _execute(_DONE, [configuration, list(texts), list(texts.values())])


def waiting(vocabulary: int, articles: Collection[int] | None = None) -> int:
    """How many articles wait for whoever knows the names of this position: of these, if any are
    given."""
    return int(_ask(_WAITING, {"vocabulary": vocabulary, **_among(articles)})[0][0])


def is_unpaired() -> bool:
    """Whether something was read and not yet compared with others."""
    return next_unpaired_block(-1) is not None


def next_unpaired_block(after: int) -> int | None:
    """The first block after this one with articles that were read and not yet compared."""
    block = _ask(_UNPAIRED_BLOCK, [after])[0][0]
    return None if block is None else int(block)


def unpaired(block: int) -> dict[int, str]:
    """Those articles, with the hash of the text that was read."""
    return dict(_ask(_UNPAIRED, [block, block]))


@contextmanager
def holding_block(block: int, *, is_patient: bool = False) -> Iterator[bool]:
    """Whether the block is ours until the end: otherwise another is comparing it, for whom the
    patient wait.

    A lock of the session, which ends with it: what is done meanwhile are transactions of their own.
    """
    lock = "pg_advisory_lock(%s, %s) IS NOT NULL" if is_patient else "pg_try_advisory_lock(%s, %s)"
    [(is_held,)] = _ask(f"SELECT {lock}", [BLOCK_LOCK, block])
    try:
        yield bool(is_held)
    finally:
        if is_held and connection.connection and not connection.connection.closed:
            _ask("SELECT pg_advisory_unlock(%s, %s)", [BLOCK_LOCK, block])


def finish_pairing(texts: Mapping[int, str], rules: str) -> None:
    """Note that articles were compared, unless their text has changed since it was read."""
    _execute(_PAIRED, [rules, list(texts), list(texts.values())])


def text_hash(language: str, headline: str, fingerprint: str) -> str:
    """What the machine reads of an article, as one hash; the database computes the same."""
    return hashlib.sha256(f"{language}\n{headline}\n{fingerprint}".encode()).hexdigest()


def _among(articles: Collection[int] | None) -> dict[str, Any]:
    return {"all": articles is None, "articles": list(articles or ())}


def _execute(statement: str, parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _ask(statement: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
