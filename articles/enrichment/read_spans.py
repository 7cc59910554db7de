"""Let a model read what it has not read: as the other workers do, each text by one of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from articles.enrichment.annotate import Annotated
from articles.models import Article, recording
from articles.models.bulk import AnyOf
from articles.models.enrichment_queue import text_hash
from articles.models.model_readings import claim_for_model, keep_spans
from articles.vocabulary import Way

if TYPE_CHECKING:
    from articles.enrichment.spacy_model import Model, Reader
    from articles.models import EnrichmentRun

AT_ONCE: Final = 32
"""Texts in one transaction: no editor changes one of them while a model reads them."""


def read_spans(
    model: Model, read: Reader, run: EnrichmentRun, keys: list[int], after: int, at_most: int
) -> Annotated:
    """A transaction: what it claims, into `keys`, is nobody else's until its end.

    What is of another language than the model counts as read.
    """
    with recording(Way.COMMAND, actor="enrich_articles", run=run.run):
        keys[:] = claim_for_model(after, at_most)
        columns = ("headline", "body", "language", "fingerprint")
        articles = list(Article.objects.only(*columns).filter(AnyOf("pk", keys)).order_by("pk"))
        own = [it for it in articles if model.reads(it.language)]
        spans = dict(zip((it.pk for it in own), read(it.body for it in own), strict=True))
        found = {
            it.pk: (text_hash(it.language, it.headline, it.fingerprint), spans.get(it.pk, []))
            for it in articles
        }
        if found:
            keep_spans(found, model.configuration, model.title, run.vocabulary)
    return Annotated(modelled=len(found))
