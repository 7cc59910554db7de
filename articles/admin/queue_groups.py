"""What the review queue is made of: groups that wait, what may be said of them, what came of it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode
from zlib import crc32

from articles.admin.corrections import unfit
from articles.admin.lists import capped
from articles.admin.numbers import whole
from articles.models.bulk_work import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from articles.anchors import Passage
    from articles.models import Article

GROUPS: Final = 25
FEW: Final = 3
"""So many examples of a group are shown beside others, and MANY where it is opened."""

MANY: Final = 40

NO_GROUP: Final = "That is no group of the queue: open the page again."
ONLY_DRAFTS: Final = "You judge on drafts: what concerns other articles waits for an editor."


class Verb(NamedTuple):
    """Something to say of a group (or of its ticked examples), and the key that says it. `many` is
    how its button says that it is of all of them."""

    name: str
    label: str
    key: str
    style: str = ""
    many: str = "{label} all {number}"
    writes: bool = False  # into texts, of which it may be asked whether that is a correction


class Button(NamedTuple):
    verb: Verb
    words: str


class Choice(NamedTuple):
    """An entity that an editor may mean instead."""

    slug: str
    name: str
    kind: str


class Field(NamedTuple):
    """What an editor writes for one example: `text` or `day`. Its button is the verb `write`."""

    kind: str
    label: str
    value: str
    button: str
    hint: str = ""


@dataclass(slots=True)
class Item:
    """One example. `passage` is its sentence with the words; `sides` are texts to compare."""

    key: int
    title: str
    facts: list[str] = field(default_factory=list)
    passage: Passage | None = None
    why: str = ""
    sides: list[tuple[str, str]] = field(default_factory=list)
    field: Field | None = None
    is_read: bool = False  # a decision may change a text that readers see


@dataclass(slots=True)
class Group:
    """Rows of which one decision settles all. `key` finds it again; `until` is its newest row, and
    `oldest` the last of those that are shown. `is_name`: it is one name, with places to look at."""

    key: Mapping[str, str]
    title: str
    noun: str
    size: int
    until: int
    items: list[Item]
    words: str = ""
    label: str = ""
    note: str = ""
    choices: list[Choice] = field(default_factory=list)  # whom else it may mean
    name: str = ""  # of an entity that is made of it
    kind: str = "other"
    oldest: int = 0
    is_name: bool = False
    is_text: bool = False  # a decision may change texts
    buttons: list[Button] = field(default_factory=list)
    own_verbs: list[Verb] = field(default_factory=list)  # of one example
    is_offered: bool = True  # to who looks at it, to be judged
    refusal: str = ""  # why it is not

    @property
    def told(self) -> str:
        return f"{capped(self.size)} {self.noun if self.size == 1 else plural(self.noun)}"

    @property
    def address(self) -> str:
        return urlencode(self.key)

    @property
    def slug(self) -> str:
        """Names the group within the page."""
        return f"{crc32(self.address.encode()):08x}"

    @property
    def as_json(self) -> str:
        """By which the group names itself among others that are settled at once."""
        return json.dumps([self.key.get("entity"), self.key.get("quote"), self.until])

    def shorten(self) -> None:
        """Leave the few examples that are shown beside other groups."""
        self.items = self.items[:FEW]

    @property
    def counted(self) -> str:
        return capped(self.size)

    @property
    def rest(self) -> int:
        """How many are not shown."""
        return max(self.size - len(self.items), 0)

    @property
    def is_read(self) -> bool:
        """Whether readers see a text of which a decision may change the words."""
        return any(item.is_read for item in self.items)

    @property
    def is_single(self) -> bool:
        """Whether there is nothing to choose among: it is one row, or one name."""
        return self.size == 1 or self.is_name


class Part(NamedTuple):
    """So many rows of a group, and examples of them, the newest first."""

    size: int
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Order:
    """What an editor said: of the ticked items of a group, or where there are none of all of it."""

    verb: str
    key: Mapping[str, str]
    until: int
    items: tuple[int, ...]
    data: Mapping[str, str]
    editor: str
    rights: frozenset[str] = frozenset()

    @property
    def is_of_drafts(self) -> bool:
        """Whether the editor judges on drafts only, as on their pages."""
        return "publish_article" not in self.rights

    def need(self, codename: str) -> None:
        """What takes a right elsewhere takes it here. Raises Refused."""
        if codename not in self.rights:
            raise Refused(f"That takes the right to {codename.replace('_', ' ')}.")

    def note_for(self, changed: Iterable[Article]) -> str:
        """What readers are told under the articles of which a text changes; empty where the change
        is a minor one. Raises Refused where readers know one otherwise and nobody has said."""
        answer = self.data.get("is_correction", "")
        note = self.data.get("correction_note", "").replace("\0", "").strip()
        if fault := unfit(answer, note, is_due=any(it.is_public for it in changed)):
            raise Refused(fault[1])
        return note

    @property
    def reason(self) -> str:
        return self.data.get("reason", "").replace("\0", "").strip()[:500]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, in words; `number` rows were settled. `warning`: what was not, and why."""

    message: str
    number: int
    warning: str = ""


class Refused(Exception):  # noqa: N818
    """What an editor asked for cannot be done; the words say why. Nothing was changed."""


class Kind(ABC):
    """One kind of what waits."""

    name: str
    label: str
    noun: str
    hint: str
    verbs: tuple[Verb, ...]
    own_verbs: tuple[Verb, ...] | None = None  # of one example, where they are others
    has_relink = False
    has_never = False
    has_create = False
    nothing = "Nothing waits here."

    @property
    def verbs_of_one(self) -> tuple[Verb, ...]:
        return self.verbs if self.own_verbs is None else self.own_verbs

    def dressed(self, groups: list[Group]) -> list[Group]:
        """Groups with the words on their buttons."""
        for group in groups:
            group.own_verbs = list(self.verbs_of_one)
            group.buttons = [
                Button(
                    verb,
                    verb.label
                    if group.is_single
                    else verb.many.format(label=verb.label, number=group.counted),
                )
                for verb in self.verbs
            ]
        return groups

    @abstractmethod
    def page(self, number: int) -> list[Group]:
        """A page of groups, those first of which one decision settles the most."""

    @abstractmethod
    def group(self, key: Mapping[str, str], before: int | None = None) -> Group | None:
        """One group with many examples, those before one that was shown; None: nothing waits."""

    def groups(self, key: Mapping[str, str], before: int | None = None) -> list[Group]:
        """What an address names: one group, opened."""
        group = self.group(key, before)
        return [group] if group else []

    def parts_of_drafts(self, groups: list[Group], before: int | None, each: int) -> list[Part]:
        """Of each group what a contributor may judge. The same queries however many there are."""
        return [Part(group.size, group.items) for group in groups]

    @abstractmethod
    def settle(self, order: Order) -> Outcome:
        """Do what the editor said. Raises Refused."""


def plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


def told(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def number_in(key: Mapping[str, str], name: str) -> int:
    if number := whole(key.get(name)):
        return number
    raise Refused(NO_GROUP)


def by_whom(editor: str, order: Order) -> str:
    """The name of who judged before, as told to who gave the order."""
    return "you" if editor == order.editor else editor


def rest_words(done: int) -> str:
    """Said where a group was larger than one request settles."""
    return f"The rest waits: {MOST_ROWS:,} are settled at once." if done >= MOST_ROWS else ""
