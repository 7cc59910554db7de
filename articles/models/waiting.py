"""What waits for an editor, in groups of which one decision settles many.

In SQL, for the ORM neither groups a bounded part of a table nor takes a few rows of each group.
Whatever waits, each statement reads a bounded number of index entries: see READ and COUNTED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.apps import apps
from django.db import connection

from articles.vocabulary import Matter

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

READ: Final = 200_000
"""Of so many waiting links it is known how they group where no summary says it."""

ROWS: Final = 5_000
"""Of so many rows of other kinds, the newest."""

CONFLICTS: Final = 20_000
"""Of so many conflicts, the newest, it is asked whether they still wait."""

COUNTED: Final = 10_000
"""Counting ends here: more are as many as nobody reads one by one."""

MANY: Final = 1_000
"""Of what waits besides links and takes a look at its article, counting ends here."""

AT_ONCE: Final = 20_000
"""Of an entity or a tag so many links are counted, and settled at once."""

TEXTS: Final = 5_000
"""Of so many raw texts, the newest, it is asked how much cleaning took from them."""

UNDATED: Final = 50_000

BUSIEST: Final = 500
SPELLINGS: Final = 4
"""Of an entity so many spellings are shown at once; the others follow when these are judged."""

MUCH: Final = 0.15
"""A text from which cleaning took a larger share is looked at; the loader refuses 0.30."""


class Spelling(NamedTuple):
    """Waiting links to one target, mentions by one spelling. `until` is the newest of them, so that
    a decision is on those that were counted."""

    target: int
    quote: str
    size: int
    until: int


_BUSIEST: Final = """
    SELECT target FROM (
        SELECT {target}_id AS target FROM articles_{link} WHERE {waits}
        ORDER BY {order} LIMIT %s) AS few
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s
"""
_STILL: Final = """
    SELECT wanted.target FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (target, place)
    WHERE EXISTS (SELECT FROM articles_{link} WHERE {target}_id = wanted.target AND {waits})
    ORDER BY wanted.place
"""
_SPELLINGS: Final = """
    SELECT wanted.target, found.quote, found.count, found.until
    FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (target, place)
    CROSS JOIN LATERAL (
        SELECT quote, count(*), max(id) AS until FROM (
            SELECT {quote} AS quote, id FROM articles_{link}
            WHERE {target}_id = wanted.target AND {waits} ORDER BY {order} LIMIT %s) AS few
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s) AS found
    ORDER BY wanted.place, found.count DESC, found.quote
"""
_EXAMPLES: Final = """
    SELECT wanted.place, found.id
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[])
        WITH ORDINALITY AS wanted (target, quote, until, place)
    CROSS JOIN LATERAL (
        SELECT id FROM articles_{link}
        WHERE {target}_id = wanted.target AND {same} AND id <= wanted.until AND {waits}
        ORDER BY id DESC LIMIT %s) AS found
    ORDER BY wanted.place, found.id DESC
"""
_MENTION: Final = {
    "link": "mention",
    "target": "entity",
    "waits": "state = 'suggested' AND NOT is_lost",
    "order": "entity_id, quote, id",
    "quote": "quote",
    "same": "quote = wanted.quote",
}
_TAGGING: Final = {
    "link": "tagging",
    "target": "tag",
    "waits": "state = 'suggested'",
    "order": "tag_id, id",
    "quote": "''",
    "same": "true",
}
_WORDS: Final = {"mention": _MENTION, "tagging": _TAGGING}


def busiest(link: str) -> list[int]:
    """Entities (link: mention) or tags (link: tagging) for which the most waits, by key.

    In a large archive from the summary, as far as something waits for them still.
    """
    words = _WORDS[link]
    known = _summarised(f"waiting_{link}s")
    still = _rows(_STILL.format(**words), [known]) if len(known) >= BUSIEST else []
    rows = still or _rows(_BUSIEST.format(**words), [READ, BUSIEST])
    return [target for (target,) in rows]


def _summarised(name: str) -> list[int]:
    """The keys of a summary's groups; none in an archive that has no summaries."""
    if "summary" not in apps.get_app_config("articles").models:
        return []
    rows = _rows(
        "SELECT (told->>'id')::bigint FROM articles_summary,"
        " jsonb_array_elements(data) WITH ORDINALITY AS groups (told, place)"
        " WHERE name = %s ORDER BY place",
        [name],
    )
    return [key for (key,) in rows]


def spellings(link: str, targets: Sequence[int], most: int = SPELLINGS) -> list[Spelling]:
    """What waits for some entities or tags, in their order, by spelling."""
    statement = _SPELLINGS.format(**_WORDS[link])
    return [Spelling(*row) for row in _rows(statement, [list(targets), AT_ONCE, most])]


def examples(link: str, groups: Sequence[Spelling], each: int) -> list[list[int]]:
    """The keys of the newest few links of each group."""
    found: list[list[int]] = [[] for _ in groups]
    columns = [[getattr(it, name) for it in groups] for name in ("target", "quote", "until")]
    for place, key in _rows(_EXAMPLES.format(**_WORDS[link]), [*columns, each]):
        found[place - 1].append(key)
    return found


# ── what waits besides links ─────────────────────────────────────────────────────────────────────

# What it is, and by which condition a row of it waits. Rows are read newest first, and no more of
# them than are wanted: what is asked of each is therefore asked row by row (a subquery with a limit
# is not made a join), for a join that reads all of the rows would lose their order.
_SETTLED: Final = (
    "(SELECT true FROM articles_settlement s"
    " WHERE s.article_uid = a.uid AND s.matter = '{}'{} LIMIT 1) IS NOT NULL"
)
_ARTICLE: Final = (
    "CROSS JOIN LATERAL (SELECT {} FROM articles_article WHERE id = {} OFFSET 0) AS {}"
)
CONFLICT_ABOUT: Final = "c.field || ':' || md5(c.theirs::text)"
_WAITING: Final[dict[str, str]] = {
    "headlines": "SELECT a.id, a.source_id, '' AS what FROM articles_article a"
    " WHERE a.headline_derived",
    "undated": "SELECT a.id, a.source_id, '' AS what FROM (SELECT id, uid, source_id"
    " FROM articles_article"
    f" WHERE published_at IS NULL ORDER BY id DESC LIMIT {UNDATED}) AS a"
    f" WHERE NOT {_SETTLED.format(Matter.DATE.value, '')}",
    # A later record that says something else takes the place of an earlier one.
    "conflicts": "SELECT c.id, a.source_id, c.field AS what"
    f" FROM (SELECT * FROM articles_loadconflict ORDER BY id DESC LIMIT {CONFLICTS}) AS c "
    + _ARTICLE.format("source_id, uid, edited_fields", "c.article_id", "a")
    + " WHERE a.edited_fields && (CASE WHEN c.field IN ('published_at', 'published_precision')"
    " THEN ARRAY['published_at', 'published_precision']"
    " WHEN c.field IN ('headline', 'headline_derived')"
    " THEN ARRAY['headline', 'headline_derived'] ELSE ARRAY[c.field] END)"
    " AND (SELECT true FROM articles_loadconflict n WHERE n.article_id = c.article_id"
    " AND n.field = c.field AND n.id > c.id LIMIT 1) IS NULL"
    f" AND NOT {_SETTLED.format(Matter.CONFLICT.value, f' AND s.about = {CONFLICT_ABOUT}')}",
    # Octets, because PostgreSQL knows their number without unpacking a text. Where an editor has
    # worked on the text since, what is missing is not what cleaning took.
    "cleaning": "SELECT r.id, a.source_id, '' AS what"
    f" FROM (SELECT * FROM articles_rawtext ORDER BY id DESC LIMIT {TEXTS}) AS r "
    + _ARTICLE.format(
        "source_id, uid, fingerprint, octet_length(body) AS octets", "r.article_id", "a"
    )
    + " WHERE octet_length(r.text) > 0"
    f" AND a.octets < {1 - MUCH} * octet_length(r.text)"
    " AND a.fingerprint = r.clean_fingerprint"
    f" AND NOT {_SETTLED.format(Matter.CLEANING.value, ' AND s.about = r.sha256')}",
    "duplicates": "SELECT p.id, least(a.source_id, b.source_id) AS source_id,"
    " greatest(a.source_id, b.source_id)::text AS what FROM articles_duplicatepair p "
    + _ARTICLE.format("source_id", "p.first_id", "a")
    + " "
    + _ARTICLE.format("source_id", "p.second_id", "b")
    + " WHERE p.state = 'suggested'",
}
_KEYS: Final = {"conflicts": "c.id", "cleaning": "r.id", "duplicates": "p.id"}


class Heap(NamedTuple):
    """Rows of a kind that wait, of one source and alike in what they are about."""

    source: int
    what: str
    size: int
    until: int
    keys: list[int]  # of the newest few


def heaps(kind: str, each: int, page: int, size: int) -> list[Heap]:
    """A page of groups of what waits, the largest first; of more than ROWS rows, of the newest."""
    statement = f"""
        WITH few AS MATERIALIZED (
            {_WAITING[kind]} ORDER BY {_KEYS.get(kind, "a.id")} DESC LIMIT %s)
        SELECT source_id, what, count(*), max(id),
            (array_agg(id ORDER BY id DESC))[:%s::int]
        FROM few GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %s OFFSET %s
    """
    return [Heap(*row) for row in _rows(statement, [ROWS, each, size, (page - 1) * size])]


def waiting_rows(
    kind: str, source: int, what: str, until: int, most: int, only: Collection[int] | None = None
) -> list[int]:
    """The keys of what waits of one group, newest first, among the newest `most` of its kind;
    `only` leaves some of them."""
    key = _KEYS.get(kind, "a.id")
    statement = f"""
        SELECT id FROM (
            {_WAITING[kind]} AND {key} <= %s ORDER BY {key} DESC LIMIT %s) AS waiting
        WHERE source_id = %s AND what = %s AND (%s OR id = ANY (%s)) ORDER BY id DESC
    """
    rows = _rows(statement, [until, most, source, what, only is None, list(only or ())])
    return [key for (key,) in rows]


def waiting_keys(kind: str, groups: Sequence[tuple[int, str]]) -> dict[tuple[int, str], list[int]]:
    """The keys of what waits of some groups (source, what), newest first: of the newest ROWS."""
    statement = f"""
        WITH few AS MATERIALIZED (
            {_WAITING[kind]} ORDER BY {_KEYS.get(kind, "a.id")} DESC LIMIT %s)
        SELECT source_id, what, array_agg(id ORDER BY id DESC)
        FROM few JOIN unnest(%s::bigint[], %s::text[]) AS wanted (source_id, what)
            USING (source_id, what)
        GROUP BY 1, 2
    """
    sources, whats = [it[0] for it in groups], [it[1] for it in groups]
    rows = _rows(statement, [ROWS, sources, whats])
    return {(source, what): keys for source, what, keys in rows}


def conflicts_about(keys: Collection[int]) -> list[tuple[Any, str]]:
    """Of conflicts of loads the article's uid, and what they are about as it is settled."""
    return _rows(
        f"SELECT a.uid, {CONFLICT_ABOUT} FROM articles_loadconflict c"
        " JOIN articles_article a ON a.id = c.article_id WHERE c.id = ANY (%s) ORDER BY c.id",
        [list(keys)],
    )


class Waits(NamedTuple):
    """How much waits; `is_cut`: there is more, which is not counted."""

    number: int
    is_cut: bool


def waiting_counts() -> dict[str, Waits]:
    """How much waits of each kind; counting ends at COUNTED, or MANY."""
    plain = {
        "mentions": "SELECT FROM articles_mention WHERE state = 'suggested' AND NOT is_lost",
        "taggings": "SELECT FROM articles_tagging WHERE state = 'suggested'",
        "names": "SELECT FROM articles_unknownname WHERE state = 'suggested'",
        "storylines": "SELECT FROM articles_storyline WHERE state = 'suggested'",
        "headlines": "SELECT FROM articles_article WHERE headline_derived",
        "duplicates": "SELECT FROM articles_duplicatepair WHERE state = 'suggested'",
    }
    most = dict.fromkeys(plain, COUNTED) | dict.fromkeys(_WAITING.keys() - plain.keys(), MANY)
    statements = _WAITING | plain
    counts = ", ".join(
        f"(SELECT count(*) FROM ({statements[kind]} LIMIT {number + 1}) AS few)"
        for kind, number in most.items()
    )
    found = zip(most.items(), _rows(f"SELECT {counts}", [])[0], strict=True)
    return {kind: Waits(min(count, number), count > number) for (kind, number), count in found}


def _rows(statement: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        found: list[Any] = cursor.fetchall()
    return found
