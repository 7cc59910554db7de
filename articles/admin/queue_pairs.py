"""Two sides to compare in the review queue: possible duplicates, and conflicts of loads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models.functions import Substr
from django.utils.html import format_html

from articles.admin.history import around_change
from articles.admin.links import move_mentions
from articles.admin.nouns import linked
from articles.admin.queue_groups import Item, Order, Outcome, Refused, Verb, told
from articles.admin.queue_items import facts
from articles.admin.queue_rows import HeapKind
from articles.models import Article, DuplicatePair, LoadConflict, correct, judge, settle
from articles.models.bulk import AnyOf
from articles.models.revisions import TEXTS
from articles.models.waiting import conflicts_about
from articles.vocabulary import ArticleStatus, DatePrecision, LinkState, Matter

if TYPE_CHECKING:
    from articles.models import Source
    from articles.models.waiting import Heap

AT_ONCE: Final = 500  # each is more than one statement
SHOWN: Final = 240
TAKEN: Final = {
    "headline": ("headline", "headline_derived"),
    "published_at": ("published_at", "published_precision"),
    "status": ("status", "withdrawn_at", "withdrawn_reason", "withdrawn_note"),
}
"""What is given back to the source with a field: those columns say one thing together."""

NO_STATUS: Final = "Who sees an article is for those to say who may on its page: the rest waits."

PLAIN: Final = ("headline", "summary", "bylines", "body", "language", "original_url")


class Duplicates(HeapKind):
    name, label, noun = "duplicates", "Duplicates", "pair"
    hint = "Pairs of articles that share most of a text; what only one of them has is marked."
    verbs = (
        Verb("accept", "Duplicates", "a", "good", "All {number} are duplicates"),
        Verb("reject", "Not duplicates", "r", "bad", "None is"),
    )
    most = AT_ONCE

    def sources(self, heap: Heap) -> list[int]:
        return [heap.source, int(heap.what)]

    def title(self, heap: Heap, names: dict[int, Source]) -> str:
        one, other = (linked(names.get(key)) for key in self.sources(heap))
        return (
            format_html("within {}", one) if one == other else format_html("{} and {}", one, other)
        )

    def items(self, keys: list[int]) -> dict[int, Item]:
        pairs = DuplicatePair.objects.filter(AnyOf("id", keys))
        rows = list(pairs.select_related("first__source", "second__source").annotate(
            one=Substr("first__body", 1, 2 * SHOWN), other=Substr("second__body", 1, 2 * SHOWN)
        ).defer("first__body", "first__search", "second__body", "second__search"))  # fmt: skip
        return {row.pk: self._item(row) for row in rows}

    def _item(self, row: Any) -> Item:
        share = max(row.first_share, row.second_share)
        return Item(
            row.pk,
            format_html("{} <span>and</span> {}", linked(row.first), linked(row.second)),
            [f"{share:.0%} shared", *([f"{len(row.passages)} passages"] if row.passages else [])],
            sides=[
                (", ".join(facts(article)), _with_differences(text, shared))
                for article, text, shared in (
                    (row.first, row.one, [(it[0], it[1]) for it in row.passages]),
                    (row.second, row.other, [(it[2], it[3]) for it in row.passages]),
                )
            ],
        )

    def of_drafts(self, keys: list[int]) -> list[int]:
        draft = ArticleStatus.DRAFT
        rows = DuplicatePair.objects.filter(AnyOf("id", keys))
        rows = rows.filter(first__status=draft, second__status=draft)
        return list(rows.values_list("pk", flat=True))

    def settle(self, order: Order) -> Outcome:
        keys, warning = self.held(order)
        verdict = {"accept": LinkState.ACCEPTED, "reject": LinkState.REJECTED}.get(order.verb)
        if verdict is None:
            raise Refused("That cannot be said here.")
        done = judge(DuplicatePair, keys, verdict, order.editor, order.reason)
        words = "duplicates" if verdict is LinkState.ACCEPTED else "no duplicates"
        said = f"{told(done, self.noun)} judged: {words}."
        return Outcome(said, done, _more(warning, done))


class Conflicts(HeapKind):
    name, label, noun = "conflicts", "Conflicts", "conflict"
    hint = "Fields that an editor keeps, of which a source has said something else since."
    verbs = (
        Verb("accept", "Take theirs", "a", "good", "Take all {number} of theirs", writes=True),
        Verb("reject", "Keep ours", "r", "bad", "Keep all {number} of ours"),
    )
    most = AT_ONCE

    def is_text(self, heap: Heap) -> bool:
        return heap.what in TEXTS

    def title(self, heap: Heap, names: dict[int, Source]) -> str:
        field = Article._meta.get_field(heap.what)
        said = str(getattr(field, "verbose_name", heap.what))
        return format_html("{} of {}", said.capitalize(), linked(names.get(heap.source)))

    def items(self, keys: list[int]) -> dict[int, Item]:
        rows = LoadConflict.objects.filter(AnyOf("id", keys))
        rows = rows.select_related("article__source", "load").defer("article__search")
        return {row.pk: self._item(row) for row in rows}

    def _item(self, row: Any) -> Item:
        ours, theirs = around_change(
            _words(getattr(row.article, row.field, None)), _words(_value(row))
        )
        said = f"load of {row.load.started_at:%Y-%m-%d} by {row.load.actor}"
        return Item(
            row.pk,
            linked(row.article),
            [*facts(row.article), said],
            sides=[("Ours", ours), ("Theirs", theirs)],
            is_read=row.field in TEXTS and row.article.is_public,
        )

    def of_drafts(self, keys: list[int]) -> list[int]:
        rows = LoadConflict.objects.filter(AnyOf("id", keys), article__status=ArticleStatus.DRAFT)
        return list(rows.values_list("pk", flat=True))

    def settle(self, order: Order) -> Outcome:
        keys, warning = self.held(order)
        rows = LoadConflict.objects.filter(AnyOf("id", keys)).select_related("article")
        rows = rows.order_by("article", "pk").select_for_update(of=("article",))
        conflicts = list(rows.defer("article__search"))
        if order.verb not in {"accept", "reject"}:
            raise Refused("That cannot be said here.")
        if order.verb == "accept":
            allowed = [it for it in conflicts if _may_take(order, it)]
            if len(allowed) < len(conflicts):
                warning = f"{warning} {NO_STATUS}".strip()
            conflicts, keys = allowed, [it.pk for it in allowed]
        settle(Matter.CONFLICT, conflicts_about(keys), order.editor, order.reason)
        if order.verb == "accept":
            changed = {it.article for it in conflicts if it.field in TEXTS}
            ordered = sorted(changed, key=lambda it: int(it.pk))
            correct(ordered, order.note_for(ordered), order.editor)
            for conflict in conflicts:
                _take(conflict)
        words = "Took theirs in" if order.verb == "accept" else "Kept ours in"
        done = len(conflicts)
        return Outcome(f"{words} {told(done, self.noun)}.", done, _more(warning, done))


def _with_differences(text: str, shared: list[tuple[int, int]]) -> str:
    """The beginning of a text, where what the other does not share is marked."""
    shown = text if len(text) <= SHOWN else text[:SHOWN].rpartition(" ")[0] or text[:SHOWN]
    pieces: list[str] = []
    end, at = len(shown), 0
    for span in [*sorted(shared), (end, end)]:
        start, until = (min(max(place, at), end) for place in span)
        own = shown[at:start]
        pieces.append(format_html("<mark>{}</mark>" if own.strip() else "{}", own))
        pieces.append(shown[start:until])
        at = until
    return format_html("{}" * len(pieces) + "{}", *pieces, "" if shown == text else "…")


def _may_take(order: Order, conflict: LoadConflict) -> bool:
    """Whether the editor may write the field on the article's page too."""
    is_draft = conflict.article.status == ArticleStatus.DRAFT
    needed = set() if is_draft else {"publish_article"}
    if conflict.field == "status":
        needed |= {"publish_article"} if is_draft else {"publish_article", "withdraw_article"}
    return needed <= order.rights


def _take(conflict: LoadConflict) -> None:
    """Write what the record says, and give the field back: the next load may change it."""
    article, name = conflict.article, conflict.field
    value = _value(conflict)
    may = name in PLAIN or name == "published_at"
    if not may and value not in {ArticleStatus.PUBLISHED, ArticleStatus.DRAFT}:
        raise Refused(f"{name} cannot be taken over here: change it on the article's page.")
    old_body = article.body
    setattr(article, name, value)
    if name == "headline":
        article.headline_derived = False
    if isinstance(value, datetime):
        is_day = value == value.replace(hour=0, minute=0, second=0, microsecond=0)
        article.published_precision = DatePrecision.DAY if is_day else DatePrecision.EXACT
    if name == "status":
        article.withdrawn_at, article.withdrawn_reason, article.withdrawn_note = None, "", ""
    together = TAKEN.get(name, (name,))
    article.edited_fields = [it for it in article.edited_fields if it not in together]
    article.save(update_fields=[*together, "edited_fields"])
    if name == "body":
        move_mentions(article, old_body)


def _value(conflict: LoadConflict) -> Any:
    if conflict.field == "published_at" and conflict.theirs:
        return datetime.fromisoformat(str(conflict.theirs)).astimezone(UTC)
    return conflict.theirs


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "—")


def _more(warning: str, done: int) -> str:
    return f"The rest waits: {AT_ONCE:,} are settled at once." if done >= AT_ONCE else warning
