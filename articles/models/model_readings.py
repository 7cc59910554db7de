"""What a language model said of each text: the places of names, and which texts it has still to
read.

Kept beside the text, so that everybody who reads the article again knows it without the model. In
SQL, for the same reasons as the queue of articles that are to be read, which this one is like.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection, models

from articles.models.bulk import AnyOf
from articles.models.enrichment_queue import TEXT_HASH, queue_articles

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_QUEUE_NEW: Final = """
    INSERT INTO articles_modelreading (article_id)
    SELECT a.id FROM articles_article a
    WHERE (%(all)s OR a.id = ANY (%(articles)s))
        AND NOT EXISTS (SELECT FROM articles_modelreading r WHERE r.article_id = a.id)
    ON CONFLICT DO NOTHING
"""
_QUEUE_CHANGED: Final = f"""
    UPDATE articles_modelreading r SET is_stale = true
    FROM articles_article a
    WHERE a.id = r.article_id AND NOT r.is_stale AND (%(all)s OR a.id = ANY (%(articles)s))
        AND (r.configuration <> %(configuration)s OR r.text <> {TEXT_HASH})
"""
_CLAIM: Final = """
    SELECT r.article_id FROM articles_modelreading r
    JOIN articles_article a ON a.id = r.article_id
    WHERE r.is_stale AND r.article_id > %s ORDER BY r.article_id LIMIT %s
    FOR UPDATE OF r SKIP LOCKED FOR SHARE OF a SKIP LOCKED
"""
_KEEP: Final = """
    UPDATE articles_modelreading r SET is_stale = false, text = n.text, spans = n.spans,
        configuration = %s, model = %s, at = now()
    FROM jsonb_to_recordset(%s) AS n (article bigint, text text, spans jsonb)
    WHERE r.article_id = n.article
"""
_FORGET: Final = """
    WITH gone AS (DELETE FROM articles_modelreading RETURNING article_id, spans)
    SELECT article_id FROM gone WHERE spans <> '[]'
"""


class ModelReading(models.Model):
    """What a model said of an article's body: `spans` are [[start, end, label]], in order.

    It holds for the text whose hash is `text` (see `enrichment_queue`), and only for that.
    """

    article = models.OneToOneField(
        "articles.Article",
        models.CASCADE,
        primary_key=True,
        related_name="model_reading",
        editable=False,
    )
    is_stale = models.BooleanField(default=True, db_default=True, editable=False)
    text = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    configuration = models.CharField(
        max_length=16, blank=True, default="", db_default="", editable=False
    )
    model = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    spans = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), editable=False
    )
    at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index("article", name="model_reading_waiting", condition=models.Q(is_stale=True))
        ]

    def __str__(self) -> str:
        return f"{self.model} on {self.article}"


class Spans(NamedTuple):
    """What a model (its name and version) said of one text."""

    text: str
    model: str
    spans: list[tuple[int, int, str]]


def queue_for_model(configuration: str, articles: Collection[int] | None = None) -> None:
    """Queue what is new, changed, or was read by another model: of these articles, if any are
    given."""
    asked: dict[str, Any] = {
        "configuration": configuration,
        "all": articles is None,
        "articles": list(articles or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE_NEW, asked)
        cursor.execute(_QUEUE_CHANGED, asked)


def waiting_for_model() -> int:
    return ModelReading.objects.filter(is_stale=True).count()


def claim_for_model(after: int, at_most: int) -> list[int]:
    """Articles with keys above one which nobody else holds until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [after, at_most])
        return [key for (key,) in cursor.fetchall()]


def keep_spans(
    found: Mapping[int, tuple[str, list[tuple[int, int, str]]]],
    configuration: str,
    model: str,
    vocabulary: int,
) -> None:
    """Keep by claimed article the hash of its text and the model's spans.

    Articles of which the model says something else than before are read again.
    """
    before = spans_of(found)
    rows = [{"article": key, "text": text, "spans": spans} for key, (text, spans) in found.items()]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [configuration, model, json.dumps(rows)])
    queue_articles(
        sorted(
            key
            for key, (text, spans) in found.items()
            if before[key] != Spans(text, model, spans) and (spans or before[key].spans)
        ),
        vocabulary,
    )


def spans_of(articles: Collection[int]) -> dict[int, Spans]:
    """What is known of these articles, whether it still holds for their texts or not."""
    rows = ModelReading.objects.filter(AnyOf("article_id", articles))
    return {
        key: Spans(text, model, [(start, end, label) for start, end, label in spans])
        for key, text, model, spans in rows.values_list("article_id", "text", "model", "spans")
    }


def forget_readings(vocabulary: int) -> int:
    """Forget what the model said, of all articles; those of which it said something are read
    again. Returns how many these are."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET)
        articles = [key for (key,) in cursor.fetchall()]
    queue_articles(articles, vocabulary)
    return len(articles)
