"""What the fixtures would change: aliases, taggings, mentions and redirects."""

from typing import Any

from django.db.models import Model

from articles.ingestion.document import Fault
from articles.ingestion.editors import (
    Key,
    deleted_on_purpose,
    editors_links,
    former_keys,
    kept_fields,
)
from articles.ingestion.nouns import MODELS
from articles.ingestion.seeds.fixtures import KINDS, Record
from articles.ingestion.seeds.plan import Plan, difference, is_same, label, resolved
from articles.models import Redirect
from articles.vocabulary import NounKind

Wanted = list[tuple[Record, dict[str, Any]]]

SPELLINGS = {"alias": "entity", "tagalias": "tag"}
_SAYING = ("origin", "state", "quote")


def plan_children(plan: Plan, kind: str, records: list[Record]) -> None:
    """Spellings of entities and tags, taggings and mentions of articles. At most seven queries."""
    wanted = _wanted(plan, records)
    rows = _rows(kind, wanted)
    undone = _undone_by_editors(kind, rows, wanted)
    taken: set[Key] = set()
    differing: Wanted = []
    for record, values in wanted:
        key = _row_key(record, values)
        row = rows.get(key)
        if key in taken:
            plan.add(record, "kept", "what it belongs to was merged, and says it already")
        elif kind == "mention" and not _text_holds(record, values):
            plan.add(record, "kept", "an editor changed the text")
        elif row is None and record.key in undone:
            plan.add(record, *undone[record.key])
        elif row is None:
            plan.create(record, KINDS[kind].model(**values))
        elif kind in SPELLINGS:
            plan.update(record, row, *difference(record, row, values))
        elif all(is_same(row, name, values[name]) for name in _SAYING if name in values):
            plan.add(record, "unchanged")
        else:
            differing.append((record, values))
        if None not in key[:2]:
            taken.add(key)
    _replace(plan, kind, rows, differing)


def _wanted(plan: Plan, records: list[Record]) -> Wanted:
    wanted: Wanted = []
    for record in records:
        values, lost = resolved(plan, record)
        if lost:
            plan.add(record, "deleted", f"an editor deleted its {' and '.join(lost)}")
        else:
            wanted.append((record, values))
    return wanted


def _row_key(record: Record, values: dict[str, Any]) -> Key:
    """The natural key as the row has it, with primary keys (None: not saved yet)."""
    parts = (values.get(name) for name in KINDS[record.kind].key)
    return tuple(part.pk if isinstance(part, Model) else part for part in parts)


def _rows(kind: str, wanted: Wanted) -> dict[Key, Any]:
    """All rows of the aliases' entities, or of the links' articles, by key."""
    parent = KINDS[kind].key[0]
    parents = {values[parent].pk for _, values in wanted} - {None}
    rows = KINDS[kind].model._base_manager.filter(**{f"{parent}__in": parents})
    return {tuple(_key_columns(kind, row).values()): row for row in rows} if parents else {}


def _key_columns(kind: str, row: Model) -> dict[str, Any]:
    columns = (row._meta.get_field(name).attname for name in KINDS[kind].key)  # type: ignore[union-attr]
    return {column: getattr(row, column) for column in columns}


def _undone_by_editors(
    kind: str, rows: dict[Key, Any], wanted: Wanted
) -> dict[Key, tuple[str, str]]:
    """Which of the records without a row an editor took back, by deleting it or by another key."""
    new = [(record, values) for record, values in wanted if _row_key(record, values) not in rows]
    new = [(record, values) for record, values in new if None not in _row_key(record, values)[:2]]
    if not new:
        return {}
    keys = [_ledger_keys(record, values) for record, values in new]
    gone = deleted_on_purpose(kind, set().union(*keys))
    former = former_keys(kind, {row.pk: _key_columns(kind, row) for row in rows.values()})
    undone: dict[Key, tuple[str, str]] = {}
    for record, values in new:
        if not gone.isdisjoint(_ledger_keys(record, values)):
            undone[record.key] = ("deleted", "an editor deleted it")
        elif _row_key(record, values) in former:
            undone[record.key] = ("kept", "an editor made another of it")
    return undone


def _ledger_keys(record: Record, values: dict[str, Any]) -> set[str]:
    """The row's key in the ledger, under the slug of the fixture and under the slug of today."""
    if owner := SPELLINGS.get(record.kind):
        slugs = {record.values[owner][0], values[owner].slug}
        return {f"{slug}/{values['spelling']}" for slug in slugs}
    target = KINDS[record.kind].key[1]
    slugs = {record.values[target][0], values[target].slug}
    start, end = values.get("start"), values.get("end")
    span = "" if start is None else f"@{start}-{end}"
    return {f"{values['article'].uid}/{slug}{span}" for slug in slugs}


def _text_holds(record: Record, values: dict[str, Any]) -> bool:
    """False where an editor's body has other words at the place."""
    article, start = values["article"], values.get("start")
    if start is None or article.pk is None or "body" not in kept_fields(article.edited_fields):
        return True
    return bool(article.body[start : values.get("end")] == values.get("quote"))


def _replace(plan: Plan, kind: str, rows: dict[Key, Any], differing: Wanted) -> None:
    """A link's state follows from decisions: what the fixture says otherwise is a new link."""
    editors = editors_links(kind, {rows[_row_key(r, values)].pk for r, values in differing})
    for record, values in differing:
        row = rows[_row_key(record, values)]
        names = [n for n in _SAYING if n in values and not is_same(row, n, values[n])]
        if row.pk in editors:
            plan.add(record, "kept", ", ".join(names))
        else:
            plan.replace(record, row, KINDS[kind].model(**values), names)


def plan_redirects(plan: Plan, records: list[Record]) -> None:
    """Former slugs. One that leads elsewhere, or names a row today, is left as it is."""
    slugs = {record.values["old_slug"] for record in records}
    rows = {(row.kind, row.old_slug): row for row in Redirect.objects.filter(old_slug__in=slugs)}
    names = {
        (kind.value, slug)
        for kind, model in MODELS.items()
        for slug in model._base_manager.filter(slug__in=slugs).values_list("slug", flat=True)
    }
    keys = [label(record.key) for record in records if record.key not in rows]
    gone = deleted_on_purpose("redirect", keys)
    for record in records:
        if fault := _refused(plan, record):
            plan.faults.append(fault)
            continue
        values, lost = resolved(plan, record)
        row = rows.get((values["kind"], values["old_slug"]))
        if lost:
            plan.add(record, "deleted", f"an editor deleted its {' and '.join(lost)}")
        elif record.key in names:
            plan.add(record, "kept", "names a row today")
        elif row is None and label(record.key) in gone:
            plan.add(record, "deleted", "an editor deleted it")
        elif row is None:
            plan.create(record, Redirect(**values))
        elif is_same(row, row.kind, values[row.kind]):
            plan.add(record, "unchanged")
        else:
            plan.add(record, "kept", f"leads to {row.target.slug}")


def _refused(plan: Plan, record: Record) -> Fault | None:
    kind, old_slug = record.values["kind"], record.values["old_slug"]
    targets = [noun.value for noun in NounKind if record.values.get(noun.value) is not None]
    if targets != [kind]:
        return record.fault(kind, f"a redirect of kind {kind} leads to one {kind}")
    named = plan.rows.get((kind, (old_slug,)))
    if named is not None and named.pk is None:
        return record.fault("old_slug", f"is the slug of a {kind} of these fixtures")
    return None
