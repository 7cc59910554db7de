"""The plan of an upload as its page shows it: how much of what, and each record of a kind."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.utils.dateparse import parse_datetime

from articles.admin.history import WORDS_FROM, Change, around_change
from articles.admin.lists import BoundedPaginator
from articles.admin.upload_form import in_words
from articles.ingestion.plan_file import state_of
from articles.models import Article, Mention, PlannedRecord, Tagging

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from articles.models import Upload

PER_PAGE: Final = 50
COMPARED: Final = 25  # on a page of texts that are compared word by word
KINDS: Final = {
    "rejected": "refused",
    "updated": "would change",
    "conflict": "in conflict with an editor",
    "created": "new",
    "deleted": "left, for an editor deleted them",
    "unchanged": "unchanged",
}
"""In the order in which an editor wants to see them."""

_SILENT: Final = frozenset({"headline_derived", "withdrawn_at"})


class Tab(NamedTuple):
    name: str
    number: int
    words: str
    is_shown: bool

    @property
    def told(self) -> str:
        return f"{self.number:,}"


class Fault(NamedTuple):
    field: str
    reason: str


class Line(NamedTuple):
    """A record of the plan. `article` is that which it is about, where it is there by now. Of one
    that is applied the ledger knows better what has changed.

    `has_moved`: something has changed it since, and applying will leave it as it is.
    """

    record: PlannedRecord
    article: Article | None
    faults: list[Fault]
    changes: list[Change]
    theirs: list[Change]
    notes: list[str]
    has_moved: bool


def tabs(upload: Upload, wanted: str | None) -> list[Tab]:
    """The kinds that occur; shown is the one that is wanted, else the first."""
    found = [(name, upload.counts.get(name, 0), words) for name, words in KINDS.items()]
    found = [each for each in found if each[1]]
    names = [name for name, *_ in found]
    shown = wanted if wanted in names else next(iter(names), "")
    return [Tab(name, count, words, name == shown) for name, count, words in found]


def page_of(upload: Upload, kind: str, number: str | None) -> Page[PlannedRecord]:
    rows: QuerySet[PlannedRecord] = PlannedRecord.objects.filter(upload=upload)
    narrowed = rows.filter(is_conflict=True) if kind == "conflict" else rows.filter(outcome=kind)
    ordered = narrowed.defer("received").order_by("pk")
    is_compared = kind in {"updated", "conflict"}
    return BoundedPaginator(ordered, COMPARED if is_compared else PER_PAGE).get_page(number)


def lines(upload: Upload, records: Sequence[PlannedRecord]) -> list[Line]:
    """A number of queries that does not grow with them."""
    uids = [record.uid for record in records if record.uid]
    rows = Article.objects.defer("search").filter(uid__in=uids) if uids else ()
    articles = {row.uid: row for row in rows}
    names = _dropped(records)
    is_done = upload.load is not None
    return [
        _line(record, articles.get(record.uid) if record.uid else None, names, is_done)
        for record in records
    ]


def _line(
    record: PlannedRecord,
    article: Article | None,
    names: Mapping[tuple[str, int], str],
    is_done: bool,
) -> Line:
    detail = record.detail
    state = state_of(article) if article else None
    is_row = record.outcome in {"created", "updated"}
    return Line(
        record,
        article,
        [Fault(field, in_words(reason)) for field, reason in detail.get("faults", ())],
        [] if is_done else [*_values(detail, "values", article), *_links(detail, names)],
        [] if is_done else _values(detail, "theirs", article),
        list(_notes(detail)),
        is_row and not is_done and state != record.plan["before"],
    )


def _values(detail: Mapping[str, Any], side: str, article: Article | None) -> list[Change]:
    """Of each field what stands in the article by now, and what the record says."""
    return [
        _change(name, _words(getattr(article, name, None)), _words(_moment(name, value)))
        for name, value in sorted(detail.get(side, {}).items())
        if name not in _SILENT
    ]


def _change(name: str, before: str, after: str) -> Change:
    """Two texts are shown word by word, which needs all of them."""
    if min(len(before), len(after)) <= WORDS_FROM:
        before, after = around_change(before, after)
    return Change(name.replace("_", " "), before, after)


def _links(detail: Mapping[str, Any], names: Mapping[tuple[str, int], str]) -> Iterable[Change]:
    added, dropped = detail.get("add", {}), detail.get("drop", {})
    for kind in ("tags", "entities"):
        before = [names.get((kind, key), "?") for key in dropped.get(kind, ())]
        if before or added.get(kind):
            yield Change(kind, _words(before), _words(added.get(kind, [])))


def _dropped(records: Iterable[PlannedRecord]) -> dict[tuple[str, int], str]:
    """The names that links led to which would go."""
    found: dict[tuple[str, int], str] = {}
    for kind, model, target in (("tags", Tagging, "tag"), ("entities", Mention, "entity")):
        keys = [key for record in records for key in record.detail.get("drop", {}).get(kind, ())]
        rows = model._base_manager.filter(pk__in=keys) if keys else None
        for key, name in rows.values_list("pk", f"{target}__name") if rows is not None else ():
            found[kind, key] = name
    return found


def _notes(detail: Mapping[str, Any]) -> Iterable[str]:
    if detail.get("redacted"):
        yield "It was erased for good; nothing of it is taken."
    if twin := detail.get("twin"):
        yield f"The same text as {twin}."
    for name in detail.get("left_out", ()):
        yield f"Without {name}, which an editor deleted."
    if detail.get("texts"):
        yield "The text as received is kept anew."


def _moment(name: str, value: Any) -> Any:
    return parse_datetime(value) if name.endswith("_at") and isinstance(value, str) else value


def _words(value: Any) -> str:
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
