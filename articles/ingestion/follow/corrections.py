"""The corrections of articles as another archive tells them. One is known by the time at which it
was made; what an editor here wrote, changed or took away stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from articles.ingestion.editors import EDITORS_WAYS
from articles.ingestion.follow.report import FollowReport
from articles.models import Article, Correction, LedgerEntry
from articles.vocabulary import ChangeKind, LedgerAction, Origin

Told = Sequence[tuple[Article, Mapping[str, Any]]]


def write_corrections(told: Told, report: FollowReport) -> None:
    """Make the corrections of the articles what they are there. Archives of an earlier version
    tell of none."""
    here: dict[int, dict[datetime, Correction]] = defaultdict(dict)
    for row in Correction.objects.filter(article__in=[article.pk for article, _ in told]):
        here[row.article_id][row.at] = row
    for article, body in told:
        wanted = {
            datetime.fromisoformat(it["at"]): it["note"] for it in body.get("corrections", ())
        }
        _make_equal(article, wanted, here[article.pk], report)


def _make_equal(
    article: Article,
    wanted: Mapping[datetime, str],
    here: Mapping[datetime, Correction],
    report: FollowReport,
) -> None:
    notes = {at: row.note for at, row in here.items()}
    own = {at for at, row in here.items() if row.origin == Origin.EDITOR}
    missing = {at for at, note in wanted.items() if notes.get(at) != note} - own
    gone = _taken_away(article) if missing else set()
    if kept := {at for at in own if wanted.get(at) != notes[at]} | missing & gone:
        report.note(
            "kept",
            ChangeKind.ARTICLE,
            str(article.uid),
            f"{len(kept)} of its corrections are others here",
        )
    wrong = [row.pk for at, row in here.items() if at not in own and wanted.get(at) != row.note]
    if wrong:
        Correction.objects.filter(pk__in=wrong).delete()
    Correction.objects.bulk_create(
        Correction(article=article, at=at, note=wanted[at], origin=Origin.SOURCE)
        for at in sorted(missing - gone)
    )


def _taken_away(article: Article) -> set[datetime]:
    """The times of corrections of the article that an editor here has deleted."""
    entries = LedgerEntry.objects.filter(
        kind="correction",
        key__gte=f"{article.uid}/",
        key__lt=f"{article.uid}0",
        action=LedgerAction.DELETE,
        batch__way__in=EDITORS_WAYS,
    )
    times = (before.get("at") for before in entries.values_list("before", flat=True) if before)
    return {datetime.fromisoformat(at) for at in times if at}
