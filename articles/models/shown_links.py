"""What readers are shown of articles' links, for a whole page of articles at once.

In SQL: of what a page costs, the ORM's making of these statements anew would be a third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

TAGS = """
    SELECT 'tag' AS what, link.article_id, link.state, tag.slug, tag.name, '' AS kind,
        tag.media_topic AS item, false AS is_subject, NULL::integer AS first, tag.name AS place
    FROM articles_tagging AS link JOIN articles_tag AS tag ON tag.id = link.tag_id
    WHERE link.article_id = ANY(%(articles)s) AND link.state = ANY(%(states)s)
"""
ENTITIES = """
    SELECT 'entity' AS what, link.article_id,
        CASE WHEN bool_or(link.state = 'accepted') THEN 'accepted' ELSE 'suggested' END,
        entity.slug, entity.name, entity.kind, entity.wikidata_id AS item,
        bool_or(link.start IS NULL) AS is_subject, min(link.start) AS first, '' AS place
    FROM articles_mention AS link JOIN articles_entity AS entity ON entity.id = link.entity_id
    WHERE link.article_id = ANY(%(articles)s) AND link.state = ANY(%(states)s)
    GROUP BY link.article_id, entity.id
"""
MENTIONS = """
    SELECT link.article_id, link.state, entity.slug, entity.name, entity.kind,
        link.start, link."end", link.quote
    FROM articles_mention AS link JOIN articles_entity AS entity ON entity.id = link.entity_id
    WHERE link.article_id = ANY(%(articles)s) AND link.state = ANY(%(states)s)
    ORDER BY link.start, entity.slug
"""
PARTS = {"tag": TAGS, "entity": ENTITIES}


class ShownLink(NamedTuple):
    """A tag or an entity of an article. `item` is its IPTC Media Topic or its Wikidata item;
    `is_subject`: said of the article as a whole, not of a place in its text."""

    what: str
    article: int
    state: str
    slug: str
    name: str
    kind: str
    item: str | None
    is_subject: bool


class ShownMention(NamedTuple):
    article: int
    state: str
    slug: str
    name: str
    kind: str
    start: int | None
    end: int | None
    quote: str


class ShownLinks:
    """Accepted links of articles; with `suggestions` also those that nobody has judged."""

    def __init__(self, articles: Sequence[int], *, suggestions: bool = False) -> None:
        states = (LinkState.ACCEPTED, *([LinkState.SUGGESTED] if suggestions else []))
        self._values: dict[str, Any] = {
            "articles": list(articles),
            "states": [str(state) for state in states],
        }

    def things(self, wanted: Collection[str]) -> list[ShownLink]:
        """Tags by name, if `tag` is wanted; if `entity` is, entities, each once an article, where
        the text names it first, and last what the source only says of the article. One query."""
        parts = " UNION ALL ".join(sql for what, sql in PARTS.items() if what in wanted)
        with connection.cursor() as cursor:
            cursor.execute(f"{parts} ORDER BY first, place, slug", self._values)
            return [ShownLink(*row[:8]) for row in cursor.fetchall()]

    def mentions(self) -> list[ShownMention]:
        """In the order of the text."""
        with connection.cursor() as cursor:
            cursor.execute(MENTIONS, self._values)
            return [ShownMention(*row) for row in cursor.fetchall()]
