"""What is compared of articles to know whether they tell of one event: read for many at once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from articles.enrichment.folding import small
from articles.enrichment.likeness import Piece, Topic, rarity, telling
from articles.models import Alias, Article, Salience
from articles.models.bulk import AnyOf
from articles.models.storyline_queue import (
    articles_naming,
    plain_words_of_latest,
    words_of,
    words_of_latest,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SAMPLE: Final = 1_000  # articles by which it is known which words are common
FEWEST: Final = 1_000  # in a smaller archive names are as rare as they would be in this
TELLING_WORDS: Final = 128
UNDETERMINED: Final = "und"
_COMMON: Final = 0.5  # of the articles of a sample: a word of so many is no evidence
_FEWEST: Final = 10  # articles of a sample before it says so
_STEM: Final = 4  # letters; a longer word of search is a stem, whose last letter may be another
_WORD: Final = re.compile(r"[^\W\d_]+")
_IN_HEADLINE: Final = 2  # times what a word of the body weighs


@dataclass(slots=True)
class Background:
    """What is common in the archive, read once a run."""

    articles: int
    sample: int
    words: Counter[str]
    entities: dict[int, int] = field(default_factory=dict)
    names: dict[int, set[str]] = field(default_factory=dict)
    _plain: list[tuple[int, Counter[str]]] = field(default_factory=list)

    @classmethod
    def read(cls) -> Background:
        latest = words_of_latest(SAMPLE)
        words = Counter(word for words in latest for word in words)
        return cls(max(Article.objects.count(), FEWEST), len(latest), words)

    def count(self, entities: Iterable[int]) -> None:
        if new := set(entities) - self.entities.keys():
            self.entities |= articles_naming(sorted(new))
            aliases = Alias.objects.filter(AnyOf("entity_id", sorted(new)))
            for entity, spelling in aliases.values_list("entity", "spelling"):
                self.names.setdefault(entity, set()).update(_WORD.findall(small(spelling)))

    def rarity(self, word: str, language: str) -> float:
        """What a word says of an article; nothing, if a large share of them has it.

        Search leaves out no word of a text whose language is not known: how common such a word is
        all texts say as they are written, and those of unknown language, which may be of another.
        """
        if language != UNDETERMINED:
            return _rarity(self.words[word], self.sample)
        if not self._plain:
            self._plain = _samples(plain_words_of_latest(SAMPLE))
        return min(_rarity(words[word], sample) for sample, words in self._plain)

    def names_of(self, entities: Iterable[int]) -> set[str]:
        """The words of which the names of these entities are made."""
        return {word for entity in entities for word in self.names.get(entity, ())}


def read_pieces(keys: Collection[int], background: Background) -> dict[int, Piece]:
    """What is compared of the articles that name any entity."""
    named: dict[int, dict[int, float]] = defaultdict(dict)
    saliences = Salience.objects.filter(AnyOf("article_id", keys)).order_by("article", "entity")
    for article, entity, score in saliences.values_list("article", "entity", "score"):
        named[article][entity] = score
    background.count(entity for own in named.values() for entity in own)
    return {
        text.article: Piece(
            text.article,
            text.published_at.date() if text.published_at else None,
            {
                entity: Topic(score, rarity(background.entities[entity], background.articles))
                for entity, score in named[text.article].items()
            },
            _telling_words(
                text.words,
                set(text.headline),
                background.names_of(named[text.article]),
                text.language,
                background,
            ),
            text.language,
        )
        for text in words_of([*named])
    }


def _telling_words(
    words: list[str], headline: set[str], names: set[str], language: str, background: Background
) -> dict[str, float]:
    """Search's own words, without numbers, the marks that search adds for itself, and names."""
    stems = {name[:length] for name in names for length in range(_STEM - 1, len(name) + 1)} | names
    weights = {
        word: background.rarity(word, language) * (_IN_HEADLINE if word in headline else 1)
        for word in words
        if len(word) > 1 and word[0].isalpha() and not _is_of_name(word, stems)
    }
    return telling({word: it for word, it in weights.items() if it}, TELLING_WORDS)


def _samples(texts: Iterable[tuple[str, list[str]]]) -> list[tuple[int, Counter[str]]]:
    """Of all texts, and of those of unknown language if they are enough: their number, and in how
    many each word is."""
    every, unknown = Counter[str](), Counter[str]()
    number = of_unknown = 0
    for language, words in texts:
        every.update(words)
        number += 1
        if language == UNDETERMINED:
            unknown.update(words)
            of_unknown += 1
    return [(number, every), *([(of_unknown, unknown)] if of_unknown >= _FEWEST else [])]


def _rarity(articles: int, sample: int) -> float:
    if sample >= _FEWEST and articles >= _COMMON * sample:
        return 0.0
    return rarity(articles, sample)


def _is_of_name(word: str, stems: set[str]) -> bool:
    """Whether a word of search is one of a name, as far as stems tell: `germani` of Germany."""
    return word in stems or (len(word) > _STEM and word[:-1] in stems)
