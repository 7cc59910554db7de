"""Which articles: the questions that the desk, the doors and the commands ask of them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal, cast
from uuid import UUID

from django.db import connections, models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Cast, Now

from articles.identity import derived_external_id
from articles.models.bulk import AnyOf
from articles.models.duplicate_clusters import DuplicateMember
from articles.models.entities import Entity, Mention
from articles.models.ledger import LedgerEntry
from articles.models.tags import Tag, Tagging
from articles.search.query import matching
from articles.vocabulary import ArticleStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from articles.models.articles import Article

PUBLISHED = Q(status=ArticleStatus.PUBLISHED)

PRESENT = """
    WITH RECURSIVE present(word) AS (
        (SELECT min({column}) FROM articles_article)
        UNION ALL
        SELECT (SELECT min({column}) FROM articles_article WHERE {column} > present.word)
        FROM present WHERE present.word IS NOT NULL
    )
    SELECT word FROM present WHERE word IS NOT NULL
"""


class SortKey(models.Func):
    """`published_at` with undated articles as −infinity: last when the newest come first."""

    template = "COALESCE(%(expressions)s, '-infinity'::timestamptz)"
    output_field = models.DateTimeField()

    def __init__(self) -> None:
        super().__init__(F("published_at"))


class ArticleQuerySet(models.QuerySet["Article"]):
    def get_by_natural_key(self, origin: str, external_id: str) -> Article:
        return self.get(origin=origin, external_id=external_id)

    def published(self) -> ArticleQuerySet:
        """What the public sees: published, and no embargo in the future.

        By the database's clock, by which the change feed announces the end of an embargo.
        """
        return self.filter(PUBLISHED, Q(publish_at__isnull=True) | Q(publish_at__lte=Now()))

    def of_statuses(self, statuses: Collection[str]) -> ArticleQuerySet:
        """Articles of any of the statuses as a reader is told them: what stands under an embargo
        is not published yet, but a draft."""
        if set(statuses) == {ArticleStatus.PUBLISHED}:
            return self.published()
        embargoed = PUBLISHED & Q(publish_at__gt=Now())
        wanted = Q(status__in=set(statuses) - {ArticleStatus.PUBLISHED})
        if ArticleStatus.DRAFT in statuses:
            wanted |= embargoed
        if ArticleStatus.PUBLISHED in statuses:
            wanted |= PUBLISHED & ~embargoed
        return self.filter(wanted)

    def without_duplicates(self) -> ArticleQuerySet:
        """Of the articles of a cluster only the one that stands for all; while readers do not see
        that one, the first of those that they see."""
        seen = DuplicateMember._base_manager.filter(
            Q(article__publish_at__isnull=True) | Q(article__publish_at__lte=Now()),
            article__status=ArticleStatus.PUBLISHED,
        )
        before = seen.filter(
            Q(is_canonical=True) | Q(article__lt=OuterRef("article")), cluster=OuterRef("cluster")
        )
        hidden = DuplicateMember._base_manager.filter(
            Exists(before), article=OuterRef("pk"), is_canonical=False
        )
        return self.exclude(Exists(hidden))

    def search(self, words: str) -> ArticleQuerySet:
        """Articles that match a person's search words, each in its own language."""
        return cast("ArticleQuerySet", matching(self, words))

    def mentioning(self, *entities: Entity | str) -> ArticleQuerySet:
        """Articles with an accepted mention of each of the entities, or slugs of them."""
        return self._linked(Mention, "entity", entities)

    def tagged(self, *tags: Tag | str) -> ArticleQuerySet:
        """Articles with an accepted tagging for each of the tags, or slugs of them."""
        return self._linked(Tagging, "tag", tags)

    def changed_in(self, run: UUID) -> ArticleQuerySet:
        """Articles that a run of the ledger changed, or of which it changed a tag or a mention."""
        entries = LedgerEntry.objects.filter(batch__run=run)
        own = entries.filter(kind="article").values("row")
        # A link that is gone is known by its key, which begins with the article's uid.
        uid = models.Func(
            F("key"), models.Value("/"), models.Value(1), function="split_part",
            output_field=models.TextField(),
        )  # fmt: skip
        links = entries.filter(kind__in=("mention", "tagging"))
        linked = links.annotate(uid=Cast(uid, models.UUIDField())).values("uid")
        # A union, because an OR of two subqueries would be asked of every article.
        of_links = self.model._base_manager.filter(uid__in=linked).values("pk")
        return self.filter(pk__in=own.union(of_links))

    def changed_by(self, changes: Iterable[tuple[str, int, str]]) -> ArticleQuerySet:
        """The same of some entries of the ledger: of each its kind, row and key. One query."""
        own, uids = set(), set()
        for kind, row, key in changes:
            if kind == "article":
                own.add(row)
            elif kind in {"mention", "tagging"}:
                uids.add(key.partition("/")[0])
        of_links = self.model._base_manager.filter(AnyOf("uid", [UUID(it) for it in uids]))
        return self.filter(AnyOf("id", own.union(of_links.values_list("pk", flat=True))))

    def _linked(
        self, link: type[Mention | Tagging], target: str, things: Iterable[Entity | Tag | str]
    ) -> ArticleQuerySet:
        found = self
        for thing in things:
            named = {f"{target}__slug" if isinstance(thing, str) else target: thing}
            accepted = link._base_manager.filter(state="accepted", **named)
            found = found.filter(pk__in=accepted.values_list("article_id", flat=True))
        return found

    def for_list(self) -> ArticleQuerySet:
        """With source and accepted tags and entities, without the columns a list does not show.

        Four queries, however many articles.
        """
        return (
            self.select_related("source")
            .defer("body", "search", "withdrawn_note", "source__notes")
            .prefetch_related(
                Prefetch(
                    "taggings",
                    Tagging.objects.accepted().select_related("tag").order_by("tag__name"),
                    to_attr="accepted_taggings",
                ),
                Prefetch(
                    "mentions",
                    Mention.objects.accepted().select_related("entity").order_by("start", "pk"),
                    to_attr="accepted_mentions",
                ),
            )
        )

    def for_desk(self) -> ArticleQuerySet:
        """What a list of editors shows: source and accepted tags, drafts and all. Two queries."""
        return (
            self.select_related("source")
            .only(
                "headline",
                "headline_derived",
                "external_id",
                "language",
                "published_at",
                "published_precision",
                "publish_at",
                "status",
                "word_count",
                "updated_at",
                "source__name",
            )
            .prefetch_related(
                Prefetch(
                    "taggings",
                    Tagging.objects.accepted().select_related("tag").order_by("tag__name"),
                    to_attr="accepted_taggings",
                )
            )
        )

    def identified_by(self, words: str) -> ArticleQuerySet:
        """Articles whose uid, external id or address the words are, as a whole."""
        words = words.replace("\0", " ").strip()
        ids = {words}
        with suppress(ValueError):
            ids.add(derived_external_id(words, "", ""))
        named = Q(origin__in=self.present("origin"), external_id__in=ids)
        with suppress(ValueError):
            named |= Q(uid=UUID(words))
        return self.filter(named)

    def present(self, column: Literal["language", "origin"]) -> list[str]:
        """The different words in a column that leads an index: a lookup for each, not a scan.

        Of all articles. In SQL, for the ORM has no recursive query.
        """
        with connections[self.db].cursor() as cursor:
            cursor.execute(PRESENT.format(column=column))
            return [word for (word,) in cursor.fetchall()]

    def newest_first(self) -> ArticleQuerySet:
        return self.order_by(SortKey().desc(), F("uid").desc())
