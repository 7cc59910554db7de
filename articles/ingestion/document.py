"""The article before the database: Documents, and the faults that prevent one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from articles.ingestion.cleaning import Step
from articles.text import fingerprint
from articles.vocabulary import ArticleStatus, DatePrecision, EntityKind


@dataclass(frozen=True, slots=True)
class Place:
    """Where something came from: the file as named, the record's number and its line (from 1)."""

    file: str
    record: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        record = "" if self.record is None else f": record {self.record}"
        line = "" if self.line in (None, self.record) else f" (line {self.line})"
        return f"{self.file}{record}{line}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record cannot be loaded. `field` is '' where the record as a whole is at fault."""

    file: str
    record: int | None
    field: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = Place(self.file, self.record, self.line)
        return ": ".join(part for part in (str(place), self.field, self.reason) if part)


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that is no Document: all its faults, and what was received, to be corrected."""

    faults: tuple[Fault, ...]
    received: Mapping[str, object] | str | None = None


@dataclass(frozen=True, slots=True)
class EntityName:
    """An entity as a record names it; `slug` is '' unless the record gives that too."""

    name: str
    kind: EntityKind = EntityKind.OTHER
    slug: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a known source adds to its records."""

    timezone: ZoneInfo | None = None
    switched_off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller says about all records of a load.

    `source`, `status` and `timezone` stand in where a record says nothing. `sources` holds the
    facts of known sources by slug. `mapping` renames members (`theirs → ours`; '' leaves one out).
    `switched_off` names cleaning rules. `encoding` is that of text that is not UTF-8.
    """

    source: str = ""
    status: ArticleStatus = ArticleStatus.PUBLISHED
    timezone: ZoneInfo | None = None
    sources: Mapping[str, SourceFacts] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Document:
    """One valid record of the contract, cleaned.

    `source` is the name or slug as the record has it; `source_name` and `tag_slugs` (one for each
    tag, or none) say the rest, and `origin` that of an article which an archive knew. `language`
    is canonical, None where the record says nothing. `published_at` is in UTC. `raw` is the body as
    received, `received` the whole record; `cleaning` leads from what was received to what stands
    here, field by field.
    """

    source: str
    external_id: str
    headline: str
    body: str
    summary: str = ""
    url: str = ""
    language: str | None = None
    bylines: tuple[str, ...] = ()
    source_name: str = ""
    origin: str = ""
    tags: tuple[str, ...] = ()
    tag_slugs: tuple[str, ...] = ()
    entities: tuple[EntityName, ...] = ()
    published_at: dt.datetime | None = None
    published_precision: DatePrecision = DatePrecision.UNKNOWN
    status: ArticleStatus = ArticleStatus.PUBLISHED
    headline_derived: bool = False
    external_id_derived: bool = False
    raw: str = ""
    cleaning: tuple[Step, ...] = ()
    place: Place = Place("")
    received: Mapping[str, object] | str = field(default="", repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """What the database computes for the article: tells whether a reload changes the text."""
        return fingerprint(self.headline, self.body)
