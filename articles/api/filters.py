"""The parameters of the lists."""

from typing import Final

from django.db.models import F

from articles.api import serializers
from articles.api.article_doors import ARTICLE_FORMAT, INCLUDE, STATUS
from articles.api.conditions import about, exactly, languages, links, named, spelled
from articles.api.members import choosing
from articles.api.pagination import ORDERS, PAGING
from articles.api.parameters import (
    FORMAT,
    Parameter,
    Values,
    choice,
    flag,
    pattern,
    share,
    slug,
    text,
)
from articles.api.ranges import ranges
from articles.api.tallies import FACETS
from articles.models import Alias, Mention, SortKey, TagAlias, Tagging
from articles.search.facets import BOUND, VALUES
from articles.search.query import WINDOW
from articles.vocabulary import EntityKind, NounKind, SourceKind

RELEVANCE: Final = "relevance"
SALIENCE: Final = "salience__gte"
LONGEST_QUERY: Final = 500

ARTICLE_PARAMETERS: Final[tuple[Parameter, ...]] = (
    text(
        "q",
        'Words that the text holds, in its own language: words, `"a phrase"`, `or`, `-word`.',
        LONGEST_QUERY,
    ),
    *links("tag", NounKind.TAG, Tagging),
    *links("entity", NounKind.ENTITY, Mention),
    share(
        SALIENCE,
        "Only articles that are as much about each `entity` at least, from 0 to 1, by where and "
        "how often their headline and text name it; needs `entity`.",
        apply=about,
    ),
    slug(
        "source",
        "Slug of the source.",
        NounKind.SOURCE,
        apply=exactly("source"),
    ),
    slug(
        "source__in",
        "Slugs of sources: any of them.",
        NounKind.SOURCE,
        values=Values.LISTED,
        apply=exactly("source__in"),
    ),
    slug(
        "source__not",
        "Slugs of sources: none of them.",
        NounKind.SOURCE,
        values=Values.LISTED,
        apply=lambda rows, sources: rows.exclude(source__in=sources),
    ),
    choice(
        "collapse",
        "`duplicates`: of articles that editors hold for copies of one another only the one that "
        "stands for all.",
        ["duplicates"],
        apply=lambda rows, _: rows.without_duplicates(),
    ),
    *languages(),
    *ranges("published_at", "Time of publication", SortKey()),
    *ranges("updated_at", "Time of the last change in the archive", F("updated_at")),
    choice(
        "ordering",
        "Order of the results; undated articles are the oldest. `-published_at` unless given, with "
        f"`q` `relevance`: the newest {WINDOW:,} matches, best first.",
        [*ORDERS, RELEVANCE],
    ),
    STATUS,
    INCLUDE,
    *choosing(serializers.Article),
    *PAGING,
    choice(
        "facets",
        f"Also tell how often each value stands in the whole result: the {VALUES} most frequent "
        f"ones. Counted exactly up to {BOUND:,} articles, beyond over the newest {BOUND:,}; "
        "`facets_over` says over how many.",
        FACETS,
        values=Values.LISTED,
    ),
    flag(
        "highlight",
        "Also show where the words of `q` stand: the headline and up to three passages of the "
        "text, as HTML whose only tag is `<mark>`.",
    ),
    ARTICLE_FORMAT,
)
SOURCE_PARAMETERS: Final[tuple[Parameter, ...]] = (
    text("q", "A part of the name.", LONGEST_QUERY, apply=named),
    choice("kind", "Kind of the source.", SourceKind.values, apply=exactly("kind")),
    pattern(
        "country", "ISO 3166-1 code of the country.", "[A-Z]{2}", "EG", apply=exactly("country")
    ),
    languages()[0],
    *choosing(serializers.Source),
    *PAGING,
    FORMAT,
)
ENTITY_PARAMETERS: Final[tuple[Parameter, ...]] = (
    text(
        "q",
        "A part of the name or of another spelling.",
        LONGEST_QUERY,
        apply=spelled(Alias, "entity"),
    ),
    choice("kind", "Kind of the entity.", EntityKind.values, apply=exactly("kind")),
    pattern(
        "wikidata_id",
        "The item in Wikidata.",
        "Q[1-9][0-9]{0,18}",
        "Q85",
        apply=exactly("wikidata_id"),
    ),
    *choosing(serializers.Entity),
    *PAGING,
    FORMAT,
)
STORYLINE_PARAMETERS: Final[tuple[Parameter, ...]] = (
    text("q", "A part of the name.", LONGEST_QUERY, apply=named),
    *choosing(serializers.Storyline),
    *PAGING,
    FORMAT,
)
TAG_PARAMETERS: Final[tuple[Parameter, ...]] = (
    text(
        "q",
        "A part of the name or of another spelling.",
        LONGEST_QUERY,
        apply=spelled(TagAlias, "tag"),
    ),
    slug("parent", "Slug of the tag directly above.", NounKind.TAG, apply=exactly("parent")),
    flag(
        "parent__isnull",
        "Whether the tag stands at the top of the tree.",
        apply=exactly("parent__isnull"),
    ),
    pattern(
        "media_topic",
        "Code of the IPTC Media Topic.",
        "medtop:[0-9]{8}",
        "medtop:20000065",
        apply=exactly("media_topic"),
    ),
    *choosing(serializers.Tag),
    *PAGING,
    FORMAT,
)
