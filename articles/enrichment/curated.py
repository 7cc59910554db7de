"""The curated names and tags as the machine is given them, and what editors said of its finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Max, Q

from articles.enrichment.finds import Name
from articles.enrichment.tagging import TagName
from articles.models import Alias, Decision, LedgerBatch, Suggestion, Tag, TagAlias
from articles.models.acceptance import IN_BULK
from articles.vocabulary import AliasKind, CaseRule, LinkKind, LinkState, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_AT_ONCE: Final = 10_000
PRIOR: Final = 5
"""An engine's own confidence weighs as much as so many decisions of editors."""

_KINDS: Final = {kind.value: kind for kind in AliasKind}
_RULES: Final = {rule.value: rule for rule in CaseRule}
_STANDINGS: Final = {standing.value: standing for standing in Standing}


def vocabulary_position() -> int:
    """The ledger's last position: whoever reads the names after it knows all changes up to it."""
    return LedgerBatch.objects.aggregate(last=Max("position"))["last"] or 0


def curated_names() -> Iterator[Name]:
    columns = ("pk", "entity_id", "entity__slug", "spelling", "kind", "case_rule", "standing")
    rows = Alias.objects.order_by("pk").values_list(*columns).iterator(READ_AT_ONCE)
    for alias, entity, slug, spelling, kind, rule, standing in rows:
        yield Name(alias, entity, slug, spelling, _KINDS[kind], _RULES[rule], _STANDINGS[standing])


def curated_tags() -> Iterator[TagName]:
    for tag, slug, name in Tag.objects.order_by("pk").values_list("pk", "slug", "name"):
        yield TagName(tag, slug, name)
    columns = ("tag_id", "tag__slug", "spelling")
    for tag, slug, spelling in TagAlias.objects.order_by("pk").values_list(*columns):
        yield TagName(tag, slug, spelling)


@dataclass(frozen=True, slots=True)
class Rates:
    """Of each alias, how many of its judged finds editors accepted: {alias: (accepted, judged)}."""

    by_alias: dict[int, tuple[int, int]]

    def confidence(self, own: float, alias: int) -> float:
        """The engine's own confidence, drawn towards the alias's rate by each decision."""
        accepted, judged = self.by_alias.get(alias, (0, 0))
        return round((own * PRIOR + accepted) / (PRIOR + judged), 4)


def acceptance_rates(engine: str) -> Rates:
    """Links that an editor's rule accepted, or many at once, are judged by nobody."""
    decisions = Decision.objects.filter(kind=LinkKind.MENTION).exclude(reason=IN_BULK)
    judged = Suggestion.objects.filter(
        engine=engine,
        alias__isnull=False,
        mention__in=decisions.values("row"),
        mention__state__in=[LinkState.ACCEPTED, LinkState.REJECTED],
    )
    rows = judged.values("alias").annotate(
        accepted=Count("pk", filter=Q(mention__state=LinkState.ACCEPTED)), judged=Count("pk")
    )
    return Rates({row["alias"]: (row["accepted"], row["judged"]) for row in rows})
