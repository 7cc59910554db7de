"""Texts as received, and the cleaning that led from them to what stands in the articles."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from articles.ingestion.cleaning import Edit, Step, replay
from articles.ingestion.document import Document
from articles.models import Article, CleaningStep, RawText
from articles.models.bulk import copy_rows

StepRow = tuple[str, int, str, list[list[Any]]]
"""Field, position, rule, and edits as [start, removed, inserted]."""

NO_FIELDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TextChange:
    """What becomes of the received text and the cleaning of an article.

    `fields` are those whose cleaning is replaced. `has_raw`: so is the raw text, by `raw`, None
    where the clean text already says it. `is_new`: there is nothing yet to replace.
    """

    fields: frozenset[str] = NO_FIELDS
    has_raw: bool = False
    raw: str | None = None
    is_new: bool = False

    def __bool__(self) -> bool:
        return self.has_raw or bool(self.fields)


def raw_of(article: Article) -> str:
    """The body as it was received, or as it stands where cleaning changed nothing."""
    raw = RawText.objects.filter(article=article).first()
    return raw.text if raw else article.body


def clean_of(article: Article) -> str:
    """The body that cleaning made of the received one, whatever an editor made of it since."""
    return replay(raw_of(article), steps_of(article))


def steps_of(article: Article, field: str = "body") -> list[Step]:
    """The cleaning of a field of the article, in order, as it was recorded."""
    rows = CleaningStep.objects.filter(article=article, field=field).order_by("position")
    return [Step(r.rule, r.reason, tuple(Edit(*e) for e in r.edits)) for r in rows]


def new_texts(document: Document) -> TextChange:
    """What is to be kept for a new article."""
    raw = document.raw if document.raw not in {"", document.body} else None
    return TextChange(frozenset(s.field for s in document.cleaning), raw is not None, raw, True)


def compare_texts(
    wanted: Sequence[tuple[Article, Document]], kept: Mapping[int, frozenset[str]]
) -> dict[int, TextChange]:
    """By article (primary key), what of its received text and cleaning is to be replaced.

    `kept` are the fields that editors keep, whose received text stays with them. Two queries.
    """
    articles = [article.pk for article, _ in wanted]
    raws = {
        article: key
        for article, *key in RawText.objects.filter(article__in=articles).values_list(
            "article", "sha256", "clean_fingerprint"
        )
    }
    steps: dict[int, dict[str, list[StepRow]]] = defaultdict(lambda: defaultdict(list))
    rows = CleaningStep.objects.filter(article__in=articles).order_by("field", "position")
    for article, *step in rows.values_list("article", "field", "position", "rule", "edits"):
        steps[article][step[0]].append((step[0], step[1], step[2], step[3]))
    return {
        article.pk: _change(document, steps[article.pk], raws.get(article.pk), kept[article.pk])
        for article, document in wanted
    }


def _change(
    document: Document,
    old_steps: Mapping[str, list[StepRow]],
    old_raw: list[str] | None,
    kept: frozenset[str],
) -> TextChange:
    new = new_texts(document)
    steps: dict[str, list[StepRow]] = defaultdict(list)
    for row, _ in _numbered(document.cleaning):
        steps[row[0]].append(row)
    fields = {
        field
        for field in {*steps, *old_steps}
        if steps.get(field) != old_steps.get(field) and field.partition("[")[0] not in kept
    }
    key = None
    if new.raw is not None:
        key = [sha256(new.raw.encode()).hexdigest(), document.fingerprint]
    return TextChange(frozenset(fields), "body" not in kept and key != old_raw, new.raw)


def _numbered(steps: Iterable[Step]) -> Iterator[tuple[StepRow, str]]:
    """Steps as rows, with their reasons."""
    positions: dict[str, int] = defaultdict(int)
    for step in steps:
        edits: list[list[Any]] = [[e.start, e.removed, e.inserted] for e in step.edits]
        yield (step.field, positions[step.field], step.rule, edits), step.reason
        positions[step.field] += 1


def write_texts(changes: Iterable[tuple[Article, Document, TextChange]]) -> None:
    """Replace what the changes say. Within a transaction, after the articles themselves."""
    changed = [change for change in changes if change[2]]
    _drop((article.pk, change) for article, _, change in changed if not change.is_new)
    copy_rows(
        RawText,
        ("article_id", "text", "clean_fingerprint"),
        (
            (article.pk, change.raw, document.fingerprint)
            for article, document, change in changed
            if change.has_raw and change.raw is not None
        ),
    )
    copy_rows(
        CleaningStep,
        ("article_id", "field", "position", "rule", "edits", "reason"),
        (
            (article.pk, *step, reason)
            for article, document, change in changed
            for step, reason in _numbered(document.cleaning)
            if step[0] in change.fields
        ),
    )


def _drop(changes: Iterable[tuple[int, TextChange]]) -> None:
    raws: list[int] = []
    steps: dict[str, list[int]] = defaultdict(list)
    for article, change in changes:
        if change.has_raw:
            raws.append(article)
        for field in change.fields:
            steps[field].append(article)
    RawText.objects.filter(article__in=raws).delete()
    for field, articles in steps.items():
        CleaningStep.objects.filter(article__in=articles, field=field).delete()
