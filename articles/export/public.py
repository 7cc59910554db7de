"""An article as anybody may see it: what the formats of exchange are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

WIKIDATA = "http://www.wikidata.org/entity/"  # the address of an item as a thing, not of its page
MEDIA_TOPIC = "http://cv.iptc.org/newscodes/mediatopic/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Where an article comes from. `address` is its own in this archive."""

    slug: str
    name: str
    kind: str
    homepage: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A tag. `media_topic` is a code as in `medtop:20000065`."""

    slug: str
    name: str
    address: str
    media_topic: str | None

    @property
    def concept(self) -> str | None:
        """The address of the IPTC Media Topic."""
        return self.media_topic and MEDIA_TOPIC + self.media_topic.removeprefix("medtop:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entity. `is_subject`: the article as a whole is about it, for its source says so."""

    slug: str
    name: str
    kind: str
    address: str
    wikidata_id: str | None
    is_subject: bool

    @property
    def item(self) -> str | None:
        """The address of the Wikidata item."""
        return self.wikidata_id and WIKIDATA + self.wikidata_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A correction of the article."""

    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicArticle:
    """`published_at` is a date where only the day is known, None where nothing is; `body` is None
    in a list, which does not read it, nor the corrections. `status` is a word of ArticleStatus."""

    uid: UUID
    address: str
    source: Outlet
    external_id: str
    headline: str
    summary: str
    bylines: tuple[str, ...]
    language: str
    published_at: datetime | date | None
    status: str
    updated_at: datetime
    original_url: str
    subjects: tuple[Subject, ...]
    entities: tuple[Named, ...]
    body: str | None = None
    corrections: tuple[Corrected, ...] = ()
