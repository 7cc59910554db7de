"""What an editor says of mentions beyond yes and no: they name somebody else, or nobody ever.

In SQL, for the ORM has no INSERT … SELECT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from articles.models.bulk import AnyOf
from articles.models.bulk_work import MOST_ROWS
from articles.models.entities import Alias, Entity, Mention
from articles.models.judging import judge
from articles.vocabulary import EntityKind, LinkState, Origin, Standing

if TYPE_CHECKING:
    from collections.abc import Collection

# What stands at the same places of the same articles, and names whom an editor says.
_SAME_PLACES = """
    FROM articles_mention l JOIN articles_mention s
        ON s.article_id = l.article_id AND s.entity_id = %s AND NOT s.is_lost
        AND s.start = l.start AND s."end" = l."end"
    WHERE l.id = ANY (%s)
"""


@transaction.atomic
def relink(keys: Collection[int], entity: Entity, editor: str, reason: str = "") -> int:
    """Let mentions name another entity: theirs is rejected, an editor's takes the same place.

    Returns how many were relinked. Those that name the entity already are accepted.
    """
    own = Mention.objects.filter(AnyOf("id", keys), entity=entity)
    judge(Mention, list(own.values_list("pk", flat=True)), LinkState.ACCEPTED, editor, reason)
    others = Mention.objects.filter(AnyOf("id", keys), start__isnull=False)
    moving = list(others.exclude(entity=entity).values_list("pk", flat=True))
    judge(Mention, moving, LinkState.REJECTED, editor, reason or f"it is {entity.name}")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT s.id {_SAME_PLACES}", [entity.pk, moving])
        there = [key for (key,) in cursor.fetchall()]
        judge(Mention, there, LinkState.ACCEPTED, editor, reason)
        cursor.execute(
            f"""
            INSERT INTO articles_mention
                (article_id, entity_id, start, "end", quote, origin, state, is_lost)
            SELECT DISTINCT m.article_id, %s::bigint, m.start, m."end", m.quote, %s, %s, false
            FROM articles_mention m
            WHERE m.id = ANY (%s) AND m.id NOT IN (SELECT l.id {_SAME_PLACES})
            """,
            [entity.pk, Origin.EDITOR, LinkState.ACCEPTED, moving, entity.pk, moving],
        )
    return len(moving)


def relinked(keys: Collection[int]) -> dict[int, str]:
    """Whom rejected mentions name by now: an editor's own takes their place."""
    instead = Mention.objects.filter(
        article=OuterRef("article"), start=OuterRef("start"), end=OuterRef("end"), is_lost=False,
        origin=Origin.EDITOR, state=LinkState.ACCEPTED,
    ).exclude(entity=OuterRef("entity"))  # fmt: skip
    rejected = Mention.objects.filter(AnyOf("id", keys), state=LinkState.REJECTED)
    named = rejected.annotate(now=Subquery(instead.order_by("pk").values("entity__name")[:1]))
    return dict(named.filter(now__isnull=False).values_list("pk", "now"))


@transaction.atomic
def never_suggest(aliases: Collection[int], editor: str, reason: str = "") -> int:
    """Let spellings never be suggested again, and reject what waits of them.

    Returns how many were rejected, at most MOST_ROWS; of the rest the machine takes back what it
    suggested by itself.
    """
    for alias in Alias.objects.filter(AnyOf("id", aliases)).exclude(standing=Standing.NEVER):
        alias.standing = Standing.NEVER
        alias.save(update_fields=["standing"])
    waiting = Mention.objects.waiting().filter(AnyOf("suggestion__alias", aliases))
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST_ROWS])
    return judge(
        Mention, keys, LinkState.REJECTED, editor, reason or "this name is never suggested"
    )


@transaction.atomic
def make_entity(name: str, kind: EntityKind, spelling: str = "") -> Entity:
    """A new entity with its name as its first spelling, and another by which texts name it."""
    entity = Entity.objects.create(name=name, slug=Entity.free_slug(name), kind=kind)
    for words in dict.fromkeys([name, spelling or name]):
        Alias.objects.create(entity=entity, spelling=words)
    return entity
