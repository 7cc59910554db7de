"""What a person's words ask of the vector, in each language that rows have.

The words are words, "a phrase", `or`, -word, as PostgreSQL's websearch_to_tsquery reads them. No
input is refused. A word in a script without spaces is also looked for inside headlines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from django.db import connections

from articles.search.vector import GRAM, MARK, UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A loose index scan over the languages that rows have: a lookup for each, not a scan of all.
PRESENT: Final = """
    WITH RECURSIVE present(language) AS (
        (SELECT min(language) FROM {table})
        UNION ALL
        SELECT (SELECT min(language) FROM {table} WHERE language > present.language)
        FROM present WHERE present.language IS NOT NULL
    )
"""
LANGUAGES: Final = PRESENT + "SELECT language FROM present WHERE language IS NOT NULL"
# Without statistics (a table never analysed) there are no bounds.
QUERIES: Final = (
    PRESENT
    + """,
    dictionaries AS (
        SELECT DISTINCT ON (1) search_dictionary(language) AS dictionary,
            search_configuration(language) AS configuration
        FROM present WHERE language IS NOT NULL
    )
    SELECT dictionary, ({query})::text FROM dictionaries ORDER BY dictionary
"""
)
# Dividers and dashes between words: PostgreSQL takes each for a negation, and has room for 32.
DASHES: Final = re.compile(r"-{2,}|-(?=\s|\Z)")
TERM: Final = re.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Queries:
    """The words as tsqueries in PostgreSQL's own writing, by the dictionaries they are for.

    `one` answers for rows of all languages, or is empty if the words say nothing; `of_rows` holds
    each row's own, which ranks it and marks its passages.
    """

    of_rows: dict[str, tuple[str, ...]]

    @property
    def one(self) -> str:
        asked = [(query, names) for query, names in self.of_rows.items() if query]
        if len(asked) == 1 and len(self.of_rows) == 1:
            return asked[0][0]
        return " | ".join(f"( {query} ) & ( {any_of(names)} )" for query, names in asked)


def any_of(marks: Sequence[str]) -> str:
    """A tsquery for rows that have one of the marks."""
    return " | ".join(f"'{MARK}{mark}'" for mark in marks)


def languages_present(table: str, using: str) -> list[str]:
    """The different languages of a table's rows, in order."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(LANGUAGES.format(table=connection.ops.quote_name(table)))
        return [language for (language,) in cursor.fetchall()]


def queries(table: str, words: str, using: str) -> Queries:
    """The words for each dictionary with which present rows are indexed. One statement."""
    connection = connections[using]
    clean = words.replace("\0", " ").encode(errors="replace").decode()
    sql, parameters = _sql(DASHES.sub(" ", clean))
    with connection.cursor() as cursor:
        statement = QUERIES.format(table=connection.ops.quote_name(table), query=sql)
        cursor.execute(statement, parameters)
        found: dict[str, list[str]] = defaultdict(list)
        for dictionary, query in cursor.fetchall():
            found[query].append(dictionary)
    return Queries({query: tuple(names) for query, names in found.items()})


def _sql(words: str) -> tuple[str, list[str]]:
    """The words as an expression over `configuration`.

    Only words with a part in an unspaced script are taken apart here: AND binds more tightly than
    `or`, as in websearch_to_tsquery.
    """
    if not UNSPACED_CHARACTER.search(words):
        return "websearch_to_tsquery(configuration, %s)", [words]
    parameters: list[str] = []
    any_of: list[str] = []
    for group in _groups(words):
        all_of = []
        rest = " ".join(text for text, grams in group if not grams)
        if rest:
            all_of.append("websearch_to_tsquery(configuration, %s)")
            parameters.append(rest)
        for text, grams in group:
            if grams:
                found = "(phraseto_tsquery(configuration, %s) || %s::tsquery)"
                all_of.append(f"!!{found}" if text.startswith("-") else found)
                parameters += [text.removeprefix("-").strip('"'), grams]
        any_of.append(f"({' && '.join(all_of)})")
    return " || ".join(any_of), parameters


def _groups(words: str) -> Iterator[list[tuple[str, str]]]:
    """Between `or`s the terms as they were written, each with its query of grams or none."""
    group: list[tuple[str, str]] = []
    for term in TERM.finditer(words):
        bare = term["word"] if term["word"] is not None else term["phrase"]
        if bare.lower() == "or" and term["word"] and not term["no"]:
            if group:
                yield group
            group = []
        else:
            group.append((term[0], grams(bare) if UNSPACED_CHARACTER.search(bare) else ""))
    if group:
        yield group


def grams(text: str) -> str:
    """The tsquery for headlines that hold the text, whatever stands around it."""
    plain = normalize("NFKC", " ".join(text.split())).lower()
    pairs = ["".join(pair) for pair in pairwise(plain)] or [plain]
    return " <-> ".join(_quoted(GRAM + pair) for pair in pairs)


def unspaced_terms(words: str) -> list[str]:
    """The words in unspaced scripts that a text shall hold."""
    return [
        text.strip('"')
        for group in _groups(words)
        for text, found in group
        if found and not text.startswith("-")
    ]


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def own_query_sql(queries: Queries, dictionary: str) -> tuple[str, list[Any]]:
    """Each row's own query as SQL, by the expression of its dictionary."""
    whens = " ".join(
        f"WHEN {dictionary} = ANY(%s) THEN %s::tsquery" for query in queries.of_rows if query
    )
    values = [v for query, names in queries.of_rows.items() if query for v in (list(names), query)]
    return f"CASE {whens} END", values
