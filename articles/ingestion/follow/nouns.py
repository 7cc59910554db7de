"""Sources, entities and tags as another archive has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import ProtectedError

from articles.ingestion.editors import EDITORS_WAYS, deleted_on_purpose, kept_fields
from articles.ingestion.follow.client import State
from articles.ingestion.follow.report import FollowReport
from articles.ingestion.nouns import MODELS, Found, Noun, find_nouns
from articles.models import (
    Alias,
    Article,
    Entity,
    LedgerEntry,
    Redirect,
    Source,
    Tag,
    TagAlias,
)
from articles.vocabulary import ArticleStatus, ChangeKind, LedgerAction, NounKind

FIELDS: Final[Mapping[NounKind, tuple[str, ...]]] = {
    NounKind.SOURCE: ("name", "kind", "homepage", "country", "language", "timezone"),
    NounKind.ENTITY: ("name", "kind", "description", "wikidata_id"),
    NounKind.TAG: ("name", "description", "media_topic", "parent"),
}
UNIQUE: Final = ("wikidata_id", "media_topic")
NounState = tuple[NounKind, str, State]


def parents_first(nouns: Sequence[NounState]) -> Iterable[NounState]:
    """In an order in which each tag stands after its parent, where that is among them."""
    waiting = {(kind, slug): (kind, slug, state) for kind, slug, state in nouns}
    while waiting:
        first = next(iter(waiting))
        path = [first]
        while (above := _above(waiting[path[-1]])) in waiting and above not in path:
            path.append(above)
        for key in reversed(path):
            yield waiting.pop(key)


def _above(noun: NounState) -> tuple[NounKind, str]:
    parent = noun[2].body.get("parent") if noun[0] is NounKind.TAG else None
    return noun[0], parent["slug"] if parent else ""


def write_noun(kind: NounKind, slug: str, body: Mapping[str, Any], report: FollowReport) -> None:
    """Create the row or make its fields what they are there, but for what an editor keeps here."""
    values = {name: body[name] for name in FIELDS[kind]}
    if kind is NounKind.SOURCE:
        values["homepage"] = web_address(values["homepage"])
    if kind is NounKind.TAG:
        values["parent"] = row_of(kind, body["parent"]["slug"]) if body["parent"] else None
    found = find_nouns(kind, [slug]).get(slug)
    if found and is_outdated(kind, slug, found):
        found = None
    if found and found.row is None:
        return report.note("kept", kind, slug, "was deleted here")
    row = found.row if found else None
    if found and row is not None and row.slug != slug:
        if found.is_merged:
            return report.note("kept", kind, slug, f"was merged into {row.slug} here")
        report.note("kept", kind, slug, f"is called {row.slug} here")
    if row is None:
        _free(kind, values, None, report)
        row = MODELS[kind]._base_manager.create(slug=slug, **values)
        report.counts["created"] += 1
    else:
        _update(kind, row, values, report)
    if isinstance(row, Entity):
        _write_aliases(row, body["aliases"], report)
    elif isinstance(row, Tag) and "aliases" in body:  # an archive of former days tells none
        _write_spellings(row, {it["spelling"] for it in body["aliases"]}, report)
    return None


def _update(kind: NounKind, row: Noun, values: Mapping[str, Any], report: FollowReport) -> None:
    protected = kept_fields(row.edited_fields)
    differing = {name: it for name, it in values.items() if getattr(row, name) != it}
    if kept := sorted(differing.keys() & protected):
        report.note("kept", kind, row.slug, f"{', '.join(kept)} changed here")
    changed = {name: it for name, it in differing.items() if name not in protected}
    _free(kind, changed, row, report)
    if changed:
        MODELS[kind]._base_manager.filter(pk=row.pk).update(**changed)
        report.counts["updated"] += 1


def _free(kind: NounKind, values: dict[str, Any], row: Noun | None, report: FollowReport) -> None:
    """Take from other rows what only one may have: there they have given it up, which a later
    change will tell. An editor's stays, and this row goes without."""
    rows = MODELS[kind]._base_manager
    for name in UNIQUE:
        if values.get(name) is None:
            continue
        others = rows.exclude(pk=row.pk) if row else rows.all()
        holder = others.filter(**{name: values[name]}).first()
        if holder and name in holder.edited_fields:
            report.note("kept", kind, holder.slug, f"{name} changed here")
            del values[name]
        elif holder:
            rows.filter(pk=holder.pk).update(**{name: None})
    parent = values.get("parent")
    if row is not None and parent is not None:
        _open_circle(row, parent)


def _open_circle(row: Noun, parent: Any) -> None:
    """Let go the tag that would close a circle: there it stands elsewhere by now."""
    above, seen = parent, set()
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        if above.parent_id == row.pk:
            Tag.objects.filter(pk=above.pk).update(parent=None)
            return
        above = above.parent


def _write_aliases(entity: Entity, told: Sequence[Mapping[str, Any]], report: FollowReport) -> None:
    wanted = {alias["spelling"]: alias["kind"] for alias in told}
    now = {alias.spelling: alias for alias in Alias.objects.filter(entity=entity)}
    missing = [spelling for spelling in wanted if spelling not in now]
    gone = deleted_on_purpose("alias", (f"{entity.slug}/{spelling}" for spelling in missing))
    Alias.objects.bulk_create(
        Alias(entity=entity, spelling=spelling, kind=wanted[spelling])
        for spelling in missing
        if f"{entity.slug}/{spelling}" not in gone
    )
    surplus = {alias.pk for spelling, alias in now.items() if spelling not in wanted}
    own = made_by_editors("alias", surplus)
    Alias.objects.filter(pk__in=surplus - own).delete()
    for spelling, alias in now.items():
        if spelling in wanted and alias.kind != wanted[spelling]:
            if "kind" in alias.edited_fields:
                own.add(alias.pk)
            else:
                Alias.objects.filter(pk=alias.pk).update(kind=wanted[spelling])
    if gone or own:
        report.note("kept", NounKind.ENTITY, entity.slug, "aliases changed here")


def _write_spellings(tag: Tag, wanted: set[str], report: FollowReport) -> None:
    now = dict(TagAlias.objects.filter(tag=tag).values_list("spelling", "pk"))
    gone = deleted_on_purpose("tagalias", {f"{tag.slug}/{it}" for it in wanted - now.keys()})
    TagAlias.objects.bulk_create(
        TagAlias(tag=tag, spelling=spelling)
        for spelling in sorted(wanted - now.keys())
        if f"{tag.slug}/{spelling}" not in gone
    )
    surplus = {now[spelling] for spelling in now.keys() - wanted}
    own = made_by_editors("tagalias", surplus)
    TagAlias.objects.filter(pk__in=surplus - own).delete()
    if gone or own:
        report.note("kept", NounKind.TAG, tag.slug, "spellings changed here")


def remove_noun(kind: NounKind, slug: str, report: FollowReport) -> None:
    """Delete what is gone there, row or redirect, unless an editor made it here."""
    redirect = Redirect.objects.filter(kind=kind, old_slug=slug)
    if redirect and not is_by_editor("redirect", f"{kind}/{slug}"):
        redirect.delete()
    row = MODELS[kind]._base_manager.filter(slug=slug).first()
    if row is None:
        return
    if made_by_editors(kind, [row.pk]):
        report.note("kept", kind, slug, "was made here")
        return
    _let_go(row)
    try:
        row.delete()
    except ProtectedError:
        report.left.add((kind, slug))
    else:
        report.counts["deleted"] += 1


def _let_go(row: Noun) -> None:
    """Take from a row what there stands elsewhere by now, and of which nothing more is told: tags
    below it, and articles that no reader sees any more, whose addresses still say why."""
    if isinstance(row, Tag):
        below = Tag.objects.filter(parent=row).exclude(edited_fields__contains=["parent"])
        below.update(parent=None)
    elif isinstance(row, Source):
        hidden = Article.objects.filter(source=row).exclude(status=ArticleStatus.PUBLISHED)
        own = made_by_editors(ChangeKind.ARTICLE, hidden.values_list("pk", flat=True))
        hidden = hidden.exclude(pk__in=own).exclude(edited_fields__contains=["source"])
        if others := Source.objects.exclude(pk=row.pk).order_by("pk")[:1]:
            hidden.update(source=others[0])


def web_address(told: str) -> str:
    """An address as it was told, or nothing: readers may follow it, so it is one of the web."""
    return told if told.startswith(("https://", "http://")) else ""


def row_of(kind: NounKind, slug: str) -> Any:
    """The row to which a slug leads here, or None."""
    found = find_nouns(kind, [slug]).get(slug)
    return found.row if found else None


def is_outdated(kind: NounKind, slug: str, found: Found) -> bool:
    """Whether the slug only leads on here, as it once did there: a name of something else since."""
    row = found.row
    return row is not None and row.slug != slug and not is_by_editor("redirect", f"{kind}/{slug}")


def is_by_editor(kind: str, key: str) -> bool:
    """Whether the row that has the key now was made by an editor."""
    made = LedgerEntry.objects.filter(kind=kind, key=key, action=LedgerAction.INSERT)
    way = made.order_by("-id").values_list("batch__way", flat=True).first()
    return way in EDITORS_WAYS


def made_by_editors(kind: str, rows: Iterable[int]) -> set[int]:
    """Which of the rows (by primary key) an editor made."""
    made = LedgerEntry.objects.filter(
        kind=kind, row__in=list(rows), action=LedgerAction.INSERT, batch__way__in=EDITORS_WAYS
    )
    return set(made.values_list("row", flat=True))
