"""What stands of an article's mentions, and whose word each of them is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from articles.enrichment.anchoring import Context, is_displaced
from articles.models import (
    Article,
    Decision,
    Entity,
    LedgerEntry,
    Mention,
    Redirect,
    Suggestion,
)
from articles.models.bulk import AnyOf
from articles.vocabulary import LedgerAction, LinkKind, LinkState, NounKind, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

Key = tuple[int, int | None, int | None]
Verdict = tuple[int, str]  # an entity, and the words that were judged
NO_VERDICT = LinkState.SUGGESTED  # as a verdict: one that was taken back


@dataclass(slots=True)
class Standing:
    """An article's mentions by place, and what editors said of it.

    `verdicts` are of mentions that are gone: they hold for the same words when these are found
    again, in the order of the text.
    """

    mentions: list[Mention] = field(default_factory=list)
    judged: set[int] = field(default_factory=set)
    verdicts: dict[Verdict, list[str]] = field(default_factory=dict)

    def is_machines(self, mention: Mention) -> bool:
        """Whether nobody but the machine has said anything of it."""
        return (
            mention.origin == Origin.MACHINE
            and mention.state != LinkState.REJECTED
            and mention.pk not in self.judged
            and told_of(mention) is not None
        )

    @property
    def kept(self) -> list[Mention]:
        return [it for it in self.mentions if not self.is_machines(it)]


def told_of(mention: Mention) -> Suggestion | None:
    return getattr(mention, "suggestion", None)


def key_of(mention: Mention) -> Key:
    return (mention.entity_id, mention.start, mention.end)


def read_standing(articles: Sequence[Article]) -> dict[int, Standing]:
    """By article (key). At most four queries."""
    found: dict[int, Standing] = defaultdict(Standing)
    keys = [article.pk for article in articles]
    mentions = Mention.objects.filter(AnyOf("article_id", keys)).select_related("suggestion")
    rows = {mention.pk: mention for mention in mentions.order_by("start", "pk")}
    for mention in rows.values():
        found[mention.article_id].mentions.append(mention)
    uids = {article.uid: article.pk for article in articles}
    last = last_verdicts(LinkKind.MENTION, uids)
    for row in last.keys() & rows.keys():
        found[rows[row].article_id].judged.add(row)
    _add_verdicts(found, uids, {row: told for row, told in last.items() if row not in rows})
    for standing in found.values():
        _know_again(standing)
    return found


def last_verdicts(kind: LinkKind, uids: Iterable[UUID]) -> dict[int, tuple[UUID, str, str, str]]:
    """By the row of each judged link: its article's uid, slug of its target, words, verdict.

    In the order in which the links were made; without verdicts that were taken back.
    """
    decisions = Decision.objects.filter(AnyOf("article_uid", uids), kind=kind).order_by("id")
    columns = ("row", "article_uid", "target", "quote", "verdict")
    last = {row: told for row, *told in decisions.values_list(*columns)}
    return {row: tuple(last[row]) for row in sorted(last) if last[row][-1] != NO_VERDICT}


def _add_verdicts(
    found: dict[int, Standing],
    uids: Mapping[UUID, int],
    orphaned: Mapping[int, tuple[UUID, str, str, str]],
) -> None:
    """Verdicts on mentions that are gone wait for the same words to be found again."""
    entities = _entities_now({target for _, target, _, _ in orphaned.values()})
    for uid, target, quote, verdict in orphaned.values():
        if quote and target in entities:
            verdicts = found[uids[uid]].verdicts
            verdicts.setdefault((entities[target], quote), []).append(verdict)


def _know_again(standing: Standing) -> None:
    """What was made anew by a verdict is judged, as the mention was that the verdict was on."""
    for mention in standing.mentions:
        waiting = standing.verdicts.get((mention.entity_id, mention.quote), [])
        is_machines = mention.origin == Origin.MACHINE and mention.pk not in standing.judged
        if is_machines and mention.state in waiting:
            waiting.remove(mention.state)
            standing.judged.add(mention.pk)


def _entities_now(slugs: set[str]) -> dict[str, int]:
    """Entities by a slug that they have, or once had: a merger does not undo what was decided."""
    if not slugs:
        return {}
    former = Redirect.objects.filter(kind=NounKind.ENTITY, old_slug__in=slugs)
    present = Entity.objects.filter(slug__in=slugs)
    return dict(former.values_list("old_slug", "entity")) | dict(present.values_list("slug", "pk"))


# ── the text that was around displaced mentions ──────────────────────────────────────────────────


def contexts(
    articles: Sequence[Article], standing: Mapping[int, Standing]
) -> dict[int, dict[int, Context]]:
    """By article and mention, for those whose words are no longer at their place.

    From the ledger, which keeps each earlier text; what that does not know, the suggestion says.
    At most one query.
    """
    displaced = {
        it.pk: [one for one in standing[it.pk].kept if one.is_lost or is_displaced(it.body, one)]
        for it in articles
    }
    texts = _earlier_texts([key for key, mentions in displaced.items() if mentions])
    return {
        key: {
            one.pk: context
            for one in mentions
            if (context := _context(one, texts.get(key, []))) is not None
        }
        for key, mentions in displaced.items()
        if mentions
    }


def _earlier_texts(keys: Sequence[int]) -> dict[int, list[str]]:
    """Bodies that articles once had, the latest first."""
    found: dict[int, list[str]] = defaultdict(list)
    if keys:
        changes = LedgerEntry.objects.filter(
            AnyOf("row", keys),
            kind="article",
            action=LedgerAction.UPDATE,
            before__has_key="body",
        )
        rows = changes.order_by("-id").values_list("row", "before__body")
        for row, body in rows.iterator():
            found[row].append(body)
    return found


def _context(mention: Mention, texts: Iterable[str]) -> Context | None:
    start, end = mention.start or 0, mention.end or 0
    for body in texts:
        if body[start:end] == mention.quote:
            return Context.of(body, start, end)
    told = told_of(mention)
    return Context(told.before, told.after) if told else None
