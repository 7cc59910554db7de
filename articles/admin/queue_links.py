"""Links in the review queue: grouped by what they say of articles, such as taggings by tag."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from articles.admin.nouns import linked
from articles.admin.queue_groups import (
    FEW,
    GROUPS,
    MANY,
    ONLY_DRAFTS,
    Choice,
    Group,
    Kind,
    Order,
    Outcome,
    Part,
    Refused,
    Verb,
    by_whom,
    number_in,
    rest_words,
    told,
)
from articles.admin.queue_items import tagging_items
from articles.models import (
    Decision,
    Mention,
    Tag,
    Tagging,
    judge,
    relinked,
)
from articles.models.bulk import AnyOf
from articles.models.bulk_work import MOST_ROWS
from articles.models.decisions import SPELLING
from articles.models.waiting import Spelling, busiest, examples, spellings
from articles.vocabulary import ArticleStatus, LinkState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACCEPT = Verb("accept", "Accept", "a", "good")
REJECT = Verb("reject", "Reject", "r", "bad")
ASKED = 100
"""Of so many targets it is asked whether what waits is mostly rejected."""

VERDICTS = {"accept": LinkState.ACCEPTED, "reject": LinkState.REJECTED}


class LinkKindOfQueue(Kind):
    """Links that a machine suggested; `target` is what they say of an article."""

    model: ClassVar[Any]
    nouns: ClassVar[Any]
    target: ClassVar[str]
    link: ClassVar[str]
    verbs: tuple[Verb, ...] = (ACCEPT, REJECT)

    def page(self, number: int) -> list[Group]:
        """Of which one decision settles the most first, and last what was mostly rejected."""
        doubted = self.doubted()
        targets = busiest(self.link)
        asked = [it for it in targets if it in {target for target, _ in doubted}][:ASKED]
        first = spellings(self.link, asked, 1) if asked else []
        sunk = {it.target for it in first if _of(it) in doubted}
        targets.sort(key=sunk.__contains__)
        groups = spellings(self.link, targets[(number - 1) * GROUPS : number * GROUPS])
        place = {target: number for number, target in enumerate(targets)}
        groups.sort(key=lambda it: (place[it.target], _of(it) in doubted))
        return self.shown(groups, FEW)

    def doubted(self) -> set[tuple[int, str]]:
        """Of which targets and spellings editors of late mostly rejected what was suggested."""
        return set()

    def group(self, key: Mapping[str, str], before: int | None = None) -> Group | None:
        found = self.spelling(key)
        if found is None:
            return None
        groups = self.shown([found], MANY, before)
        return groups[0] if groups else None

    def groups(self, key: Mapping[str, str], before: int | None = None) -> list[Group]:
        """Without a spelling: all of an entity or a tag."""
        if "quote" in key:
            return super().groups(key, before)
        return self.shown(spellings(self.link, [number_in(key, self.target)], GROUPS), FEW)

    def spelling(self, key: Mapping[str, str]) -> Spelling | None:
        quote, target = key.get("quote", ""), number_in(key, self.target)
        same = (it for it in spellings(self.link, [target], 1_000) if it.quote == quote)
        return next(same, None)

    def shown(
        self, groups: Sequence[Spelling], each: int, before: int | None = None
    ) -> list[Group]:
        """The groups with their newest examples. Four queries."""
        bounded = [it._replace(until=min(it.until, before or it.until)) for it in groups]
        keys = examples(self.link, bounded, each)
        items = self.items(list(chain.from_iterable(keys)))
        targets = self.nouns._base_manager.in_bulk({it.target for it in groups})
        choices = self.choices(list(chain.from_iterable(keys)), groups)
        return [
            Group(
                key={self.target: str(it.target), "quote": it.quote},
                title=linked(targets[it.target]),
                noun=self.noun,
                size=it.size,
                until=it.until,
                items=[items[key] for key in of_group if key in items],
                words=it.quote,
                label=getattr(targets[it.target], "kind", ""),
                choices=choices.get(it, []),
                name=it.quote,
                kind=getattr(targets[it.target], "kind", "other"),
                oldest=of_group[-1] if of_group else 0,
            )
            for it, of_group in zip(groups, keys, strict=True)
            if of_group
        ]

    @abstractmethod
    def items(self, keys: list[int]) -> dict[int, Any]: ...

    def parts_of_drafts(self, groups: list[Group], before: int | None, each: int) -> list[Part]:
        """Two queries, and those of the examples."""
        targets = [number_in(group.key, self.target) for group in groups]
        rows = self.model.objects.waiting().order_by()
        rows = rows.filter(AnyOf(f"{self.target}_id", targets), article__status=ArticleStatus.DRAFT)
        of: tuple[str, ...] = (f"{self.target}_id",)
        if self.model is Mention:
            rows, of = rows.filter(is_lost=False), (*of, "quote")
        counted = rows.values_list(*of).annotate(size=Count("pk"))
        sizes = {tuple(map(str, row[:-1])): row[-1] for row in counted}
        if before is not None:
            rows = rows.filter(pk__lte=before)
        place = Window(RowNumber(), partition_by=of, order_by=F("pk").desc())
        shown = rows.annotate(place=place).filter(place__lte=each).order_by("-pk")
        keys: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for *group, key in shown.values_list(*of, "pk"):
            keys[tuple(map(str, group))].append(key)
        items = self.items(list(chain.from_iterable(keys.values())))
        names = [(it.key[self.target], it.key["quote"])[: len(of)] for it in groups]
        return [Part(sizes.get(it, 0), [items[key] for key in keys[it]]) for it in names]

    def choices(self, keys: list[int], groups: Sequence[Spelling]) -> dict[Spelling, list[Choice]]:
        return {}

    # ── what an editor says ──────────────────────────────────────────────────────────────────

    def settle(self, order: Order) -> Outcome:
        keys, warning = self.held(order)
        if not keys:
            return Outcome("Nothing was left to judge.", 0, warning or self.settled_by(order))
        verdict = VERDICTS.get(order.verb)
        if verdict is None:
            raise Refused("That cannot be said here.")
        done = judge(self.model, keys, verdict, order.editor, order.reason)
        of = self.nouns._base_manager.get(pk=number_in(order.key, self.target))
        said = f"{order.verb.capitalize()}ed {told(done, self.noun)} of {of}."
        return Outcome(said, done, warning)

    def held(self, order: Order) -> tuple[list[int], str]:
        """Those that still wait, locked; and what became of the others that the editor meant."""
        rows = self.model.objects.waiting().filter(
            **{f"{self.target}_id": number_in(order.key, self.target)}, pk__lte=order.until
        )
        if self.model is Mention:
            rows = rows.filter(quote=order.key.get("quote", ""), is_lost=False)
        if order.items:
            rows = rows.filter(AnyOf("id", order.items))
        rows = rows.order_by("pk").select_for_update(of=("self",))
        keys = list(rows.values_list("pk", flat=True)[:MOST_ROWS])
        if order.is_of_drafts:
            drafts = rows.filter(AnyOf("id", keys), article__status=ArticleStatus.DRAFT)
            of_drafts = list(drafts.values_list("pk", flat=True))
            return of_drafts, ONLY_DRAFTS if len(of_drafts) < len(keys) else ""
        if order.items:
            return keys, self.meanwhile(set(order.items) - set(keys), order)
        return keys, rest_words(len(keys))

    def settled_by(self, order: Order) -> str:
        """Who settled a whole group before, where that can be known quickly."""
        return ""

    def meanwhile(self, gone: set[int], order: Order) -> str:
        """Who judged what the editor meant, before."""
        if not gone:
            return ""
        last = Decision.objects.filter(AnyOf("row", gone), kind=self.model.link_kind)
        judged = last.order_by("id").values_list("row", "verdict", "editor")
        to = relinked(gone) if self.model is Mention else {}
        said = {
            row: f"{f'relinked to {to[row]}' if row in to else word} by {by_whom(editor, order)}"
            for row, word, editor in judged
        }
        lost = len(gone) - len(said)
        words = [f"{list(said.values()).count(it):,} {it}" for it in sorted(set(said.values()))]
        words += [f"{lost:,} no longer suggested"] if lost else []
        return f"Settled meanwhile, and not judged again: {', '.join(words)}."


def _of(group: Spelling) -> tuple[int, str]:
    return group.target, group.quote[:SPELLING]


class Taggings(LinkKindOfQueue):
    name, label, noun = "taggings", "Tags", "tagging"
    hint = "Tags that a machine suggests for articles."
    model, nouns, target, link = Tagging, Tag, "tag", "tagging"

    def items(self, keys: list[int]) -> dict[int, Any]:
        return tagging_items(keys)
