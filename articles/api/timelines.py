"""What the detail of a storyline tells of its articles: days, names, sources, disagreements."""

from collections.abc import Collection, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any, Final

from django.db.models import Count
from rest_framework import serializers

from articles.api.overviews import Headline, headlines
from articles.api.representations import Address, Row
from articles.api.serializers import EntityReference, Shape, SourceReference, Storyline
from articles.enrichment.disagreements import Disagreement, Named, Report, find_disagreements
from articles.models import Article, Entity, Mention
from articles.models.shown_links import shown_mentions

MOST_ARTICLES: Final = 200
MOST_ENTITIES: Final = 20
MOST_READ: Final = 50
MOST_DISAGREEMENTS: Final = 20


class Day(Shape):
    day = serializers.DateField(allow_null=True, help_text="In UTC; null: it is not known.")
    articles = Headline(many=True, help_text="In the order of their publication.")


class StorylineEntity(EntityReference):
    url = serializers.URLField()
    count = serializers.IntegerField(min_value=1, help_text="Of the articles, so many name it.")


class StorylineSource(SourceReference):
    url = serializers.URLField()
    count = serializers.IntegerField(min_value=1, help_text="So many of the articles are its own.")


class Sentence(Shape):
    article = serializers.UUIDField()
    url = serializers.URLField()
    source = SourceReference()  # type: ignore[assignment]  # a declared field
    quote = serializers.CharField(help_text="The sentence.")
    start = serializers.IntegerField(min_value=0, help_text="In code points of the body.")
    end = serializers.IntegerField(min_value=0, help_text="Exclusive.")
    value = serializers.CharField(help_text="The day or figure in it; several with commas.")


class Disagreed(Shape):
    kind = serializers.CharField(
        help_text="`weekday`, `date` (month and day), `percent`, a currency, or `number of` a word."
    )
    entities = EntityReference(many=True, help_text="What both sentences name.")
    sentences = Sentence(many=True, help_text="Two, the earlier published first.")

    class Meta:
        ref_name = "Disagreement"


class StorylineDetail(Storyline):
    timeline = Day(
        many=True,
        help_text=f"The articles by day, at most the newest {MOST_ARTICLES}; undated ones last.",
    )
    entities = StorylineEntity(
        many=True, help_text=f"Whom these articles name most, at most {MOST_ENTITIES}."
    )
    sources = StorylineSource(many=True, help_text="Of these articles, by name.")
    disagreements = Disagreed(
        many=True,
        help_text="Where reports may disagree: sentences of different articles that name two "
        "entities in common and hold different days or figures of one kind. Found as they are "
        f"asked for, in the newest {MOST_READ} articles; at most {MOST_DISAGREEMENTS}. Nothing "
        "says which of them is right.",
    )

    class Meta:
        ref_name = "StorylineDetail"


def day_of(moment: Any) -> Any:
    """In UTC; None where it is not known."""
    return moment and moment.astimezone(UTC).date()


def timeline(rows: Sequence[Row], address: Address) -> list[Row]:
    """The rows (the newest first) by day, from the first on, undated ones last."""
    undated = [row for row in rows if row["published_at"] is None]
    dated = [row for row in reversed(rows) if row["published_at"] is not None]
    days = groupby([*dated, *undated], lambda row: day_of(row["published_at"]))
    return [{"day": day, "articles": headlines(own, address)} for day, own in days]


def sources(rows: Sequence[Row], address: Address) -> list[Row]:
    named = sorted((row["source__name"], row["source__slug"]) for row in rows)
    return [
        {"slug": slug, "name": name, "url": address(slug), "count": len(list(own))}
        for (name, slug), own in groupby(named)
    ]


def entities(articles: Collection[int], address: Address) -> list[Row]:
    named = Mention.objects.accepted().filter(article__in=articles)
    counted = named.values("entity__slug", "entity__name", "entity__kind").annotate(
        count=Count("article", distinct=True)
    )
    return [
        {
            "slug": row["entity__slug"],
            "name": row["entity__name"],
            "kind": row["entity__kind"],
            "url": address(row["entity__slug"]),
            "count": row["count"],
        }
        for row in counted.order_by("-count", "entity__slug")[:MOST_ENTITIES]
    ]


def disagreements(rows: Sequence[Row], address: Address) -> list[Row]:
    """In the newest of the rows (the newest first); of two sentences the earlier comes first."""
    rows = list(reversed(rows[:MOST_READ]))
    keys = [row["pk"] for row in rows]
    bodies = dict(Article.objects.filter(pk__in=keys).values_list("pk", "body"))
    names: dict[int, list[Named]] = {key: [] for key in keys}
    for it in shown_mentions(keys):
        if it.start is not None and it.end is not None:
            names[it.article].append(Named(it.slug, it.start, it.end))
    articles = {str(row["uid"]): row for row in rows}
    reports = [
        Report(uid, day_of(row["published_at"]), bodies[row["pk"]], tuple(names[row["pk"]]))
        for uid, row in articles.items()
    ]
    found = find_disagreements(reports, MOST_DISAGREEMENTS)
    slugs = {slug for it in found for slug in it.entities}
    named = Entity.objects.filter(slug__in=slugs).values("slug", "name", "kind")
    known = {row["slug"]: dict(row) for row in named}
    return [_told(it, articles, known, address) for it in found]


def _told(
    found: Disagreement, articles: dict[str, Row], known: dict[str, Row], address: Address
) -> Row:
    return {
        "kind": found.kind,
        "entities": [known[slug] for slug in found.entities],
        "sentences": [
            {
                "article": it.article,
                "url": address(it.article),
                "source": {
                    "slug": articles[it.article]["source__slug"],
                    "name": articles[it.article]["source__name"],
                },
                "quote": it.quote,
                "start": it.start,
                "end": it.end,
                "value": ", ".join(it.values),
            }
            for it in (found.first, found.second)
        ],
    }
