"""The panels of the dashboard, each made of one summary: numbers with words and addresses."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from articles.admin.charts import STEP, Cell, Columns, columns, strip, width_of
from articles.models.ledger_words import kind_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    May = Callable[[str], bool]

SHOWN_GROUPS: Final = 8
FEW_YEARS: Final = 3  # archives of more show them beside the months
MOST_YEARS: Final = 200


SUGGESTED: Final = "state__exact=suggested"
DERIVED: Final = "headline_derived__exact=1"


class Kind(NamedTuple):
    """A kind of thing that waits. `noun`: whose list it is; `narrowed`: by which query, or
    `anchor`: where on the front page it is told of."""

    name: str
    one: str
    many: str
    noun: str
    narrowed: str = ""
    anchor: str = ""


KINDS: Final = (
    Kind("mentions", "suggested mention", "suggested mentions", "mention", anchor="#groups"),
    Kind("taggings", "suggested tag", "suggested tags", "tagging", anchor="#groups"),
    Kind("duplicates", "pair of near-duplicates", "pairs of near-duplicates", "duplicatepair"),
    Kind("storylines", "suggested storyline", "suggested storylines", "storyline", SUGGESTED),
    Kind("unknown_names", "new entity?", "new entities?", "unknownname", SUGGESTED),
    Kind("entities", "entity to review", "entities to review", "entity", "is_reviewed__exact=0"),
    Kind("headlines", "derived headline", "derived headlines", "article", DERIVED),
    Kind("undated", "undated article", "undated articles", "article", "precision=unknown"),
    Kind("conflicts", "load conflict", "load conflicts", "loadconflict", anchor="#loads"),
    Kind("cleaned", "text that lost much", "texts that lost much", "rawtext", anchor="#cleaned"),
)  # fmt: skip


class Number(NamedTuple):
    """A count with its words, and where the counted are; the address may be empty."""

    number: str
    words: str
    address: str = ""


class Line(NamedTuple):
    """A row of a table with bars: lengths are of a hundred."""

    name: str
    address: str
    numbers: list[str]
    widths: list[str]


class Gap(NamedTuple):
    """A source with the days on which it wrote nothing, as ranges of days."""

    name: str
    address: str
    missing: int
    usual: str
    cells: list[Cell]
    width: int
    ranges: list[str]


def list_address(noun: str, query: str = "", **narrowed: object) -> str:
    query = query or urlencode(narrowed)
    address = reverse(f"admin:articles_{noun}_changelist")
    return f"{address}?{query}" if query else address


def row_address(noun: str, key: int) -> str:
    return reverse(f"admin:articles_{noun}_change", args=[key])


def holdings(nouns: Mapping[str, Any]) -> list[Number]:
    """What the archive holds."""
    statuses = nouns["articles"]
    found = [
        _held("article", sum(statuses.values())),
        *(
            _held(noun, nouns[words])
            for noun, words in (
                ("source", "sources"), ("entity", "entities"), ("tag", "tags"),
                ("storyline", "storylines"),
            )
        ),
    ]  # fmt: skip
    for status, one, many in (("draft", "draft", "drafts"), ("withdrawn",) * 3):
        if count := statuses.get(status):
            address = list_address("article", status__exact=status)
            found.append(Number(f"{count:,}", one if count == 1 else many, address))
    return found


def _held(noun: str, count: int) -> Number:
    return Number(f"{count:,}", kind_words(noun, count), list_address(noun))


def waiting(counts: Mapping[str, int], may: May) -> list[Number]:
    """What waits for an editor, where there is any and the reader may see it."""
    found = []
    for kind in KINDS:
        count = counts.get(kind.name, 0)
        if count and may(kind.noun):
            address = kind.anchor or list_address(kind.noun, kind.narrowed)
            found.append(Number(f"{count:,}", kind.one if count == 1 else kind.many, address))
    return found


def groups(mentions: Sequence[Any], taggings: Sequence[Any], may: May) -> list[Line]:
    """The largest groups of suggested links: one decision may settle each."""
    found = [
        (group["count"], Line(
            group["name"], row_address(noun, group["id"]), [f"{group['count']:,}", link], []
        ))
        for noun, link, summary in (("entity", "mention", mentions), ("tag", "tagging", taggings))
        if may(link)
        for group in summary[:SHOWN_GROUPS]
    ]  # fmt: skip
    found.sort(key=lambda it: (-it[0], it[1].name))
    return [line for _, line in found[:SHOWN_GROUPS]]


def months(counts: Sequence[tuple[str, int]]) -> Columns | None:
    addresses = [_month_address(label) for label, _ in counts]
    return columns(counts, addresses) if counts else None


def _month_address(label: str) -> str:
    first = date.fromisoformat(f"{label}-01")
    if first.year == date.max.year:
        return list_address("article", published_from=first)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return list_address("article", published_from=first, published_to=last)


def years(counts: Sequence[tuple[int, int]]) -> Columns | None:
    """The years of the archive and those between them; None where the months show as much."""
    known = dict(counts)
    if len(known) <= FEW_YEARS:
        return None
    last = max(known)
    span = range(max(min(known), last - MOST_YEARS + 1), last + 1)
    return columns(
        [(f"{year:04}", known.get(year, 0)) for year in span],
        [
            list_address("article", published_from=f"{y:04}-01-01", published_to=f"{y:04}-12-31")
            for y in span
        ],
    )


def sources(told: Sequence[Mapping[str, Any]]) -> list[Line]:
    most = max((source["count"] for source in told), default=0)
    return [
        Line(
            source["name"],
            list_address("article", source=source["id"]),
            [f"{source['count']:,}", (source["newest"] or "undated")[:10]],
            [width_of(source["count"], most)],
        )
        for source in told
    ]


def movers(told: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Entities with how many articles named them in the later days and in the earlier."""
    most = max((count for it in told for count in (it["now"], it["before"])), default=0)
    return [
        Line(
            it["name"],
            row_address("entity", it["id"]),
            [f"{it['now']:,}", f"{it['before']:,}", f"{it['now'] - it['before']:+,}"],
            [width_of(it["now"], most), width_of(it["before"], most)],
        )
        for it in told
    ]


def gaps(told: Mapping[str, Any]) -> list[Gap]:
    """Of each source its days, from the first on which it wrote."""
    if not told.get("from"):
        return []
    first = date.fromisoformat(told["from"])
    return [_gap(source, first) for source in told["sources"]]


def _gap(source: Mapping[str, Any], first: date) -> Gap:
    since = (date.fromisoformat(source["since"]) - first).days
    days = [(first + timedelta(days=n), count) for n, count in enumerate(source["days"])]
    cells = strip([(day.isoformat(), count) for day, count in days], since)
    return Gap(
        source["name"],
        row_address("source", source["id"]),
        source["missing"],
        _usually(source["usual"]),
        cells,
        STEP * len(days),
        [
            _range([day for day, _ in run])
            for is_empty, run in groupby(days[since:], key=lambda it: it[1] == 0)
            if is_empty
        ],
    )


def _usually(rate: float) -> str:
    """How often a source writes, from its articles a day."""
    if rate >= 0.95:
        return f"{rate:,.1f} articles a day"
    return f"an article in {1 / max(rate, 0.005):,.0f} days"


def _range(days: Sequence[date]) -> str:
    if len(days) == 1:
        return f"{days[0]}"
    return f"{days[0]} – {days[-1]} ({len(days)} days)"
