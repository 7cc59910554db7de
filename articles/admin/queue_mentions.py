"""Mentions in the review queue: by entity and spelling, to be linked to others as well."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Subquery
from django.db.models.functions import Substr

from articles.admin.queue_entities import chosen_entity, new_entity
from articles.admin.queue_groups import Choice, Order, Outcome, Refused, by_whom, number_in, told
from articles.admin.queue_items import mention_items
from articles.admin.queue_links import LinkKindOfQueue
from articles.models import (
    Alias,
    Decision,
    Entity,
    Mention,
    Suggestion,
    never_suggest,
    relink,
    relinked,
)
from articles.models.acceptance import mostly_rejected
from articles.models.bulk import AnyOf
from articles.models.decisions import SPELLING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.models.waiting import Spelling


class Mentions(LinkKindOfQueue):
    name, label, noun = "mentions", "Mentions", "mention"
    hint = "Places where texts seem to name an entity, by entity and spelling."
    model, nouns, target, link = Mention, Entity, "entity", "mention"
    has_relink = has_never = has_create = True

    def doubted(self) -> set[tuple[int, str]]:
        return mostly_rejected()

    def items(self, keys: list[int]) -> dict[int, Any]:
        return mention_items(keys)

    def choices(self, keys: list[int], groups: Sequence[Spelling]) -> dict[Spelling, list[Choice]]:
        """Whom else the machine thought of, and who else is spelt so. Two queries."""
        rows = Mention.objects.filter(AnyOf("id", keys), suggestion__isnull=False)
        slugs: dict[tuple[int, str], dict[str, None]] = {}
        for entity, quote, candidates in rows.values_list(
            "entity", "quote", "suggestion__candidates"
        ):
            found = slugs.setdefault((entity, quote), {})
            found.update(dict.fromkeys(it["entity"] for it in candidates))
        wanted = set(chain.from_iterable(slugs.values()))
        named = Entity.objects.filter(slug__in=wanted).values_list("pk", "slug", "name", "kind")
        known = {slug: (pk, Choice(slug, name, kind)) for pk, slug, name, kind in named}
        return {
            group: [
                known[slug][1]
                for slug in slugs.get((group.target, group.quote), ())
                if slug in known and known[slug][0] != group.target
            ]
            for group in groups
        }

    def settle(self, order: Order) -> Outcome:
        work = {"relink": self._relink, "never": self._never, "create": self._create}
        if order.verb not in work:
            return super().settle(order)
        return work[order.verb](order)

    def settled_by(self, order: Order) -> str:
        of_entity = Entity.objects.filter(pk=number_in(order.key, "entity")).values("slug")
        on_it = Decision.objects.filter(kind="mention", target=Subquery(of_entity))
        told = on_it.annotate(spelling=Substr("quote", 1, SPELLING)).filter(
            spelling=order.key.get("quote", "")[:SPELLING]
        )
        last = told.order_by("-pk").first()
        if last is None:
            return ""
        who = by_whom(last.editor, order)
        to = relinked([last.row]).get(last.row)
        what = f"relinked to {to}" if to else last.verdict
        return f"The group was settled meanwhile: {what} by {who}."

    def _relink(self, order: Order) -> Outcome:
        entity = chosen_entity(order)
        keys, warning = self.held(order)
        if not keys:
            return Outcome("Nothing was left to judge.", 0, warning or self.settled_by(order))
        relink(keys, entity, order.editor, order.reason)
        quote, done = order.key.get("quote", ""), len(keys)
        return Outcome(f"Relinked {told(done, self.noun)} “{quote}” to {entity}.", done, warning)

    def _create(self, order: Order) -> Outcome:
        order.need("add_entity")
        keys, warning = self.held(order)
        if not keys:
            return Outcome("Nothing was left to judge.", 0, warning or self.settled_by(order))
        entity = new_entity(order, order.key.get("quote", ""))
        done = relink(keys, entity, order.editor, order.reason)
        said = f"Created {entity} and linked {told(done, self.noun)} to it."
        return Outcome(said, done, warning)

    def _never(self, order: Order) -> Outcome:
        order.need("change_alias")
        keys, warning = self.held(order)
        quote, entity = order.key.get("quote", ""), number_in(order.key, "entity")
        by_rows = Suggestion.objects.filter(AnyOf("mention_id", keys), alias__entity=entity)
        aliases = set(by_rows.order_by().values_list("alias", flat=True).distinct())
        if not aliases:
            alike = Alias.objects.filter(entity=entity, spelling=quote)
            aliases = set(alike.values_list("pk", flat=True))
        if not aliases:
            raise Refused(f"“{quote}” is no spelling of that entity any more: reject these.")
        try:
            of = Entity.objects.get(pk=entity)
        except ObjectDoesNotExist as error:
            raise Refused("That entity is gone: open the page again.") from error
        done = never_suggest(aliases, order.editor, order.reason)
        said = f"“{quote}” is never suggested for {of} again; rejected {told(done, self.noun)}."
        return Outcome(said, max(done, 1), warning)
