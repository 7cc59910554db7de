"""Curated names at places that a model calls names and the gazetteer's own rules leave out: a bare
surname, a name in small letters. Always suggestions, less sure than any of the gazetteer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from articles.enrichment.finds import Candidate, Find, Reason
from articles.enrichment.folding import fold_spelling
from articles.enrichment.gazetteer import LIKELY
from articles.enrichment.model_names import MODEL, SAYS, fits, named_places
from articles.enrichment.weighing import BASE, MOST_CANDIDATES
from articles.models import Entity
from articles.models.bulk import AnyOf
from articles.models.enrichment_queue import text_hash
from articles.models.model_readings import spans_of
from articles.vocabulary import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.enrichment.finds import Name
    from articles.enrichment.gazetteer import Gazetteer
    from articles.models import Article

SUREST: Final = LIKELY
"""No find of a model is surer, whatever editors made of others by the same alias."""

_SHARE: Final = 0.5  # of what the gazetteer gives for an alias of the kind
Told = tuple[int, tuple[int, int], str, str, list["Name"]]


def find_by_model(articles: Sequence[Article], gazetteer: Gazetteer) -> dict[int, list[Find]]:
    """By article (key) the curated names at the places that a model said of its present text.

    At most two queries.
    """
    told = list(_told(articles, gazetteer))
    keys = {name.entity for *_, names in told for name in names}
    kinds = dict(Entity.objects.filter(AnyOf("pk", keys)).values_list("pk", "kind")) if keys else {}
    found: dict[int, list[Find]] = {}
    bodies = {article.pk: article.body for article in articles}
    for key, place, label, model, names in told:
        fitting = [it for it in names if it.entity in kinds and fits(label, kinds[it.entity])]
        if fitting:
            reasons = (Reason(SAYS, label), Reason(MODEL, model))
            find = _find(bodies[key], place, fitting, reasons)
            found.setdefault(key, []).append(find)
    return found


def _told(articles: Sequence[Article], gazetteer: Gazetteer) -> list[Told]:
    readings = spans_of([article.pk for article in articles])
    told: list[Told] = []
    for article in articles:
        reading = readings.get(article.pk)
        of_text = text_hash(article.language, article.headline, article.fingerprint)
        if reading is None or reading.text != of_text:
            continue
        for place, label in named_places(article.body, reading.spans):
            names = gazetteer.spelt(fold_spelling(article.body[slice(*place)])[0])
            told.append((article.pk, place, label, reading.model, names[:MOST_CANDIDATES]))
    return told


def _find(
    body: str, place: tuple[int, int], names: Sequence[Name], reasons: tuple[Reason, ...]
) -> Find:
    best: dict[int, Candidate] = {}
    for name in names:
        score = round(BASE[name.kind] * _SHARE, 3)
        if name.entity not in best or best[name.entity].score < score:
            why = (Reason(name.kind.value, name.spelling),)
            best[name.entity] = Candidate(name.entity, name.alias, name.slug, name.kind, score, why)
    ranked = sorted(best.values(), key=lambda one: (-one.score, one.slug, one.entity))
    return Find(
        *place,
        body[slice(*place)],
        ranked[0].kind,
        round(ranked[0].score / len(ranked), 3),
        tuple(ranked),
        reasons,
        is_unambiguous=False,
        standing=Standing.REVIEW,
    )
