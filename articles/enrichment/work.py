"""One worker: claim some articles, read them, write, until nothing waits that nobody holds.

Whatever happens to a worker, what it has finished is kept and the rest waits as before. An article
that no try can read is told, and left waiting, while the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import psycopg
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from articles.enrichment import signatures
from articles.enrichment.annotate import Annotated, annotate
from articles.enrichment.near import pair_texts, sign_texts
from articles.enrichment.read_spans import AT_ONCE as SPANS_AT_ONCE
from articles.enrichment.read_spans import read_spans
from articles.enrichment.spacy_model import load_reader
from articles.enrichment.suggest_tags import suggest_near_tags, suggest_tags
from articles.enrichment.write_links import CollisionError
from articles.models import Article, attributing, recording
from articles.models.bulk import AnyOf, expect_many_rows
from articles.models.enrichment_queue import (
    claim,
    finish,
    finish_pairing,
    holding_block,
    next_unpaired_block,
    text_hash,
    unpaired,
)
from articles.models.near_tags import near_articles
from articles.vocabulary import Way

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from typing import TypeVar

    from articles.enrichment.gazetteer import Gazetteer
    from articles.enrichment.spacy_model import Model
    from articles.enrichment.tagging import TagWords
    from articles.models import EnrichmentRun

    Done = TypeVar("Done")

AT_ONCE: Final = 200
ASKED_AT_ONCE: Final = 5_000  # articles that are named to the database
TRIES: Final = 4
ACTOR: Final = "enrich_articles"


@dataclass(frozen=True, slots=True)
class Engines:
    """What a worker works with, read once."""

    names: Gazetteer
    tags: TagWords
    run: EnrichmentRun
    configuration: str
    has_to_read: bool = True
    model: Model | None = None


def work(engines: Engines, articles: Sequence[int] | None = None) -> Iterator[Annotated]:
    """Read what waits, then compare what was read with other texts, a batch a transaction.

    Of these articles, if any are given. First the model: of whose names it says something new is
    read by the other engines.
    """
    if model := engines.model:
        read = load_reader(model)
        yield from _in_batches(
            lambda keys, last, size: read_spans(model, read, engines.run, keys, last, size),
            SPANS_AT_ONCE,
        )
    if engines.has_to_read:
        for part in _parts(articles):
            yield from _in_batches(
                lambda keys, last, size: read_batch(engines, keys, last, size, part),  # noqa: B023
                AT_ONCE,
            )
    yield from _compare(engines)


def _parts(articles: Sequence[int] | None) -> Iterator[Sequence[int] | None]:
    if articles is None:
        yield None
        return
    for start in range(0, len(articles), ASKED_AT_ONCE):
        yield articles[start : start + ASKED_AT_ONCE]


def _in_batches(
    read: Callable[[list[int], int, int], Annotated], at_once: int
) -> Iterator[Annotated]:
    """Let articles be read until none is left, one by one where one of them is at fault."""
    last, size, singly = 0, at_once, 0
    while True:
        keys: list[int] = []
        try:
            done = patiently(lambda: read(keys, last, size))  # noqa: B023
        except Exception as error:
            if not keys or isinstance(error, OperationalError | InterfaceError):
                raise
            if size > 1:  # one of them is at fault: find it
                size, singly = 1, len(keys)
                continue
            uid = Article.objects.values_list("uid", flat=True).get(pk=keys[0])
            done = Annotated(failed=((str(uid), f"{type(error).__name__}: {error}"),))
        if not keys:
            return
        last, singly = keys[-1], singly - 1
        size = 1 if singly > 0 else at_once
        yield done


def read_batch(
    engines: Engines,
    keys: list[int],
    after: int,
    at_most: int,
    articles: Collection[int] | None = None,
) -> Annotated:
    """A transaction: what it claims, into `keys`, is nobody else's until its end.

    What waits, of these articles if any are given.
    """
    with recording(Way.COMMAND, actor=ACTOR, run=engines.run.run):
        expect_many_rows()
        keys[:] = claim(engines.run.vocabulary, after, at_most, articles)
        return read_articles(keys, engines) if keys else Annotated()


def read_articles(keys: list[int], engines: Engines) -> Annotated:
    """Read articles that this transaction has claimed."""
    columns = ("uid", "headline", "body", "language", "fingerprint")
    articles = list(Article.objects.only(*columns).filter(AnyOf("pk", keys)).order_by("pk"))
    done = annotate(articles, engines.names, engines.run)
    tags = suggest_tags(articles, engines.tags, engines.run)
    texts = {it.pk: text_hash(it.language, it.headline, it.fingerprint) for it in articles}
    finish(texts, engines.configuration)
    return replace(done, tags=tags)


def patiently(task: Callable[[], Done]) -> Done:
    """Do it again where somebody else wrote the same meanwhile, or had to be given way."""
    for _ in range(TRIES - 1):
        try:
            return task()
        except (CollisionError, IntegrityError, OperationalError) as error:
            if not _is_collision(error):
                raise
    return task()


def _is_collision(error: Exception) -> bool:
    """Rows that stand already or are gone (23); deadlocks (40)."""
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return isinstance(error, CollisionError) or (state or "")[:2] in ("23", "40")


# ── copies ───────────────────────────────────────────────────────────────────────────────────────


def _compare(engines: Engines) -> Iterator[Annotated]:
    """Sign and compare the texts that were read, block by block, each by one worker.

    Not in the transaction that reads: locks of signatures have an order of their own. What a kill
    leaves uncompared the next run compares.
    """
    for is_patient in (False, True):  # in the end what another passed over before it was read
        block = next_unpaired_block(-1)
        while block is not None:
            with (
                holding_block(block, is_patient=is_patient) as is_ours,
                attributing(Way.COMMAND, actor=ACTOR, run=engines.run.run),
            ):
                done = _compare_block(engines, block) if is_ours else None
            if done:
                yield done
            block = next_unpaired_block(block)


def _compare_block(engines: Engines, block: int) -> Annotated:
    texts = unpaired(block)
    keys = list(texts)
    if not keys:
        return Annotated()
    near = near_articles(keys)
    patiently(lambda: sign_texts(keys))
    paired = patiently(lambda: pair_texts(keys, engines.run.run))
    near |= near_articles(keys)
    tags = patiently(lambda: _tag(engines, [*keys, *near]))
    finish_pairing(texts, signatures.CONFIGURATION)
    return Annotated(compared=len(keys), pairs=paired.written + paired.gone, tags=tags)


def _tag(engines: Engines, articles: Collection[int]) -> int:
    with transaction.atomic():
        expect_many_rows()
        return suggest_near_tags(articles, engines.tags, engines.run)
