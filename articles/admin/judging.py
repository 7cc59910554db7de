"""One decision at once, from a button on an article's page: a link, a pair, what stands for all.

A button says what it is about and in which state its editor saw it, so that nobody judges what
somebody else has judged meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import transaction

from articles.admin.numbers import whole
from articles.errors import ArchiveError
from articles.models import (
    Decision,
    DuplicateDecision,
    DuplicatePair,
    Entity,
    Mention,
    StorylineArticle,
    StorylineDecision,
    Tagging,
)
from articles.models import judge as judge_many
from articles.vocabulary import LinkState, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from articles.models import Article

VERDICTS: Final = {"accept": LinkState.ACCEPTED, "reject": LinkState.REJECTED}
REMOVE: Final = "remove"
VERBS: Final = (*VERDICTS, REMOVE)
AT_ONCE: Final = (*VERBS, "enrich", "declare", "canonical", "put_back", "turn")
"""The buttons on an article's page that do what they say without saving its form."""

UNKNOWN: Final = "This button is not known: reload the page."
REMOVED: Final = "removed"  # stands in the place of a state


class Judged(NamedTuple):
    """What a button led to. `place` is where on the page it stands; `entity` is set for mentions,
    of which `mentions` have the state now."""

    place: str
    state: str
    words: str
    is_done: bool
    entity: int = 0
    mentions: tuple[int, ...] = ()


def pressed(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The verdict among posted fields and what it is about."""
    verb = next((name for name in VERBS if name in data), "")
    return (verb, str(data[verb])) if verb else None


def judge(article: Article, editor: str, verb: str, about: str) -> Judged:
    """Decide on what a button names, such as `mention-12-suggested` or, for all mentions of an
    entity that wait, `entity-5-suggested-3`. ArchiveError: nothing such."""
    kind, _, rest = about.partition("-")
    key, _, seen = rest.partition("-")
    row = whole(key)
    if verb not in VERBS or not row:
        raise ArchiveError(UNKNOWN)
    with transaction.atomic():
        if kind == "entity":
            return _judge_entity(article, editor, verb, row, seen)
        return _judge_one(_thing(article, kind, row), kind, editor, verb, seen)


def _thing(article: Article, kind: str, key: int) -> Any:
    kinds: dict[str, QuerySet[Any]] = {
        "mention": article.mentions.select_related("entity"),
        "tagging": article.taggings.select_related("tag"),
        "storyline": article.storyline_places.select_related("storyline"),
        "pair": DuplicatePair.objects.of(article)
        .select_related("first", "second")
        .defer("passages", "first__body", "first__search", "second__body", "second__search"),
    }
    if kind not in kinds:
        raise ArchiveError(UNKNOWN)
    thing = kinds[kind].select_for_update(of=("self",)).filter(pk=key).first()
    if thing is None:
        raise ArchiveError("What you decided on has been removed in the meantime.")
    return thing


def _judge_one(thing: Any, kind: str, editor: str, verb: str, seen: str) -> Judged:
    of_entity = thing.entity_id if kind == "mention" else 0
    keys = (thing.pk,) if of_entity else ()

    def told(state: str, words: str, is_done: bool) -> Judged:
        return Judged(f"{kind}-{thing.pk}", state, words, is_done, of_entity, keys)

    if verb == REMOVE:
        return told(REMOVED, _remove(thing), True)
    verdict = VERDICTS[verb]
    if thing.state == verdict:
        return told(thing.state, f"It is {thing.state} already.", True)
    if seen and thing.state != seen:
        words = f"{decided_by(thing)} made this {thing.state} meanwhile. Nothing was changed."
        return told(thing.state, words, False)
    thing.decide(verdict, editor)
    return told(thing.state, f"“{name_of(thing)}” is {thing.state}.", True)


def _remove(thing: Any) -> str:
    """What an editor added is deleted; what others said is rejected, so that it stays known."""
    if getattr(thing, "origin", "") != Origin.EDITOR or not isinstance(thing, Mention | Tagging):
        raise ArchiveError("Only what an editor added is removed: reject this.")
    name = name_of(thing)
    thing.delete()
    return f"“{name}” is removed."


def _judge_entity(article: Article, editor: str, verb: str, entity: int, seen: str) -> Judged:
    """One verdict for those mentions of an entity that are in the state that was seen."""
    state, _, number = seen.partition("-")
    if verb not in VERDICTS or state not in LinkState.values:
        raise ArchiveError(UNKNOWN)
    verdict, place = VERDICTS[verb], f"entity-{entity}"
    held = article.mentions.filter(entity=entity, state=state).order_by("pk")
    keys = tuple(held.select_for_update().values_list("pk", flat=True))
    if str(len(keys)) != number:
        words = f"They were judged or changed meanwhile: {len(keys)} are {state} now. "
        return Judged(place, "", words + "Nothing was changed.", False, entity)
    done = judge_many(Mention, keys, verdict, editor)
    name = Entity.objects.values_list("name", flat=True).filter(pk=entity).first() or ""
    words = f"“{name}” is {verdict} in {done} place{'' if done == 1 else 's'}."
    return Judged(place, verdict, words, True, entity, keys)


def name_of(thing: Any) -> str:
    if isinstance(thing, Mention):
        return thing.quote or str(thing.entity)
    if isinstance(thing, Tagging):
        return str(thing.tag)
    return str(thing.storyline) if isinstance(thing, StorylineArticle) else "The pair"


def decided_by(thing: Any) -> str:
    """Whose word the state of a link follows."""
    last: Any
    if isinstance(thing, StorylineArticle):
        last = StorylineDecision.objects.filter(
            row=thing.storyline_id, article_uid=thing.article.uid
        )
    elif isinstance(thing, DuplicatePair):
        last = DuplicateDecision.objects.filter(row=thing.pk)
    else:
        last = Decision.objects.filter(kind=thing.link_kind, row=thing.pk)
    decision = last.order_by("-pk").first()
    return decision.editor if decision else "The machine"
