"""Known names: where a text names a curated entity, by which alias, and what makes it doubtful.

A place holds the longest curated spelling that begins there; what it may mean are candidates,
ranked by what else the article says. A find is unambiguous if one entity fits and nothing around it
speaks against it: no longer name (`Paris Hilton`), no line in capitals, no hyphen to another name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from articles.enrichment.finds import Find, Name, Reading
from articles.enrichment.lexicon import Lexicon
from articles.enrichment.places import Text
from articles.enrichment.weighing import Article
from articles.vocabulary import Standing

ENGINE: Final = "gazetteer"
VERSION: Final = "1"

LIKELY: Final = 0.5
"""A find less sure than this is rather part of another name."""


class Gazetteer:
    """Curated names, read once; then any number of texts."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._lexicon = Lexicon(names)

    def __len__(self) -> int:
        """How many spellings it knows."""
        return len(self._lexicon)

    def find(self, text: str, *, headline: str = "", language: str = "und") -> list[Find]:
        """The finds in a text, in their order. What the headline names counts as named earlier."""
        return list(self.read(text, headline=headline, language=language).body)

    def spelt(self, spelling: str) -> list[Name]:
        """The curated names that a folded spelling is, in whichever case; not those that an
        editor's rule says are never meant."""
        names = map(self._lexicon.name, self._lexicon.spelt(spelling))
        return [name for name in names if name.standing is not Standing.NEVER]

    def read(self, body: str, *, headline: str = "", language: str = "und") -> Reading:
        """The finds in the headline and in the body of one article."""
        article = Article(
            self._lexicon,
            Text(self._lexicon, headline, language),
            Text(self._lexicon, body, language),
        )
        return Reading(tuple(article.headline_finds()), tuple(article.body_finds()))
