"""What the archive knows of sources before their records are read."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.db.models import Q

from articles.errors import LoadError
from articles.ingestion.cleaning import RULES
from articles.ingestion.document import Options, SourceFacts
from articles.ingestion.rejects import FAULTS
from articles.models import Redirect, Source
from articles.text import slugify
from articles.vocabulary import NounKind


def with_facts(options: Options) -> Options:
    """Time zones and cleaning of known sources, by every slug that a record may call them by.

    Raises LoadError for a source that switches off a rule that there is not.
    """
    facts: dict[str, SourceFacts] = {}
    for source in Source.objects.exclude(Q(timezone="") & Q(cleaning_off=[])):
        fact = _facts(source)
        facts |= {slugify(source.name): fact, source.slug: fact}
    for redirect in Redirect.objects.filter(kind=NounKind.SOURCE).select_related("source"):
        if redirect.target.slug in facts:
            facts[redirect.old_slug] = facts[redirect.target.slug]
    return replace(options, sources=facts, mapping={**options.mapping, FAULTS: ""})


def _facts(source: Source) -> SourceFacts:
    if unknown := sorted(set(source.cleaning_off) - RULES.keys()):
        raise LoadError(
            f"source {source.slug}: there is no cleaning rule {', '.join(map(repr, unknown))} to "
            f"switch off; the rules are {', '.join(RULES)}"
        )
    zone = ZoneInfo(source.timezone) if source.timezone else None
    return SourceFacts(zone, frozenset(source.cleaning_off))
