"""What stands beside a page of articles when it is asked for: facets."""

from collections.abc import Mapping, Sequence
from typing import Final

from articles.api.pagination import Row
from articles.models import Article, Mention, Tagging
from articles.search.facets import BOUND, Facet, YearInUtc

FACETS: Final[Mapping[str, Facet]] = {
    "source": Facet(Article.objects.all, "id", "source__slug", "source__name"),
    "tag": Facet(Tagging.objects.accepted, "article_id", "tag__slug", "tag__name"),
    "entity": Facet(
        Mention.objects.accepted,
        "article_id",
        "entity__slug",
        "entity__name",
        repeated=True,
    ),
    "language": Facet(Article.objects.all, "id", "language", "language"),
    "year": Facet(
        lambda: Article.objects.annotate(year=YearInUtc("published_at")), "id", "year", "year"
    ),
}


def tallies(asked: Sequence[str], newest: Sequence[int]) -> dict[str, Row]:
    """The members of an answer. `newest` are the newest BOUND + 1 articles of the result at most.

    A query for each facet.
    """
    counted = newest[:BOUND]
    over = {"value": len(counted), "relation": "gte" if len(newest) > BOUND else "eq"}
    found = {name: FACETS[name].counts(counted) for name in FACETS if name in asked}
    return {"facets": found, "facets_over": over}
