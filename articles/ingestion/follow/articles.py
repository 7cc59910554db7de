"""Articles as another archive shows them, with their links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, transaction

from articles.errors import ArchiveError
from articles.ingestion.editors import deleted_on_purpose, drop_stale_mentions, kept_fields
from articles.ingestion.follow.client import Fate, State
from articles.ingestion.follow.corrections import write_corrections
from articles.ingestion.follow.links import write_links
from articles.ingestion.follow.nouns import made_by_editors, web_address
from articles.ingestion.follow.report import FollowReport
from articles.ingestion.nouns import find_nouns
from articles.models import Article
from articles.models.redact import redact
from articles.models.redaction_functions import PUBLIC_REASON
from articles.vocabulary import ArticleStatus, ChangeKind, DatePrecision, NounKind, Way

AS_TOLD: Final = (
    "headline", "summary", "bylines", "body", "language", "published_precision",
)  # fmt: skip
VISIBLE: Final[Mapping[str, Any]] = {
    "status": ArticleStatus.PUBLISHED,
    "publish_at": None,
    "withdrawn_at": None,
    "withdrawn_reason": "",
    "withdrawn_note": "",
}


def write_articles(
    told: Mapping[str, State], report: FollowReport, *, is_redaction: bool = False
) -> None:
    """Create or change what is public there, and withdraw what no longer is. In a redaction erase
    what was erased there."""
    wanted = {UUID(uid): it for uid, it in told.items() if it.fate in {Fate.HERE, Fate.WITHDRAWN}}
    rows = Article.objects.defer("search").in_bulk(wanted, field_name="uid")
    gone = deleted_on_purpose(ChangeKind.ARTICLE, (str(uid) for uid in wanted if uid not in rows))
    bodies = {uid: it.body for uid, it in wanted.items() if it.fate is Fate.HERE}
    sources = find_nouns(NounKind.SOURCE, {body["source"]["slug"] for body in bodies.values()})
    written: list[tuple[Article, Mapping[str, Any]]] = []
    for uid, body in bodies.items():
        found = sources.get(body["source"]["slug"])
        source = found.row if found else None
        if str(uid) in gone:
            report.note("kept", ChangeKind.ARTICLE, str(uid), "was deleted here")
        elif source is not None:
            values = {**_values(body), **VISIBLE, "source": source}
            if article := _write(uid, rows.get(uid), body, values, report):
                written.append((article, body))
        elif found:  # else it is gone there by now, and a later change says so of the article too
            report.note("kept", ChangeKind.ARTICLE, str(uid), "its source was deleted here")
    for uid, state in wanted.items():
        if state.fate is not Fate.WITHDRAWN:
            continue
        if is_redaction and state.body.get("detail") == PUBLIC_REASON:
            _erase(uid, state.body)
        elif uid in rows:
            _withdraw(rows[uid], state.body, report)
    drop_stale_mentions([article.pk for article, _ in written])
    write_links(written, report)
    write_corrections(written, report)


def _values(body: Mapping[str, Any]) -> dict[str, Any]:
    at = body["published_at"]
    if at is not None and body["published_precision"] == DatePrecision.DAY:
        at = datetime.combine(date.fromisoformat(at), time.min, UTC)
    elif at is not None:
        at = datetime.fromisoformat(at)
    address = web_address(body["original_url"])
    return {**{name: body[name] for name in AS_TOLD}, "published_at": at, "original_url": address}


def _write(
    uid: UUID,
    row: Article | None,
    body: Mapping[str, Any],
    values: dict[str, Any],
    report: FollowReport,
) -> Article | None:
    """The row, or None where the database refuses it."""
    try:
        with transaction.atomic():
            if row is not None:
                return _update(row, values, report)
            created = Article.objects.create(
                uid=uid, origin=body["origin"], external_id=body["external_id"], **values
            )
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        report.note("refused", ChangeKind.ARTICLE, str(uid), reason)
        return None
    report.counts["created"] += 1
    return created


def _update(row: Article, values: Mapping[str, Any], report: FollowReport) -> Article:
    protected = kept_fields(row.edited_fields)
    differing = {name: it for name, it in values.items() if getattr(row, name) != it}
    if kept := sorted(differing.keys() & protected):
        report.note("kept", ChangeKind.ARTICLE, str(row.uid), f"{', '.join(kept)} changed here")
    changed = {name: it for name, it in differing.items() if name not in protected}
    if changed:
        Article.objects.filter(pk=row.pk).update(**changed)
        report.counts["updated"] += 1
    return row


def _erase(uid: UUID, told: Mapping[str, Any]) -> None:
    """Its text and history here; nothing where it never was, or is erased already."""
    at = datetime.fromisoformat(told["withdrawn_at"])
    with suppress(ArchiveError):
        reason = "redacted in the archive that is followed"
        redact(uid, reason, "follow", way=Way.LOAD, at=at)


def _withdraw(row: Article, told: Mapping[str, Any], report: FollowReport) -> None:
    """With the public reason; or back to a draft, of which readers hear only that it is gone."""
    at = told.get("withdrawn_at")
    values: dict[str, Any] = {**VISIBLE, "status": ArticleStatus.DRAFT}
    if at is not None:
        values |= {
            "status": ArticleStatus.WITHDRAWN,
            "withdrawn_at": datetime.fromisoformat(at),
            "withdrawn_reason": told["detail"],
        }
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    if "status" in kept_fields(row.edited_fields):
        report.note("kept", ChangeKind.ARTICLE, str(row.uid), "status changed here")
        return
    Article.objects.filter(pk=row.pk).update(**values)
    report.counts["withdrawn"] += 1


def remove_articles(uids: Iterable[str], report: FollowReport) -> None:
    """Delete what is gone there, unless an editor wrote it here."""
    rows = Article.objects.filter(uid__in=list(uids)).in_bulk()
    own = made_by_editors(ChangeKind.ARTICLE, rows)
    for pk in own:
        report.note("kept", ChangeKind.ARTICLE, str(rows[pk].uid), "was made here")
    gone = rows.keys() - own
    Article.objects.filter(pk__in=gone).delete()
    report.counts["deleted"] += len(gone)
