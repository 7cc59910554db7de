"""What misspelt names in a search were probably meant to be, from spellings that are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from unicodedata import combining, normalize

from django.db import OperationalError, connections, models, transaction

from articles.search.planner import held
from articles.search.vector import UNSPACED_CHARACTER

FEW: Final = 3  # with so many results and more nothing is suggested
MOST_WORDS: Final = 5  # of a search that are looked up
SHORTEST: Final = 4
CANDIDATES: Final = 30
# Of trigrams: two letters exchanged in a short name leave few.
SIMILARITY: Final = 0.3
SIMILARITY_OF_SHORT: Final = 0.2
SHORT: Final = 6
PATIENCE: Final = "250ms"  # for the nearest spellings; beyond it none is told

# What is left out of a search is passed over as a whole.
WORD: Final = re.compile(r"-\"[^\"]*\"?|(?<![\w-])([^\W\d_]+(?:['’][^\W\d_]+)*)(?![\w-])")
PART: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# The index over spellings is one over UPPER(spelling). For each word a look of its own: a word
# known while planning shows how few spellings it will find.
NEAREST: Final = """(
    SELECT %s AS word, spelling FROM ({spellings}) AS known(spelling)
    WHERE upper(%s) <%% upper(spelling)
    ORDER BY word_similarity(upper(%s), upper(spelling)) DESC, spelling LIMIT {candidates}
)"""


def suggestion(
    words: str, spellings: models.QuerySet[Any], count: Callable[[str, int], int]
) -> str | None:
    """The words with misspelt names replaced, or None.

    `spellings` has one column, a known spelling a row; `count(words, limit)` tells how many rows
    words find, counting no further than the limit. A word that finds as much as FEW rows by itself
    is no slip, and a suggestion must find more than the words did.
    """
    doubted: list[str] = []
    for match in WORD.finditer(words):
        word = match[1] or ""
        if len(word) < SHORTEST or word.lower() == "or" or UNSPACED_CHARACTER.search(word):
            continue
        if len(doubted) < MOST_WORDS and word not in doubted and count(word, FEW) < FEW:
            doubted.append(word)
    meant = _nearest(doubted, spellings) if doubted else {}
    if not meant:
        return None
    better = WORD.sub(lambda match: meant.get(match[0], match[0]), words)
    return better if count(better, FEW + 1) > count(words, FEW) else None


def _nearest(words: Sequence[str], spellings: models.QuerySet[Any]) -> dict[str, str]:
    """For each word the nearest part of a spelling, if one is near. One query."""
    connection = connections[spellings.db]
    known, values = spellings.query.get_compiler(spellings.db).as_sql()
    one = NEAREST.format(spellings=known, candidates=CANDIDATES)
    asked = [it for word in words for it in (word, *values, word, word)]
    is_short = min(map(len, words)) <= SHORT
    similarity = SIMILARITY_OF_SHORT if is_short else SIMILARITY
    limits = {
        "pg_trgm.word_similarity_threshold": str(similarity),
        "statement_timeout": PATIENCE,
    }
    try:
        with (
            transaction.atomic(using=spellings.db),
            held(limits, spellings.db),
            connection.cursor() as cursor,
        ):
            cursor.execute(" UNION ALL ".join([one] * len(words)), asked)
            rows = cursor.fetchall()
    except OperationalError:
        return {}
    best: dict[str, tuple[int, str]] = {}
    for word, spelling in rows:
        for part in PART.findall(spelling):
            far = distance(_plain(word), _plain(part))
            if 0 < far <= (1 if len(word) <= 5 else 2) and (far, part) < best.get(word, (9, "")):
                best[word] = far, part
    return {word: part for word, (_, part) in best.items()}


def distance(one: str, other: str) -> int:
    """Letters that must be changed, added, left out, or exchanged with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one):
        following = [i + 1]
        for j, right in enumerate(other):
            cost = min(row[j + 1] + 1, following[j] + 1, row[j] + (left != right))
            if i and j and left == other[j - 1] and one[i - 1] == right:
                cost = min(cost, before[j - 1] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]


def _plain(word: str) -> str:
    """Without accents and case, as searches compare."""
    return "".join(it for it in normalize("NFKD", word.casefold()) if not combining(it))
