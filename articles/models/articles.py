"""Articles: one text by one source, with what is known of it and who may see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.db.models.lookups import Exact
from django.utils import timezone

from articles.errors import ArchiveError
from articles.identity import article_uid, derived_external_id
from articles.models.article_queries import PUBLISHED, ArticleQuerySet, SortKey
from articles.models.constraints import known_word, not_blank
from articles.models.curated import Curated
from articles.models.groups import declared
from articles.models.redaction_functions import TOMBSTONE, no_redacted
from articles.models.sources import Source, validate_language
from articles.models.triggers import EDITORS_WAY, UNDOING, KeepEdits, ledger
from articles.text import LANGUAGE_LENGTH, LANGUAGE_TAG
from articles.vocabulary import ArticleStatus, DatePrecision

# What a calendar of four-digit years holds (RFC 3339); PostgreSQL knows infinity and BC besides.
FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
LAST_MOMENT = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)

# Blanks are named: what a server's locale takes for one differs between servers. A regular
# expression says the same and takes a quarter of all that it costs to write an article.
LINE = Replace(Replace(F("body"), Value("\n"), Value(" ")), Value("\t"), Value(" "))
WORDS = models.Func(Replace(LINE, Value("\r"), Value(" ")), Value(" "), function="string_to_array")


class Article(Curated):
    uid = models.UUIDField(unique=True, editable=False)
    origin = models.CharField(
        max_length=80, editable=False, help_text="The source's slug at the first load."
    )
    external_id = models.CharField(
        max_length=500, blank=True, help_text="The source's own id; derived when it is left empty."
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        related_name="articles",
        db_index=False,  # `article_by_source` begins with it
    )
    headline = models.CharField(max_length=1000, blank=True)
    headline_derived = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Made from the text's first sentence; an editor's own headline ends that.",
    )
    summary = models.TextField(blank=True, default="", db_default="")
    bylines = ArrayField(
        models.CharField(max_length=200),
        default=list,
        db_default=models.Value("{}", output_field=models.TextField()),
        blank=True,
        help_text="Names, separated by commas.",
    )
    body = models.TextField(blank=True, help_text="Plain text; blank lines separate paragraphs.")
    language = models.CharField(
        max_length=LANGUAGE_LENGTH, default="und", db_default="und", validators=[validate_language]
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_precision = models.CharField(
        max_length=10,
        choices=DatePrecision,
        default=DatePrecision.UNKNOWN,
        db_default=DatePrecision.UNKNOWN,
    )
    original_url = models.URLField("original address", max_length=2000, blank=True)
    status = models.CharField(
        max_length=10,
        choices=ArticleStatus,
        default=ArticleStatus.DRAFT,
        db_default=ArticleStatus.DRAFT,
    )
    publish_at = models.DateTimeField(
        "embargo until", null=True, blank=True, help_text="Until then no reader sees the article."
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = models.TextField(
        blank=True, default="", db_default="", editable=False, help_text="Public."
    )
    withdrawn_note = models.TextField(
        blank=True, default="", db_default="", editable=False, help_text="Internal."
    )
    was_public = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Readers saw it before its present status; its address then answers 410.",
    )
    word_count = models.GeneratedField(
        expression=models.Func(
            models.Func(WORDS, Value(""), function="array_remove"),
            function="cardinality",
            output_field=models.IntegerField(),
        ),
        output_field=models.IntegerField(),
        db_persist=True,
        serialize=False,
    )
    fingerprint = models.GeneratedField(
        expression=models.Func(F("headline"), F("body"), function="article_fingerprint"),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        serialize=False,
        help_text="SHA-256 of the body, or of the headline of an article without one.",
    )
    search = models.GeneratedField(
        expression=models.Func(
            F("language"),
            F("headline"),
            F("summary"),
            F("bylines"),
            F("body"),
            F("published_at"),
            F("uid"),
            function="article_search",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
        serialize=False,
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        permissions = declared("article")
        constraints = [
            models.UniqueConstraint(
                "origin", "external_id", name="article_origin_and_external_id_are_unique"
            ),
            not_blank("origin", "article_has_an_origin"),
            not_blank("external_id", "article_has_an_external_id"),
            known_word("status", ArticleStatus, "article_status_is_a_known_word"),
            known_word("published_precision", DatePrecision, "article_precision_is_a_known_word"),
            models.CheckConstraint(
                condition=~PUBLISHED | Q(headline__regex=r"\S"),
                name="published_article_has_a_headline",
                violation_error_message="A published article needs a headline.",
            ),
            models.CheckConstraint(
                condition=~Q(headline="") | ~Q(body=""),
                name="article_has_a_headline_or_a_body",
                violation_error_message="An article needs a headline or a body.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_precision="unknown")
                | (Q(published_at__isnull=False) & ~Q(published_precision="unknown")),
                name="article_precision_is_unknown_without_a_date",
                violation_error_message="A date needs its precision, exact or day; an article "
                "without a date has the precision unknown.",
            ),
            models.CheckConstraint(
                condition=~Q(published_precision="day")
                | Q(
                    Exact(
                        models.Func(
                            F("published_at"),
                            template="mod(extract(epoch from %(expressions)s::timestamptz), 86400)",
                            output_field=models.DecimalField(),
                        ),
                        0,
                    )
                ),
                name="article_day_is_stored_as_midnight_utc",
                violation_error_message="A day without a time is written as 00:00 UTC.",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                & Q(withdrawn_reason__regex=r"\S")
                | ~Q(status="withdrawn") & Q(withdrawn_at__isnull=True),
                name="withdrawn_article_has_a_time_and_a_public_reason",
                violation_error_message="Withdrawing needs a public reason.",
            ),
            models.CheckConstraint(
                condition=Q(language__regex=LANGUAGE_TAG), name="article_language_is_bcp47"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__isnull": True})
                    | Q(**{f"{field}__gte": FIRST_MOMENT, f"{field}__lte": LAST_MOMENT}),
                    name=f"article_{field}_is_in_the_years_1_to_9999",
                    violation_error_message="A date lies in the years 1 to 9999.",
                )
                for field in ("published_at", "publish_at", "withdrawn_at")
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="article_search"),
            models.Index(SortKey(), "uid", name="public_article_by_date", condition=PUBLISHED),
            models.Index(
                "source", SortKey(), "uid", name="public_article_by_source", condition=PUBLISHED
            ),
            models.Index(
                "language",
                SortKey(),
                "uid",
                name="public_article_by_language",
                condition=PUBLISHED,
            ),
            models.Index("updated_at", "uid", name="public_article_by_update", condition=PUBLISHED),
            models.Index("published_at", "id", name="article_by_date"),
            models.Index("source", "published_at", name="article_by_source"),
            models.Index(
                "id", name="article_with_derived_headline", condition=Q(headline_derived=True)
            ),
            models.Index(
                "id", name="article_of_a_day", condition=Q(published_precision=DatePrecision.DAY)
            ),
            models.Index(
                fields=["id"],
                include=["uid", "source"],
                name="undated_article",
                condition=Q(published_at=None),
            ),
            # Of many articles it is asked whether they are public, and when they were published.
            models.Index(
                fields=["id"],
                include=["uid", "published_at", "publish_at"],
                name="public_article_by_key",
                condition=Q(status=ArticleStatus.PUBLISHED),
            ),
            models.Index("fingerprint", name="article_by_fingerprint"),
            models.Index("status", "id", name="article_by_status"),
            models.Index(
                "publish_at",
                name="article_by_end_of_embargo",
                condition=PUBLISHED & Q(publish_at__isnull=False),
            ),
            models.Index("language", name="article_by_language"),
        ]
        triggers = [
            KeepEdits(
                never=("uid", "origin"),
                until_redacted=("external_id",),
                more=f"""
            IF OLD.status = 'published' AND coalesce(OLD.publish_at <= now(), true)
                AND NOT (NEW.status = 'published' AND coalesce(NEW.publish_at <= now(), true)) THEN
                NEW.was_public := true;
            END IF;
            IF NEW.headline <> OLD.headline AND NEW.headline_derived = OLD.headline_derived
                AND {EDITORS_WAY} AND NOT {UNDOING} THEN
                NEW.headline_derived := false;
            END IF;
                """,
            ),
            *no_redacted(
                "new_rows a",
                f"a.body <> '' OR a.summary <> '' OR a.bylines <> '{{}}' OR a.original_url <> ''"
                f" OR a.headline <> '{TOMBSTONE}' OR a.status <> 'withdrawn'"
                " OR a.external_id <> a.uid::text OR a.withdrawn_note <> ''",
            ),
            *ledger("article", "r.uid::text"),
        ]

    def __str__(self) -> str:
        return self.headline or self.external_id

    def natural_key(self) -> tuple[str, str]:
        return (self.origin, self.external_id)

    natural_key.dependencies = ["articles.source"]  # type: ignore[attr-defined]

    def save(self, **kwargs: Any) -> None:
        if self._state.adding:
            self.identify()
        super().save(**kwargs)

    def identify(self) -> None:
        """Give a new article its identity, for ever; what is already given stays."""
        self.origin = self.origin or self.source.slug
        self.external_id = self.external_id or derived_external_id(
            self.original_url, self.headline, self.body
        )
        self.uid = self.uid or article_uid(self.origin, self.external_id)

    @property
    def is_public(self) -> bool:
        embargoed = self.publish_at is not None and self.publish_at > timezone.now()
        return self.status == ArticleStatus.PUBLISHED and not embargoed

    @property
    def is_redacted(self) -> bool:
        """Whether it is the tombstone of an article that was erased: nothing of it comes back."""
        return self.headline == TOMBSTONE and self.external_id == str(self.uid)

    @transaction.atomic
    def publish(self) -> None:
        """Show the article to readers, at once or when its embargo ends."""
        if not self.headline:
            raise ArchiveError(f"“{self}” has no headline: write one, then publish it.")
        self.status = ArticleStatus.PUBLISHED
        self.withdrawn_at, self.withdrawn_reason, self.withdrawn_note = None, "", ""
        self.save(update_fields=["status", "withdrawn_at", "withdrawn_reason", "withdrawn_note"])

    @transaction.atomic
    def withdraw(self, reason: str, note: str = "") -> None:
        """Take a published article from the readers, with a public reason and an internal note."""
        if self.status != ArticleStatus.PUBLISHED:
            raise ArchiveError(f"“{self}” is not published: only what is can be withdrawn.")
        if not reason.strip():
            raise ArchiveError("Withdrawing needs a reason: it is what readers will see.")
        self.status = ArticleStatus.WITHDRAWN
        self.withdrawn_at = timezone.now()
        self.withdrawn_reason, self.withdrawn_note = reason.strip(), note.strip()
        self.save(update_fields=["status", "withdrawn_at", "withdrawn_reason", "withdrawn_note"])
