"""The rules by which names and tags are found, as one hash: whoever changes a rule changes it."""

from __future__ import annotations

import hashlib
import inspect
import json
from typing import TYPE_CHECKING, Final

from articles.enrichment import (
    boundaries,
    capitals,
    doubts,
    finds,
    folding,
    gazetteer,
    lexicon,
    places,
    runs,
    salience,
    tagging,
    title_words,
    weighing,
)

if TYPE_CHECKING:
    from types import ModuleType

# Every constant, word list and condition of the engines stands in these. To hash their sources
# rereads the archive for a comment too, but a rule that changed unnoticed would never be reread.
RULES: Final[tuple[ModuleType, ...]] = (
    boundaries, capitals, doubts, finds, folding, gazetteer, lexicon, places, runs, salience,
    tagging, title_words, weighing,
)  # fmt: skip


def hash_of_rules(*more: object) -> str:
    """16 hexadecimal digits of SHA-256 over the rules, and over what else is given as JSON."""
    digest = hashlib.sha256(json.dumps(more).encode())
    for module in RULES:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:16]
