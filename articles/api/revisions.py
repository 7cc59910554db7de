"""What readers saw of an article before: its revisions, and how it stood at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api import representations
from articles.api.doors import Door
from articles.api.errors import InvalidRequestError
from articles.api.pagination import PAGING, Cursor, paginate
from articles.api.parameters import FORMAT, Moment, moment, number
from articles.api.passages import MOST_PASSAGES, passages
from articles.api.representations import (
    CORRECTIONS,
    ENTITIES,
    TAGS,
    Address,
    Row,
    StoodArticle,
    addresses,
    published,
)
from articles.api.serializers import Page, Shape
from articles.api.visibility import unseen, visible
from articles.errors import InvalidQueryError
from articles.models import Article
from articles.models.corrections import corrections_at
from articles.models.links_then import mentions_at, source_names, taggings_at
from articles.models.revisions import PUBLIC_COLUMNS, Revision, public_revisions, stand_at
from articles.vocabulary import RevisionAction

AS_OF: Final = moment(
    "as_of",
    "The article as readers saw it at this time; a date means the end of that day, in UTC. Texts, "
    "dates, tags and mentions are those of then, the names of source, tags and entities those of "
    "now. What was not public then is a 404.",
)
REVISIONS: Final = 25
MOST_REVISIONS: Final = 100
NAMES: Final = {"source_id": "source"}  # of columns that an answer calls otherwise
TEXTS: Final = frozenset({"summary", "body"})  # long: told by what differs


@extend_schema_field(
    {"type": ["string", "array", "null"], "items": {"type": "string"}, "examples": ["Talks resume"]}
)
class ValueField(serializers.Field[Any, Any, Any, Any]):
    pass


class PassageShape(Shape):
    before = serializers.CharField(help_text="Empty where words were added only.")
    after = serializers.CharField(help_text="Empty where words were taken away only.")


class ChangeShape(Shape):
    field = serializers.ChoiceField([(it, it) for it in (NAMES.get(c, c) for c in PUBLIC_COLUMNS)])
    before = ValueField(required=False, help_text="Not of summary and body; of source the slug.")
    after = ValueField(required=False)
    passages = PassageShape(
        many=True,
        required=False,
        help_text="Of summary and body: the places that differ, with a few words around them, at "
        f"most {MOST_PASSAGES}; a long one is cut.",
    )
    complete = serializers.BooleanField(
        required=False, help_text="Whether the passages are all places that differ."
    )


class RevisionShape(Shape):
    position = serializers.IntegerField(min_value=1, help_text="Position in the ledger.")
    at = serializers.DateTimeField(help_text="Since when readers saw it.")
    action = serializers.ChoiceField(
        RevisionAction.choices,
        help_text="published: the first that they saw; changed: from the one before; republished: "
        "the article had been away.",
    )
    url = serializers.URLField(help_text="The article as it stood then.")
    changes = ChangeShape(
        many=True, help_text="From the public revision before; empty of the first."
    )


class RevisionPage(Page):
    results = RevisionShape(many=True)


class ArticleRevisions(Door):
    """The revisions of a published article that readers saw, the newest first, with what changed.

    What it was as a draft, under an embargo or while it was withdrawn is never told.
    """

    name = "Revisions"
    parameters = (
        number("page_size", "How many on a page.", 1, MOST_REVISIONS, default=REVISIONS),
        next(it for it in PAGING if it.name == "cursor"),
        FORMAT,
    )
    operation = "list_article_revisions"
    answer = RevisionPage
    may = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
    page = "articles/api_revisions.html"

    def get(self, request: Request, uid: UUID) -> Response:
        for key in visible(request).filter(uid=uid).values_list("pk", flat=True):
            rows = [{"entry": it.entry, "revision": it} for it in public_revisions(key)]
            fetch = partial(_page, rows)
            page = paginate(request, self.asked, fetch, lambda row: [row["entry"]])
            told = self._told([row["revision"] for row in page.rows], uid)
            return Response(
                {"next": page.next, "previous": page.previous, "count": None, "results": told}
            )
        raise unseen(uid)

    def _told(self, revisions: Sequence[Revision], uid: UUID) -> list[Row]:
        states = [state for it in revisions for state in (it.state, it.before) if state]
        sources = source_names({state["source_id"] for state in states})
        address = addresses(self.address("article-list"))(uid)
        return [
            {
                "position": it.position,
                "at": it.at,
                "action": it.action.value,
                "url": f"{address}?{urlencode({'as_of': _zulu(it.at)})}",
                "changes": _changes(it, {key: slug for key, (slug, _) in sources.items()}),
            }
            for it in revisions
        ]


def _page(rows: Sequence[Row], cursor: Cursor | None, limit: int) -> list[Row]:
    """Of rows newest first, as `Keyset.rows` gives those of a query."""
    if cursor is None:
        return list(rows[:limit])
    (place,) = cursor.place
    here = [
        row
        for row in rows
        if (row["entry"] < place if cursor.forward else row["entry"] > place)
        or (cursor.inclusive and row["entry"] == place)
    ]
    return here[:limit] if cursor.forward else here[::-1][:limit]


def _changes(revision: Revision, sources: Mapping[int, str]) -> list[Row]:
    before, after = revision.before, revision.state
    if before is None:
        return []
    return [
        _change(column, before, after, sources)
        for column in PUBLIC_COLUMNS
        if before[column] != after[column]
    ]


def _change(
    column: str, before: Mapping[str, Any], after: Mapping[str, Any], sources: Mapping[int, str]
) -> Row:
    if column in TEXTS:
        found, is_complete = passages(before[column], after[column])
        told = [{"before": it.before, "after": it.after} for it in found]
        return {"field": column, "passages": told, "complete": is_complete}
    values = [_value(column, state, sources) for state in (before, after)]
    return {"field": NAMES.get(column, column), "before": values[0], "after": values[1]}


def _value(column: str, state: Mapping[str, Any], sources: Mapping[int, str]) -> Any:
    match column:
        case "source_id":
            return sources.get(state[column])
        case "published_at":
            return published(dict(state))
    return state[column]


def article_as_of(article: Article, at: Moment, address: Address, chosen: Collection[str]) -> Row:
    """The detail of an article as readers saw it at a time.

    Raises InvalidRequestError for a time to come, NotFound where they did not see it then.
    """
    now = timezone.now()
    if at.start > now:
        raise InvalidRequestError([InvalidQueryError(AS_OF.name, "lies in the future")])
    time = min(at.end, now) if at.end else at.start
    stand = stand_at(article.pk, time)
    if stand is None:
        raise NotFound("The article was not public at that time.")
    slug, name = source_names([stand.state["source_id"]])[stand.state["source_id"]]
    row = {
        **stand.state,
        "pk": article.pk,
        "publish_at": None,
        "uid": article.uid,
        "source__slug": slug,
        "source__name": name,
        "updated_at": stand.start,
    }
    links = mentions_at(article.pk, article.uid, time)
    entities = {it.slug: {"slug": it.slug, "name": it.name, "kind": it.kind} for _, it in links}
    tags = [{"slug": it.slug, "name": it.name} for it in taggings_at(article.pk, article.uid, time)]
    row |= {TAGS: orjson.dumps(tags), ENTITIES: orjson.dumps(list(entities.values()))}
    row[CORRECTIONS] = orjson.dumps(corrections_at(article.pk, article.uid, time))
    mentions = [
        {"entity": it.slug, **{name: state[name] for name in ("start", "end", "quote")}}
        for state, it in links
    ]
    (told,) = representations.told(
        representations.ARTICLE, chosen, StoodArticle(row, address, mentions)
    )
    return {**told, "as_of": time, "revision": stand.position}


def _zulu(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
