"""Sources, entities and tags by the names that records give them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast
from uuid import UUID

from django.db.models import Count, Max, Q

from articles.ingestion.nouns import MODELS, Found, Noun, find_nouns
from articles.models import Alias, Entity, LedgerBatch, TagAlias
from articles.text import slugify
from articles.vocabulary import AliasKind, EntityKind, NounKind, Standing

MOST_NAMES: Final = 20_000
"""As many names are held at a time, some 2 KB each."""


class Name(NamedTuple):
    """A name in a record. `kind` is that of an entity; `other` fits every kind.

    With a `label` the text is a slug, and the label what its row is called.
    """

    noun: NounKind
    text: str
    kind: EntityKind = EntityKind.OTHER
    label: str = ""

    @property
    def called(self) -> str:
        return self.label or self.text

    def __str__(self) -> str:
        kind = f"{self.kind} " if self.kind != EntityKind.OTHER else ""
        return f"{kind or self.noun.value + ' '}{self.text!r}"

    def fits(self, row: Noun) -> bool:
        kinds = {self.kind, row.kind if isinstance(row, Entity) else self.kind}
        return len(kinds) == 1 or EntityKind.OTHER in kinds


@dataclass(slots=True)
class Names:
    """What is known of names. `redirected` are the former slugs by which rows were found.

    A name that was `asked` for and stands nowhere else is unknown; `used` are the slugs that a new
    row cannot have.
    """

    asked: set[Name] = field(default_factory=set)
    rows: dict[Name, Noun] = field(default_factory=dict)
    redirected: dict[Name, str] = field(default_factory=dict)
    deleted: set[Name] = field(default_factory=set)
    ambiguous: dict[Name, list[str]] = field(default_factory=dict)
    used: set[tuple[NounKind, str]] = field(default_factory=set)

    def add(self, more: "Names") -> None:
        self.asked |= more.asked
        self.rows |= more.rows
        self.redirected |= more.redirected
        self.deleted |= more.deleted
        self.ambiguous |= more.ambiguous
        self.used |= more.used


def find_names(wanted: Iterable[Name]) -> Names:
    """The rows that names mean: by slug, by name, entities and tags also by their aliases.

    A number of queries that does not grow with the names.
    """
    names = Names(set(wanted))
    by_noun: dict[NounKind, set[Name]] = defaultdict(set)
    for name in names.asked:
        by_noun[name.noun].add(name)
    for noun, group in by_noun.items():
        slugs = {slug for name in group for slug in (name.text, slugify(name.text)) if slug}
        found = find_nouns(noun, slugs)
        names.used.update((noun, slug) for slug in found)
        named = _by_name(noun, {name.called for name in group})
        for name in group:
            _settle(names, name, found, named[name.called])
    return names


def _by_name(noun: NounKind, texts: set[str]) -> dict[str, list[Noun]]:
    """Rows by name; entities by all spellings that mean them without context, tags by all."""
    rows: dict[str, list[Noun]] = defaultdict(list)
    if noun is NounKind.ENTITY:
        aliases = Alias.objects.filter(
            spelling__in=texts, kind__in=(AliasKind.NAME, AliasKind.ACRONYM)
        ).exclude(standing=Standing.NEVER)
        for alias in aliases.select_related("entity"):
            rows[alias.spelling].append(alias.entity)
    else:
        for row in cast("Iterable[Noun]", MODELS[noun]._base_manager.filter(name__in=texts)):
            rows[row.name].append(row)
    if noun is NounKind.TAG:
        for spelt in TagAlias.objects.filter(spelling__in=texts).select_related("tag"):
            rows[spelt.spelling].append(spelt.tag)
    return rows


def _settle(names: Names, name: Name, found: dict[str, Found], named: list[Noun]) -> None:
    """By slug as written, by name, by the name's slug, by former slug, by alias: in this order."""
    hits = {slug: found[slug] for slug in (name.text, slugify(name.text)) if slug in found}
    rows = {slug: hit.row for slug, hit in hits.items() if hit.row and name.fits(hit.row)}
    direct = [row for slug, row in rows.items() if row.slug == slug]
    former = [slug for slug, row in rows.items() if row.slug != slug]
    fitting = [row for row in named if name.fits(row)]
    own = _nearest_kind(name, [row for row in fitting if row.name == name.called])
    if direct and direct[0].slug == name.text:
        names.rows[name] = direct[0]
    elif len(own) == 1:
        names.rows[name] = own[0]
    elif own:
        names.ambiguous[name] = sorted(row.slug for row in own)
    elif direct:
        names.rows[name] = direct[0]
    elif former:
        names.rows[name], names.redirected[name] = rows[former[0]], former[0]
    elif len({row.pk for row in fitting}) == 1:
        names.rows[name] = fitting[0]
    elif any(hit.row is None for hit in hits.values()):
        names.deleted.add(name)


def _nearest_kind(name: Name, rows: list[Noun]) -> list[Noun]:
    """Of entities of one name those of the kind asked for, if there are any."""
    return [r for r in rows if isinstance(r, Entity) and r.kind == name.kind] or rows


class NameTable:
    """Names to rows, with unsaved rows for the unknown where a load may create them."""

    def __init__(self, create_missing: bool) -> None:
        self.create_missing = create_missing
        self.names = Names()
        self._new: dict[tuple[NounKind, str], list[Noun]] = defaultdict(list)
        self._taken: set[tuple[NounKind, str]] = set()

    def find(self, wanted: Iterable[Name]) -> None:
        """Look up the names that have not been looked up before."""
        self.names.add(find_names(set(wanted) - self.names.asked))

    def forget_found(self) -> None:
        """Look up every name again; rows that are to be made stay."""
        self.names = Names()

    def row(self, name: Name) -> Noun | None:
        """The row, None where an editor deleted it. Raises ValueError with what is wrong."""
        if name in self.names.rows:
            return self.names.rows[name]
        if name in self.names.ambiguous:
            slugs = ", ".join(self.names.ambiguous[name])
            raise ValueError(f"{name} is ambiguous; write one of the slugs {slugs}")
        if name in self.names.deleted:
            return None
        alike = self._new[name.noun, slugify(name.text) or name.text]
        for row in alike:
            if name.fits(row):
                self.names.rows[name] = row
                return row
        if not self.create_missing:
            raise ValueError(f"unknown {name}; add it, or let --create-missing do so")
        alike.append(self._new_row(name))
        return alike[-1]

    def _new_row(self, name: Name) -> Noun:
        model, slug = MODELS[name.noun], slugify(name.text)
        used = self.names.used | self._taken
        if not slug or (name.noun, slug) in used:
            slug = model.free_slug(name.text, [s for noun, s in used if noun is name.noun])
        self._taken.add((name.noun, slug))
        if model is Entity:
            return Entity(slug=slug, name=name.called, kind=name.kind, is_reviewed=False)
        return model(slug=slug, name=name.called)


class NameCache:
    """The names of a run, looked up once and again when somebody else has changed the archive."""

    def __init__(self, create_missing: bool, run: UUID, *, is_plan: bool) -> None:
        self._create_missing = create_missing
        self._run = run
        self._is_plan = is_plan
        self._position = 0
        self._table = NameTable(create_missing)

    def table(self) -> NameTable:
        """What is known, as of now. Within the transaction that relies on it."""
        news = LedgerBatch.objects.filter(position__gt=self._position).aggregate(
            last=Max("position"), others=Count("pk", filter=Q(run=None) | ~Q(run=self._run))
        )
        self._position = news["last"] or self._position
        if news["others"] or len(self._table.names.asked) > MOST_NAMES:
            self.forget()
        return self._table

    def forget(self) -> None:
        """Look up every name anew. What a plan would have created is nowhere else: it stays."""
        if self._is_plan:
            self._table.forget_found()
        else:
            self._table = NameTable(self._create_missing)
