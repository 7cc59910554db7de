"""What the fixtures would change: nouns and articles compared with their rows, many at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from articles.identity import article_uid
from articles.ingestion.document import Fault
from articles.ingestion.editors import deleted_on_purpose, kept_fields
from articles.ingestion.nouns import MODELS, find_nouns
from articles.ingestion.seeds.fixtures import KINDS, Fixtures, Record
from articles.ingestion.seeds.values import Key
from articles.models import Article
from articles.vocabulary import NounKind

# What the database or an earlier life of a row says; a fixture brings it to a new row only.
BOOKKEEPING = frozenset({"uid", "was_public", "edited_fields", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class Note:
    """What became of one record, where it is more than a number: which fields, or why."""

    kind: str
    key: str
    outcome: str
    detail: str


@dataclass(slots=True)
class Change:
    """A row to write: a new one, or one whose fields get the `values`."""

    record: Record
    row: Any
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """`rows` leads from kind and key to the row, or to None where an editor deleted it;
    `merged` are the keys that lead to the survivor of a merger."""

    creates: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    replaced: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: dict[tuple[str, Key], Any] = field(default_factory=dict)
    merged: set[tuple[str, Key]] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)

    def add(self, record: Record, outcome: str, detail: str = "") -> None:
        self.counts[record.kind][outcome] += 1
        if detail:
            self.notes.append(Note(record.kind, label(record.key), outcome, detail))

    def create(self, record: Record, row: Any) -> None:
        self.creates[record.kind].append(Change(record, row))
        self.add(record, "created")

    def update(self, record: Record, row: Any, values: dict[str, Any], kept: list[str]) -> None:
        """Count what differs, and write what no editor keeps."""
        if values:
            self.updates[record.kind].append(Change(record, row, values))
            self.add(record, "updated", ", ".join(sorted(values)))
        if kept:
            self.add(record, "kept", ", ".join(sorted(kept)))
        if not values and not kept:
            self.add(record, "unchanged")

    def replace(self, record: Record, row: Any, new: Any, names: list[str]) -> None:
        self.replaced[record.kind].append(row.pk)
        self.creates[record.kind].append(Change(record, new))
        self.add(record, "updated", ", ".join(names))


def label(key: Key) -> str:
    """A key as a report names it: its parts with slashes."""
    return "/".join(
        label(part) if isinstance(part, tuple) else str(part) for part in key if part is not None
    )


def references(record: Record) -> Iterator[tuple[str, str, Key]]:
    """Name, kind and key of each reference that the record makes."""
    for of in KINDS[record.kind].model._meta.concrete_fields:
        if of.is_relation and record.values.get(of.name) is not None:
            related = cast("Any", of.related_model)
            yield of.name, related._meta.model_name, record.values[of.name]


def resolved(plan: Plan, record: Record) -> tuple[dict[str, Any], list[str]]:
    """The record's values with rows for references, and the references that an editor deleted."""
    values, lost = dict(record.values), []
    for name, kind, key in references(record):
        target = plan.rows.get((kind, key))
        if (kind, key) not in plan.rows:
            doubt = f" (it may stand in {', '.join(plan.unread)})" if plan.unread else ""
            plan.faults.append(record.fault(name, f"unknown {kind} {label(key)!r}{doubt}"))
        if target is None:
            lost.append(name)
            del values[name]
        else:
            values[name] = target
    return values, lost


def find_rows(plan: Plan, fixtures: Fixtures) -> None:
    """Fill `plan.rows` with every noun and article that a record is or refers to."""
    wanted: dict[str, set[Key]] = defaultdict(set)
    for record in fixtures.records:
        wanted[record.kind].add(record.key)
        for _, kind, key in references(record):
            wanted[kind].add(key)
    for noun in NounKind:
        for slug, found in find_nouns(noun, (str(key[0]) for key in wanted[noun])).items():
            plan.rows[noun.value, (slug,)] = found.row
            if found.is_merged:
                plan.merged.add((noun.value, (slug,)))
    plan.rows.update((("article", key), row) for key, row in _find_articles(wanted["article"]))
    for record in fixtures.records:
        if record.kind in {*MODELS, "article"} and (record.kind, record.key) not in plan.rows:
            plan.rows[record.kind, record.key] = _new(record)
    for kind, key in fixtures.faulty:
        plan.rows.setdefault((kind, key), None)


def _find_articles(keys: Iterable[Key]) -> Iterator[tuple[Key, Article | None]]:
    uids = {key: article_uid(str(key[0]), str(key[1])) for key in keys}
    rows = Article.objects.filter(uid__in=uids.values()).defer("search").in_bulk(field_name="uid")
    gone = deleted_on_purpose("article", {str(u) for u in uids.values() if u not in rows})
    for key, uid in uids.items():
        if uid in rows or str(uid) in gone:
            yield key, rows.get(uid)


def _new(record: Record) -> Any:
    plain = dict(record.values)
    for name, _, _ in references(record):
        del plain[name]
    return KINDS[record.kind].model(**plain)


def plan_noun_or_article(plan: Plan, record: Record) -> None:
    """Create the row, or update the fields that differ and that no editor keeps."""
    values, lost = resolved(plan, record)
    row = plan.rows[record.kind, record.key]
    if row is None:
        plan.add(record, "deleted", "an editor deleted it")
    elif row.pk is None and lost:
        plan.rows[record.kind, record.key] = None
        plan.add(record, "deleted", f"an editor deleted its {' and '.join(lost)}")
    elif row.pk is None:
        for name, _, _ in references(record):
            setattr(row, name, values[name])
        plan.create(record, row)
    elif (record.kind, record.key) in plan.merged:
        plan.add(record, "kept", f"merged into {row.slug}")
    else:
        changed, kept = difference(record, row, values)
        if record.kind in MODELS and row.slug != record.key[0]:
            kept.append(f"slug (now {row.slug})")
        plan.update(record, row, changed, kept + lost)


def difference(
    record: Record, row: Any, values: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The values that differ from the row's and may be written, and the names that may not."""
    protected = kept_fields(getattr(row, "edited_fields", ()))
    changed: dict[str, Any] = {}
    kept: list[str] = []
    for name, value in values.items():
        if name in BOOKKEEPING or name in KINDS[record.kind].key or is_same(row, name, value):
            continue
        if name in protected:
            kept.append(name)
        else:
            changed[name] = value
    return changed, kept


def is_same(row: Any, name: str, value: Any) -> bool:
    of = row._meta.get_field(name)
    now = getattr(row, of.attname)
    if of.is_relation and value is not None:
        return bool(value.pk is not None and value.pk == now)
    return bool(value == now)


def parents_first(plan: Plan, records: list[Record]) -> list[Record]:
    """Tags in an order in which each stands after its parent; circles are faults."""
    by_key = {record.key: record for record in records}
    ordered: dict[Key, Record] = {}
    for record in records:
        path: list[Record] = []
        step: Record | None = record
        while step and step.key not in ordered:
            if step in path:
                circle = " → ".join(label(r.key) for r in [*path[path.index(step) :], step])
                plan.faults.append(step.fault("parent", f"the tag stands above itself: {circle}"))
                break
            path.append(step)
            step = by_key.get(step.values.get("parent") or ())
        ordered.update((step.key, step) for step in reversed(path))
    return list(ordered.values())
