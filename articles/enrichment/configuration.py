"""The rules by which the machine finds what it suggests, as a hash: whoever changes a rule changes
it."""

from __future__ import annotations

import hashlib
import inspect
import json
from typing import TYPE_CHECKING, Final

from articles.enrichment import (
    boundaries,
    capitals,
    discovery,
    doubts,
    finds,
    folding,
    gazetteer,
    lexicon,
    likeness,
    model_names,
    pieces,
    places,
    plain_words,
    runs,
    salience,
    storylines,
    tagging,
    title_words,
    weighing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

# Every constant, word list and condition of the engines stands in these. To hash their sources
# rereads the archive for a comment too, but a rule that changed unnoticed would never be reread.
RULES: Final[tuple[ModuleType, ...]] = (
    boundaries, capitals, doubts, finds, folding, gazetteer, lexicon, places, runs, salience,
    tagging, title_words, weighing,
)  # fmt: skip
"""By which names and tags are found."""

STORYLINE_RULES: Final[tuple[ModuleType, ...]] = (folding, likeness, pieces, storylines)
UNKNOWN_RULES: Final[tuple[ModuleType, ...]] = (
    capitals, discovery, folding, model_names, plain_words, runs, title_words,
)  # fmt: skip


def hash_of_rules(*more: object, of: Iterable[ModuleType] = RULES) -> str:
    """16 hexadecimal digits of SHA-256 over the rules, and over what else is given as JSON."""
    digest = hashlib.sha256(json.dumps(more).encode())
    for module in of:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:16]
