"""Synthetic articles as rows for COPY."""

from collections.abc import Iterator
from typing import Any

from articles.identity import article_uid
from articles.ingestion.synthetic import records

COLUMNS = (
    "uid", "origin", "external_id", "source_id", "headline", "summary", "bylines", "body",
    "language", "published_at", "published_precision", "original_url", "status",
)  # fmt: skip


def rows(count: int, source_id: int, seed: int = 1) -> Iterator[tuple[Any, ...]]:
    """`count` articles in the order of COLUMNS."""
    for record in records(count, seed):
        origin, external_id = record["source"], record["external_id"]
        yield (
            article_uid(origin, external_id),
            origin,
            external_id,
            source_id,
            record["headline"],
            record["summary"],
            [],
            record["body"],
            record["language"],
            record["published_at"],
            "exact",
            record["url"],
            "published",
        )
