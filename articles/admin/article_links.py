"""The links of an article on its page: names by entity, with one sentence each, and tags.

They stand in the edit form but are no fields of it: a verdict is a button that sends the whole
form, so that it decides at once and takes along what is being written.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, Count, F, IntegerField, Min, Q, Value, When, Window
from django.db.models.functions import RowNumber

from articles.admin.link_pages import page_here, page_links
from articles.admin.numbers import whole
from articles.admin.queue_items import in_sentence, why
from articles.models.acceptance import learn
from articles.vocabulary import LinkState, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from articles.anchors import Passage
    from articles.models import Article, Entity

ENTITIES: Final = 50
"""Entities on one page."""

EACH: Final = 10
"""Mentions of each that are shown beside other entities."""

ALONE: Final = 100
"""Mentions on a page that shows one entity; and tags on a page."""

WAITING_FIRST: Final = Case(
    When(state=LinkState.SUGGESTED, then=Value(0)),
    When(state=LinkState.ACCEPTED, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
_VERBS: Final = (("accept", LinkState.ACCEPTED), ("reject", LinkState.REJECTED))


@dataclass(frozen=True, slots=True)
class Button:
    """A verdict. `value` says on what, and in which state its editor saw it."""

    verb: str
    value: str
    label: str
    place: str


@dataclass(frozen=True, slots=True)
class Row:
    """One link. `shown` is its sentence; None: it stands for the whole article."""

    link: Any
    place: str
    shown: Passage | None
    is_standing: bool
    why: str
    buttons: list[Button]


@dataclass(frozen=True, slots=True)
class Group:
    """The mentions of one entity. `left` of them are not shown here."""

    entity: Entity
    counts: list[tuple[str, int]]
    first: Row
    others: list[Row]
    number: int
    buttons: list[Button]

    @property
    def place(self) -> str:
        return f"entity-{self.entity.pk}"

    @property
    def left(self) -> int:
        return self.number - 1 - len(self.others)


@dataclass(frozen=True, slots=True)
class Page:
    """What one page shows of names or tags; `links` lead to the others."""

    shown: list[Any]
    number: int
    waiting: int
    links: list[dict[str, Any]]
    of: int = 0
    alone: Entity | None = None

    @property
    def mentions(self) -> set[int]:
        """The mentions whose rows stand here."""
        rows = (row for group in self.shown for row in (group.first, *group.others))
        return {row.link.pk for row in rows}


def names_page(article: Article, asked: Mapping[str, str]) -> Page:
    """The entities of an article, those of which something waits first. Four queries, and a few
    more where one entity is asked for."""
    mention, key = whole(asked.get("mention")), whole(asked.get("entity"))
    if not key:
        page = _entities(article, whole(asked.get("names")))
        if not mention or mention in page.mentions:
            return page
        found = article.mentions.filter(pk=mention).values_list("entity", flat=True).first()
        if found is None:
            return page
        key = found
    return _alone(article, key, mention, whole(asked.get("places")))


def _entities(article: Article, wanted: int) -> Page:
    told = article.mentions.aggregate(
        of=Count("entity", distinct=True), number=Count("pk"), waiting=_in(LinkState.SUGGESTED)
    )
    here = page_here(wanted, told["of"], ENTITIES)
    first = (here - 1) * ENTITIES
    counts = list(_counts(article)[first : first + ENTITIES]) if told["of"] else []
    links = page_links("names", here, told["of"], ENTITIES)
    shown = _groups(article, counts, EACH)
    return Page(shown, told["number"], told["waiting"], links, told["of"])


def _alone(article: Article, entity: int, mention: int, wanted: int) -> Page:
    counts = list(_counts(article).filter(entity=entity))
    number = counts[0]["number"] if counts else 0
    if mention and not wanted:
        keys = list(_placed(article, [entity]).order_by("place").values_list("pk", flat=True))
        wanted = (keys.index(mention) if mention in keys else 0) // ALONE + 1
    here = page_here(wanted, number, ALONE)
    shown = _groups(article, counts, here * ALONE, (here - 1) * ALONE)
    links = page_links("places", here, number, ALONE, f"entity={entity}&")
    waiting = counts[0][LinkState.SUGGESTED] if counts else 0
    alone = shown[0].entity if shown else None
    return Page(shown, number, waiting, links, len(shown), alone)


def group_of(article: Article, entity: int) -> Group | None:
    """The mentions of one entity as they are now. Three queries."""
    groups = _groups(article, list(_counts(article).filter(entity=entity)), EACH)
    return groups[0] if groups else None


def _counts(article: Article) -> Any:
    """How many mentions of each entity are in which state."""
    of_each = (
        article.mentions.order_by()
        .values("entity")
        .annotate(
            **{state: _in(state) for state in LinkState.values}, number=Count("pk"), at=Min("start")
        )
    )
    rank = Case(When(suggested__gt=0, then=0), When(accepted__gt=0, then=1), default=2)
    return of_each.order_by(rank, F("at").asc(nulls_last=True), "entity")


def _in(state: str) -> Count:
    return Count("pk", filter=Q(state=state))


def _placed(article: Article, entities: list[int]) -> Any:
    """Mentions numbered within their entity, from 1."""
    order = [WAITING_FIRST, F("start").asc(nulls_last=True), F("pk").asc()]
    place = Window(RowNumber(), partition_by=F("entity"), order_by=order)
    return article.mentions.filter(entity__in=entities).annotate(place=place)


def _groups(
    article: Article, counts: list[dict[str, Any]], most: int, after: int = 0
) -> list[Group]:
    """Two queries."""
    if not counts:
        return []
    found = _placed(article, [it["entity"] for it in counts])
    found = found.filter(place__gt=after, place__lte=most).select_related("entity", "suggestion")
    mentions = list(found.order_by("entity", "place"))
    learn(mentions)
    rows = groupby(mentions, key=lambda it: int(it.entity_id))
    by_entity = {entity: [mention_row(article, it) for it in links] for entity, links in rows}
    return [_group(by_entity[it["entity"]], it) for it in counts if it["entity"] in by_entity]


def _group(rows: list[Row], counts: Mapping[str, int]) -> Group:
    entity = rows[0].link.entity
    numbers = [(state, counts[state]) for state in LinkState.values if counts[state]]
    buttons = rows[0].buttons if counts["number"] == 1 else _for_all(entity, dict(numbers))
    return Group(entity, numbers, rows[0], rows[1:], counts["number"], buttons)


def _for_all(entity: Entity, counts: Mapping[str, int]) -> list[Button]:
    """One verdict for those that wait; where none does, for those of the other state."""
    place, found = f"entity-{entity.pk}", []
    for verb, leads_to in _VERBS:
        other = next(it for _, it in _VERBS if it != leads_to)
        seen = LinkState.SUGGESTED if counts.get(LinkState.SUGGESTED) else other
        if number := counts.get(seen, 0):
            label = f"{verb.capitalize()} {'both' if number == 2 else f'all {number}'}"
            label = label if number > 1 else verb.capitalize()
            found.append(Button(verb, f"{place}-{seen}-{number}", label, place))
    return found


def mention_row(article: Article, mention: Any) -> Row:
    shown, stands = None, True
    if mention.start is not None:
        shown = in_sentence(article.body, mention.start, mention.end)
        stands = not mention.is_lost and shown.words == mention.quote
    return _row(mention, shown, stands)


def _row(link: Any, shown: Passage | None = None, is_standing: bool = True) -> Row:
    place = f"{link._meta.model_name}-{link.pk}"
    value = f"{place}-{link.state}"
    buttons = [
        Button(verb, value, verb.capitalize(), place)
        for verb, leads_to in _VERBS
        if link.state != leads_to
    ]
    if link.origin == Origin.EDITOR:
        buttons.append(Button("remove", value, "Remove", place))
    return Row(link, place, shown, is_standing, why(link), buttons)


def tags_page(article: Article, asked: Mapping[str, str]) -> Page:
    """The tags of an article, those that wait first. Two queries."""
    told = article.taggings.aggregate(number=Count("pk"), waiting=_in(LinkState.SUGGESTED))
    here = page_here(whole(asked.get("taggings")), told["number"], ALONE)
    first = (here - 1) * ALONE
    found = article.taggings.select_related("tag", "suggestion")
    found = found.order_by(WAITING_FIRST, "tag__name", "pk")[first : first + ALONE]
    links = page_links("taggings", here, told["number"], ALONE)
    return Page([_row(it) for it in found], told["number"], told["waiting"], links)


def tag_row(article: Article, tagging: int) -> Row | None:
    found = article.taggings.select_related("tag", "suggestion").filter(pk=tagging).first()
    return _row(found) if found else None
