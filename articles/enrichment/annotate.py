"""Write what the machine finds: the only writer of machine links, of their reasons and of salience.

What an editor made or judged is never touched, what stands as it would be written is not written,
and what is no longer found goes. Decisions are the editors': the database takes none from here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from articles.anchors import passage
from articles.enrichment.anchoring import reanchor
from articles.enrichment.finds import Find
from articles.enrichment.gazetteer import ENGINE, Gazetteer
from articles.enrichment.salience import salience
from articles.models import (
    Article,
    Decision,
    EnrichmentRun,
    Entity,
    Mention,
    Redirect,
    Salience,
    Suggestion,
)
from articles.models.bulk import AnyOf, copy_objects, give_keys
from articles.vocabulary import LinkKind, LinkState, NounKind, Origin, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from articles.enrichment.curated import Rates

Place = tuple[int, int]
AROUND = 60  # characters of context on either side


@dataclass(slots=True)
class Annotated:
    """What became of some articles' mentions, in rows."""

    articles: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    moved: int = 0
    lost: int = 0
    tags: int = 0


@dataclass(slots=True)
class Known:
    """What stands of an article: its mentions by place, and whose word each is."""

    mentions: list[Mention] = field(default_factory=list)
    judged: set[int] = field(default_factory=set)
    verdicts: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    def is_machines(self, mention: Mention) -> bool:
        """Whether nobody but this engine has said anything of it."""
        return (
            mention.origin == Origin.MACHINE
            and mention.state != LinkState.REJECTED
            and mention.pk not in self.judged
            and _suggestion(mention) is not None
        )


@dataclass(slots=True)
class Plan:
    """What is to be written of one article."""

    article: Article
    create: list[tuple[Mention, Suggestion]] = field(default_factory=list)
    update: list[Suggestion] = field(default_factory=list)
    delete: list[int] = field(default_factory=list)
    saliences: dict[int, float] = field(default_factory=dict)


def annotate(
    articles: Sequence[Article], gazetteer: Gazetteer, rates: Rates, run: EnrichmentRun
) -> Annotated:
    """Find the known names of articles and write what differs. Within a transaction."""
    done = Annotated(articles=len(articles))
    known = _known(articles)
    for article in articles:
        _move(article, known[article.pk], done)
    plans = [_plan(it, known[it.pk], gazetteer, rates, run) for it in articles]
    _write(plans, done)
    return done


def _move(article: Article, known: Known, done: Annotated) -> None:
    """Let what people keep follow its words; where the machine has found them, theirs counts."""
    kept = [it for it in known.mentions if not known.is_machines(it)]
    moved = reanchor(article.body, kept)
    places = {_key(it) for it in moved}
    doubles = {it.pk for it in known.mentions if known.is_machines(it) and _key(it) in places}
    if doubles:
        Mention.objects.filter(AnyOf("id", doubles)).delete()
        known.mentions = [it for it in known.mentions if it.pk not in doubles]
    Mention.objects.bulk_update(moved, ["start", "end", "is_lost"])
    done.deleted += len(doubles)
    done.moved += sum(not it.is_lost for it in moved)
    done.lost += sum(it.is_lost for it in moved)


# ── what stands ──────────────────────────────────────────────────────────────────────────────────


def _known(articles: Sequence[Article]) -> dict[int, Known]:
    keys = [article.pk for article in articles]
    found: dict[int, Known] = defaultdict(Known)
    mentions = Mention.objects.filter(AnyOf("article_id", keys)).select_related("suggestion")
    rows = {mention.pk: mention for mention in mentions.order_by("start", "pk")}
    for mention in rows.values():
        found[mention.article_id].mentions.append(mention)
    uids = {article.uid: article.pk for article in articles}
    decisions = Decision.objects.filter(AnyOf("article_uid", uids), kind=LinkKind.MENTION)
    orphaned = []
    for row, uid, target, quote, verdict in decisions.order_by("id").values_list(
        "row", "article_uid", "target", "quote", "verdict"
    ):
        if row in rows:
            found[rows[row].article_id].judged.add(row)
        elif quote:
            orphaned.append((row, uid, target, quote, verdict))
    _add_verdicts(found, uids, orphaned)
    return found


def _add_verdicts(
    found: dict[int, Known], uids: dict[UUID, int], orphaned: list[tuple[int, UUID, str, str, str]]
) -> None:
    """Verdicts on mentions that are gone wait for the same words to be found again."""
    entities = _entities_now({target for _, _, target, _, _ in orphaned})
    last = {row: (uid, target, quote, verdict) for row, uid, target, quote, verdict in orphaned}
    for uid, target, quote, verdict in last.values():
        if target in entities:
            verdicts = found[uids[uid]].verdicts
            verdicts.setdefault((entities[target], quote), []).append(verdict)


def _entities_now(slugs: set[str]) -> dict[str, int]:
    """Entities by a slug that they have, or once had: a merger does not undo what was decided."""
    if not slugs:
        return {}
    former = Redirect.objects.filter(kind=NounKind.ENTITY, old_slug__in=slugs)
    present = Entity.objects.filter(slug__in=slugs)
    return dict(former.values_list("old_slug", "entity")) | dict(present.values_list("slug", "pk"))


def _suggestion(mention: Mention) -> Suggestion | None:
    return getattr(mention, "suggestion", None)


# ── what is to be written ────────────────────────────────────────────────────────────────────────


def _plan(
    article: Article, known: Known, gazetteer: Gazetteer, rates: Rates, run: EnrichmentRun
) -> Plan:
    plan = Plan(article)
    reading = gazetteer.read(article.body, headline=article.headline, language=article.language)
    machines = {_key(it): it for it in known.mentions if known.is_machines(it)}
    others = [it for it in known.mentions if _key(it) not in machines]
    for find in reading.body:
        if wanted := _wanted(find, others, article, known, rates, run):
            _compare(*wanted, machines, plan)
    plan.delete += [it.pk for it in machines.values()]
    headline = {find.candidates[0].entity for find in reading.headline if find.is_unambiguous}
    _add_saliences(plan, [*others, *_standing(known, plan)], headline)
    return plan


def _standing(known: Known, plan: Plan) -> Iterable[Mention]:
    """The machine's own mentions as they will stand."""
    gone = set(plan.delete)
    yield from (it for it in known.mentions if known.is_machines(it) and it.pk not in gone)
    yield from (mention for mention, _ in plan.create)


def _key(mention: Mention) -> tuple[int, int | None, int | None]:
    return (mention.entity_id, mention.start, mention.end)


def _wanted(
    find: Find,
    others: list[Mention],
    article: Article,
    known: Known,
    rates: Rates,
    run: EnrichmentRun,
) -> tuple[Mention, Suggestion] | None:
    """The link that a find should be; None where an editor or a source has said what is there."""
    here = [it for it in others if not it.is_lost and _meet(it, find)]
    if any(it.state == LinkState.ACCEPTED for it in here):
        return None
    refused = {it.entity_id for it in here if it.state == LinkState.REJECTED}
    choices = [it for it in find.candidates if it.entity not in refused]
    if find.standing is Standing.NEVER or not choices:
        return None
    choice = choices[0]
    state = LinkState.SUGGESTED
    if waiting := known.verdicts.get((choice.entity, find.quote)):
        state = LinkState(waiting.pop(0))
    elif find.standing is Standing.ACCEPT and not refused:
        state = LinkState.ACCEPTED
    mention = Mention(
        article=article,
        entity_id=choice.entity,
        start=find.start,
        end=find.end,
        quote=find.quote,
        origin=Origin.MACHINE,
        state=state,
    )
    around = passage(article.body, find.start, find.end, AROUND)
    return mention, Suggestion(
        run=run,
        engine=ENGINE,
        alias_id=choice.alias,
        text=article.fingerprint,
        confidence=rates.confidence(find.confidence, choice.alias),
        before=around.before,
        after=around.after,
        candidates=[
            {"entity": it.slug, "score": it.score, "reasons": [list(why) for why in it.reasons]}
            for it in choices
        ],
        reasons=[list(why) for why in find.reasons],
    )


def _meet(mention: Mention, find: Find) -> bool:
    start, end = mention.start, mention.end
    return start is not None and end is not None and start < find.end and find.start < end


_COMPARED = (
    "engine", "alias_id", "text", "confidence", "before", "after", "candidates", "reasons",
)  # fmt: skip


def _compare(
    mention: Mention,
    suggestion: Suggestion,
    machines: dict[tuple[int, int | None, int | None], Mention],
    plan: Plan,
) -> None:
    """Keep what stands already; a find that is to have another state is made anew."""
    standing = machines.pop(_key(mention), None)
    if standing is None:
        plan.create.append((mention, suggestion))
        return
    if standing.state != mention.state:
        plan.delete.append(standing.pk)
        plan.create.append((mention, suggestion))
        return
    told = _suggestion(standing)
    if told and any(getattr(told, it) != getattr(suggestion, it) for it in _COMPARED):
        suggestion.pk, suggestion.mention = told.pk, standing
        plan.update.append(suggestion)


def _add_saliences(plan: Plan, mentions: Iterable[Mention], headline: set[int]) -> None:
    starts: dict[int, list[int]] = defaultdict(list)
    for mention in mentions:
        is_one = not mention.is_lost and mention.state != LinkState.REJECTED
        if is_one and mention.start is not None:
            starts[mention.entity_id].append(mention.start)
    length = len(plan.article.body)
    for entity, places in starts.items():
        plan.saliences[entity] = salience(places, length, in_headline=entity in headline)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _write(plans: Sequence[Plan], done: Annotated) -> None:
    gone = [key for plan in plans for key in plan.delete]
    if gone:
        Mention.objects.filter(AnyOf("id", gone)).delete()
    new = [pair for plan in plans for pair in plan.create]
    give_keys([mention for mention, _ in new])
    for mention, suggestion in new:
        suggestion.mention = mention
    copy_objects([mention for mention, _ in new])
    copy_objects([suggestion for _, suggestion in new])
    changed = [suggestion for plan in plans for suggestion in plan.update]
    Suggestion.objects.bulk_update(changed, [*_FIELDS, "run"])
    done.created += len(new)
    done.deleted += len(gone)
    done.updated += len(changed)
    _write_saliences(plans)


_FIELDS = tuple(name.removesuffix("_id") for name in _COMPARED)


def _write_saliences(plans: Sequence[Plan]) -> None:
    keys = [plan.article.pk for plan in plans]
    stored: dict[Place, Salience] = {
        (row.article_id, row.entity_id): row
        for row in Salience.objects.filter(AnyOf("article_id", keys))
    }
    new, changed = [], []
    for plan in plans:
        for entity, score in plan.saliences.items():
            row = stored.pop((plan.article.pk, entity), None)
            if row is None:
                new.append(Salience(article=plan.article, entity_id=entity, score=score))
            elif row.score != score:
                row.score = score
                changed.append(row)
    copy_objects(new)
    Salience.objects.bulk_update(changed, ["score"])
    if stored:
        Salience.objects.filter(AnyOf("id", [row.pk for row in stored.values()])).delete()
