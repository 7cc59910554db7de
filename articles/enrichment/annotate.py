"""Write what the machine finds: the only writer of machine links, of their reasons and of salience.

What an editor made or judged is never touched, what stands as it would be written is not written,
and what is no longer found goes. Decisions are the editors': the database takes none from here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from articles.enrichment.anchoring import Context, reanchor
from articles.enrichment.doubts import DOUBTS
from articles.enrichment.finds import Candidate, Find
from articles.enrichment.gazetteer import ENGINE, LIKELY, VERSION, Gazetteer
from articles.enrichment.model_finds import SUREST, find_by_model
from articles.enrichment.model_names import MODEL
from articles.enrichment.salience import salience
from articles.enrichment.spacy_model import ENGINE as MODEL_ENGINE
from articles.enrichment.standing import Key, Standing, contexts, key_of, read_standing, told_of
from articles.enrichment.write_links import (
    Changes,
    MentionRow,
    Told,
    delete_links,
    move_mentions,
    write_links,
    write_saliences,
)
from articles.models import Article, EnrichmentRun, Mention
from articles.vocabulary import LinkState
from articles.vocabulary import Standing as Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from articles.enrichment.finds import Reading


@dataclass(slots=True)
class Annotated:
    """What became of some articles, in rows; `modelled` were read by a model. `failed` could not be
    read: uid and reason."""

    articles: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    moved: int = 0
    lost: int = 0
    tags: int = 0
    compared: int = 0
    modelled: int = 0
    pairs: int = 0
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Work:
    """What the reading of some articles adds up to."""

    gazetteer: Gazetteer
    run: EnrichmentRun
    by_model: Mapping[int, Sequence[Find]]
    changes: Changes = field(default_factory=Changes)
    saliences: dict[tuple[int, int], float] = field(default_factory=dict)


def annotate(
    articles: Sequence[Article],
    gazetteer: Gazetteer,
    run: EnrichmentRun,
) -> Annotated:
    """Find the known names of articles and write what differs. Within a transaction.

    Raises CollisionError where somebody wrote the same meanwhile.
    """
    standing = read_standing(articles)
    done = _move(articles, standing)
    work = _Work(gazetteer, run, find_by_model(articles, gazetteer))
    for article in articles:
        _plan(article, standing[article.pk], work)
    write_links(Mention, work.changes)
    write_saliences(work.saliences, [article.pk for article in articles])
    done.articles = len(articles)
    done.created = len(work.changes.create)
    done.updated = len(work.changes.update)
    done.deleted += len(work.changes.delete)
    return done


def _move(articles: Sequence[Article], standing: Mapping[int, Standing]) -> Annotated:
    """Let what people keep follow its words; where the machine has found them, theirs counts."""
    around = contexts(articles, standing)
    moved: list[Mention] = []
    before: dict[int, Key] = {}
    doubles: list[int] = []
    for article in articles:
        if article.pk not in around:
            continue
        known = standing[article.pk]
        before |= {it.pk: key_of(it) for it in known.kept}
        changed = reanchor(article.body, known.kept, around[article.pk])
        places = {key_of(it) for it in changed if not it.is_lost}
        passing = {it.pk for it in known.mentions if known.is_machines(it) and key_of(it) in places}
        known.mentions = [it for it in known.mentions if it.pk not in passing]
        doubles += passing
        moved += changed
    delete_links(Mention, doubles)
    move_mentions(moved, before)
    lost = sum(it.is_lost for it in moved)
    return Annotated(deleted=len(doubles), moved=len(moved) - lost, lost=lost)


# ── what is to be written ────────────────────────────────────────────────────────────────────────


def _plan(article: Article, known: Standing, work: _Work) -> None:
    reading = work.gazetteer.read(
        article.body, headline=article.headline, language=article.language
    )
    machines = {key_of(it): it for it in known.mentions if known.is_machines(it)}
    kept = known.kept
    named: list[Mention | MentionRow] = [
        it for it in kept if not it.is_lost and it.state != LinkState.REJECTED
    ]
    for engine, find in _finds(reading, work.by_model.get(article.pk, ())):
        for row, told in _wanted(engine, find, kept, article, known, work):
            _compare(row, told, machines, work.changes)
            named += [row] if row.state is not LinkState.REJECTED else []
    work.changes.delete += [it.pk for it in machines.values()]
    headline = {find.candidates[0].entity for find in reading.headline if find.is_unambiguous}
    for entity, score in _saliences(named, len(article.body), headline):
        work.saliences[article.pk, entity] = score


def _finds(reading: Reading, by_model: Iterable[Find]) -> Iterator[tuple[str, Find]]:
    """With the engine of each; a model's only where the gazetteer's rules say nothing."""
    likely = [find for find in reading.body if is_likely(find)]
    yield from ((ENGINE, find) for find in likely)
    for one in by_model:
        if not any(one.start < find.end and find.start < one.end for find in likely):
            yield MODEL_ENGINE, one


def is_likely(find: Find) -> bool:
    """Whether a find is worth an editor's time: it is hardly a part of another name.

    That several entities fit makes none less likely: the editor chooses among them.
    """
    return find.confidence >= LIKELY or not any(it.word in DOUBTS for it in find.reasons)


def _wanted(
    engine: str,
    find: Find,
    kept: Iterable[Mention],
    article: Article,
    known: Standing,
    work: _Work,
) -> Iterator[tuple[MentionRow, Told]]:
    """The link that a find should be; none where an editor or a source has said what is there.

    Before it those that a verdict on a mention of before rejects.
    """
    here = [it for it in kept if not it.is_lost and _meet(it, find)]
    if any(it.state == LinkState.ACCEPTED for it in here) or find.standing is Rule.NEVER:
        return
    refused = {it.entity_id for it in here if it.state == LinkState.REJECTED}
    choices = [it for it in find.candidates if it.entity not in refused]
    is_rule = find.standing is Rule.ACCEPT and not refused
    while choices:
        verdicts = known.verdicts.get((choices[0].entity, find.quote))
        verdict = verdicts.pop(0) if verdicts else ""
        by_rule = LinkState.ACCEPTED if is_rule else LinkState.SUGGESTED
        row, told = _link(engine, find, choices, LinkState(verdict or by_rule), article, work)
        if is_rule and not verdict:
            work.changes.by_rule.add(row)
        yield row, told
        if row.state is not LinkState.REJECTED:
            return
        choices, is_rule = choices[1:], False


def _meet(mention: Mention, find: Find) -> bool:
    start, end = mention.start, mention.end
    return start is not None and end is not None and start < find.end and find.start < end


def _link(
    engine: str,
    find: Find,
    choices: Sequence[Candidate],
    state: LinkState,
    article: Article,
    work: _Work,
) -> tuple[MentionRow, Told]:
    choice = choices[0]
    row = MentionRow(article.pk, choice.entity, find.start, find.end, find.quote, state)
    around = Context.of(article.body, find.start, find.end)
    return row, Told(
        run_id=work.run.pk,
        version=str(dict(find.reasons)[MODEL]) if engine == MODEL_ENGINE else VERSION,
        engine=engine,
        text=article.fingerprint,
        confidence=min(find.confidence, SUREST) if engine == MODEL_ENGINE else find.confidence,
        reasons=[list(why) for why in find.reasons],
        alias_id=choice.alias,
        before=around.before,
        after=around.after,
        candidates=[
            {"entity": it.slug, "score": it.score, "reasons": [list(why) for why in it.reasons]}
            for it in choices
        ],
    )


def _compare(row: MentionRow, told: Told, machines: dict[Key, Mention], changes: Changes) -> None:
    """Keep what stands already; a find that is to have another state is made anew."""
    standing = machines.pop((row.entity_id, row.start, row.end), None)
    suggestion = told_of(standing) if standing else None
    if standing is None or suggestion is None or standing.state != row.state:
        changes.delete += [standing.pk] if standing else []
        changes.create.append((row, told))
    elif told.differs(suggestion):
        changes.update.append((suggestion.pk, standing.pk, told))


def _saliences(
    mentions: Iterable[Mention | MentionRow], length: int, headline: set[int]
) -> Iterator[tuple[int, float]]:
    """Of each linked entity how much the article is about it, by where it is named."""
    starts: dict[int, list[int]] = defaultdict(list)
    for mention in mentions:
        places = starts[mention.entity_id]
        if mention.start is not None:
            places.append(mention.start)
    for entity, places in starts.items():
        if score := salience(places, length, in_headline=entity in headline):
            yield entity, score
