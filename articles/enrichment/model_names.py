"""What a model's spans are names of: kinds by label, and unknown names that they tell. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from articles.enrichment.discovery import Unknown, group_key
from articles.enrichment.finds import Reason
from articles.vocabulary import EntityKind

KINDS: Final[Mapping[str, EntityKind]] = {
    "PERSON": EntityKind.PERSON,
    "PER": EntityKind.PERSON,
    "ORG": EntityKind.ORGANISATION,
    "GPE": EntityKind.PLACE,
    "LOC": EntityKind.PLACE,
    "FAC": EntityKind.PLACE,
    "EVENT": EntityKind.EVENT,
    "WORK_OF_ART": EntityKind.WORK,
    "LAW": EntityKind.WORK,
    "PRODUCT": EntityKind.OTHER,
    "MISC": EntityKind.OTHER,
}
"""Other labels are no names that are curated: days, numbers, languages, peoples."""

SAYS: Final = "model-says"
MODEL: Final = "model"

_AGREED: Final = 0.85  # how sure a span is a name where the capitals say the same, and where not
_ALONE: Final = 0.6
_LONGEST: Final = 100
_MOST_WORDS: Final = 10
_EDGES: Final = re.compile(r"\A(?:[Tt]he\s+|[\W_]+)+|(?:['’][sS]|[\W_]+)+\Z")

Place = tuple[int, int]
Spans = Iterable[tuple[int, int, str]]


def named_places(
    text: str, spans: Spans, known: Iterable[Place] = ()
) -> Iterator[tuple[Place, str]]:
    """The spans that name something and meet no known place, without articles and possessives."""
    taken = list(known)
    for begin, until, label in spans:
        place = _trimmed(text, begin, until)
        if label in KINDS and place and not any(s < place[1] and place[0] < e for s, e in taken):
            yield place, label


def _trimmed(text: str, begin: int, until: int) -> Place | None:
    quote = text[begin:until]
    edges = list(_EDGES.finditer(quote))
    start = max((it.end() for it in edges if it.start() == 0), default=0)
    end = min((it.start() for it in edges if it.end() == len(quote)), default=len(quote))
    words = quote[start:end]
    if start >= end or len(words) > _LONGEST or "\n" in words or len(words.split()) > _MOST_WORDS:
        return None
    return (begin + start, begin + end) if any(map(str.isalpha, words)) else None


def fits(label: str, kind: EntityKind | str) -> bool:
    """Whether an entity of a kind may be what a model calls so: seats are called organisations and
    organisations places, for texts mean the one by the other."""
    said = KINDS[label]
    both = {EntityKind.PLACE, EntityKind.ORGANISATION}
    return EntityKind.OTHER in (said, kind) or said == kind or both >= {said, EntityKind(kind)}


def with_model(
    text: str, found: Iterable[Unknown], spans: Spans, known: Iterable[Place] = ()
) -> list[Unknown]:
    """The unknown names of a text, with those that a model says; where both say something of one
    place, the model says how far the name goes."""
    told = dict(named_places(text, spans, known))
    left = []
    agreed: dict[Place, Unknown] = {}
    for one in found:
        if (one.start, one.end) in told:
            agreed[one.start, one.end] = one
        elif not any(start < one.end and one.start < end for start, end in told):
            left.append(one)
    left += [_unknown(text, place, told[place], agreed.get(place)) for place in told]
    return sorted((it for it in left if it.key), key=lambda one: one.start)


def _unknown(text: str, place: Place, label: str, same: Unknown | None) -> Unknown:
    reason = Reason(SAYS, label)
    if same:
        sure = max(same.confidence, _AGREED)
        return replace(same, confidence=sure, reasons=(*same.reasons, reason), kind=KINDS[label])
    quote = text[slice(*place)]
    return Unknown(*place, quote, group_key(quote), _ALONE, (reason,), KINDS[label])
