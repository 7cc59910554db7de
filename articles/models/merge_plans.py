"""Merging as it was shown: what would move is told first, and exactly that is merged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from articles.errors import ArchiveError
from articles.models.articles import Article
from articles.models.entities import Alias, Mention
from articles.models.merging import differences, locked, merge
from articles.models.redirects import Redirect
from articles.models.tags import Tag, TagAlias, Tagging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.models.merging import Moved

TRIED: Final = 1_000
"""Where so many links move the merge is tried before it is asked for; where more do, when an editor
wants that."""
COUNTED: Final = 10_001
"""So far links are counted."""
LINKING: Final = (Article, Mention, Alias, Tagging, TagAlias, Tag, Redirect)


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do: a report where it was tried, else what refers to the rows that go, by
    its kind. `differing` is what they say unlike each other, and `seal` is of all that."""

    links: list[tuple[str, int]]
    report: Moved | None
    differing: list[str]
    seal: str


def plan_merge(
    survivor: Any, others: Sequence[Any], editor: str, *, exactly: bool = False
) -> MergePlan:
    """What would move, without moving it: a merge is done and taken back, so that the plan tells no
    fairy tales; where very much would move only if it is wanted `exactly`."""
    links = _links(others)
    if not _is_tried(links, exactly=exactly):
        return _plan(survivor, others, links, None)
    with transaction.atomic():
        report = merge(survivor, others, editor)
        transaction.set_rollback(True)
    survivor.refresh_from_db()
    return _plan(survivor, others, links, report)


@transaction.atomic
def merge_as_shown(
    survivor: Any, others: Sequence[Any], editor: str, seal: str, *, exactly: bool = False
) -> Moved:
    """Merge what the seal was made of; raises ArchiveError, and does nothing, where by now it would
    be something else."""
    # No new link comes while its noun is held.
    survivor, *others = locked(survivor, others)
    links = _links(others)
    plan = _plan(survivor, others, links, None)
    is_tried = _is_tried(links, exactly=exactly)
    if is_tried or seal == plan.seal:
        named = _named(survivor, others)
        report = merge(survivor, others, editor)
        if not is_tried or seal == _seal(named, _counts(report), report.conflicts):
            return report
    raise ArchiveError(
        "Meanwhile what would move has changed. Look again, here it is as it is now: nothing was "
        "merged."
    )


def _is_tried(links: list[tuple[str, int]], *, exactly: bool) -> bool:
    return exactly or all(number <= TRIED for _, number in links)


def _plan(
    survivor: Any, others: Sequence[Any], links: list[tuple[str, int]], report: Moved | None
) -> MergePlan:
    differing = differences(survivor, others) if report is None else report.conflicts
    counts = links if report is None else _counts(report)
    return MergePlan(links, report, differing, _seal(_named(survivor, others), counts, differing))


def _named(survivor: Any, others: Sequence[Any]) -> list[Any]:
    return [[row.pk, row.slug, row.name] for row in (survivor, *others)]


def _counts(report: Moved) -> list[Any]:
    return [sorted((+counter).items()) for counter in (report.moved, report.dropped)]


def _seal(*shown: Any) -> str:
    """By which what was shown is known again."""
    return sha256(json.dumps(shown).encode()).hexdigest()


def _links(rows: Sequence[Any]) -> list[tuple[str, int]]:
    """What refers to the rows and moves with them, in words and counted as far as COUNTED."""
    found = []
    for relation in rows[0]._meta.related_objects:
        model: Any = relation.related_model
        if model not in LINKING:
            continue
        of_rows = model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        number = of_rows.order_by()[:COUNTED].count()
        name = model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural
        found += [(str(name), number)] if number else []
    return found
