"""Gather the unknown names of the archive into suggestions of new entities.

One process reads all: how often a name stands in the archive is known only when everything was
read, and the counts of several readers would weigh more than the reading. Several at once do no
harm: each reads for itself, and they write one after the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from articles.anchors import passage
from articles.enrichment import spacy_model
from articles.enrichment.configuration import UNKNOWN_RULES, hash_of_rules
from articles.enrichment.curated import vocabulary_position
from articles.enrichment.discovery import (
    ENGINE,
    VERSION,
    Unknown,
    UnknownGroup,
    rank_groups,
    unknown_names,
)
from articles.enrichment.model_names import SAYS, with_model
from articles.enrichment.plain_words import SmallWords, Uses
from articles.enrichment.write_names import Origins, Written, write_names
from articles.models import Article, Mention
from articles.models.bulk import AnyOf
from articles.models.enrichment_queue import text_hash
from articles.models.model_readings import Spans, spans_of
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

AT_ONCE: Final = 200
SAMPLE: Final = 5_000
"""From the words in small letters of so many articles it is known which words are no names."""

MOST_KEYS: Final = 200_000
"""Beyond so many names in memory those that one article alone has are forgotten."""

KEPT: Final = 2_000
FEWEST: Final = 2
EVIDENCE: Final = 3
_AROUND: Final = 60
_LONGEST: Final = 200
_EXACT: Final = 4

CONFIGURATION: Final = hash_of_rules(
    ENGINE, VERSION, SAMPLE, MOST_KEYS, KEPT, FEWEST, EVIDENCE, of=UNKNOWN_RULES
)
"""Of all that, beside the texts and the curated names, decides which names are suggested."""

_OF_A_WORD: Final = 0.1  # of the confidence, where the archive speaks against a name


@dataclass(slots=True)
class Gathered:
    """What is known of one name so far."""

    quotes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    engines: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    finds: int = 0
    confidence: float = 0
    evidence: list[dict[str, Any]] = field(default_factory=list)
    uses: Uses = field(default_factory=Uses)


def discover(on_batch: Callable[[int], None] = lambda _: None) -> Written:
    """Read all articles, and suggest the names from which the most of them would gain.

    What an editor judged stays; a second run over the same archive writes nothing.
    """
    position = vocabulary_position()
    words = small_words()
    gathered: dict[str, Gathered] = {}
    models: set[str] = set()
    read = 0
    for articles in _batches():
        known = _known_places(articles)
        spans = _spans(articles)
        for article in articles:
            places = known.get(article.pk, [])
            found = unknown_names(article.body, words.counts, places, language=article.language)
            if said := spans.get(article.pk):
                found = with_model(article.body, found, said.spans, places)
                models.add(said.model)
            _gather(gathered, article, found, words)
        if len(gathered) > MOST_KEYS:
            gathered = {key: it for key, it in gathered.items() if it.articles >= FEWEST}
        read += len(articles)
        on_batch(len(articles))
    asked = {spacy_model.ENGINE: ", ".join(sorted(models))} if models else {}
    origins = Origins({ENGINE: VERSION} | asked, CONFIGURATION, position)
    return write_names(list(_rows(gathered, words)), origins, read)


def small_words() -> SmallWords:
    """What a fixed sample of the articles says of words in small letters."""
    words = SmallWords()
    count = Article.objects.count()
    every = max(1, count // SAMPLE)
    rows = Article.objects.order_by("pk").values_list("body", "language").iterator(AT_ONCE)
    for number, (body, language) in enumerate(rows):
        if number % every == 0:
            words.read(body, language)
    return words


def _batches() -> Iterator[list[Article]]:
    last = 0
    columns = ("pk", "uid", "headline", "body", "language", "fingerprint")
    while True:
        rows = Article.objects.filter(pk__gt=last).order_by("pk").only(*columns)[:AT_ONCE]
        articles = list(rows)
        if not articles:
            return
        yield articles
        last = articles[-1].pk


def _known_places(articles: Iterable[Article]) -> dict[int, list[tuple[int, int]]]:
    """Where these articles name curated entities: what was rejected is no name of those either."""
    keys = [article.pk for article in articles]
    rows = Mention.objects.filter(AnyOf("article_id", keys), start__isnull=False, is_lost=False)
    places = rows.exclude(state=LinkState.REJECTED).order_by("article", "start")
    found = places.values_list("article", "start", "end")
    return {
        article: [(start or 0, end or 0) for _, start, end in of_article]
        for article, of_article in groupby(found, key=lambda row: row[0])
    }


def _spans(articles: Iterable[Article]) -> dict[int, Spans]:
    """What a model said of those whose text is still the one it read."""
    texts = {it.pk: text_hash(it.language, it.headline, it.fingerprint) for it in articles}
    said = spans_of(texts)
    return {key: it for key, it in said.items() if it.spans and it.text == texts[key]}


def _gather(
    gathered: dict[str, Gathered], article: Article, found: Iterable[Unknown], words: SmallWords
) -> None:
    seen: set[str] = set()
    for one in found:
        if len(one.key) > _LONGEST or len(one.quote) > _LONGEST or not one.key:
            continue
        name = gathered.setdefault(one.key, Gathered())
        name.quotes[one.quote] += 1
        name.kinds.update([one.kind] if one.kind else [])
        name.engines[_engine_of(one)] += 1
        name.finds += 1
        name.confidence += one.confidence
        name.uses.note(one, article.body, article.language, words)
        if one.key not in seen:
            seen.add(one.key)
            name.articles += 1
            if len(name.evidence) < EVIDENCE:
                name.evidence.append(_place(article, one))


def _engine_of(one: Unknown) -> str:
    """A model's are those of which the capitals alone say nothing."""
    return spacy_model.ENGINE if one.reasons[0].word == SAYS else ENGINE


def _place(article: Article, one: Unknown) -> dict[str, Any]:
    around = passage(article.body, one.start, one.end, _AROUND)
    return {
        "article": str(article.uid),
        "before": around.before,
        "quote": around.words,
        "after": around.after,
        "start": one.start,
        "end": one.end,
        "text": article.fingerprint,
    }


def _rows(gathered: dict[str, Gathered], words: SmallWords) -> Iterator[dict[str, Any]]:
    groups = [
        UnknownGroup(
            key,
            _commonest(name.quotes),
            name.articles,
            name.finds,
            round(_confidence(key, name), _EXACT),
        )
        for key, name in gathered.items()
        if name.articles >= FEWEST and (name.kinds or not name.uses.say_nothing(key, words))
    ]
    for group in rank_groups(groups)[:KEPT]:
        yield {
            "key": group.key,
            "quote": group.quote,
            "articles": group.articles,
            "finds": group.finds,
            "confidence": group.confidence,
            "rank": round(group.articles * group.confidence, _EXACT),
            "kind": _commonest(gathered[group.key].kinds),
            "engine": _commonest(gathered[group.key].engines),
            "evidence": gathered[group.key].evidence,
        }


def _confidence(key: str, name: Gathered) -> float:
    """The mean of its finds, unless a model was asked, which reads more than capitals."""
    mean = name.confidence / name.finds
    is_word = not name.kinds and name.uses.are_of_a_word(key)
    return mean * _OF_A_WORD if is_word else mean


def _commonest(words: Counter[str]) -> str:
    return min(words, key=lambda it: (-words[it], it), default="")
