"""Rows of a plan that is kept in the database: what a load would do, for those who look at it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from articles.ingestion.document import Fault, Reject
from articles.ingestion.plan import BatchPlan, Change, key_of
from articles.ingestion.plan_file import row_line
from articles.ingestion.rejects import as_line
from articles.vocabulary import DatePrecision

REJECTED = "rejected"
COLUMNS = (
    "upload_id", "record", "line", "outcome", "is_conflict", "key", "uid", "fingerprint",
    "headline", "source", "published", "plan", "detail", "received",
)  # fmt: skip

Row = tuple[Any, ...]


def rows_of(upload: int, plan: BatchPlan) -> Iterator[Row]:
    """The values of COLUMNS."""
    for change in plan.changes:
        yield _row(upload, change)
    for reject in plan.rejects:
        yield _refused(upload, reject)


def _row(upload: int, change: Change) -> Row:
    document, place = change.document, change.document.place
    is_shown = not change.is_redacted
    return (
        upload,
        place.record,
        place.line,
        change.outcome,
        bool(change.theirs),
        key_of(change.row),
        change.row.uid,
        document.fingerprint if document.body and is_shown else "",
        document.headline if is_shown else "",
        document.source,
        _day(document.published_at, document.published_precision),
        row_line(change),
        _detail(change),
        "",
    )


def _detail(change: Change) -> dict[str, Any]:
    links = {"tags": change.taggings, "entities": change.mentions}
    found: dict[str, Any] = {
        "values": {name: _plain(value) for name, value in change.values.items()},
        "theirs": {name: _plain(value) for name, value in change.theirs.items()},
        "add": {name: [row.name for row in each.add] for name, each in links.items() if each.add},
        "drop": {name: list(each.drop) for name, each in links.items() if each.drop},
        "twin": change.twin,
        "left_out": [str(name) for name in change.left_out],
        "texts": bool(change.texts) and change.outcome == "updated",
        "redacted": change.is_redacted,
    }
    return {name: value for name, value in found.items() if value}


def _refused(upload: int, reject: Reject) -> Row:
    first: Fault = reject.faults[0]
    faults = [[_storable(fault.field), _storable(fault.reason)] for fault in reject.faults]
    given = reject.received.get("headline") if isinstance(reject.received, dict) else ""
    headline = _storable(given) if isinstance(given, str) else ""
    received = as_line(reject).decode()
    return (
        upload, first.record, first.line, REJECTED, False, "", None, "",
        headline, "", "", {}, {"faults": faults}, received,
    )  # fmt: skip


def _day(moment: dt.datetime | None, precision: str) -> str:
    if moment is None:
        return ""
    return f"{moment:%Y-%m-%d}" if precision == DatePrecision.DAY else f"{moment:%Y-%m-%d %H:%M}"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _storable(text: str) -> str:
    """What a record holds may be what no text of PostgreSQL can."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
