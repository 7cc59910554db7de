"""What editors did that no load undoes: their fields, deletions, renamings and decisions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Substr

from articles.models import Decision, LedgerBatch, LedgerEntry, Mention
from articles.models.bulk import AnyOf
from articles.vocabulary import LedgerAction, LinkKind, Way

EDITORS_WAYS = (Way.ADMIN, Way.SQL)

LOAD_UNDONE = Exists(LedgerBatch.objects.filter(run=OuterRef("batch__undoes"), way=Way.LOAD))

# Columns that say one thing together: with one of them an editor keeps them all.
_TOGETHER = (
    frozenset({"headline", "headline_derived"}),
    frozenset({"published_at", "published_precision"}),
    frozenset({"status", "withdrawn_at", "withdrawn_reason", "withdrawn_note"}),
)

Key = tuple[object, ...]


def kept_fields(edited: Collection[str]) -> frozenset[str]:
    """The fields of a row that its editors keep, from its `edited_fields`."""
    companions = (group for group in _TOGETHER if not group.isdisjoint(edited))
    return frozenset(edited).union(*companions)


def deleted_on_purpose(kind: str, keys: Iterable[str]) -> set[str]:
    """Which of the ledger keys of rows that are gone an editor deleted. One query.

    Who takes back a load says nothing of what it made: the next may bring it again.
    """
    wanted = list(keys)
    if not wanted:
        return set()
    last = (
        LedgerEntry.objects.filter(AnyOf("key", wanted), kind=kind, action=LedgerAction.DELETE)
        .order_by("key", "-id")
        .distinct("key")
        .values_list("key", "batch__way", LOAD_UNDONE)
    )
    return {key for key, way, is_undone in last if way in EDITORS_WAYS and not is_undone}


def former_keys(kind: str, rows: Mapping[int, Mapping[str, object]]) -> dict[Key, int]:
    """Keys that rows once had, and the rows. One query.

    `rows` gives the columns of each row's key as they are now, in the order of the key.
    """
    columns = list(next(iter(rows.values()), ()))
    former: dict[Key, int] = {}
    state = {row: dict(now) for row, now in rows.items()}
    if not columns:
        return former
    entries = (
        LedgerEntry.objects.filter(
            kind=kind, row__in=list(rows), action=LedgerAction.UPDATE, before__has_any_keys=columns
        )
        .order_by("-id")
        .values_list("row", "before")
    )
    for row, before in entries:
        known = before or {}
        state[row].update({column: known[column] for column in columns if column in known})
        former.setdefault(tuple(state[row].values()), row)
    return former


def keys_of_the_gone(kind: str, column: str, keys: Collection[str]) -> dict[str, list[str]]:
    """By key, all keys that rows which are gone once had beside it, newest first.

    `column` holds the key. One query, none without keys.
    """
    if not keys:
        return {}
    entries = LedgerEntry.objects.filter(kind=kind, before__has_key=column).order_by("-id")
    bore = entries.filter(**{f"before__{column}__in": list(keys)}).values("row")
    gone = entries.filter(action=LedgerAction.DELETE, row__in=bore).values("row")
    by_row: dict[int, list[str]] = defaultdict(list)
    for row, key in entries.filter(row__in=gone).values_list("row", f"before__{column}"):
        by_row[row].append(key)
    return {
        key: list(dict.fromkeys(other for each in by_row.values() if key in each for other in each))
        for key in keys
    }


def editors_links(kind: str, rows: Collection[int]) -> set[int]:
    """Which of the links (by primary key) an editor made, changed or decided on. Two queries."""
    if not rows:
        return set()
    decisions = Decision.objects.filter(kind=kind, row__in=rows)
    entries = LedgerEntry.objects.filter(kind=kind, row__in=rows, batch__way__in=EDITORS_WAYS)
    return {*decisions.values_list("row", flat=True), *entries.values_list("row", flat=True)}


def drop_stale_mentions(articles: Collection[int]) -> int:
    """Delete mentions whose words no longer stand at their place, after a load changed the bodies.

    What an editor made or decided stays. Returns how many are gone.
    """
    if not articles:
        return 0
    moved = (
        Mention.objects.filter(article__in=articles, start__isnull=False)
        .annotate(words=Substr("article__body", F("start") + 1, F("end") - F("start")))
        .exclude(words=F("quote"))
        .values_list("pk", flat=True)
    )
    stale = set(moved)
    stale -= editors_links(LinkKind.MENTION, stale)
    return Mention.objects.filter(pk__in=stale).delete()[0] if stale else 0
