"""Sources, entities and tags that an undo brings back without all that was theirs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from articles.models.articles import Article
from articles.models.entities import Entity, Mention
from articles.models.ledger import kind_of
from articles.models.ledger_words import counted, kind_words
from articles.models.sources import Source
from articles.models.tags import Tag, Tagging

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model

    Owner = tuple[type[Model], int]

# By their slugs and codes only one row at a time.
NAMED: Final = (Source, Tag, Entity)
# What each is there for.
LINKS: Final[dict[type[Model], tuple[type[Any], str]]] = {
    Source: (Article, "source"),
    Tag: (Tagging, "tag"),
    Entity: (Mention, "entity"),
}


@dataclass(frozen=True, slots=True)
class Shell:
    """A row that is back, and how many rows that were its own are not, by their kind. It is empty
    where not one of its articles, taggings or mentions came back with it."""

    kind: str
    row: int
    name: str
    without: Counter[str]
    is_empty: bool

    def __str__(self) -> str:
        return f"the {self.kind_words} “{self.name}” without {self.lost}"

    @property
    def kind_words(self) -> str:
        return kind_words(self.kind)

    @property
    def lost(self) -> str:
        return counted(self.without)


def find_shells(kept_from: Mapping[Owner, Counter[str]], back: Mapping[Owner, str]) -> list[Shell]:
    """Of the rows that are back (with their names) those that lack what is kept from them. One
    query for each kind of them."""
    found = []
    for model, (link, column) in LINKS.items():
        lacking = {row: name for (of, row), name in back.items() if of is model}
        lacking = {row: name for row, name in lacking.items() if (model, row) in kept_from}
        if not lacking:
            continue
        linked = link._base_manager.filter(**{f"{column}__in": list(lacking)})
        whole = set(linked.order_by().values_list(column, flat=True).distinct())
        for row, name in lacking.items():
            without = kept_from[model, row]
            is_empty = row not in whole and kind_of(link) in without
            found.append(Shell(kind_of(model), row, name, without, is_empty))
    return found
