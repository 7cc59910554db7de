"""Reference rows from fixtures, by natural key: loaded once, and never against an editor."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from uuid import UUID, uuid4

from django.db import DataError, IntegrityError, transaction

from articles.errors import LoadError
from articles.ingestion.document import Fault
from articles.ingestion.seeds.apply import apply
from articles.ingestion.seeds.checks import collisions, constraint_faults, span_faults
from articles.ingestion.seeds.fixtures import KINDS, Fixtures, read_fixtures
from articles.ingestion.seeds.links import plan_children, plan_redirects
from articles.ingestion.seeds.plan import (
    Note,
    Plan,
    find_rows,
    parents_first,
    plan_noun_or_article,
)
from articles.models import recording
from articles.vocabulary import Way

__all__ = ["OUTCOMES", "FixtureError", "Note", "SeedReport", "find_changes", "seed"]

OUTCOMES = ("created", "updated", "unchanged", "kept", "deleted")


class FixtureError(LoadError):
    """Fixtures with mistakes: `faults` are all of them. Nothing was loaded."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        many = "1 mistake" if len(self.faults) == 1 else f"{len(self.faults)} mistakes"
        lines = [f"{many} in the fixtures, nothing was loaded:", *map(str, self.faults)]
        super().__init__("\n  ".join(lines))


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What a seed did: `counts[kind][outcome]`, and notes on what was updated, kept or deleted.

    A record may be both updated and kept, in different fields. `deleted`: an editor deleted the
    row or what it belongs to, and it was not made again. `stale` mentions lost their words.
    """

    run: UUID
    counts: Mapping[str, Mapping[str, int]]
    notes: tuple[Note, ...]
    stale: int = 0

    @property
    def has_changes(self) -> bool:
        return any(count["created"] or count["updated"] for count in self.counts.values())


def seed(paths: Iterable[Path], *, actor: str = "seed") -> SeedReport:
    """Make the archive say what the fixtures say, in one transaction.

    Raises FixtureError with every mistake of every file, or LoadError for a path that is not there.
    """
    fixtures = read_fixtures(paths)
    run = uuid4()
    with recording(Way.LOAD, actor=actor, run=run, note="fixtures"):
        plan = find_changes(fixtures)
        if faults := [*fixtures.faults, *plan.faults]:
            raise FixtureError(_in_order([*faults, *constraint_faults(plan)]))
        stale = _apply(plan)
    return SeedReport(run, _counts(plan), tuple(plan.notes), stale)


def find_changes(fixtures: Fixtures) -> Plan:
    """The plan that makes the archive say what the fixtures say, except where an editor differs.

    A number of queries that does not grow with the fixtures.
    """
    plan = Plan(unread=fixtures.unread)
    find_rows(plan, fixtures)
    by_kind = defaultdict(list)
    for record in fixtures.records:
        by_kind[record.kind].append(record)
    by_kind["tag"] = parents_first(plan, by_kind["tag"])
    for record in chain.from_iterable(by_kind[k] for k in ("source", "tag", "entity", "article")):
        plan_noun_or_article(plan, record)
    for kind in ("alias", "tagalias", "tagging", "mention"):
        plan_children(plan, kind, by_kind[kind])
    plan_redirects(plan, by_kind["redirect"])
    plan.faults += [*span_faults(plan, fixtures), *collisions(plan)]
    return plan


def _apply(plan: Plan) -> int:
    try:
        with transaction.atomic():
            return apply(plan)
    except (IntegrityError, DataError) as error:
        refused = Fault("fixtures", None, "", f"the database refuses a row: {error}".strip())
        raise FixtureError([*constraint_faults(plan)] or [refused]) from error


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.file, fault.record or 0))


def _counts(plan: Plan) -> Mapping[str, Mapping[str, int]]:
    return MappingProxyType(
        {
            kind: MappingProxyType({o: plan.counts[kind][o] for o in OUTCOMES})
            for kind in KINDS
            if plan.counts[kind]
        }
    )
