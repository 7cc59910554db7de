"""What readers are shown of articles' links, for a whole page of articles at once.

In SQL: of what a page costs, the ORM's making of these statements anew would be a third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from typing import cast as typed

from django.db import connection

from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCEPTED = (LinkState.ACCEPTED,)
WITH_SUGGESTIONS = (LinkState.ACCEPTED, LinkState.SUGGESTED)

TAGS = """
    SELECT link.article_id, link.state, tag.slug, tag.name, tag.media_topic
    FROM articles_tagging AS link JOIN articles_tag AS tag ON tag.id = link.tag_id
    WHERE link.article_id = ANY(%s) AND link.state = ANY(%s)
    ORDER BY tag.name, tag.slug
"""
ENTITIES = """
    SELECT link.article_id,
        CASE WHEN bool_or(link.state = 'accepted') THEN 'accepted' ELSE 'suggested' END,
        entity.slug, entity.name, entity.kind, entity.wikidata_id, bool_or(link.start IS NULL)
    FROM articles_mention AS link JOIN articles_entity AS entity ON entity.id = link.entity_id
    WHERE link.article_id = ANY(%s) AND link.state = ANY(%s)
    GROUP BY link.article_id, entity.id
    ORDER BY min(link.start), entity.slug
"""
MENTIONS = """
    SELECT link.article_id, link.state, entity.slug, entity.name, entity.kind,
        link.start, link."end", link.quote
    FROM articles_mention AS link JOIN articles_entity AS entity ON entity.id = link.entity_id
    WHERE link.article_id = ANY(%s) AND link.state = ANY(%s)
    ORDER BY link.start, entity.slug
"""


class ShownTag(NamedTuple):
    article: int
    state: str
    slug: str
    name: str
    media_topic: str | None


class ShownEntity(NamedTuple):
    article: int
    state: str
    slug: str
    name: str
    kind: str
    wikidata_id: str | None
    is_subject: bool  # said of the article as a whole, not of a place in its text


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
        self._articles = list(articles)
        self._states = [str(state) for state in (WITH_SUGGESTIONS if suggestions else ACCEPTED)]

    def tags(self) -> list[ShownTag]:
        """By name."""
        return typed("list[ShownTag]", self._rows(TAGS, ShownTag))

    def entities(self) -> list[ShownEntity]:
        """Each once an article, where the text names it first; what the source only says of the
        article comes last."""
        return typed("list[ShownEntity]", self._rows(ENTITIES, ShownEntity))

    def mentions(self) -> list[ShownMention]:
        """In the order of the text."""
        return typed("list[ShownMention]", self._rows(MENTIONS, ShownMention))

    def _rows(self, sql: str, kind: type[NamedTuple]) -> list[NamedTuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [self._articles, self._states])
            return [kind._make(row) for row in cursor.fetchall()]
