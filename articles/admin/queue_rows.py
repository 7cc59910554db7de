"""Articles in the review queue, by source: headlines that were derived, dates that are missing,
texts from which cleaning took much.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Value
from django.db.models.functions import Length, NullIf, Substr

from articles.admin.dates import MISREAD, YEAR_FIRST, refusal_of
from articles.admin.nouns import linked
from articles.admin.queue_groups import (
    FEW,
    GROUPS,
    MANY,
    ONLY_DRAFTS,
    Field,
    Group,
    Item,
    Kind,
    Order,
    Outcome,
    Part,
    Refused,
    Verb,
    number_in,
    rest_words,
    told,
)
from articles.admin.queue_items import facts
from articles.anchors import Passage
from articles.models import Article, CleaningStep, RawText, Source, correct, settle
from articles.models.bulk import AnyOf
from articles.models.bulk_work import MOST_ROWS
from articles.models.waiting import ROWS, Heap, heaps, waiting_keys, waiting_rows
from articles.text import excerpt
from articles.vocabulary import ArticleStatus, DatePrecision, Matter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN = 260
LAST = 2**62
MANY_STEPS = 400


class HeapKind(Kind):
    """What waits besides links: rows of a kind, by source and by what they are about."""

    most: ClassVar[int] = MOST_ROWS

    def page(self, number: int) -> list[Group]:
        return self.shown(heaps(self.name, FEW, number, GROUPS))

    def group(self, key: Mapping[str, str], before: int | None = None) -> Group | None:
        source, what = number_in(key, "source"), key.get("what", "")
        keys = waiting_rows(self.name, source, what, LAST, ROWS)
        shown = [it for it in keys if before is None or it <= before][:MANY]
        if not shown:
            return None
        return self.shown([Heap(source, what, len(keys), keys[0], shown)])[0]

    def shown(self, found: Sequence[Heap]) -> list[Group]:
        items = self.items([key for it in found for key in it.keys])
        names = Source.objects.in_bulk({key for it in found for key in self.sources(it)})
        return [
            Group(
                key={"source": str(it.source), "what": it.what},
                title=self.title(it, names),
                noun=self.noun,
                size=it.size,
                until=it.until,
                items=[items[key] for key in it.keys if key in items],
                oldest=it.keys[-1],
                is_text=self.is_text(it),
            )
            for it in found
        ]

    def is_text(self, heap: Heap) -> bool:
        """Whether a decision may change words that readers see."""
        return False

    def sources(self, heap: Heap) -> list[int]:
        return [heap.source]

    def title(self, heap: Heap, names: dict[int, Source]) -> str:
        return linked(names.get(heap.source))

    @abstractmethod
    def items(self, keys: list[int]) -> dict[int, Item]: ...

    @abstractmethod
    def of_drafts(self, keys: list[int]) -> list[int]:
        """Those that concern only articles that no reader has seen."""

    def parts_of_drafts(self, groups: list[Group], before: int | None, each: int) -> list[Part]:
        """Of what waits of the groups, those that concern drafts. Two queries and the items'."""
        names = [(number_in(it.key, "source"), it.key["what"]) for it in groups]
        keys = waiting_keys(self.name, names)
        drafts = set(self.of_drafts([key for found in keys.values() for key in found]))
        of = {name: [key for key in keys.get(name, ()) if key in drafts] for name in names}
        shown = {
            name: [key for key in found if before is None or key <= before][:each]
            for name, found in of.items()
        }
        items = self.items([key for found in shown.values() for key in found])
        return [
            Part(len(of[it]), [items[key] for key in shown[it] if key in items]) for it in names
        ]

    def held(self, order: Order) -> tuple[list[int], str]:
        """Those that still wait, and a word on the others that the editor meant."""
        source, what = number_in(order.key, "source"), order.key.get("what", "")
        only = order.items or None
        keys = waiting_rows(self.name, source, what, order.until, self.most, only)
        if order.is_of_drafts:
            of_drafts = self.of_drafts(keys)
            return of_drafts, ONLY_DRAFTS if len(of_drafts) < len(keys) else ""
        gone = len(order.items) - len(keys)
        if only:
            return keys, f"{gone:,} had been settled meanwhile." if gone > 0 else ""
        return keys, rest_words(len(keys))


class ArticleKind(HeapKind):
    """Articles that wait as they are."""

    def items(self, keys: list[int]) -> dict[int, Item]:
        rows = Article.objects.filter(AnyOf("id", keys)).select_related("source")
        rows = rows.annotate(opening=Substr("body", 1, SHOWN * 2)).defer("body", "search")
        return {row.pk: self.item(row) for row in rows}

    def item(self, row: Any) -> Item:
        shown = Passage(excerpt(row.opening, SHOWN), "", "")
        is_read = row.is_public
        return Item(row.pk, linked(row), facts(row), shown, field=self.field(row), is_read=is_read)

    @abstractmethod
    def field(self, row: Any) -> Field: ...

    def of_drafts(self, keys: list[int]) -> list[int]:
        rows = Article.objects.filter(AnyOf("id", keys), status=ArticleStatus.DRAFT)
        return list(rows.values_list("pk", flat=True))

    def settle(self, order: Order) -> Outcome:
        keys, warning = self.held(order)
        articles = Article.objects.filter(AnyOf("id", keys)).order_by("pk").select_for_update()
        rows = list(articles.only("pk", "uid", "headline", "status", "publish_at"))
        if not rows:
            return Outcome("Nothing was left to settle.", 0, warning)
        if order.verb == "write" and len(order.items) == 1:
            return self.write(rows[0], order.data.get(f"field-{rows[0].pk}", ""), order)
        if order.verb != "accept":
            raise Refused("That cannot be said here.")
        return Outcome(self.keep(rows, order), len(rows), warning)

    @abstractmethod
    def write(self, article: Article, value: str, order: Order) -> Outcome: ...

    @abstractmethod
    def keep(self, rows: list[Article], order: Order) -> str: ...


class Headlines(ArticleKind):
    name, label, noun = "headlines", "Headlines", "headline"
    hint = "Headlines that were derived from the text, because the record had none."
    verbs = (Verb("accept", "Keep", "a", "good"),)

    def is_text(self, heap: Heap) -> bool:
        return True

    def field(self, row: Any) -> Field:
        return Field("text", "Headline", row.headline, "Save")

    def write(self, article: Article, value: str, order: Order) -> Outcome:
        value = " ".join(value.replace("\0", "").split())
        if not value:
            raise Refused("Write the headline that it is to have.")
        if article.headline != value:
            correct([article], order.note_for([article]), order.editor)
        settle(Matter.HEADLINE, [(article.uid, "")], order.editor, order.reason)
        article.headline, article.headline_derived = value, False
        article.save(update_fields=["headline", "headline_derived"])
        return Outcome(f"The headline is now “{excerpt(value, 80)}”.", 1)

    def keep(self, rows: list[Article], order: Order) -> str:
        settle(Matter.HEADLINE, ((it.uid, "") for it in rows), order.editor, order.reason)
        Article.objects.filter(AnyOf("id", [it.pk for it in rows])).update(headline_derived=False)
        return f"Kept {told(len(rows), self.noun)}."


class Undated(ArticleKind):
    name, label, noun = "undated", "Undated", "undated article"
    hint = "Articles of which nobody knows the date. They come last in every list by date."
    verbs = (Verb("accept", "Leave undated", "a", "good", "Leave all {number} undated"),)

    def field(self, row: Any) -> Field:
        return Field("day", "Published on", "", "Set the date", YEAR_FIRST)

    def write(self, article: Article, value: str, order: Order) -> Outcome:
        try:
            day = datetime.combine(date.fromisoformat(value.strip()), time(), UTC)
        except ValueError as error:
            raise Refused(MISREAD) from error
        if refusal := refusal_of(day):
            raise Refused(refusal)
        article.published_at, article.published_precision = day, DatePrecision.DAY
        article.save(update_fields=["published_at", "published_precision"])
        return Outcome(f"Dated 1 article {day:%Y-%m-%d}.", 1)

    def keep(self, rows: list[Article], order: Order) -> str:
        settle(Matter.DATE, ((it.uid, "") for it in rows), order.editor, order.reason)
        return f"Left {told(len(rows), 'article')} undated."


class Cleaning(HeapKind):
    name, label, noun = "cleaning", "Cleaning", "text"
    hint = "Texts from which cleaning took 15 % or more: is it all page furniture?"
    verbs = (Verb("accept", "Looks fine", "a", "good", "All {number} look fine"),)

    def items(self, keys: list[int]) -> dict[int, Item]:
        rows = RawText.objects.filter(AnyOf("id", keys)).select_related("article__source")
        whole = NullIf(Length("text"), Value(0))
        rows = rows.annotate(whole=whole, kept=Length("article__body"))
        rows = rows.defer("text", "article__body", "article__search")
        found = {row.pk: row for row in rows}
        taken = self._taken([row.article_id for row in found.values()])
        return {
            key: Item(
                key,
                linked(row.article),
                [*facts(row.article), f"{1 - row.kept / (row.whole or 1):.0%} taken"],
                sides=taken.get(row.article_id, []),
            )
            for key, row in found.items()
        }

    def of_drafts(self, keys: list[int]) -> list[int]:
        rows = RawText.objects.filter(AnyOf("id", keys), article__status=ArticleStatus.DRAFT)
        return list(rows.values_list("pk", flat=True))

    def _taken(self, articles: list[int]) -> dict[int, list[tuple[str, str]]]:
        """What cleaning took from the bodies of articles, by rule."""
        steps = CleaningStep.objects.filter(AnyOf("article_id", articles), field="body")
        found: dict[int, dict[str, list[str]]] = {}
        for step in steps.order_by("article", "position")[:MANY_STEPS]:
            removed = [str(it[1]).strip() for it in step.edits if str(it[1]).strip()]
            if removed:
                found.setdefault(step.article_id, {}).setdefault(step.rule, []).extend(removed)
        return {
            article: [
                (rule.replace("-", " ").replace("_", " "), excerpt(" … ".join(texts), SHOWN))
                for rule, texts in rules.items()
            ]
            for article, rules in found.items()
        }

    def settle(self, order: Order) -> Outcome:
        keys, warning = self.held(order)
        if order.verb != "accept":
            raise Refused("That cannot be said here.")
        raws = RawText.objects.filter(AnyOf("id", keys))
        things = list(raws.values_list("article__uid", "sha256"))
        settle(Matter.CLEANING, things, order.editor, order.reason)
        return Outcome(f"{told(len(things), self.noun)} settled as fine.", len(things), warning)
