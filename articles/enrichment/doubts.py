"""What around a place speaks against the name that stands there."""

from __future__ import annotations

from typing import Final

from articles.enrichment.finds import Reason
from articles.enrichment.lexicon import CAPITALS, DOTTED
from articles.enrichment.places import Place, Text
from articles.vocabulary import AliasKind

INSIDE: Final = "inside-a-longer-name"


def doubts(
    text: Text, place: Place, previous: Place | None, following: Place | None, kind: AliasKind
) -> list[Reason] | None:
    """Reasons noted about a place, or None where it is surely something else."""
    noted = []
    if place.written in (CAPITALS, DOTTED):
        noted.append(Reason(place.written))
    return noted
