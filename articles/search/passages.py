"""Passages in which the words stand, as HTML that holds nothing but text and <mark>."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connections, models
from django.utils.html import escape

from articles.search.words import Queries, own_query_sql, unspaced_terms

# What stands after so many characters of a body is not looked through: the work has a bound.
LOOKED_THROUGH: Final = 20_000
PASSAGES: Final = 3

START, STOP, CUT, LESS = "\2", "\3", "\4", "\5"
# PostgreSQL would leave out what looks like a tag; so it sees none.
TEXT: Final = f"translate({{}}, '<{START}{STOP}{CUT}{LESS}', '{LESS}')"
MARKS: Final = f"StartSel={START}, StopSel={STOP}"
WHOLE: Final = f"{MARKS}, HighlightAll=true"
PARTS: Final = (
    f"{MARKS}, FragmentDelimiter={CUT}, MaxFragments={PASSAGES}, MaxWords=30, MinWords=12"
)
MARKED: Final = f"""
    SELECT id,
        ts_headline(configuration, {TEXT.format("headline")}, query, '{WHOLE}'),
        ts_headline(configuration, {TEXT.format(f"left(body, {LOOKED_THROUGH})")}, query, '{PARTS}')
    FROM (
        SELECT id, headline, body, search_configuration(language) AS configuration,
            {{query}} AS query
        FROM {{table}} WHERE id = ANY(%s)
    ) AS found
"""


@dataclass(frozen=True, slots=True)
class Highlight:
    """`headline` is the whole of it; `passages` are parts of the body that hold a word."""

    headline: str
    passages: list[str]


def highlights(
    model: type[models.Model], using: str, keys: Sequence[Any], queries: Queries, words: str
) -> dict[Any, Highlight]:
    """By primary key. One query."""
    if not keys or not queries.one:
        return {}
    connection = connections[using]
    query, values = own_query_sql(queries, "search_dictionary(language)")
    table = connection.ops.quote_name(model._meta.db_table)
    terms = unspaced_terms(words)
    with connection.cursor() as cursor:
        cursor.execute(MARKED.format(query=query, table=table), [*values, list(keys)])
        return {
            key: Highlight(
                _html(_with_terms(headline, terms)),
                [_html(part.strip()) for part in body.split(CUT) if START in part],
            )
            for key, headline, body in cursor.fetchall()
        }


def _with_terms(text: str, terms: Sequence[str]) -> str:
    """With words in unspaced scripts marked too, which PostgreSQL does not find within others."""
    if not terms:
        return text
    longest_first = sorted(terms, key=len, reverse=True)
    wanted = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    pieces = re.split(f"({START}[^{STOP}]*{STOP})", text)
    return "".join(
        piece if piece.startswith(START) else wanted.sub(rf"{START}\g<0>{STOP}", piece)
        for piece in pieces
    )


def _html(text: str) -> str:
    plain = escape(text.replace(LESS, "<"))
    return plain.replace(START, "<mark>").replace(STOP, "</mark>")
