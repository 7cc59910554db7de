"""Keep this archive equal to another: follow its change feed, fetch what that names.

A page of changes and the position behind it are one transaction, so that whatever ends a follower,
it goes on exactly there. What is fetched may be newer than the change that named it: a later change
then says so again, and the last word stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from articles.errors import LoadError
from articles.ingestion.follow.apply import apply_page, fetch_page, remove_what_was_left
from articles.ingestion.follow.client import Archive, Name, Row, UnreachableError
from articles.ingestion.follow.report import FollowReport
from articles.models import Follow
from articles.vocabulary import ChangeKind

__all__ = ["Archive", "FollowReport", "ReplacedError", "UnreachableError", "follow"]

OnPage = Callable[[FollowReport], None]


class ReplacedError(LoadError):
    """The archive is not the one that was followed, or was restored from a backup."""


def follow(
    archive: Archive,
    *,
    actor: str = "follow",
    from_start: bool = False,
    on_page: OnPage = lambda _: None,
) -> FollowReport:
    """Read the feed to its end. `on_page` is called with what each page did.

    Raises UnreachableError where the archive does not answer, ReplacedError where it is another,
    LoadError where it cannot be followed at all.
    """
    archive.check()
    place, _ = Follow.objects.get_or_create(url=archive.address, defaults={"run": uuid4()})
    if from_start:
        _move(place, 0, None)
    report = FollowReport(place.position)
    rows = _first_page(archive, place)
    while rows:
        states = fetch_page(archive, rows)
        with transaction.atomic():
            _hold(place)
            done = apply_page(archive, rows, states, actor, place)
            _move(place, rows[-1].position, dict(rows[-1].raw))
        done.position, done.changes = place.position, len(rows)
        report.add(done)
        on_page(done)
        rows = archive.changes(place.position)
    if report.left:
        names = [Name(ChangeKind(kind.value), slug) for kind, slug in report.left]
        done = remove_what_was_left(archive, names, place, actor)
        report.add(done)
        on_page(done)
    return report


def _first_page(archive: Archive, place: Follow) -> Sequence[Row]:
    """The rows to go on with. The one before them is read again: is it what it was?"""
    if not place.position:
        return archive.changes(0)
    rows = archive.changes(place.position - 1)
    if not rows or rows[0].raw != place.last:
        raise ReplacedError(
            f"{archive.address}: what it says of position {place.position:,} is not what it said "
            "before: it was restored from a backup, or is another archive. Follow it into an empty "
            "archive, or with --from-start (what it no longer has then stays here)"
        )
    return rows[1:] or archive.changes(place.position)


def _hold(place: Follow) -> None:
    """Lock the place, against a second follower of the same archive."""
    now = Follow.objects.select_for_update().get(pk=place.pk)
    if now.position != place.position:
        raise LoadError(f"{place.url}: is followed by another process at the same time")


def _move(place: Follow, position: int, last: dict[str, Any] | None) -> None:
    place.position, place.last, place.followed_at = position, last, timezone.now()
    place.save(update_fields=["position", "last", "followed_at"])
