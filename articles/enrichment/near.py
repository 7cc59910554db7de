"""Sign the texts of articles, and suggest the pairs that share most of the smaller one's text.

Both may be done again at any time, by several workers at once: what is as it was is not written,
and what an editor judged stays as it was judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import transaction
from django.db.models import Q

from articles.enrichment.furniture import OF_ONE_SOURCE, Holder, is_furniture
from articles.enrichment.shingles import read
from articles.enrichment.signatures import (
    CONFIGURATION,
    ENGINE,
    VERSION,
    Shares,
    explain,
    shares_of,
    sign,
)
from articles.models import Article, DuplicatePair, Furniture
from articles.models.bulk import AnyOf
from articles.models.nearness import (
    candidates,
    holding,
    line_holders,
    unsigned,
    write_pairs,
    write_signatures,
)
from articles.text import excerpt
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from uuid import UUID

    from articles.enrichment.shingles import Reading

MOST_CANDIDATES: Final = 40
"""An article is compared with so many others, those that share most bands with it."""

SIGNED_AT_ONCE: Final = 500
PAIRED_AT_ONCE: Final = 50
_QUOTE_LENGTH: Final = 200
_EXACT: Final = 4  # digits of a share

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Paired:
    """How many pairs were written, and how many suggested ones no longer hold."""

    written: int = 0
    gone: int = 0


class Near(NamedTuple):
    """Another article that is near the one asked about, and how much each has of the other."""

    article: int
    shares: Shares


class Text(NamedTuple):
    fingerprint: str
    source: int
    reading: Reading


@dataclass
class Texts:
    """The texts of some articles, and which of their lines are known to be furniture."""

    by_key: dict[int, Text]
    furniture: frozenset[int] = frozenset()
    _shingles: dict[int, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Iterable[int]) -> Texts:
        rows = Article.objects.filter(AnyOf("pk", sorted(set(keys))))
        columns = ("pk", "body", "fingerprint", "source_id")
        found = {
            key: Text(fingerprint, source, read(body))
            for key, body, fingerprint, source in rows.values_list(*columns)
        }
        lines = {line.key for text in found.values() for line in text.reading.lines}
        known = Furniture.objects.filter(AnyOf("line", sorted(lines)))
        return cls(found, frozenset(known.values_list("line", flat=True)))

    def shares(self, pair: Pair) -> Shares | None:
        """What two of them have of each other, or None where they are not near."""
        if not all(key in self.by_key for key in pair):
            return None
        found = shares_of(*(self._own(key) for key in pair))
        return found if found and found.are_near else None

    def _own(self, key: int) -> set[str]:
        if key not in self._shingles:
            own = self.by_key[key].reading.own_shingles(self.furniture)
            self._shingles[key] = set(own)
        return self._shingles[key]


def sign_texts(articles: Collection[int], run: UUID | None = None) -> int:
    """Sign those of the articles (keys) whose text is new or has changed. Returns rows written.

    Lines that turn out to be furniture are remembered, and who holds them is signed without them.
    """
    written = 0
    for keys in _parts(articles, SIGNED_AT_ONCE):
        with transaction.atomic():
            texts = Texts.of(unsigned(keys, CONFIGURATION))
            written += _write_signatures(texts)
        # Apart, so that workers lock signatures in one order. What a kill leaves unlearnt is
        # learnt with the next article that holds the line.
        if found := _new_furniture(texts):
            written += _learn(found, run)
    return written


def find_near(article: int, at_most: int = MOST_CANDIDATES) -> list[Near]:
    """The signed articles that are near a signed one, those that share most bands first."""
    others = [it.other for it in candidates([article], at_most)]
    texts = Texts.of([article, *others]) if others else Texts({})
    compared = ((other, texts.shares((article, other))) for other in others)
    return [Near(other, found) for other, found in compared if found]


def pair_texts(articles: Collection[int], run: UUID | None = None) -> Paired:
    """Suggest the pairs of which one of these signed articles (keys) is a part.

    Pairs suggested before are compared anew, and go where they no longer hold.
    """
    written, gone = 0, 0
    for keys in _parts(articles, PAIRED_AT_ONCE):
        with transaction.atomic():
            found = candidates(keys, MOST_CANDIDATES)
            done = _pair([_in_order(it.article, it.other) for it in found], keys, run)
        written, gone = written + done.written, gone + done.gone
    return Paired(written, gone)


def _parts(articles: Collection[int], size: int) -> Iterator[list[int]]:
    keys = sorted(set(articles))
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _in_order(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


# ── signatures ───────────────────────────────────────────────────────────────────────────────────


def _write_signatures(texts: Texts) -> int:
    bands = sign([text.reading for text in texts.by_key.values()], texts.furniture)
    return write_signatures(
        {
            "article_id": key,
            "bands": found,
            "lines": sorted({line.key for line in text.reading.lines}),
            "fingerprint": text.fingerprint,
            "configuration": CONFIGURATION,
        }
        for (key, text), found in zip(texts.by_key.items(), bands, strict=True)
    )


def _new_furniture(texts: Texts) -> dict[int, str]:
    """Lines of these texts, now signed, that have become furniture, with their words."""
    quotes = {
        line.key: " ".join(text.reading.words[line.start : line.end])
        for text in texts.by_key.values()
        for line in text.reading.lines
        if line.key not in texts.furniture
    }
    held = line_holders(quotes, OF_ONE_SOURCE)
    if not held:
        return {}
    holders = Texts.of(key for keys in held.values() for key in keys)
    found = {}
    for line, keys in held.items():
        known = [holders.by_key[key] for key in keys if key in holders.by_key]
        if is_furniture([Holder(it.source, it.reading) for it in known], holders.furniture):
            found[line] = excerpt(quotes[line], _QUOTE_LENGTH)
    return found


@transaction.atomic
def _learn(found: dict[int, str], run: UUID | None) -> int:
    """Remember furniture, sign who holds it without it, and compare their pairs without it."""
    Furniture.objects.remember(found)
    holders, written = holding(found), 0
    for keys in _parts(holders, SIGNED_AT_ONCE):
        written += _write_signatures(Texts.of(keys))
    for keys in _parts(holders, PAIRED_AT_ONCE):
        _pair([], keys, run)
    return written


# ── pairs ────────────────────────────────────────────────────────────────────────────────────────


def _pair(found: Iterable[Pair], keys: Collection[int], run: UUID | None) -> Paired:
    """Compare found and suggested pairs of the articles, and write what is different."""
    touching = DuplicatePair.objects.filter(
        Q(AnyOf("first_id", keys)) | Q(AnyOf("second_id", keys))
    )
    known = {(pair.first_id, pair.second_id): pair for pair in touching}
    judged = {key for key, pair in known.items() if pair.state != LinkState.SUGGESTED}
    asked = sorted({*found, *known} - judged)
    texts = Texts.of({key for pair in asked for key in pair}) if asked else Texts({})
    near = {pair: shares for pair in asked if (shares := texts.shares(pair))}
    gone = [known[pair].pk for pair in asked if pair in known and pair not in near]
    rows = (_row(texts, pair, near[pair], known.get(pair), run) for pair in near)
    written = write_pairs(row for row in rows if row)
    if gone:
        DuplicatePair.objects.waiting().filter(AnyOf("pk", gone)).delete()
    return Paired(written, len(gone))


def _row(
    texts: Texts, pair: Pair, shares: Shares, known: DuplicatePair | None, run: UUID | None
) -> dict[str, Any] | None:
    """A pair as it is to be stored, or None where it is stored so."""
    one, other = (texts.by_key[key] for key in pair)
    row: dict[str, Any] = {
        "first_share": round(shares.first, _EXACT),
        "second_share": round(shares.second, _EXACT),
        "first_fingerprint": one.fingerprint,
        "second_fingerprint": other.fingerprint,
    }
    if known and all(getattr(known, name) == value for name, value in row.items()):
        return None
    return row | {
        "first_id": pair[0],
        "second_id": pair[1],
        "passages": [it.as_list() for it in explain(one.reading, other.reading)],
        "engine": ENGINE,
        "version": VERSION,
        "configuration": CONFIGURATION,
        "run": str(run) if run else None,
    }
