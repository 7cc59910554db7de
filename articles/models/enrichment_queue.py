"""Which articles the machine has still to read: new ones, changed ones, and those that a change of
the curated names concerns. Many workers take from one queue, each what no other holds."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from articles.models.bulk import AnyOf
from articles.models.suggestions import Enrichment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# What the machine reads of an article, as one hash: another text, and it has to read again.
TEXT_HASH: Final = (
    "encode(sha256(convert_to(a.language || chr(10) || a.headline || chr(10) || a.fingerprint,"
    " 'UTF8')), 'hex')"
)

_QUEUE_NEW: Final = """
    INSERT INTO articles_enrichment (article_id, is_stale, text, configuration)
    SELECT a.id, true, '', '' FROM articles_article a
    WHERE NOT EXISTS (SELECT FROM articles_enrichment e WHERE e.article_id = a.id)
    ON CONFLICT DO NOTHING
"""
_QUEUE_CHANGED: Final = f"""
    UPDATE articles_enrichment e SET is_stale = true, is_paired = false
    FROM articles_article a
    WHERE a.id = e.article_id AND NOT e.is_stale
        AND (e.configuration <> %s OR e.text <> {TEXT_HASH})
"""
_QUEUE_HOLDING: Final = """
    UPDATE articles_enrichment e SET is_stale = true
    FROM articles_article a
    WHERE a.id = e.article_id AND NOT e.is_stale AND a.id = ANY (
        SELECT m.article_id FROM articles_suggestion s
        JOIN articles_mention m ON m.id = s.mention_id WHERE s.alias_id = ANY (%s))
"""
_CLAIM: Final = """
    SELECT e.article_id FROM articles_enrichment e
    WHERE e.is_stale AND e.article_id > %s
    ORDER BY e.article_id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""
_DONE: Final = """
    UPDATE articles_enrichment e
    SET is_stale = false, is_grouped = false, text = done.text, configuration = %s, at = now()
    FROM unnest(%s::bigint[], %s::text[]) AS done (article, text)
    WHERE e.article_id = done.article
"""


def queue_changed(configuration: str) -> int:
    """Queue what is new, and what was read as another text or by other rules."""
    return _execute(_QUEUE_NEW) + _execute(_QUEUE_CHANGED, configuration)


def queue_all() -> int:
    return _execute(_QUEUE_NEW) + Enrichment.objects.filter(is_stale=False).update(is_stale=True)


def queue_articles(articles: Collection[int]) -> int:
    waiting = Enrichment.objects.filter(AnyOf("article_id", articles), is_stale=False)
    return waiting.update(is_stale=True)


def queue_holding(aliases: Collection[int]) -> int:
    """Queue the articles in which these aliases were found before."""
    return _execute(_QUEUE_HOLDING, list(aliases))


def claim(after: int, at_most: int) -> list[int]:
    """Stale articles with keys above one, which nobody else holds until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [after, at_most])
        return [key for (key,) in cursor.fetchall()]


def finish(texts: Mapping[int, str], configuration: str) -> None:
    """Take articles (keys) from the queue, with the hashes of the texts that were read."""
    _execute(_DONE, configuration, list(texts), list(texts.values()))


def unpaired(after: int, at_most: int) -> list[int]:
    """Articles with keys above one that were read and not yet compared with others."""
    read = Enrichment.objects.filter(is_paired=False, is_stale=False, article__gt=after)
    return list(read.order_by("article").values_list("article", flat=True)[:at_most])


def finish_pairing(articles: Collection[int]) -> None:
    Enrichment.objects.filter(AnyOf("article_id", articles)).update(is_paired=True)


def text_hash(language: str, headline: str, fingerprint: str) -> str:
    """What the machine reads of an article, as one hash; the database computes the same."""
    return hashlib.sha256(f"{language}\n{headline}\n{fingerprint}".encode()).hexdigest()


def _execute(statement: str, *parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
