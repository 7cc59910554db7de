"""Bulk work: one change of many articles in one transaction; its run is what is undone.

A change says which of the chosen articles it concerns (the others have it already) and what it
writes; each is a few statements, however many articles there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.utils import timezone

from articles.errors import ArchiveError
from articles.models.articles import Article
from articles.models.bulk import AnyOf
from articles.models.judging import judge
from articles.models.ledger import LedgerEntry
from articles.models.revisions import TEXTS
from articles.models.tags import Tag, Tagging
from articles.text import canonical_language
from articles.vocabulary import ArticleStatus, LedgerAction, LinkState, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from articles.models.sources import Source

Articles = Any

MOST_ROWS: Final = 20_000
"""So many articles a page changes at once; a command changes more, piece by piece."""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """`done` is how it is told. `waiting` leaves of some articles those that are not so already; of
    these the change concerns all, or those that are `ready` for it, with `refusal` as the reason
    why the others are not."""

    done: str
    waiting: Callable[[Articles], Articles]
    write: Callable[[list[int], str], None]
    ready: Q | None = None
    refusal: str = ""

    def concerns(self, articles: Articles) -> Articles:
        waiting = self.waiting(articles)
        return waiting if self.ready is None else waiting.filter(self.ready)


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """How many articles were chosen, and of those how many change, are so already, are refused.

    `keys` are of those that change, in their order, up to one more than MOST_ROWS, and `seal` is of
    them; `refused_keys` are of some that are refused.
    """

    chosen: int
    changing: int
    refused: int
    keys: list[int]
    refused_keys: list[int]

    @property
    def already(self) -> int:
        return self.chosen - self.changing - self.refused

    @property
    def seal(self) -> str:
        return seal_of(self.keys)


def plan_bulk(articles: QuerySet[Article], change: BulkChange, chosen: int) -> BulkPlan:
    """What a change would do to the chosen articles, `chosen` in number, without doing it.

    One query where not more than MOST_ROWS of them wait for the change, else three.
    """
    ready = Value(True) if change.ready is None else change.ready
    waiting = change.waiting(articles).annotate(is_ready=ready)
    found = list(waiting.order_by("pk").values_list("pk", "is_ready")[: MOST_ROWS + 1])
    keys = [key for key, is_ready in found if is_ready]
    refused = [key for key, is_ready in found if not is_ready]
    if len(found) <= MOST_ROWS:
        return BulkPlan(chosen, len(keys), len(refused), keys, refused)
    number = Count("pk", filter=Q(is_ready=True))
    counts = waiting.aggregate(all=Count("pk"), ready=number)
    keys = _concerned(articles, change)
    return BulkPlan(chosen, counts["ready"], counts["all"] - counts["ready"], keys, refused)


def _concerned(articles: QuerySet[Article], change: BulkChange) -> list[int]:
    found = change.concerns(articles).order_by("pk").values_list("pk", flat=True)
    return list(found[: MOST_ROWS + 1])


def seal_of(keys: Iterable[int]) -> str:
    """By which a selection is known again: SHA-256 of its keys in their order."""
    return sha256(",".join(map(str, keys)).encode()).hexdigest()


@transaction.atomic
def change_in_bulk(
    articles: QuerySet[Article], change: BulkChange, editor: str, seal: str | None = None
) -> int:
    """Change all that the change concerns, and return how many.

    Raises ArchiveError where they are more than MOST_ROWS, or with a `seal` others than those it
    was made of. The articles are locked first, so that what two editors do at once comes one after
    the other.
    """
    keys = _concerned(articles, change)
    if len(keys) > MOST_ROWS:
        raise ArchiveError(f"More than {MOST_ROWS:,} articles would change at once.")
    if seal is not None and seal != seal_of(keys):
        raise ArchiveError("Meanwhile the selection has changed. Look again: nothing is done yet.")
    chosen = Article.objects.filter(AnyOf("id", keys)).order_by("pk").select_for_update()
    list(chosen.values_list("pk", flat=True))
    # Again, under the lock: of what somebody else has changed meanwhile some may be so already.
    still = change.concerns(Article.objects.filter(AnyOf("id", keys)))
    keys = list(still.order_by("pk").values_list("pk", flat=True))
    change.write(keys, editor)
    return len(keys)


def tagging(tag: Tag) -> BulkChange:
    """Give articles a tag; one that was suggested or rejected is accepted."""

    def write(keys: list[int], editor: str) -> None:
        links = Tagging.objects.filter(AnyOf("article_id", keys), tag=tag)
        there = dict(links.values_list("article_id", "pk"))
        judge(Tagging, list(there.values()), LinkState.ACCEPTED, editor)
        new = [Tagging(article_id=key, tag=tag) for key in keys if key not in there]
        Tagging.objects.bulk_create(new)

    has = Exists(Tagging.objects.accepted().filter(article=OuterRef("pk"), tag=tag))
    return BulkChange(f"tagged “{tag}”", lambda articles: articles.exclude(has), write)


def untagging(tag: Tag) -> BulkChange:
    """Take a tag from articles: what an editor had said goes, what others said is rejected."""

    def write(keys: list[int], editor: str) -> None:
        links = Tagging.objects.accepted().filter(AnyOf("article_id", keys), tag=tag)
        said = links.filter(origin=Origin.EDITOR)
        others = links.exclude(origin=Origin.EDITOR)
        judge(Tagging, list(others.values_list("pk", flat=True)), LinkState.REJECTED, editor)
        said.delete()

    has = Exists(Tagging.objects.accepted().filter(article=OuterRef("pk"), tag=tag))
    return BulkChange(f"untagged “{tag}”", lambda articles: articles.filter(has), write)


def publishing() -> BulkChange:
    def write(keys: list[int], editor: str) -> None:
        Article.objects.filter(AnyOf("id", keys)).update(
            status=ArticleStatus.PUBLISHED, withdrawn_at=None, withdrawn_reason="",
            withdrawn_note="",
        )  # fmt: skip

    ready = Q(headline__regex=r"\S") & ~Q(_rewritten(), was_public=True)
    return BulkChange(
        "published",
        lambda articles: articles.exclude(status=ArticleStatus.PUBLISHED),
        write,
        ready,
        "they have no headline, or another text than readers saw last: publish them one by one, on "
        "the page that asks whether it is a correction",
    )


def _rewritten() -> Exists:
    """Whether a text has been changed since (or as) its article was published last."""
    updates = LedgerEntry.objects.filter(kind="article", action=LedgerAction.UPDATE)
    last = updates.filter(
        row=OuterRef("row"), before__status=ArticleStatus.PUBLISHED, after__has_key="status"
    ).order_by("-id")
    since = updates.filter(row=OuterRef("pk"), pk__gte=Subquery(last.values("pk")[:1]))
    return Exists(since.filter(before__has_any_keys=TEXTS))


def withdrawing(reason: str, note: str = "") -> BulkChange:
    if not reason.strip():
        raise ArchiveError("Withdrawing needs a reason: it is what readers will see.")

    def write(keys: list[int], editor: str) -> None:
        Article.objects.filter(AnyOf("id", keys)).update(
            status=ArticleStatus.WITHDRAWN, withdrawn_at=timezone.now(),
            withdrawn_reason=reason.strip(), withdrawn_note=note.strip(),
        )  # fmt: skip

    return BulkChange(
        "withdrawn",
        lambda articles: articles.exclude(status=ArticleStatus.WITHDRAWN),
        write,
        Q(status=ArticleStatus.PUBLISHED),
        "they are drafts: only what is published can be withdrawn",
    )


def setting_language(code: str) -> BulkChange:
    """Raises ArchiveError for what is no BCP 47 tag."""
    try:
        language = canonical_language(code)
    except ValueError as error:
        raise ArchiveError(str(error)) from error

    def write(keys: list[int], editor: str) -> None:
        Article.objects.filter(AnyOf("id", keys)).update(language=language)

    return BulkChange(
        f"given the language {language}",
        lambda articles: articles.exclude(language=language),
        write,
    )


def setting_source(source: Source) -> BulkChange:
    """Their origin stays, and with it their identity."""

    def write(keys: list[int], editor: str) -> None:
        Article.objects.filter(AnyOf("id", keys)).update(source=source)

    return BulkChange(
        f"given the source “{source}”", lambda articles: articles.exclude(source=source), write
    )
