"""What sources themselves link: an article's tags and entities, replaced by each reload."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from articles.ingestion.editors import deleted_on_purpose, editors_links
from articles.ingestion.nouns import Noun
from articles.models import Article, Mention, Tagging
from articles.vocabulary import LinkKind, Origin

MODELS: Mapping[LinkKind, type[Tagging] | type[Mention]] = {
    LinkKind.TAGGING: Tagging,
    LinkKind.MENTION: Mention,
}


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one kind to make, by the rows that they lead to, and to delete, by key."""

    add: tuple[Noun, ...] = ()
    drop: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add or self.drop)


@dataclass(frozen=True, slots=True)
class _Link:
    pk: int
    target: int
    origin: str


def compare_links(
    kind: LinkKind, wanted: Iterable[tuple[Article, tuple[Noun, ...]]]
) -> dict[int, Links]:
    """By article (primary key), what makes the links of its source those that are wanted.

    What an editor made, decided on or deleted stays as it is; a machine's link gives way to what
    the source says. At most four queries.
    """
    articles = {article.pk: (article, targets) for article, targets in wanted}
    now = _links(kind, list(articles))
    passing = {
        link.pk
        for pk, (_, targets) in articles.items()
        for link in now[pk]
        if _passes(link, {target.pk for target in targets})
    }
    passing -= editors_links(kind, passing)
    added = {
        pk: _added(targets, {link.target for link in now[pk] if link.pk not in passing})
        for pk, (_, targets) in articles.items()
    }
    gone = deleted_on_purpose(
        kind, [_key(articles[pk][0], row) for pk, rows in added.items() for row in rows]
    )
    return {
        pk: Links(
            tuple(row for row in added[pk] if _key(article, row) not in gone),
            tuple(link.pk for link in now[pk] if link.pk in passing),
        )
        for pk, (article, _) in articles.items()
    }


def _links(kind: LinkKind, articles: list[int]) -> dict[int, list[_Link]]:
    """The articles' links of all origins; of mentions those without a place in the text."""
    model = MODELS[kind]
    rows: Any = model._base_manager.filter(article__in=articles)
    if kind is LinkKind.MENTION:
        rows = rows.filter(start__isnull=True)
    links: dict[int, list[_Link]] = defaultdict(list)
    columns = rows.values_list("article", "pk", f"{model.target_field}_id", "origin")
    for article, *link in columns.order_by("pk"):
        links[article].append(_Link(*link))
    return links


def _passes(link: _Link, wanted: set[int | None]) -> bool:
    """Whether the link goes: no longer said by the source, or said by a machine before it."""
    if link.target in wanted:
        return link.origin == Origin.MACHINE
    return link.origin == Origin.SOURCE


def _added(targets: Iterable[Noun], held: set[int]) -> tuple[Noun, ...]:
    return tuple({row.slug: row for row in targets if row.pk not in held}.values())


def _key(article: Article, row: Noun) -> str:
    return f"{article.uid}/{row.slug}"
