"""Measure the engines against a gold set: its texts, the archive's curated names, what is found."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from articles.enrichment import gazetteer, signatures, spacy_model, storylines
from articles.enrichment.annotate import is_likely
from articles.enrichment.curated import curated_names
from articles.enrichment.discover import small_words
from articles.enrichment.discovery import unknown_names
from articles.enrichment.evaluation import (
    Found,
    GoldArticle,
    GoldError,
    GoldPair,
    GoldStoryline,
    PairReport,
    SpanReport,
    evaluate_engines,
    evaluate_pairs,
    evaluate_storylines,
)
from articles.enrichment.gazetteer import Gazetteer
from articles.enrichment.model_names import KINDS, named_places
from articles.enrichment.spacy_model import load_reader
from articles.models import Article, DuplicatePair, Entity, StorylineArticle
from articles.vocabulary import LinkState, Origin, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from articles.enrichment.finds import Find
    from articles.enrichment.spacy_model import Model


class GoldText(NamedTuple):
    headline: str
    body: str
    language: str


CAPITALS: Final = "capitals"
TOGETHER: Final = "together"


@dataclass(frozen=True, slots=True)
class Measured:
    """A report for each engine, and the uids of the articles whose text was not to be had: nobody
    measured them. The first engine is that of known names."""

    reports: tuple[SpanReport, ...]
    missing: tuple[str, ...] = field(default_factory=tuple)

    @property
    def report(self) -> SpanReport:
        return self.reports[0]


def measure_names(
    gold: Sequence[GoldArticle],
    texts: Mapping[str, GoldText] | None = None,
    model: Model | None = None,
) -> Measured:
    """How the engines do with the archive's curated names: that of known names, that of unknown
    ones, both together as an editor sees them, and a model if one is given.

    The texts are the gold set's own, the archive's, or those of `texts` (by the body's SHA-256);
    each only if it is the one that was annotated.
    """
    stored = _stored(gold)
    read = {it.uid: _text(it, stored, texts or {}) for it in gold}
    engine, kinds = Gazetteer(curated_names()), dict(Entity.objects.values_list("slug", "kind"))
    counts = small_words().counts
    by_engine: dict[str, dict[str, list[Found]]] = {
        name: {} for name in (gazetteer.ENGINE, CAPITALS, TOGETHER)
    }
    for uid, text in read.items():
        if text is None:
            continue
        known = [_found(find, kinds) for find in _finds(engine, text)]
        places = [(it.start, it.end) for it in known]
        unknown = [
            Found(it.start, it.end)
            for it in unknown_names(text.body, counts, places, language=text.language)
        ]
        by_engine[gazetteer.ENGINE][uid] = known
        by_engine[CAPITALS][uid] = unknown
        by_engine[TOGETHER][uid] = [*known, *unknown]
    if model is not None:
        by_engine[spacy_model.ENGINE] = _by_model(model, read)
    judged = [it for it in gold if read[it.uid]]
    missing = tuple(it.uid for it in gold if not read[it.uid])
    return Measured(evaluate_engines(judged, by_engine), missing)


def _by_model(model: Model, read: Mapping[str, GoldText | None]) -> dict[str, list[Found]]:
    """What a model names, with its kinds; it knows no entities."""
    texts = {uid: text.body for uid, text in read.items() if text}
    spans = load_reader(model)(texts.values())
    return {
        uid: [
            Found(start, end, None, KINDS[label])
            for (start, end), label in named_places(body, found)
        ]
        for (uid, body), found in zip(texts.items(), spans, strict=True)
    }


def measure_pairs(gold: Iterable[GoldPair]) -> PairReport:
    """How the pairs that the machine has suggested compare with those of a gold set."""
    pairs = DuplicatePair.objects.filter(engine=signatures.ENGINE)
    found = pairs.values_list("first__uid", "second__uid")
    return evaluate_pairs(
        gold, ((str(one), str(other)) for one, other in found), engine=signatures.ENGINE
    )


def measure_storylines(gold: Iterable[GoldStoryline]) -> PairReport:
    """How the machine's storylines compare with those of a gold set, by the pairs of articles that
    share one; of the suggestions what editors rejected is none any longer."""
    places = StorylineArticle.objects.filter(storyline__origin=Origin.MACHINE)
    rows = places.exclude(state=LinkState.REJECTED).exclude(storyline__state=LinkState.REJECTED)
    found: dict[int, list[str]] = {}
    for storyline, uid in rows.values_list("storyline", "article__uid"):
        found.setdefault(storyline, []).append(str(uid))
    return evaluate_storylines(gold, found.values(), engine=storylines.ENGINE)


def read_texts(lines: Iterable[str]) -> Iterator[tuple[str, GoldText]]:
    """Texts of other archives, one JSON object with a `body` a line, by the body's SHA-256."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = GoldText(
                str(row.get("headline") or row.get("title") or ""),
                str(row["body"]),
                str(row.get("language") or "und"),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise GoldError(f"line {number}: no text with a body: {error}") from error
        yield sha256(text.body.encode("utf-8", "surrogatepass")).hexdigest(), text


def _stored(gold: Sequence[GoldArticle]) -> dict[str, GoldText]:
    rows = Article.objects.filter(uid__in=[it.uid for it in gold])
    columns = ("uid", "headline", "body", "language")
    return {str(uid): GoldText(*text) for uid, *text in rows.values_list(*columns)}


def _text(
    article: GoldArticle, stored: Mapping[str, GoldText], texts: Mapping[str, GoldText]
) -> GoldText | None:
    own = GoldText(article.headline, article.body, "en") if article.body is not None else None
    known = (own, stored.get(article.uid), texts.get(article.sha256))
    return next((it for it in known if it and article.is_of(it.body)), None)


def _finds(engine: Gazetteer, text: GoldText) -> Iterator[Find]:
    for find in engine.find(text.body, headline=text.headline, language=text.language):
        if find.standing is not Standing.NEVER and is_likely(find):
            yield find


def _found(find: Find, kinds: Mapping[str, str]) -> Found:
    """As it is suggested: the likeliest candidate, and the others that the editor is shown."""
    first, *others = (candidate.slug for candidate in find.candidates)
    return Found(find.start, find.end, first, kinds.get(first), tuple(others))
