"""Revisions: what readers saw of an article at which time, read from the ledger.

Only states in which the article was public are told: what it was as a draft, under an embargo or
while it was withdrawn is never part of one, nor of what changed from one to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from articles.models.articles import Article
from articles.models.ledger import LedgerEntry, recorded_values, state_before
from articles.vocabulary import ArticleStatus, RevisionAction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

PUBLIC_COLUMNS: Final = (
    "headline", "summary", "bylines", "body", "language", "published_at", "published_precision",
    "source_id", "original_url", "status",
)  # fmt: skip

TEXTS: Final = ("headline", "summary", "body")
"""What a correction is of."""

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stand:
    """How an article stood from one transaction to the next; `end` is None for how it stands."""

    entry: int
    position: int | None
    start: datetime
    end: datetime | None
    state: Mapping[str, Any]

    def is_public(self, at: datetime) -> bool:
        """Whether readers saw it at a time at which it stood so."""
        embargo = self.state["publish_at"]
        published = self.state["status"] == ArticleStatus.PUBLISHED
        return published and (embargo is None or embargo <= at)

    @property
    def public_from(self) -> datetime | None:
        """Since when readers saw it, None if they never did: an embargo may have outlasted it."""
        embargo = self.state["publish_at"]
        start = self.start if embargo is None else max(self.start, embargo)
        over = embargo is None or (
            embargo <= timezone.now() if self.end is None else embargo < self.end
        )
        return start if over and self.is_public(start) else None


@dataclass(frozen=True, slots=True)
class Revision:
    """What readers saw from `at` on; `before` is what they had seen until then, or last.

    `entry` orders the revisions of an article; `position` is that of the ledger.
    """

    entry: int
    position: int | None
    at: datetime
    action: RevisionAction
    state: Mapping[str, Any]
    before: Mapping[str, Any] | None


def stands(article: int) -> list[Stand]:
    """How the article with this key stood, since it came, oldest first. Two queries.

    What one transaction did in several steps is one. The time is that of a transaction's first
    change; of two that overtook each other the later counts for both, so that times never fall.
    """
    found: list[tuple[LedgerEntry, State]] = []
    batches: set[int] = set()
    for entry, state in _states(article):
        if state is not None and entry.batch_id not in batches:
            found.append((entry, state))
        batches.add(entry.batch_id)
    told: list[Stand] = []
    later: datetime | None = None
    starts = _starts([entry for entry, _ in reversed(found)])
    for (entry, state), start in zip(found, reversed(starts), strict=True):
        told.append(Stand(entry.pk, entry.batch.position, start, later, state))
        later = start
    return told[::-1]


def _states(article: int) -> Iterator[tuple[LedgerEntry, State | None]]:
    """Each entry, newest first, with the state that it led to.

    The row is read before its entries: of what happens in between, nothing gets into older states.
    A redaction is the first that is told: of what it took away no state is ever shown again.
    """
    row = Article._base_manager.defer("search").filter(pk=article).first()
    state = recorded_values(row) if row else None
    entries = LedgerEntry.objects.filter(kind="article", row=article).select_related("batch")
    for entry in entries.order_by("-id"):
        yield entry, state
        if entry.batch.is_redaction:
            return
        state = state_before(entry, state)


def _starts(entries: list[LedgerEntry]) -> list[datetime]:
    starts: list[datetime] = []
    for entry in entries:
        starts.append(max([entry.batch.at, *starts[-1:]]))
    return starts


def public_revisions(article: int) -> list[Revision]:
    """The revisions of the article with this key, newest first. Two queries."""
    found: list[Revision] = []
    was_public = False  # until the stand that is looked at
    for stand in stands(article):
        at = stand.public_from
        if at is None:
            was_public = False
            continue
        state = {column: stand.state[column] for column in PUBLIC_COLUMNS}
        before = found[-1].state if found else None
        if before is None:
            action = RevisionAction.PUBLISHED
        elif was_public and at == stand.start:
            action = RevisionAction.CHANGED
        else:
            action = RevisionAction.REPUBLISHED
        if action != RevisionAction.CHANGED or state != before:
            found.append(Revision(stand.entry, stand.position, at, action, state, before))
        was_public = True
    return found[::-1]


def texts_seen(article: Article) -> dict[str, str] | None:
    """Headline, summary and body as readers see them, or saw them last; None if they never did.

    The article is as it is stored. Two queries where readers do not see it now.
    """
    if article.is_public:
        return {name: getattr(article, name) for name in TEXTS}
    revisions = public_revisions(article.pk) if article.was_public else []
    return {name: revisions[-1].state[name] for name in TEXTS} if revisions else None


def stand_at(article: int, at: datetime) -> Stand | None:
    """How the article stood, if readers saw it then. Two queries."""
    standing = [stand for stand in stands(article) if stand.start <= at]
    return standing[-1] if standing and standing[-1].is_public(at) else None
