"""The curated names as the machine is given them, and which articles a change of them concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Max, Q

from articles.enrichment.finds import Name
from articles.enrichment.tagging import TagName
from articles.models import Alias, Article, LedgerBatch, LedgerEntry, Suggestion, Tag
from articles.models.enrichment_queue import queue_all, queue_articles, queue_holding
from articles.search.vector import UNSPACED_CHARACTER
from articles.vocabulary import AliasKind, CaseRule, LinkState, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SOUGHT: Final = 500
"""Where more spellings than this have changed, all articles are read again: it costs less."""

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


# ── what editors said of finds before ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Rates:
    """Of each alias, how many of its judged finds editors accepted: {alias: (accepted, judged)}."""

    by_alias: dict[int, tuple[int, int]]

    def confidence(self, own: float, alias: int) -> float:
        """The engine's own confidence, drawn towards the alias's rate by each decision."""
        accepted, judged = self.by_alias.get(alias, (0, 0))
        return round((own * PRIOR + accepted) / (PRIOR + judged), 4)


def acceptance_rates(engine: str) -> Rates:
    """Links that an editor's rule accepted count as judged by nobody."""
    judged = Suggestion.objects.filter(
        engine=engine,
        alias__isnull=False,
        mention__state__in=[LinkState.ACCEPTED, LinkState.REJECTED],
    ).filter(Q(mention__state=LinkState.REJECTED) | Q(alias__standing=Standing.REVIEW))
    rows = judged.values("alias").annotate(
        accepted=Count("pk", filter=Q(mention__state=LinkState.ACCEPTED)), judged=Count("pk")
    )
    return Rates({row["alias"]: (row["accepted"], row["judged"]) for row in rows})


# ── what a change of the names concerns ──────────────────────────────────────────────────────────


def queue_concerned(since: int) -> int:
    """Queue the articles that hold, or held, spellings which changed after a ledger position."""
    entries = LedgerEntry.objects.filter(kind="alias", batch__position__gt=since)
    changed: dict[str, None] = {}
    aliases: set[int] = set()
    for row, before, after in entries.values_list("row", "before", "after").iterator():
        aliases.add(row)
        changed |= dict.fromkeys(
            side["spelling"] for side in (before, after) if side and "spelling" in side
        )
        if len(aliases) > MOST_SOUGHT:
            return queue_all()
    present = Alias.objects.filter(pk__in=aliases).values_list("spelling", flat=True)
    changed |= dict.fromkeys(present)
    return queue_holding(aliases) + sum(queue_articles(_holders(it)) for it in changed)


def _holders(spelling: str) -> set[int]:
    """Articles that may hold a spelling: rather too many than too few."""
    found: set[int] = set()
    for form in _forms(spelling):
        matches = Article.objects.search(f'"{form}"')
        found.update(matches.values_list("pk", flat=True).iterator())
    if _is_unsearchable(spelling):
        found.update(Article.objects.filter(body__contains=spelling).values_list("pk", flat=True))
    return found


def _is_unsearchable(spelling: str) -> bool:
    """Words without blanks around them, and short ones (`WHO`) that a dictionary may leave out."""
    words = spelling.split()
    return bool(UNSPACED_CHARACTER.search(spelling)) or max(map(len, words), default=0) < 5


def _forms(spelling: str) -> list[str]:
    """An acronym may be dotted in the text."""
    plain = spelling.replace('"', " ")
    letters = plain.replace(".", "")
    forms = [plain]
    if letters.isupper() and letters.isalpha() and len(letters) < 8:
        forms += [letters, ".".join(letters) + "."]
    return list(dict.fromkeys(forms))
