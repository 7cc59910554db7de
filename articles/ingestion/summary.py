"""What a load did, or would do, in words: how many, which fields, and the first few by name."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from textwrap import shorten

from django.utils import timezone

from articles.ingestion.dates import AHEAD, FIRST_YEAR, hardly_meant
from articles.ingestion.document import Fault
from articles.ingestion.plan import BatchPlan, Change, key_of
from articles.ingestion.report import OUTCOMES, LoadReport
from articles.vocabulary import ArticleStatus

EXAMPLES = 10
LONGEST_EXAMPLE = 120

_HEADINGS = {
    "created": "created",
    "updated": "updated",
    "conflict": "in conflict, besides updated or unchanged: an editor keeps the field",
    "deleted": "left: an editor deleted the article",
    "redacted": "left: the article was redacted",
    "future": "published with a date that is still to come",
    "doubtful": f"with a day before {FIRST_YEAR} or more than {AHEAD} years ahead: is it a slip?",
    "duplicate": "with the text of another article",
    "left out": "without a link to what an editor deleted",
}


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d,.]*")
_MOST_REASONS = 1_000


@dataclass(slots=True)
class Summary:
    """Collects batches in memory that does not grow with them.

    `reasons` counts faults that are alike but for what they quote; `firsts` are the first ones.
    """

    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    firsts: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    fields: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, plan: BatchPlan) -> None:
        now = timezone.now()
        for change in plan.changes:
            for kind, names, example in _notes(change, now):
                self.counts[kind] += 1
                self.fields[kind].update(names)
                if len(self.examples[kind]) < EXAMPLES:
                    words = (key_of(change.row), shorten(example, LONGEST_EXAMPLE, placeholder="…"))
                    self.examples[kind].append(": ".join(filter(None, words)))

        for reject in plan.rejects:
            for fault in reject.faults:
                self._refuse(fault)

    def _refuse(self, fault: Fault) -> None:
        """Past the first so many kinds of reason only those that are known are counted."""
        alike = fault.field, _QUOTED.sub("…", fault.reason)
        if alike in self.firsts or len(self.firsts) < _MOST_REASONS:
            self.firsts.setdefault(alike, str(fault))
            self.reasons[alike] += 1

    def lines(self, report: LoadReport) -> Iterator[str]:
        """The whole summary; the last line counts by outcome."""
        for kind, heading in _HEADINGS.items():
            # Of a load that created articles, which ones is no news.
            if self.counts[kind] and (kind != "created" or report.is_plan):
                yield f"{self.counts[kind]:,} {heading}{_by_field(self.fields[kind])}"
                yield from _listed(self.examples[kind], self.counts[kind])
        yield from self._repeated()
        yield from _listed_names(report.names)
        if report.derived:
            yield (
                f"{report.derived:,} ids were derived from the text: "
                "an edited text will be a new article."
            )
        counts = ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in OUTCOMES)
        yield f"{'Would be' if report.is_plan else 'Done'}: {counts}"

    def _repeated(self) -> Iterator[str]:
        """What was said of many records, for whom it scrolled by."""
        repeated = [(n, self.firsts[key]) for key, n in self.reasons.most_common(EXAMPLES) if n > 1]
        if repeated and self.reasons.total() > EXAMPLES:
            yield "Rejected most often, with the first of each:"
            yield from (f"    {count:,} × {first}" for count, first in repeated)


def _notes(change: Change, now: dt.datetime) -> Iterator[tuple[str, Iterable[str], str]]:
    """What is to be said of a change: the kind, the fields, and the words for an example."""
    if change.outcome == "created":
        yield "created", (), change.row.headline
    elif change.outcome == "updated":
        yield "updated", change.fields, ", ".join(change.fields)
    elif change.outcome == "deleted":
        yield "redacted" if change.is_redacted else "deleted", (), ""
    moment = change.document.published_at
    if moment and moment > now and _is_published(change):
        yield "future", (), moment.date().isoformat()
    if moment and _is_new_day(change) and hardly_meant(moment, now):
        yield "doubtful", (), moment.date().isoformat()
    if change.conflicts:
        yield "conflict", change.conflicts, ", ".join(change.conflicts)
    if change.twin:
        yield "duplicate", (), f"the same text as {change.twin}"
    if change.left_out:
        yield "left out", (), ", ".join(map(str, change.left_out))


def _is_published(change: Change) -> bool:
    status = change.values.get("status", change.row.status)
    return change.outcome in {"created", "updated"} and status == ArticleStatus.PUBLISHED


def _is_new_day(change: Change) -> bool:
    return change.outcome == "created" or "published_at" in change.fields


def _by_field(fields: Counter[str]) -> str:
    parts = ", ".join(f"{name} {count:,}" for name, count in fields.most_common())
    return f" ({parts})" if parts else ""


def _listed(examples: Iterable[str], count: int) -> Iterator[str]:
    shown = list(examples)
    yield from (f"    {example}" for example in shown)
    if count > len(shown):
        yield f"    … and {count - len(shown):,} more"


def _listed_names(names: Iterable[str]) -> Iterator[str]:
    """New sources, tags and entities, by kind."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        kind, _, slug = name.partition(" ")
        kinds[kind].append(slug)
    for kind, slugs in kinds.items():
        more = f" … and {len(slugs) - EXAMPLES:,} more" if len(slugs) > EXAMPLES else ""
        yield f"new {kind}: {', '.join(slugs[:EXAMPLES])}{more}"
