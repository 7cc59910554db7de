"""Words that no name is made of, as the archive itself writes them.

A capital says little of a word that only ever opens sentences, or that the archive writes as often
in small letters. And English gives capitals to adjectives of names and to members of parties:
these stand before nouns (`European officials`) and after `a`, as names hardly do. What stands in
capitals after figures is a unit or a time zone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from articles.enrichment.title_words import OPENERS

if TYPE_CHECKING:
    from articles.enrichment.discovery import Unknown

OPENS: Final = "opens-a-sentence"
_SMALL_WORD: Final = re.compile(r"\b[^\W\d_]+\b")
_AFTER_DETERMINER: Final = re.compile(
    r"(?<![\w'’-])(?:the|an?|its|their|his|her|this|these|our) ([a-z]{3,})\b"
)
_INDEFINITE_BEFORE: Final = re.compile(r"(?<!\w)an? \Z", re.IGNORECASE)
_FIGURE_BEFORE: Final = re.compile(r"\d ?\Z")
_NEXT_WORD: Final = re.compile(r" ([a-z]{3,})\b(?!['’])")
_NOUN: Final = 0.25  # of a noun's places so many are right after a determiner
_FEWEST: Final = 2
_SHARE: Final = 1 / 3  # of its places in which a word is used as an adjective or a common noun


@dataclass(slots=True)
class SmallWords:
    """How often the archive writes each word in small letters, and of English ones how often after
    a determiner."""

    counts: Counter[str] = field(default_factory=Counter)
    determined: Counter[str] = field(default_factory=Counter)

    def read(self, body: str, language: str) -> None:
        self.counts.update(word for word in _SMALL_WORD.findall(body) if word.islower())
        if _is_english(language):
            self.determined.update(_AFTER_DETERMINER.findall(body))

    def is_noun(self, word: str) -> bool:
        times = self.counts[word]
        return times >= _FEWEST and self.determined[word] >= _NOUN * times


@dataclass(slots=True)
class Uses:
    """How the finds of one name are used over the archive."""

    finds: int = 0
    opening: int = 0
    as_word: int = 0

    def note(self, found: Unknown, body: str, language: str, words: SmallWords) -> None:
        self.finds += 1
        self.opening += any(reason.word == OPENS for reason in found.reasons)
        self.as_word += is_unit(body, found) or (
            _is_english(language) and reads_as_word(body, found, words)
        )

    def say_nothing(self, key: str, words: SmallWords) -> bool:
        """Whether nothing in the archive shows that the capital of a single word is its own."""
        return " " not in key and (self.opening == self.finds or words.counts[key] >= self.finds)

    def are_of_a_word(self, key: str) -> bool:
        """Whether a single word is likelier an adjective, a common noun or a unit."""
        return " " not in key and self.as_word >= max(_FEWEST, _SHARE * self.finds)


def is_unit(body: str, found: Unknown) -> bool:
    before = body[max(0, found.start - 2) : found.start]
    return found.quote.isupper() and _FIGURE_BEFORE.search(before) is not None


def reads_as_word(body: str, found: Unknown, words: SmallWords) -> bool:
    """Whether a find stands where English has an adjective or a common noun."""
    if _INDEFINITE_BEFORE.search(body, max(0, found.start - 4), found.start):
        return True
    following = _NEXT_WORD.match(body, found.end)
    return bool(following and following[1] not in OPENERS and words.is_noun(following[1]))


def _is_english(language: str) -> bool:
    return language.partition("-")[0] == "en"
