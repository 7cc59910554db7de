"""The curated names and tags as the machine is given them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Max

from articles.enrichment.finds import Name
from articles.enrichment.tagging import TagName
from articles.models import Alias, LedgerBatch, Tag, TagAlias
from articles.vocabulary import AliasKind, CaseRule, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_AT_ONCE: Final = 10_000

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
