"""Unknown names and storylines in the review queue: each is a group of its own."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from articles.admin.nouns import linked
from articles.admin.queue_entities import chosen_entity, new_entity
from articles.admin.queue_groups import (
    FEW,
    GROUPS,
    MANY,
    ONLY_DRAFTS,
    Group,
    Item,
    Kind,
    Order,
    Outcome,
    Part,
    Refused,
    Verb,
    by_whom,
    number_in,
    told,
)
from articles.admin.queue_items import facts
from articles.admin.storylines import names_shared, of_drafts, why
from articles.anchors import Passage, find_place
from articles.errors import ArchiveError
from articles.models import (
    Article,
    Mention,
    Storyline,
    StorylineArticle,
    UnknownName,
    judge,
)
from articles.models.bulk import AnyOf
from articles.vocabulary import EntityKind, LinkState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from articles.models import Entity


class Names(Kind):
    name, label, noun = "names", "New names", "article"
    hint = "Names that texts hold and nobody has curated: is it an entity?"
    verbs = (Verb("reject", "Never suggest", "r", "bad"),)
    has_relink = has_create = True
    nothing = "Nothing waits here. manage.py suggest_entities looks for new names."

    def page(self, number: int) -> list[Group]:
        rows = UnknownName.objects.waiting()
        return self._shown(rows[(number - 1) * GROUPS : number * GROUPS])

    def group(self, key: Mapping[str, str], before: int | None = None) -> Group | None:
        rows = UnknownName.objects.waiting().filter(pk=number_in(key, "unknown"))
        groups = self._shown(rows)
        return groups[0] if groups else None

    def _shown(self, names: Any) -> list[Group]:
        names = list(names)
        uids = {it["article"] for name in names for it in name.evidence}
        rows = Article.objects.filter(uid__in=uids).select_related("source")
        known = {str(it.uid): it for it in rows.defer("body", "search")}
        return [
            Group(
                key={"unknown": str(name.pk)},
                title="",
                noun=self.noun,
                size=name.articles,
                until=name.pk,
                items=list(_places(name, known)),
                words=name.quote,
                note=f"{told(name.finds, 'place')}; {name.confidence:.0%} sure",
                name=name.quote,
                kind=name.kind or EntityKind.OTHER,
                is_name=True,
            )
            for name in names
        ]

    def settle(self, order: Order) -> Outcome:
        name = UnknownName.objects.filter(pk=number_in(order.key, "unknown")).first()
        if name is None:
            return Outcome("Nothing was left to judge.", 0, "The machine found it no more.")
        if name.state != LinkState.SUGGESTED:
            last = name.last_decision
            by = by_whom(last.editor, order) if last else "somebody"
            said = f"“{name}” was {name.state} by {by} meanwhile."
            return Outcome("Nothing was left to judge.", 0, said)
        try:
            return self._settle(name, order)
        except ArchiveError as error:
            raise Refused(str(error)) from error

    def _settle(self, name: UnknownName, order: Order) -> Outcome:
        if order.verb == "reject":
            name.never_suggest(order.editor, order.reason)
            return Outcome(f"“{name}” is never suggested again.", 1)
        order.need("add_alias")
        if order.verb == "create":
            order.need("add_entity")
            entity = new_entity(order, name.quote)
            said = f"Created {entity}"
        elif order.verb == "relink":
            entity = chosen_entity(order)
            said = f"“{name}” is a spelling of {entity}"
        else:
            raise Refused("That cannot be said here.")
        name.belongs_to(entity, order.editor, order.reason)
        links = _link_places(name, entity)
        return Outcome(f"{said}; linked {told(links, 'place')} that you saw.", 1)


def _places(name: UnknownName, known: dict[str, Article]) -> list[Item]:
    return [
        Item(
            0,
            linked(known[place["article"]]),
            facts(known[place["article"]]),
            Passage(place["before"], place["quote"], place["after"]),
        )
        for place in name.evidence
        if place["article"] in known
    ]


def _link_places(name: UnknownName, entity: Entity) -> int:
    """Accept the places that stood on the page; what else there is the machine will find."""
    bodies = Article.objects.filter(uid__in=[it["article"] for it in name.evidence])
    texts = {str(uid): (pk, body) for pk, uid, body in bodies.values_list("pk", "uid", "body")}
    links = []
    for place in name.evidence:
        pk, body = texts.get(place["article"], (0, ""))
        before, quote = place["before"].removeprefix("…"), place["quote"]
        at = find_place(body, before + quote + place["after"].removesuffix("…"))
        if at is not None:
            start = at + len(before)
            links.append(
                Mention(
                    article_id=pk, entity=entity, start=start, end=start + len(quote), quote=quote
                )
            )
    return len(Mention.objects.bulk_create(links, ignore_conflicts=True))


class Storylines(Kind):
    name, label, noun = "storylines", "Storylines", "article"
    hint = "Articles that seem to be on one running event."
    verbs = (
        Verb("accept", "Accept", "a", "good", "Accept with all {number}"),
        Verb("reject", "Reject", "r", "bad", "Reject"),
    )
    own_verbs = (Verb("reject", "Take out", "r", "bad"),)

    def page(self, number: int) -> list[Group]:
        rows = Storyline.objects.waiting().order_by("-pk")
        return self._shown(rows[(number - 1) * GROUPS : number * GROUPS], FEW)

    def group(self, key: Mapping[str, str], before: int | None = None) -> Group | None:
        rows = Storyline.objects.waiting().filter(pk=number_in(key, "storyline"))
        groups = self._shown(rows, MANY)
        return groups[0] if groups else None

    def _shown(self, found: Any, each: int) -> list[Group]:
        waiting = Count("members", filter=Q(members__state=LinkState.SUGGESTED))
        storylines = list(found.annotate(waiting=waiting))
        members = self._members([it.pk for it in storylines])
        return [
            Group(
                key={"storyline": str(it.pk)},
                title=linked(it),
                noun=self.noun,
                size=it.waiting,
                until=it.pk,
                items=members.get(it.pk, [])[:each],
                note="its name can be changed on its page",
            )
            for it in storylines
        ]

    def parts_of_drafts(self, groups: list[Group], before: int | None, each: int) -> list[Part]:
        """All of a storyline or nothing. One query."""
        keys = [number_in(it.key, "storyline") for it in groups]
        found = of_drafts(Storyline.objects.filter(AnyOf("id", keys)))
        own = set(found.values_list("pk", flat=True))
        return [
            Part(it.size if key in own else 0, it.items)
            for it, key in zip(groups, keys, strict=True)
        ]

    def _members(self, storylines: Sequence[int]) -> dict[int, list[Item]]:
        rows = StorylineArticle.objects.waiting().filter(AnyOf("storyline_id", storylines))
        rows = rows.select_related("article__source").defer("article__body", "article__search")
        members = list(rows.order_by("storyline", "article__published_at", "pk"))
        names = names_shared(members)

        def item(it: Any) -> Item:
            return Item(it.pk, linked(it.article), facts(it.article), why=why(it, names))

        return {
            key: [item(it) for it in of]
            for key, of in groupby(members, key=lambda it: it.storyline_id)
        }

    def settle(self, order: Order) -> Outcome:
        rows = Storyline.objects.filter(pk=number_in(order.key, "storyline")).select_for_update()
        storyline = rows.first()
        if storyline is None or storyline.state != LinkState.SUGGESTED:
            gone = "The machine suggests it no more." if storyline is None else ""
            said = gone or f"It was {storyline.state if storyline else ''} meanwhile."
            return Outcome("Nothing was left to judge.", 0, said)
        members = storyline.members.waiting()
        if order.is_of_drafts and not of_drafts(rows).exists():
            raise Refused(ONLY_DRAFTS)
        if order.items:
            members = members.filter(AnyOf("id", order.items))
        keys = list(members.values_list("pk", flat=True))
        if order.verb == "accept":
            judge(Storyline, [storyline.pk], LinkState.ACCEPTED, order.editor, order.reason)
            judge(StorylineArticle, keys, LinkState.ACCEPTED, order.editor, order.reason)
            return Outcome(f"Accepted {storyline} with {told(len(keys), 'article')}.", 1)
        if order.verb != "reject":
            raise Refused("That cannot be said here.")
        if order.items:
            judge(StorylineArticle, keys, LinkState.REJECTED, order.editor, order.reason)
            is_left = Storyline.objects.waiting().filter(pk=storyline.pk).exists()
            over = "" if is_left else " None is left: the storyline is rejected."
            return Outcome(f"Took {told(len(keys), 'article')} from {storyline}.{over}", len(keys))
        judge(Storyline, [storyline.pk], LinkState.REJECTED, order.editor, order.reason)
        return Outcome(f"Rejected {storyline}.", 1)
