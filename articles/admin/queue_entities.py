"""The entity that an editor means on the queue: one that is there, or a new one on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.admin.queue_groups import Refused
from articles.models import Entity, Redirect, make_entity
from articles.vocabulary import EntityKind, NounKind

if TYPE_CHECKING:
    from articles.admin.queue_groups import Order

LONGEST_NAME = 200


def chosen_entity(order: Order) -> Entity:
    """By a candidate's button, or by what was written: a slug, or a name that one alone has."""
    words = (order.data.get("choice") or order.data.get("entity_words", "")).replace("\0", "")
    words = " ".join(words.split())
    if not words:
        raise Refused("Say whom it names: choose a candidate, or write a name.")
    entity = Entity.objects.filter(slug=words).first()
    if entity is None:
        former = Redirect.objects.filter(kind=NounKind.ENTITY, old_slug=words)
        entity = Entity.objects.filter(pk__in=former.values("entity")).first()
    if entity is not None:
        return entity
    named = Entity.objects.filter(name__iexact=words).order_by("pk")[:4]
    found = list(named) or list(Entity.objects.filter(aliases__spelling=words).distinct()[:4])
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(f"There is no entity “{words}”: write its slug, or create it.")
    slugs = ", ".join(it.slug for it in found)
    raise Refused(f"More than one is called “{words}”: write one of {slugs}.")


def new_entity(order: Order, spelling: str) -> Entity:
    name = " ".join(order.data.get("new_name", "").replace("\0", "").split()) or spelling
    kind = order.data.get("new_kind", "")
    if kind not in EntityKind.values:
        raise Refused("Say of which kind the new entity is.")
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"The new entity needs a name of at most {LONGEST_NAME} characters.")
    return make_entity(name, EntityKind(kind), spelling)
