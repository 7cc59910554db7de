"""What changed lately and by whom, and which loads want a look: lines of the dashboard."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from articles.ingestion.report import OUTCOMES
from articles.models.ledger_words import kind_words
from articles.vocabulary import LedgerAction, LoadState, Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHOWN_COUNTS: Final = 4
DONE: Final = {
    LedgerAction.INSERT: "added",
    LedgerAction.UPDATE: "changed",
    LedgerAction.DELETE: "deleted",
}
_OF_MACHINE: Final = {
    "articles": ("article read", "articles read"),
    "created": ("mention made", "mentions made"),
    "tags": ("tag written", "tags written"),
    "pairs": ("pair of duplicates", "pairs of duplicates"),
}


class Activity(NamedTuple):
    """One run, or one transaction without a run."""

    actor: str
    way: str
    at: datetime
    note: str
    what: str
    address: str


class LoadLine(NamedTuple):
    actor: str
    at: datetime
    records: str
    what: str
    is_running: bool
    address: str


def changes(told: Iterable[Mapping[str, Any]]) -> list[Activity]:
    """The lines of the summary `changes`."""
    return [
        Activity(
            change["actor"],
            Way(change["way"]).label,
            datetime.fromisoformat(change["at"]),
            change["note"],
            _what(change),
            _history_address(change),
        )
        for change in told
    ]


def loads(told: Iterable[Mapping[str, Any]]) -> list[LoadLine]:
    """The lines of the summary `loads`."""
    return [
        LoadLine(
            load["actor"],
            datetime.fromisoformat(load["started_at"]),
            f"{load['records']:,}",
            outcome_words(load["counts"]),
            load["state"] == LoadState.RUNNING,
            reverse("admin:articles_loadrun_change", args=[load["id"]]),
        )
        for load in told
    ]


def outcome_words(counts: Mapping[str, int]) -> str:
    """What became of a load's records, in the order of its report."""
    words = {"conflict": "in conflict"}
    found = [(counts.get(name, 0), words.get(name, name)) for name in OUTCOMES]
    return ", ".join(f"{count:,} {word}" for count, word in found if count) or "nothing"


def _what(change: Mapping[str, Any]) -> str:
    counts = change["counts"]
    if change["of"] == "load":
        return f"load: {outcome_words(counts)}"
    if change["of"] == "machine":
        found = ((counts.get(name, 0), words) for name, words in _OF_MACHINE.items())
        told = (f"{count:,} {words[count != 1]}" for count, words in found if count)
        return ", ".join(told) or "nothing"
    entries: Sequence[tuple[str, str, int]] = change["entries"]
    named = ", ".join(entry_words(*entry) for entry in entries[:SHOWN_COUNTS])
    more = " and more" if len(entries) > SHOWN_COUNTS else ""
    return f"{'more than ' if change['is_cut'] else ''}{named or 'nothing'}{more}"


def entry_words(kind: str, action: str, count: int) -> str:
    return f"{count:,} {kind_words(kind, count)} {DONE.get(LedgerAction(action), action)}"


def _history_address(change: Mapping[str, Any]) -> str:
    narrowed = {"run": change["run"]} if change["run"] else {"batch": change["batch"]}
    return entries_address(**narrowed)


def entries_address(**narrowed: Any) -> str:
    """The list of single entries of the ledger, narrowed."""
    return f"{reverse('admin:articles_ledgerentry_changelist')}?{urlencode(narrowed)}"
