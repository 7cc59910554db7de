"""What the filters of the lists do to a queryset."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from articles.api.parameters import Parameter, Values, language, slug
from articles.models import Alias, ArticleQuerySet, Mention, Salience, TagAlias, Tagging
from articles.search.words import languages_present
from articles.vocabulary import NounKind

JOINS: Final = 4  # planning time grows with each; what an article must have beyond is counted


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
