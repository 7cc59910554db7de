"""Write the storylines that the machine suggests, for articles it has read since it last looked.

What an editor said stays: a member that was rejected is not suggested for that storyline again, and
articles of one rejected storyline are not put together anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from articles.enrichment.configuration import STORYLINE_RULES, hash_of_rules
from articles.enrichment.likeness import WINDOW, Piece
from articles.enrichment.pieces import Background, read_pieces
from articles.enrichment.storylines import (
    ENGINE,
    VERSION,
    Group,
    Place,
    find_storylines,
    strongest,
)
from articles.enrichment.suggest_tags import suggest_near_tags
from articles.enrichment.withdraw_storylines import articles_of, withdraw, withdraw_small
from articles.enrichment.work import patiently
from articles.models import (
    Article,
    Entity,
    Storyline,
    StorylineArticle,
    recording,
)
from articles.models.bulk import AnyOf, copy_objects, expect_many_rows, give_keys
from articles.models.storyline_queue import (
    SALIENT,
    finish_grouping,
    neighbours,
    ungrouped,
)
from articles.vocabulary import LinkState, Origin, Way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from articles.enrichment.tagging import TagWords
    from articles.models import EnrichmentRun

AT_ONCE: Final = 400
ACTOR: Final = "enrich_articles"
_AROUND: Final = 12
_NEIGHBOURS: Final = 8
_NAMED_BY: Final = 3

CONFIGURATION: Final = hash_of_rules(
    ENGINE, VERSION, SALIENT, _AROUND, _NEIGHBOURS, of=STORYLINE_RULES
)
"""Of all that, beside the texts and what they are about, decides which articles are grouped."""


class Grouped(NamedTuple):
    """How many rows of storylines were written, and of tags that they speak for."""

    written: int = 0
    tags: int = 0


def suggest_storylines(run: EnrichmentRun, words: TagWords) -> Grouped:
    """Look at what was read since the last time, until nothing is left."""
    background = Background.read()
    done = Grouped()
    while (batch := patiently(lambda: _look(background, words, run))) is not None:
        done = Grouped(done.written + batch.written, done.tags + batch.tags)
    with recording(Way.COMMAND, actor=ACTOR, run=run.run):
        return done._replace(written=done.written + withdraw_small())


def _look(background: Background, words: TagWords, run: EnrichmentRun) -> Grouped | None:
    """A transaction. None: nothing was left."""
    with recording(Way.COMMAND, actor=ACTOR, run=run.run):
        expect_many_rows()
        keys = ungrouped(AT_ONCE)
        if not keys:
            return None
        touched, withdrawn = withdraw(keys, background)
        plan = _suggest(keys, background, run)
        written = _write(plan)
        touched |= articles_of({it.storyline_id for it in plan.members})
        tags = suggest_near_tags(touched, words, run) if touched else 0
        finish_grouping(keys, CONFIGURATION)
        return Grouped(withdrawn + written, tags)


def _suggest(keys: list[int], background: Background, run: EnrichmentRun) -> _Plan:
    near = neighbours(keys, days=WINDOW, around=_AROUND, most=_NEIGHBOURS)
    pieces = read_pieces({*keys, *near}, background)
    members = StorylineArticle.objects.filter(AnyOf("article_id", [*pieces]))
    known = _Known(members.select_related("storyline").order_by("storyline_id", "article_id"))
    looked_at = set(keys)
    groups = [
        group
        for group in find_storylines(pieces.values(), [*known.standing.values()])
        if not looked_at.isdisjoint(group.keys)
    ]
    return _Plan(groups, known, pieces, run)


class _Known:
    """What stands: members by storyline, and what editors refused."""

    def __init__(self, members: Iterable[StorylineArticle]) -> None:
        self.storylines: list[Storyline] = []
        self.standing: dict[int, list[int]] = {}
        self.told: set[tuple[int, int]] = set()
        self.parted: dict[int, set[int]] = defaultdict(set)
        for member in members:
            storyline = member.storyline
            self.told.add((storyline.pk, member.article_id))
            if storyline.state == LinkState.REJECTED:
                self.parted[member.article_id].add(storyline.pk)
            elif member.state != LinkState.REJECTED:
                if storyline.pk not in self.standing:
                    self.storylines.append(storyline)
                    self.standing[storyline.pk] = []
                self.standing[storyline.pk].append(member.article_id)

    def may_be_new(self, group: Group) -> list[Place]:
        """The places without those that an editor's rejection keeps apart."""
        times = Counter(it for key in group.keys for it in self.parted[key])
        kept = [
            place for place in group.places if all(times[it] < 2 for it in self.parted[place.key])
        ]
        return kept if len(kept) > 1 else []


class _Plan:
    """The rows to be written."""

    def __init__(
        self, groups: list[Group], known: _Known, pieces: dict[int, Piece], run: EnrichmentRun
    ) -> None:
        self.run = run
        self.pieces = pieces
        self.storylines: list[Storyline] = []
        self.members: list[StorylineArticle] = []
        keys = {place.key for group in groups for place in group.places}
        keys |= {place.nearest for group in groups for place in group.places}
        rows = Article.objects.filter(pk__in=keys)
        self.articles = rows.only("uid", "fingerprint").in_bulk()
        entities = {it for key in keys for it in pieces[key].entities}
        self.entities = Entity.objects.only("slug", "name").in_bulk(entities)
        for group in groups:
            if group.standing is not None:
                storyline = known.storylines[group.standing]
                places = [it for it in group.places if (storyline.pk, it.key) not in known.told]
                self._add(storyline, places)
            elif places := known.may_be_new(group):
                self._add(self._storyline(places), places)

    def _storyline(self, places: list[Place]) -> Storyline:
        """With a name that tells an editor what it is about: entities, and when it began."""
        pieces = [self.pieces[place.key] for place in places]
        names = [self.entities[it].name for it in strongest(pieces, _NAMED_BY)]
        days = [piece.day for piece in pieces if piece.day]
        name = ", ".join(names)[:180] + (f" ({min(days):%B %Y})" if days else "")
        taken = [storyline.slug for storyline in self.storylines]
        storyline = Storyline(
            name=name,
            slug=Storyline.free_slug(name, taken),
            origin=Origin.MACHINE,
            state=LinkState.SUGGESTED,
        )
        self.storylines.append(storyline)
        return storyline

    def _add(self, storyline: Storyline, places: list[Place]) -> None:
        self.members += [
            StorylineArticle(
                storyline=storyline,
                article_id=place.key,
                origin=Origin.MACHINE,
                state=LinkState.SUGGESTED,
                confidence=place.confidence,
                reasons=self._reasons(place),
                engine=ENGINE,
                version=VERSION,
                configuration=CONFIGURATION,
                text=self.articles[place.key].fingerprint,
                run=self.run.run,
            )
            for place in places
        ]

    def _reasons(self, place: Place) -> list[list[Any]]:
        like = place.likeness
        reasons: list[list[Any]] = [["article", str(self.articles[place.nearest].uid)]]
        reasons += [["entity", self.entities[it].slug] for it in like.entities]
        reasons += [["word", word] for word in like.words]
        return reasons if like.days is None else [*reasons, ["days", like.days]]


def _write(plan: _Plan) -> int:
    give_keys(plan.storylines)
    for member in plan.members:
        member.storyline_id = member.storyline.pk
    copy_objects(plan.storylines)
    copy_objects(plan.members)
    return len(plan.storylines) + len(plan.members)
