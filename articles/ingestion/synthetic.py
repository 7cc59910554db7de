"""Synthetic articles: as long, as varied and as linked as news, the same for the same seed.

Words follow Zipf's law, as in prose (a few stand in nearly every article, most in few). Nothing in
them means anything, yet they stand under several languages, as the texts of most archives do.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, Final

SOURCE: Final = "synthetic"
FIRST_DAY: Final = datetime(2015, 1, 1, tzinfo=UTC)
WORDS: Final = 20_000
TAGS: Final = 40
ENTITIES: Final = 2_000
LANGUAGES: Final = {"en": 70, "fr": 12, "de": 8, "es": 5, "pt-BR": 3, "und": 2}  # of a hundred
_SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo"]
_PARAGRAPH = 60  # words


def records(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` records of the interface, five minutes apart; bodies of 120 to 360 words."""
    chance = random.Random(seed)  # noqa: S311  the same for the same seed, on purpose
    tongues = random.Random(f"languages {seed}")  # noqa: S311
    words = list(dict.fromkeys(_word(chance) for _ in range(WORDS * 2)))[:WORDS]
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    for number in range(count):
        length = chance.randint(120, 360)
        text = chance.choices(words, cum_weights=weights, k=length + 28)
        body = [
            _sentence(text[start : min(start + _PARAGRAPH, length)])
            for start in range(0, length, _PARAGRAPH)
        ]
        yield {
            "source": SOURCE,
            "external_id": f"{SOURCE}-{seed}-{number}",
            "headline": " ".join(text[length : length + 8]).capitalize(),
            "summary": _sentence(text[length + 8 :]),
            "body": "\n\n".join(body),
            "language": tongues.choices(list(LANGUAGES), list(LANGUAGES.values()))[0],
            "published_at": (FIRST_DAY + timedelta(minutes=number * 5)).isoformat(),
            "url": f"https://synthetic.example/{seed}/{number}",
            "tags": _names(chance, "Subject", TAGS, chance.randint(1, 3)),
            "entities": [
                {"name": name, "kind": "organisation"}
                for name in _names(chance, "Company", ENTITIES, chance.randint(2, 5))
            ],
        }


def _names(chance: random.Random, word: str, many: int, count: int) -> list[str]:
    """Some of many names; the first of them far more often than the last."""
    numbers = {int(many * chance.random() ** 3) + 1 for _ in range(count)}
    return [f"{word} {number}" for number in sorted(numbers)]


def _sentence(words: list[str]) -> str:
    return " ".join(words).capitalize() + "."


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))
