"""Erase an article for good, as the law may want it: text and names go, a tombstone stays.

In SQL where append-only rows are emptied: `redaction_functions` says what the database allows.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from articles.errors import ArchiveError
from articles.models.articles import Article
from articles.models.changes import Change
from articles.models.corrections import Correction
from articles.models.duplicates import DuplicatePair
from articles.models.entities import Mention
from articles.models.ledger import recording
from articles.models.loads import LoadConflict
from articles.models.model_readings import ModelReading
from articles.models.redaction_functions import PUBLIC_REASON, TOMBSTONE
from articles.models.redactions import Redaction
from articles.models.signatures import Signature
from articles.models.storylines import StorylineArticle
from articles.models.suggestions import Enrichment, Salience
from articles.models.tags import Tagging
from articles.models.texts import CleaningStep, RawText
from articles.models.unknown_names import UnknownName
from articles.vocabulary import ArticleStatus, ChangeAction, ChangeKind, Way

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

Counts = dict[str, int]

SHORTEST: Final = 4  # shorter words stand in every message by chance
TELLING: Final = (
    "headline", "summary", "bylines", "external_id", "original_url", "quote", "note",
    "withdrawn_note",
)  # fmt: skip
OF_ARTICLE: Final = (
    Mention, Tagging, RawText, CleaningStep, Correction, StorylineArticle, Signature, Salience,
    Enrichment, LoadConflict, ModelReading,
)  # fmt: skip
# All entries of the article and of what hung on it, however their keys were when they were written.
ENTRIES: Final = "position(%(uid)s IN e.key) > 0"
EMPTIED: Final = {
    "faults of loads": f"""
        UPDATE articles_loadfault SET reason = '{PUBLIC_REASON}', field = ''
        WHERE reason ILIKE ANY (%(telling)s) OR field ILIKE ANY (%(telling)s)""",
    "uploaded files": """
        WITH telling AS (
            SELECT DISTINCT upload_id AS id FROM articles_plannedrecord
            WHERE uid = %(uid)s::uuid OR received ILIKE ANY (%(telling)s)
        ), emptied AS (
            DELETE FROM articles_plannedrecord p USING telling t WHERE p.upload_id = t.id
        )
        DELETE FROM articles_upload u USING telling t WHERE u.id = t.id""",
    "rows set aside": """
        DELETE FROM articles_setaside WHERE article IN (
            SELECT id FROM articles_article WHERE uid = %(uid)s::uuid
            UNION ALL SELECT e."row" FROM articles_ledgerentry e
            WHERE e.kind = 'article' AND e.key = %(uid)s)""",
    "forms that wait for their editor": """
        DELETE FROM articles_keptform f WHERE EXISTS (
            SELECT FROM (
                SELECT id FROM articles_article WHERE uid = %(uid)s::uuid
                UNION SELECT e."row" FROM articles_ledgerentry e
                WHERE e.kind = 'article' AND e.key = %(uid)s
            ) AS it WHERE position('/article/' || it.id || '/' IN f.path) > 0)
            OR EXISTS (SELECT FROM jsonb_path_query(f.fields, 'strict $.**') AS value
                WHERE value #>> '{}' ILIKE ANY (%(telling)s))""",
    "decisions": """
        UPDATE articles_decision SET quote = '', reason = '', target = ''
        WHERE article_uid = %(uid)s::uuid""",
    "settlements": """
        UPDATE articles_settlement SET reason = '' WHERE article_uid = %(uid)s::uuid""",
    "decisions on duplicates": """
        UPDATE articles_duplicatedecision SET reason = ''
        WHERE %(uid)s::uuid IN (first_uid, second_uid)""",
    "decisions on storylines": """
        UPDATE articles_storylinedecision SET reason = '' WHERE article_uid = %(uid)s::uuid""",
    "notes in the ledger": f"""
        UPDATE articles_ledgerbatch b SET note = '' WHERE b.note <> '' AND NOT b.is_redaction
            AND b.id IN (SELECT e.batch_id FROM articles_ledgerentry e WHERE {ENTRIES})
            AND (b.note ILIKE ANY (%(telling)s) OR NOT EXISTS (
                SELECT FROM articles_ledgerentry e WHERE e.batch_id = b.id AND NOT {ENTRIES}))""",
    "entries of the ledger": f"""
        UPDATE articles_ledgerentry e SET before = ledger_emptied(before),
            after = ledger_emptied(after),
            key = CASE WHEN kind IN ('mention', 'tagging')
                THEN split_part(key, '/', 1) || '/' ELSE key END
        WHERE {ENTRIES}""",
}
FORGOTTEN: Final = {
    "entries on names": """
        UPDATE articles_ledgerentry SET before = ledger_emptied(before),
            after = ledger_emptied(after),
            key = CASE WHEN "row" = ANY (%(gone)s) THEN '' ELSE key END
        WHERE kind = 'unknownname' AND "row" = ANY (%(names)s)""",
    "decisions on names": """
        UPDATE articles_namedecision SET key = '', quote = '', reason = ''
        WHERE "row" = ANY (%(gone)s)""",
}
VALUES: Final = f"""
    SELECT coalesce(jsonb_agg(side.value), '[]') FROM articles_ledgerentry e
    CROSS JOIN LATERAL (VALUES (e.before), (e.after)) AS side (value)
    WHERE {ENTRIES} AND jsonb_typeof(side.value) = 'object'
"""


def redact(
    uid: UUID,
    reason: str,
    editor: str,
    *,
    way: Way = Way.COMMAND,
    at: datetime | None = None,
) -> Counts:
    """Erase the article, and say how many rows of what went. One transaction.

    `at` is when readers are told that it was; None: now.

    Raises ArchiveError for an article that never was here, or is redacted already.
    """
    with recording(way, actor=editor, run=uuid4(), note="redacted", is_redaction=True):
        article = Article.objects.select_for_update().defer("search").filter(uid=uid).first()
        if Redaction.objects.filter(uid=uid).exists():
            raise ArchiveError(f"{uid} is redacted already.")
        values = _values(uid)
        if article is None and not values:
            raise ArchiveError(f"There is no article {uid}, and there never was.")
        if article is not None:
            quotes = article.mentions.values_list("quote", flat=True)
            values = [
                *values,
                {"quote": list(quotes)},
                {name: getattr(article, name, "") for name in TELLING},
            ]
        names = [it.quote for it in _names_in(uid) if not _elsewhere(it, uid)]
        values = [*values, {"quote": names}]
        words = _telling(values)
        telling = ["%" + re.sub(r"([%_\\])", r"\\\1", it) + "%" for it in words]
        at = at or timezone.now()
        Redaction.objects.create(uid=uid, reason=reason, editor=editor, at=at)
        counts = _bury(article, at) if article is not None else _announce(uid, at)
        counts |= _forget(uid)
        for name, statement in EMPTIED.items():
            counts[name] = _run(statement, {"uid": str(uid), "telling": telling})
        counts["sessions of editors"] = _forget_in_sessions(words)
        return {name: count for name, count in counts.items() if count}


def _bury(article: Article, at: datetime) -> Counts:
    """Leave a tombstone of the row, and nothing of what hung on it."""
    counts: Counts = {"article": 1}
    for model in OF_ARTICLE:
        name = str(model._meta.verbose_name_plural)
        counts[name] = model._base_manager.filter(article=article).delete()[0]
    counts["pairs of duplicates"] = DuplicatePair.objects.of(article).delete()[0]
    Article.objects.filter(pk=article.pk).update(
        headline=TOMBSTONE,
        headline_derived=False,
        summary="",
        body="",
        bylines=[],
        original_url="",
        external_id=str(article.uid),
        status=ArticleStatus.WITHDRAWN,
        withdrawn_at=at,
        withdrawn_reason=PUBLIC_REASON,
        withdrawn_note="",
    )
    log = LogEntry.objects.filter(
        content_type__app_label="articles", content_type__model="article", object_id=article.pk
    )
    counts["lines of the desk's log"] = log.update(object_repr=TOMBSTONE, change_message="")
    return counts


def _announce(uid: UUID, at: datetime) -> Counts:
    """Of an article that is deleted already the feed says nothing by itself; copies have it."""
    known = Change.objects.filter(kind=ChangeKind.ARTICLE, key=str(uid))
    if known.exists():
        Change.objects.create(
            kind=ChangeKind.ARTICLE, key=str(uid), action=ChangeAction.REDACTED, at=at
        )
    return {}


def _forget(uid: UUID) -> Counts:
    """Names that were found in it and that nobody has curated."""
    names: list[int] = []
    gone: list[int] = []
    for name in _names_in(uid):
        names.append(name.pk)
        if kept := _elsewhere(name, uid):
            name.evidence = kept
            name.save(update_fields=["evidence"])
        else:
            gone.append(name.pk)
            name.delete()
    told = {"names": names, "gone": gone}
    return {"names that nobody curated": len(names)} | {
        what: _run(statement, told) for what, statement in FORGOTTEN.items()
    }


def _names_in(uid: UUID) -> Iterable[UnknownName]:
    return UnknownName.objects.filter(evidence__contains=[{"article": str(uid)}])


def _elsewhere(name: UnknownName, uid: UUID) -> list[dict[str, Any]]:
    """The places of a name that are in other articles."""
    return [it for it in name.evidence if it.get("article") != str(uid)]


def _telling(values: Iterable[dict[str, Any]]) -> list[str]:
    """The article's names and short texts: what repeats one of them tells of it."""
    found: set[str] = set()
    for value in values:
        for name in TELLING:
            words = value.get(name)
            found.update(words if isinstance(words, list) else [words or ""])
    return sorted(words for words in found if words and len(words) >= SHORTEST)


def _forget_in_sessions(words: list[str]) -> int:
    """A session keeps what its editor was told of late, packed, so that SQL finds nothing in it.

    One that has ended, or was signed with another key than this process has, goes as a whole.
    """
    emptied, _ = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    told = [json.dumps(it)[1:-1].casefold() for it in words]
    for session in Session.objects.all():
        data = session.get_decoded()
        if not data:
            session.delete()
            emptied += 1
            continue
        kept = {
            key: value
            for key, value in data.items()
            if not any(it in json.dumps(value, default=str).casefold() for it in told)
        }
        if kept != data:
            session.session_data = Session.objects.encode(kept)
            session.save(update_fields=["session_data"])
            emptied += 1
    return emptied


def _values(uid: UUID) -> list[dict[str, Any]]:
    """All that the ledger says of the article, before and after each change."""
    with connection.cursor() as cursor:
        cursor.execute(VALUES, {"uid": str(uid)})
        values: list[dict[str, Any]] = json.loads(cursor.fetchone()[0])
        return values


def _run(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
