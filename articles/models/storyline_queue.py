"""Which articles are to be looked at for storylines, and what is compared of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection

from articles.models.bulk import AnyOf
from articles.models.suggestions import Enrichment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from django.db.models import QuerySet

# Only the number's sameness matters: one at a time, for two may make the same storyline.
GROUP_LOCK: Final = 7221

SALIENT: Final = 0.4
"""An article is about an entity of this salience; the index of `Salience` says the same."""

MOST_COUNTED: Final = 10_000

# Of each article its three weightiest entities, and of each the articles that came next before and
# after it: two walks along an index that end by themselves, however often the entity is named.
_NEIGHBOURS: Final = f"""
    WITH own AS (
        SELECT a.id, a.published_at, s.entity_id, s.score
        FROM articles_article a CROSS JOIN LATERAL (
            SELECT entity_id, score FROM articles_salience
            WHERE article_id = a.id AND score >= {SALIENT}
            ORDER BY score DESC, entity_id LIMIT 3) s
        WHERE a.id = ANY (%(articles)s)
    ),
    near AS (
        SELECT own.id, n.article_id, sum(own.score * n.score) AS shared
        FROM own CROSS JOIN LATERAL (
            (SELECT article_id, score FROM articles_salience
                WHERE entity_id = own.entity_id AND score >= {SALIENT} AND article_id < own.id
                ORDER BY article_id DESC LIMIT %(around)s)
            UNION ALL
            (SELECT article_id, score FROM articles_salience
                WHERE entity_id = own.entity_id AND score >= {SALIENT} AND article_id > own.id
                ORDER BY article_id LIMIT %(around)s)
        ) n
        JOIN articles_article a ON a.id = n.article_id
        WHERE abs(extract(epoch FROM a.published_at - own.published_at))
            <= 86400 * %(days)s IS NOT FALSE
        GROUP BY own.id, n.article_id
    )
    SELECT DISTINCT article_id FROM (
        SELECT article_id, row_number() OVER (
            PARTITION BY id ORDER BY shared DESC, article_id) AS place FROM near) ranked
    WHERE place <= %(most)s ORDER BY article_id
"""
_TEXTS: Final = """
    SELECT id, published_at, split_part(language, '-', 1), tsvector_to_array(search),
        tsvector_to_array(ts_filter(search, '{a}'))
    FROM articles_article WHERE id = ANY (%s) ORDER BY id
"""
_WORDS: Final = """
    SELECT tsvector_to_array(search) FROM articles_article ORDER BY id DESC LIMIT %s
"""
# The words of all texts as search knows them where the language is not known: none left out.
_PLAIN_WORDS: Final = """
    SELECT split_part(language, '-', 1), tsvector_to_array(to_tsvector('simple', left(body, 20000)))
    FROM articles_article ORDER BY id DESC LIMIT %s
"""
_HELD: Final = f"""
    SELECT entity, (SELECT count(*) FROM (
        SELECT FROM articles_salience WHERE entity_id = entity LIMIT {MOST_COUNTED}) held)
    FROM unnest(%s::bigint[]) AS entity
"""


class Words(NamedTuple):
    """An article's words as search knows them, and those of its headline."""

    article: int
    published_at: datetime | None
    language: str
    words: list[str]
    headline: list[str]


def _ungrouped() -> QuerySet[Enrichment]:
    return Enrichment.objects.filter(grouping="", is_stale=False).order_by("article")


def ungrouped(at_most: int) -> list[int]:
    """Articles that were read and not yet looked at, for this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GROUP_LOCK])
    return list(_ungrouped().values_list("article", flat=True)[:at_most])


def is_ungrouped() -> bool:
    """Whether something was read and not yet looked at by these rules."""
    return _ungrouped().exists()


def queue_grouping(rules: str) -> int:
    """Queue what was looked at by other rules."""
    return Enrichment.objects.exclude(grouping__in=["", rules]).update(grouping="")


def finish_grouping(articles: Collection[int], rules: str) -> None:
    Enrichment.objects.filter(AnyOf("article_id", articles)).update(grouping=rules)


def neighbours(articles: Collection[int], *, days: int, around: int, most: int) -> list[int]:
    """Of each article at most so many others that are about the same, within so many days."""
    given = {"articles": list(articles), "days": days, "around": around, "most": most}
    return [key for (key,) in _rows(_NEIGHBOURS, given)]


def words_of(articles: Collection[int]) -> list[Words]:
    return [Words(*row) for row in _rows(_TEXTS, [list(articles)])]


def words_of_latest(most: int) -> list[list[str]]:
    """The words of each of the articles that came last."""
    return [words for (words,) in _rows(_WORDS, [most])]


def plain_words_of_latest(most: int) -> list[tuple[str, list[str]]]:
    """The same as they are written, whatever the language, which comes with them."""
    return [(language, words) for language, words in _rows(_PLAIN_WORDS, [most])]


def articles_naming(entities: Iterable[int]) -> dict[int, int]:
    """How many articles name each of the entities, at most 10,000."""
    return dict(_rows(_HELD, [list(entities)]))


def _rows(statement: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[Any] = cursor.fetchall()
        return found
