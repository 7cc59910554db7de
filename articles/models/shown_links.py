"""What readers are shown of an article's links: columns of the query that reads its row.

In SQL: PostgreSQL looks the links of the shown rows up at once, which saves a page two queries and
the making of two hundred objects. Django's ORM can say it too, but takes as long to say it as
PostgreSQL to do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

# By name.
TAGS: Final = """
    (SELECT coalesce(json_agg(json_build_object({members}) ORDER BY tag.name, tag.slug), '[]')::text
    FROM articles_tagging AS link JOIN articles_tag AS tag ON tag.id = link.tag_id
    WHERE link.article_id = articles_article.id AND link.state = ANY(%s))
"""
# Each once, where the text names it first; what the source only says of the article comes last.
ENTITIES: Final = """
    (SELECT coalesce(json_agg(shown ORDER BY first, slug), '[]')::text
    FROM (
        SELECT json_build_object({members}) AS shown, min(link.start) AS first, entity.slug
        FROM articles_mention AS link JOIN articles_entity AS entity ON entity.id = link.entity_id
        WHERE link.article_id = articles_article.id AND link.state = ANY(%s)
        GROUP BY entity.id
    ) AS entities)
"""
# The first first.
CORRECTIONS: Final = """
    (SELECT coalesce(json_agg(json_build_object('note', it.note, 'at', it.at)
        ORDER BY it.at, it.id), '[]')::text
    FROM articles_correction AS it WHERE it.article_id = articles_article.id)
"""
OF_TAG: Final = {
    "slug": "tag.slug",
    "name": "tag.name",
    "media_topic": "tag.media_topic",
    "state": "link.state",
}
OF_ENTITY: Final = {
    "slug": "entity.slug",
    "name": "entity.name",
    "kind": "entity.kind",
    "wikidata_id": "entity.wikidata_id",
    # said of the article as a whole, not of a place in its text
    "is_subject": "bool_or(link.start IS NULL)",
    "state": "CASE WHEN bool_or(link.state = 'accepted') THEN 'accepted' ELSE 'suggested' END",
}
MENTIONS: Final = """
    SELECT link.article_id, link.state, entity.slug, link.start, link."end", link.quote
    FROM articles_mention AS link JOIN articles_entity AS entity ON entity.id = link.entity_id
    WHERE link.article_id = ANY(%s) AND link.state = ANY(%s) AND NOT link.is_lost
    ORDER BY link.start, entity.slug
"""


class ShownMention(NamedTuple):
    article: int
    state: str
    slug: str
    start: int | None
    end: int | None
    quote: str


def _states(suggestions: bool) -> list[str]:
    shown = (LinkState.ACCEPTED, *([LinkState.SUGGESTED] if suggestions else []))
    return [state.value for state in shown]


def shown_tags(members: Collection[str], *, suggestions: bool = False) -> RawSQL:
    """An article's tags as a JSON array of objects with these members, of `OF_TAG`."""
    return _column(TAGS, OF_TAG, members, suggestions)


def shown_entities(members: Collection[str], *, suggestions: bool = False) -> RawSQL:
    """The same of its entities, with members of `OF_ENTITY`."""
    return _column(ENTITIES, OF_ENTITY, members, suggestions)


def shown_corrections() -> RawSQL:
    """An article's corrections as a JSON array."""
    return RawSQL(CORRECTIONS, [], TextField())


def _column(sql: str, known: Any, members: Collection[str], suggestions: bool) -> RawSQL:
    pairs = ", ".join(f"'{name}', {known[name]}" for name in members)
    return RawSQL(sql.format(members=pairs), [_states(suggestions)], TextField())


def shown_mentions(articles: Sequence[int], *, suggestions: bool = False) -> list[ShownMention]:
    """The mentions of articles in the order of their texts."""
    with connection.cursor() as cursor:
        cursor.execute(MENTIONS, [list(articles), _states(suggestions)])
        return [ShownMention(*row) for row in cursor.fetchall()]
