"""Synthetic articles for benchmarks: same seed, same articles; words as frequent as in prose."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from articles.identity import article_uid

WORDS = 20_000
FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC)
COLUMNS = (
    "uid", "origin", "external_id", "source_id", "headline", "summary", "bylines", "body",
    "language", "published_at", "published_precision", "original_url", "status",
)  # fmt: skip


def rows(count: int, source_id: int, seed: int = 1) -> Iterator[tuple[Any, ...]]:
    """`count` rows for COPY in the order of COLUMNS; mean length 240 words, Zipf-distributed."""
    chance = random.Random(seed)
    words = [_word(chance) for _ in range(WORDS)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(WORDS)))
    for number in range(count):
        length = chance.randint(120, 360)
        text = chance.choices(words, cum_weights=weights, k=length + 30)
        body = "\n\n".join(
            " ".join(text[start : min(start + 60, length)]).capitalize() + "."
            for start in range(0, length, 60)
        )
        external_id = f"synthetic-{seed}-{number}"
        yield (
            article_uid("synthetic", external_id),
            "synthetic",
            external_id,
            source_id,
            " ".join(text[length : length + 8]).capitalize(),
            " ".join(text[length + 8 : length + 28]).capitalize() + ".",
            [],
            body,
            "en",
            FIRST_DAY + timedelta(minutes=number * 5),
            "exact",
            f"https://synthetic.example/{number}",
            "published",
        )


def _word(chance: random.Random) -> str:
    syllables = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo"]
    return "".join(chance.choice(syllables) for _ in range(chance.randint(2, 4)))
