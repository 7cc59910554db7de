"""Examples of what waits, as an editor sees them: each link in its sentence, and why it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, Value
from django.db.models.functions import Greatest, Substr

from articles.admin.nouns import linked
from articles.admin.queue_groups import Item
from articles.anchors import Passage, passage
from articles.models import Article, Mention, Tagging
from articles.models.acceptance import learn
from articles.models.bulk import AnyOf
from articles.text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

AROUND: Final = 240
WHY: Final = {
    "name": "its name",
    "acronym": "its acronym",
    "demonym": "a demonym",
    "surname": "a surname",
    "named-in-full": "named in full as",
    "named-last": "named last",
    "also-named": "also named as",
    "words-of-its-slug": "its words are in the text:",
    "near-articles": "near articles have it",
    "headline": "in the headline:",
    "lead": "in the first paragraph:",
    "body": "in the text:",
}
"""The machine's reasons in an editor's words; those that are not here read well as they are."""

_SOME: Final = Substr("article__body", Greatest(F("start") - AROUND, Value(0)) + 1, 4 * AROUND)


def mention_items(keys: Iterable[int]) -> dict[int, Item]:
    """Of each mention its sentence, read without the rest of the text. Two queries."""
    rows = Mention.objects.filter(AnyOf("id", keys)).annotate(around=_SOME)
    rows = _light(rows.select_related("article__source", "suggestion"))
    learn(rows)
    return {row.pk: _mention_item(row) for row in rows}


def tagging_items(keys: Iterable[int]) -> dict[int, Item]:
    rows = Tagging.objects.filter(AnyOf("id", keys)).annotate(
        around=Substr("article__body", 1, 2 * AROUND)
    )
    rows = rows.select_related("article__source", "suggestion")
    return {row.pk: _tagging_item(row) for row in _light(rows)}


def _light(rows: Any) -> Any:
    return rows.defer(*(f"article__{it}" for it in ("body", "search", "summary", "bylines")))


def _mention_item(row: Any) -> Item:
    start = min(row.start or 0, AROUND)
    shown = in_sentence(row.around, start, start + len(row.quote))
    if shown.words != row.quote:
        shown = Passage("", row.quote, "")
    return Item(row.pk, linked(row.article), facts(row.article), shown, why(row))


def _tagging_item(row: Any) -> Item:
    told = getattr(row, "suggestion", None)
    start, end = next(
        (
            (reason[2], reason[3])
            for reason in (told.reasons if told else [])
            if reason[0] in {"lead", "body"} and reason[3] and reason[3] < len(row.around)
        ),
        (0, 0),
    )
    shown = in_sentence(row.around, start, end) if end else passage(row.around, 0, 0, AROUND)
    return Item(row.pk, linked(row.article), facts(row.article), shown, why(row))


def in_sentence(text: str, start: int, end: int) -> Passage:
    """`text[start:end]` in its sentence, or in a few words of it where that is long."""
    shown = passage(text, start, end, AROUND - 20)
    whole, at = "".join(shown), len(shown.before)
    until = at + len(shown.words)
    for one in sentences(whole):
        if one.start <= at and until <= one.end:
            return Passage(whole[one.start : at], shown.words, whole[until : one.end])
    return shown


def facts(article: Article) -> list[str]:
    """Of an article what is said beside its headline."""
    at = article.published_at
    return [str(article.source), f"{at:%Y-%m-%d}" if at else "undated"]


def why(row: Any) -> str:
    """How sure the machine is, what speaks for it, and what else it may be."""
    told = getattr(row, "suggestion", None)
    if told is None:
        return ""
    reasons = [_reason(it) for it in told.reasons]
    of_first = told.candidates[0]["reasons"] if told.candidates else []
    reasons += [_reason(it) for it in of_first]
    others = [it["entity"] for it in told.candidates[1:4]]
    parts = [f"{told.confidence:.0%} sure", *dict.fromkeys(filter(None, reasons))]
    if others:
        parts.append(f"or {', '.join(others)}")
    return "; ".join(parts)


def _reason(reason: list[Any]) -> str:
    word, *facts_ = reason
    said = WHY.get(word, str(word).replace("-", " "))
    if word == "near-articles":
        return f"{facts_[-2]} of {facts_[-1]} near articles have it"
    if word in {"headline", "lead", "body"}:
        return f"{said} “{facts_[0]}”"
    return " ".join([said, *(f"“{it}”" for it in facts_[:1] if it not in (None, "", []))])
