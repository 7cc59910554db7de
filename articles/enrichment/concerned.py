"""Which articles a change concerns: of their own text, of the curated names, of an editor's word.

The ledger tells what has changed since a position. Articles that may hold a spelling are asked of
the search index, where that knows its words; where many have changed, or words that no index
knows, the texts are read by the engine's own rules.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection

from articles.enrichment.finds import Name
from articles.enrichment.lexicon import Lexicon
from articles.enrichment.places import Text
from articles.enrichment.tagging import TagName, TagWords
from articles.models import Alias, Article, LedgerEntry, Tag, TagAlias, Tagging
from articles.models.bulk import AnyOf
from articles.models.enrichment_queue import holding_aliases
from articles.vocabulary import AliasKind, CaseRule, LinkKind, Way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MOST_SOUGHT: Final = 50
"""Where more spellings than this have changed, all texts are read once: it costs less."""

MOST_CHANGED: Final = 50_000
"""Where more spellings than this have changed, to look for them is as much work as to read all."""

READ_AT_ONCE: Final = 2_000

# Only of scripts that set words apart and write nothing before them; dots and short words aside,
# which the index may know as something else, or not at all.
_SPACED: Final = re.compile(r"[a-zÀ-ɏͰ-ԯ\d\s'’.&/-]+", re.IGNORECASE)
_SEARCHABLE: Final = re.compile(r"(?<![\w.])[a-zÀ-ɏͰ-ԯ]{5,}(?![\w.])", re.IGNORECASE)
_INDEXED: Final = """
    SELECT bool_and(numnode(plainto_tsquery(c.oid::regconfig, asked)) > 0)
    FROM pg_ts_config c, unnest(%s::text[]) AS asked WHERE c.cfgname LIKE 'newsroom\\_%%'
"""


@dataclass(slots=True)
class Since:
    """What has changed since a position of the ledger."""

    articles: set[int] = field(default_factory=set)
    judged: set[UUID] = field(default_factory=set)
    aliases: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)
    tag_aliases: set[int] = field(default_factory=set)
    former: set[str] = field(default_factory=set)
    former_tags: set[str] = field(default_factory=set)


def concerns_all(position: int) -> bool:
    """Whether so many spellings have changed since a position that all articles are read again."""
    entries = LedgerEntry.objects.filter(
        batch__position__gt=position, kind__in=("alias", "tagalias")
    )
    return entries[MOST_CHANGED:].exists()


def changes_since(position: int) -> Since:
    """Aliases, tags and texts, whoever changed them; links as far as editors did."""
    since = Since()
    entries = LedgerEntry.objects.filter(batch__position__gt=position)
    links = entries.filter(kind__in=LinkKind.values, batch__way__in=(Way.ADMIN, Way.SQL))
    for key in links.values_list("key", flat=True).iterator():
        with suppress(ValueError):  # the key of an article that is gone
            since.judged.add(UUID(key.partition("/")[0]))
    others = entries.filter(kind__in=("alias", "tagalias", "tag", "article"))
    for kind, row, before in others.values_list("kind", "row", "before").iterator():
        _note(since, kind, row, before or {})
    return since


def _note(since: Since, kind: str, row: int, before: dict[str, Any]) -> None:
    if kind == "article":
        since.articles.add(row)
    elif kind == "alias":
        since.aliases.add(row)
        since.former.update([before["spelling"]] if "spelling" in before else [])
    elif kind == "tagalias":
        since.tag_aliases.add(row)
        since.former_tags.update([before["spelling"]] if "spelling" in before else [])
    else:
        since.tags.add(row)
        since.former_tags.update([before["name"]] if "name" in before else [])


def concerned(since: Since) -> set[int]:
    """The articles (keys) that changes of names, tags and links concern."""
    found: set[int] = set()
    if since.judged:
        judged = Article.objects.filter(AnyOf("uid", since.judged))
        found.update(judged.values_list("pk", flat=True))
    if since.aliases:
        found |= holding_aliases(since.aliases)
    if since.tags:
        machines = Tagging.objects.filter(AnyOf("tag_id", since.tags), suggestion__isnull=False)
        found.update(machines.values_list("article_id", flat=True))
    names, tags = _names(since), _tags(since)
    if names or tags:
        found.update(_holders(names, tags))
    return found


def _names(since: Since) -> list[Name]:
    """The spellings that have changed, as they are and as they were, by whichever rules."""
    if not since.aliases:
        return []
    present = Alias.objects.filter(AnyOf("pk", since.aliases)).values_list("spelling", flat=True)
    return [
        Name(0, 0, "", spelling, *rules)
        for spelling in sorted(since.former.union(present))
        for rules in ((AliasKind.NAME, CaseRule.IGNORE), (AliasKind.ACRONYM, CaseRule.EXACT))
    ]


def _tags(since: Since) -> list[TagName]:
    """The words for tags that have changed, as they are and as they were."""
    words = set(since.former_tags)
    if since.tags:
        tags = Tag.objects.filter(AnyOf("pk", since.tags))
        words.update(tags.values_list("name", flat=True))
    if since.tag_aliases:
        aliases = TagAlias.objects.filter(AnyOf("pk", since.tag_aliases))
        words.update(aliases.values_list("spelling", flat=True))
    return [TagName(0, "", name) for name in sorted(words)]


# ── which texts hold them ────────────────────────────────────────────────────────────────────────


def _holders(names: Collection[Name], tags: Collection[TagName]) -> Iterator[int]:
    """The articles that hold one of the names, or the words of a tag."""
    asked = [*dict.fromkeys(_query(it.spelling) for it in names)]
    asked += [query for it in tags for query in _numbers(_query(it.words))]
    rows = Article.objects.order_by("pk")
    if len(asked) <= MOST_SOUGHT and all(asked) and _are_indexed(asked):
        keys: set[int] = set()
        for query in asked:
            keys.update(Article.objects.search(query).values_list("pk", flat=True).iterator())
        rows = rows.filter(AnyOf("pk", keys))
    lexicon, words = Lexicon(names), TagWords(tags)
    columns = ("pk", "headline", "body", "language")
    for key, headline, body, language in rows.values_list(*columns).iterator(READ_AT_ONCE):
        if Text(lexicon, f"{headline}\n\n{body}", language).places or words.suggest(
            body, headline=headline, language=language
        ):
            yield key


def _query(words: str) -> str:
    """A search that finds every text with the words, and may find others; empty: there is none.

    No phrase, for what is written with a hyphen stands otherwise in the index.
    """
    return " ".join(_SEARCHABLE.findall(words)) if _SPACED.fullmatch(words) else ""


def _numbers(query: str) -> list[str]:
    """In singular and plural: the dictionary of plain words knows them for two."""
    return [query, f"{query}s", query.removesuffix("s")] if query else [""]


def _are_indexed(asked: Sequence[str]) -> bool:
    """Whether no dictionary leaves all words of one of the searches out."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXED, [list(asked)])
        return bool(cursor.fetchone()[0])
