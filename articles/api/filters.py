"""The parameters of the lists, and what each does to a queryset."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from articles.api import serializers
from articles.api.article_doors import ARTICLE_FORMAT, INCLUDE, STATUS
from articles.api.errors import InvalidRequestError
from articles.api.members import choosing
from articles.api.pagination import ORDERS, PAGING
from articles.api.parameters import (
    FORMAT,
    Parameter,
    Values,
    choice,
    flag,
    language,
    pattern,
    share,
    slug,
    text,
)
from articles.api.ranges import asked_span, impossible_ranges, ranges
from articles.api.slugs import with_rows
from articles.api.tallies import FACETS
from articles.errors import InvalidQueryError
from articles.models import (
    Alias,
    Article,
    ArticleQuerySet,
    Mention,
    Salience,
    SortKey,
    TagAlias,
    Tagging,
)
from articles.search.facets import BOUND, VALUES
from articles.search.query import WINDOW, Search
from articles.search.words import languages_present
from articles.vocabulary import EntityKind, NounKind, SourceKind

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
JOINS: Final = 4  # planning time grows with each; what an article must have beyond is counted
RELEVANCE: Final = "relevance"
SALIENCE: Final = "salience__gte"
LONGEST_QUERY: Final = 500
TIMES: Final = ("published_at", "updated_at")


def narrowed(queryset: Rows, asked: Mapping[str, Any], declared: Sequence[Parameter]) -> Rows:
    """The rows that the filters leave.

    Raises InvalidRequestError for what contradicts itself and for slugs that never named a row.
    """
    faults = [*impossible_ranges(TIMES, asked), *_contradictions(asked)]
    if asked.get("ordering") == RELEVANCE and "q" not in asked:
        detail = "relevance needs q: without words all articles are equally relevant"
        faults.append(InvalidQueryError("ordering", detail, tuple(ORDERS)))
    if asked.get("highlight") and "q" not in asked:
        faults.append(InvalidQueryError("highlight", "needs q: without words none are marked"))
    if SALIENCE in asked and "entity" not in asked:
        detail = "needs entity: it says how much an article is about one"
        faults.append(InvalidQueryError(SALIENCE, detail))
    if faults:
        raise InvalidRequestError(faults)
    values = with_rows(asked, declared)
    if SALIENCE in values:
        values = {**values, SALIENCE: (values["entity"], values[SALIENCE])}
    for parameter in declared:
        if parameter.apply and parameter.name in values:
            queryset = parameter.apply(queryset, values[parameter.name])
    return queryset


def _contradictions(asked: Mapping[str, Any]) -> Iterator[InvalidQueryError]:
    """Filters that leave nothing whatever the archive holds: slips that an empty answer would hide.

    Slugs are compared as they were written: a former one is not known here.
    """
    for name in ("source", "language", "tag", "entity"):
        wanted = asked.get(name, ())
        any_of, none_of = asked.get(f"{name}__in", ()), asked.get(f"{name}__not", ())
        for value in {wanted} if isinstance(wanted, str) else wanted:
            if value in none_of:
                detail = f"contradicts {name}={value}: no article has it and has it not"
                yield InvalidQueryError(f"{name}__not", detail)
        if any_of and set(any_of) <= set(none_of):
            yield InvalidQueryError(f"{name}__not", f"leaves out all that {name}__in asks for")
        if any_of and isinstance(wanted, str) and not _meets(wanted, any_of):
            yield InvalidQueryError(f"{name}__in", f"contradicts {name}={wanted}: it has only one")
    if "parent" in asked and asked.get("parent__isnull"):
        yield InvalidQueryError("parent__isnull", "contradicts parent: at the top stands no parent")


def _meets(wanted: str, values: Iterable[str]) -> bool:
    """Whether one is the same, or one of two languages is a variety of the other."""
    return any(
        f"{value}-".startswith(f"{wanted}-") or f"{wanted}-".startswith(f"{value}-")
        for value in values
    )


def search(
    articles: ArticleQuerySet, asked: Mapping[str, Any], declared: Sequence[Parameter]
) -> Search[Article]:
    """The articles that match `q`; they are as `narrowed` left them."""
    others = (it.name for it in declared if it.apply and not it.name.startswith("published_at"))
    return Search(
        articles,
        asked["q"],
        SortKey(),
        span=asked_span("published_at", asked),
        narrowed=any(name in asked for name in others),
    )


def links(name: str, noun: NounKind, link: type[Mention | Tagging]) -> list[Parameter]:
    """Filters by what accepted links say of articles."""

    def accepted(rows: Sequence[Any]) -> QuerySet[Any]:
        return link._default_manager.filter(state="accepted", **{f"{name}__in": rows})

    def all_of(articles: ArticleQuerySet, rows: Sequence[Any]) -> QuerySet[Any]:
        different = list({row.pk: row for row in rows}.values())  # a slug and a former one of it
        few, rest = different[:JOINS], different[JOINS:]
        found = articles.tagged(*few) if link is Tagging else articles.mentioning(*few)
        if not rest:
            return found
        every = accepted(rest).values("article").annotate(different=Count(name, distinct=True))
        return found.filter(pk__in=every.filter(different=len(rest)).values("article"))

    def any_of(articles: ArticleQuerySet, rows: Sequence[Any]) -> QuerySet[Any]:
        return articles.filter(pk__in=accepted(rows).values("article"))

    def none_of(articles: ArticleQuerySet, rows: Sequence[Any]) -> QuerySet[Any]:
        return articles.exclude(Exists(accepted(rows).filter(article=OuterRef("pk"))))

    return [
        slug(
            name,
            f"Slug of the {name}; repeated: articles with all of them.",
            noun,
            values=Values.REPEATED,
            apply=all_of,
        ),
        slug(
            f"{name}__in",
            "Slugs: articles with any of them.",
            noun,
            values=Values.LISTED,
            apply=any_of,
        ),
        slug(
            f"{name}__not",
            "Slugs: articles with none of them.",
            noun,
            values=Values.LISTED,
            apply=none_of,
        ),
    ]


def about(articles: ArticleQuerySet, asked: tuple[Sequence[Any], float]) -> QuerySet[Any]:
    """Articles that are about all of the entities, by as much at least."""
    entities, least = asked
    different = {row.pk for row in entities}
    salient = Salience.objects.filter(score__gte=least)
    if len(different) <= JOINS:
        for entity in sorted(different):
            articles = articles.filter(pk__in=salient.filter(entity=entity).values("article"))
        return articles
    every = salient.filter(entity__in=different).values("article").annotate(entities=Count("pk"))
    return articles.filter(pk__in=every.filter(entities=len(different)).values("article"))


def languages() -> list[Parameter]:
    """Filters by language. The varieties of one are looked up and named, so that an index over
    languages serves them."""

    def within(rows: QuerySet[Any], codes: Iterable[str]) -> Q:
        wanted = tuple(codes)
        varieties = tuple(f"{code}-" for code in wanted)
        present = languages_present(rows.model._meta.db_table, rows.db)
        return Q(language__in=[it for it in present if it in wanted or it.startswith(varieties)])

    return [
        language(
            "language",
            "BCP 47 tag of the language; `pt` also finds `pt-BR`.",
            apply=lambda rows, code: rows.filter(within(rows, [code])),
        ),
        language(
            "language__in",
            "Languages: any of them.",
            values=Values.LISTED,
            apply=lambda rows, codes: rows.filter(within(rows, codes)),
        ),
        language(
            "language__not",
            "Languages: none of them.",
            values=Values.LISTED,
            apply=lambda rows, codes: rows.exclude(within(rows, codes)),
        ),
    ]


def exactly(field: str) -> Callable[[QuerySet[Any], Any], QuerySet[Any]]:
    return lambda rows, value: rows.filter(**{field: value})


def named(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """What says nothing finds nothing, here as among the articles."""
    clean = words.replace("\0", " ").strip()
    return rows.filter(name__icontains=clean) if clean else rows.none()


def spelled(of: type[Alias | TagAlias], noun: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    """Entities or tags of which the name or another spelling holds the words."""

    def apply(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        clean = words.replace("\0", " ").strip()
        if not clean:
            return rows.none()
        aliases = of._base_manager.filter(spelling__icontains=clean)
        return rows.filter(Q(name__icontains=clean) | Q(pk__in=aliases.values(noun)))

    return apply


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
