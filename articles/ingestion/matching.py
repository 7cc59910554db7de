"""Documents with the rows that they name, and the keys under which their articles may stand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from articles.identity import article_uid
from articles.ingestion.document import Document, Fault, Reject
from articles.ingestion.drafts import Draft
from articles.ingestion.names import Name, NameTable
from articles.ingestion.nouns import Noun, former_slugs, slugs_of_the_gone
from articles.models import Entity, Source, Tag
from articles.vocabulary import NounKind


@dataclass(frozen=True, slots=True)
class Named:
    """A document with its rows. `uids` may identify its article, each that of one of the `origins`;
    a new one has the first."""

    draft: Draft
    source: Source
    origins: tuple[str, ...]
    uids: tuple[UUID, ...]
    tags: tuple[Noun, ...]
    entities: tuple[Noun, ...]
    left_out: tuple[Name, ...] = ()

    @property
    def document(self) -> Document:
        return self.draft.document


def match_names(drafts: Sequence[Draft], table: NameTable) -> tuple[list[Named], list[Reject]]:
    """Documents whose names are known, or may be created; and those with a name at fault."""
    table.find(name for draft in drafts for _, name in draft.names)
    former, merged = _former_origins(table), _merged_origins(table)
    accepted: list[Named] = []
    rejects: list[Reject] = []
    for draft in drafts:
        rows, faults = _rows(draft.names, table)
        if faults:
            rejects.append(reject(draft.document, faults))
        else:
            accepted.append(_named(draft, rows, table, former, merged))
    return accepted, rejects


def reject(document: Document, faults: Iterable[tuple[str, str]]) -> Reject:
    """The document as a reject, with the fields and reasons of its faults."""
    place = document.place
    return Reject(
        tuple(
            Fault(place.file, place.record, field, reason, place.line) for field, reason in faults
        ),
        document.received,
    )


def _rows(
    names: Iterable[tuple[str, Name]], table: NameTable
) -> tuple[dict[Name, Noun | None], list[tuple[str, str]]]:
    rows: dict[Name, Noun | None] = {}
    faults: list[tuple[str, str]] = []
    for field, name in names:
        try:
            rows[name] = table.row(name)
        except ValueError as error:
            faults.append((field, str(error)))
        else:
            if rows[name] is None and name.noun is NounKind.SOURCE:
                faults.append((field, f"an editor deleted {name}"))
    return rows, faults


def _named(
    draft: Draft,
    rows: dict[Name, Noun | None],
    table: NameTable,
    former: dict[int, list[str]],
    merged: dict[str, list[str]],
) -> Named:
    document = draft.document
    name = next(name for _, name in draft.names if name.noun is NounKind.SOURCE)
    source = cast("Source", rows[name])
    origins = [document.origin] if document.origin else []
    origins = origins or _origins(source, table.names.redirected.get(name), former, merged)
    return Named(
        draft,
        source,
        tuple(origins),
        tuple(article_uid(origin, document.external_id) for origin in origins),
        tuple({row.slug: row for row in rows.values() if isinstance(row, Tag)}.values()),
        tuple({row.slug: row for row in rows.values() if isinstance(row, Entity)}.values()),
        tuple(name for name, row in rows.items() if row is None),
    )


def _former_origins(table: NameTable) -> dict[int, list[str]]:
    """Slugs that the sources of these documents bore before: origins of their earlier articles."""
    rows = [row for row in table.names.rows.values() if isinstance(row, Source)]
    sources = {row.pk: row for row in rows if not row._state.adding}
    former: dict[int, list[str]] = defaultdict(list)
    for slug, pk in former_slugs(NounKind.SOURCE, sources.values()):
        former[pk].append(slug)
    return former


def _merged_origins(table: NameTable) -> dict[str, list[str]]:
    """By a slug that leads elsewhere now, all slugs that the source which is gone once bore."""
    redirected = table.names.redirected.items()
    return slugs_of_the_gone(
        NounKind.SOURCE, {slug for name, slug in redirected if name.noun is NounKind.SOURCE}
    )


def _origins(
    source: Source,
    redirected: str | None,
    former: dict[int, list[str]],
    merged: dict[str, list[str]],
) -> list[str]:
    """Under which origins an article of the source may stand, the first for a new one.

    The slugs of a source that was merged into this one stay the only origins of its own articles:
    both may have used the same ids.
    """
    own = [source.slug, *former.get(source.pk, ())]
    if redirected is None:
        return own
    if redirected not in own:
        return list(dict.fromkeys([redirected, *merged.get(redirected, ())]))
    return list(dict.fromkeys([redirected, *own]))
