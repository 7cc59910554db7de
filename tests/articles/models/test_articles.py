"""Articles: identity, visibility and what the database refuses."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles.errors import ArchiveError
from articles.models import Article, Decision, Mention, Redirect, Tag, Tagging, recording
from articles.text import fingerprint, word_count
from articles.vocabulary import LinkState, NounKind, Origin, Way
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db


def refused(rule: str):
    """The database refuses, and names the rule."""
    return pytest.raises(IntegrityError, match=rule)


def test_identity_is_derived_from_origin_and_external_id():
    article = make_article(source=make_source("Wire", slug="wire"), external_id="a-1")
    assert article.origin == "wire"
    assert article.uid == uuid5(NAMESPACE_URL, "newsroom:wire/a-1")


def test_identity_survives_a_renamed_source_and_never_changes():
    article = make_article(source=make_source("Wire", slug="wire"), external_id="a-1")
    article.source.slug = "the-wire"
    article.source.save()
    article.refresh_from_db()
    assert (article.origin, article.uid) == ("wire", uuid5(NAMESPACE_URL, "newsroom:wire/a-1"))
    for column in ("origin", "external_id"):
        with refused("never changes"), transaction.atomic():
            Article.objects.filter(pk=article.pk).update(**{column: "other"})


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"headline": ""}, "published_article_has_a_headline"),
        ({"status": "shelved"}, "article_status_is_a_known_word"),
        ({"published_precision": "century"}, "article_precision_is_a_known_word"),
        ({"published_precision": "day"}, "article_precision_is_unknown_without_a_date"),
        (
            {"published_at": datetime(2024, 3, 31, 7, tzinfo=UTC), "published_precision": "day"},
            "article_day_is_stored_as_midnight_utc",
        ),
        (
            {
                "published_at": datetime(2024, 3, 31, tzinfo=UTC),
                "published_precision": "unknown",
            },
            "article_precision_is_unknown_without_a_date",
        ),
        ({"status": "withdrawn"}, "withdrawn_article_has_a_time_and_a_public_reason"),
        ({"language": "English"}, "article_language_is_bcp47"),
        ({"status": "draft", "headline": "", "body": ""}, "article_has_a_headline_or_a_body"),
    ],
)
def test_the_database_refuses(fields, rule):
    article = make_article()
    with refused(rule), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**fields)


def test_origin_and_external_id_are_unique():
    first = make_article()
    with refused("article_origin_and_external_id_are_unique"), transaction.atomic():
        make_article(source=first.source, external_id=first.external_id, uid=uuid5(first.uid, "b"))


def test_derived_columns_are_the_databases_whoever_writes():
    article = make_article(body="Three plain words")
    Article.objects.filter(pk=article.pk).update(body="Now  there\n\nare four")
    article.refresh_from_db()
    assert article.word_count == word_count("Now  there\n\nare four") == 4
    assert article.fingerprint == fingerprint(article.headline, "Now  there\n\nare four")
    assert list(Article.objects.search("four")) == [article]


def test_an_article_of_a_million_words_is_kept_whole_and_found_by_its_beginning():
    body = "beginning " + "filler " * 1_000_000 + "ending"
    article = make_article(body=body)
    article.refresh_from_db()
    assert article.body == body
    assert article.word_count == 1_000_002
    assert list(Article.objects.search("beginning")) == [article]
    assert list(Article.objects.search("ending")) == []


def test_the_embargo_ends_at_its_moment():
    end = datetime(2030, 1, 1, 12, tzinfo=UTC)
    article = make_article(publish_at=end)
    with time_machine.travel(end - timedelta(microseconds=1), tick=False):
        assert not article.is_public
    with time_machine.travel(end, tick=False):
        assert article.is_public
    assert not Article.objects.published().exists()
    with transaction.atomic(), connection.cursor() as cursor:
        # One statement has one moment.
        cursor.execute("UPDATE articles_article SET publish_at = statement_timestamp()")
    assert list(Article.objects.published()) == [article]


def test_withdrawing_needs_a_public_article_and_a_reason():
    article = make_article()
    with pytest.raises(ArchiveError, match="reason"):
        article.withdraw("  ")
    article.withdraw("A court order.", note="See file 12.")
    article.refresh_from_db()
    assert (article.status, article.was_public) == ("withdrawn", True)
    assert article.withdrawn_reason == "A court order."
    with pytest.raises(ArchiveError, match="not published"):
        article.withdraw("Again.")
    article.publish()
    article.refresh_from_db()
    assert (article.status, article.withdrawn_at, article.withdrawn_reason) == (
        "published",
        None,
        "",
    )


def test_what_was_under_embargo_was_never_public():
    article = make_article(publish_at=timezone.now() + timedelta(days=1))
    article.withdraw("Not true.")
    article.refresh_from_db()
    assert not article.was_public


def test_publishing_needs_a_headline():
    article = make_article(status="draft")
    Article.objects.filter(pk=article.pk).update(headline="")
    article.refresh_from_db()
    with pytest.raises(ArchiveError, match="headline"):
        article.publish()


def test_newest_first_ends_with_undated_articles_and_ties_go_by_uid():
    day = datetime(2024, 1, 1, tzinfo=UTC)
    ties = [make_article(published_at=day) for _ in range(3)]
    undated = make_article()
    newest = make_article(published_at=day + timedelta(days=1))
    expected = [newest, *sorted(ties, key=lambda article: article.uid, reverse=True), undated]
    assert list(Article.objects.newest_first()) == expected


def test_links_count_only_when_accepted():
    article = make_article(body="Cairo and Doha.")
    cairo, doha = make_entity("Cairo"), make_entity("Doha")
    make_mention(article, cairo)
    suggested = make_mention(article, doha, origin=Origin.MACHINE, state=LinkState.SUGGESTED)
    assert list(Article.objects.mentioning(cairo)) == [article]
    assert list(Article.objects.mentioning("cairo", "doha")) == []
    suggested.accept("anna")
    assert list(Article.objects.mentioning("cairo", "doha")) == [article]
    tag = make_tag("Diplomacy")
    tagging = make_tagging(article, tag, origin=Origin.SOURCE)
    assert list(Article.objects.tagged("diplomacy")) == [article]
    tagging.reject("anna", "too broad")
    assert list(Article.objects.tagged(tag)) == []


def test_a_state_follows_only_from_decisions():
    tagging = make_tagging(make_article(), make_tag(), origin="machine", state="suggested")
    with refused("follows from its decisions"), transaction.atomic():
        Tagging.objects.update(state="accepted")
    tagging.accept("anna", "clear case")
    tagging.reject("bela", "on second thought")
    verdicts = list(Decision.objects.order_by("id").values_list("editor", "verdict", "target"))
    assert verdicts == [
        ("anna", "accepted", tagging.tag.slug),
        ("bela", "rejected", tagging.tag.slug),
    ]
    assert Tagging.objects.get().state == "rejected"
    for change in (
        lambda: Decision.objects.update(verdict="accepted"),
        lambda: Decision.objects.all().delete(),
    ):
        with refused("append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "span",
    [
        {"start": 5, "end": 5, "quote": ""},
        {"start": 5, "end": 3, "quote": "ab"},
        {"start": 0, "end": 9, "quote": "short"},
        {"start": 0, "end": None, "quote": ""},
    ],
)
def test_a_mentions_span_is_positive_and_holds_its_quote(span):
    article, entity = make_article(), make_entity()
    with refused("mention_span_is_positive"), transaction.atomic():
        Mention.objects.create(article=article, entity=entity, **span)


def test_a_source_does_not_suggest_and_links_once():
    article, tag = make_article(), make_tag()
    with refused("tagging_only_a_machine_suggests"), transaction.atomic():
        make_tagging(article, tag, origin="source", state="suggested")
    make_tagging(article, tag)
    with refused("article_has_a_tag_once"), transaction.atomic():
        make_tagging(article, tag)
    entity = make_entity()
    Mention.objects.create(article=article, entity=entity)
    with refused("article_mentions_an_entity_at_a_place_once"), transaction.atomic():
        Mention.objects.create(article=article, entity=entity)


def test_an_entity_has_a_spelling_once():
    entity = make_entity("Cairo")
    with refused("entity_has_a_spelling_once"), transaction.atomic():
        entity.aliases.create(spelling="Cairo")


def test_a_renamed_slug_redirects_and_a_slug_in_use_does_not():
    entity = make_entity("Kiev", slug="kiev")
    for slug in ("kyiv", "kyjiw", "kiev"):
        entity.slug = slug
        entity.save()
    assert Redirect.objects.survivor(NounKind.ENTITY, "kyiv") == entity
    assert Redirect.objects.survivor(NounKind.ENTITY, "kyjiw") == entity
    assert Redirect.objects.survivor(NounKind.ENTITY, "kiev") is None
    assert Redirect.objects.survivor(NounKind.TAG, "kyiv") is None


def test_tags_cannot_form_a_circle():
    top = make_tag("Top")
    middle = make_tag("Middle", parent=top)
    bottom = make_tag("Bottom", parent=middle)
    top.parent = bottom
    with refused("would stand above itself"), transaction.atomic():
        top.save()


def test_editors_fields_are_remembered_and_loads_are_not():
    article = make_article(headline_derived=True)
    with recording(Way.LOAD, actor="loader"):
        Article.objects.update(summary="From the load")
    article.refresh_from_db()
    assert (article.edited_fields, article.headline_derived) == ([], True)
    with recording(Way.ADMIN, actor="anna"):
        Article.objects.update(headline="By hand")
    Article.objects.update(language="fr")
    article.refresh_from_db()
    assert (article.edited_fields, article.headline_derived) == (["headline", "language"], False)


def test_a_public_article_that_is_put_under_embargo_was_public():
    article = make_article()
    Article.objects.update(publish_at=timezone.now() + timedelta(days=1))
    article.refresh_from_db()
    assert article.was_public
    article.withdraw("An error.")
    article.refresh_from_db()
    assert article.was_public


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "20000-03-15", "0044-03-15 BC"])
@pytest.mark.parametrize("column", ["published_at", "publish_at"])
def test_dates_lie_in_the_years_1_to_9999(moment, column):
    article = make_article(published_at=datetime(2024, 3, 31, 7, tzinfo=UTC))
    with (
        refused(f"article_{column}_is_in_the_years_1_to_9999"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE articles_article SET {column} = %s::timestamptz WHERE id = %s",
            [moment, article.pk],
        )


@pytest.mark.parametrize("fields", [{"headline": " \n"}, {"status": "withdrawn"}])
def test_blanks_are_no_words(fields):
    article = make_article()
    fields |= (
        {"withdrawn_at": timezone.now(), "withdrawn_reason": " "} if "status" in fields else {}
    )
    with refused(r"headline|public_reason"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**fields)


def test_a_row_is_followed_by_its_id():
    for row in (make_article(), make_tag(), make_tagging(make_article(), make_tag())):
        with refused("never changes"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(id=row.pk + 1_000_000)


def test_tags_are_not_born_as_a_circle():
    with refused("would stand above itself"), transaction.atomic():
        Tag.objects.bulk_create(
            [
                Tag(id=900_001, slug="c1", name="C1", parent_id=900_002),
                Tag(id=900_002, slug="c2", name="C2", parent_id=900_001),
            ]
        )


def test_a_field_that_something_else_changed_last_is_no_longer_the_editors():
    article = make_article()
    with recording(Way.ADMIN, actor="anna"):
        Article.objects.update(headline="By hand", summary="By hand")
    with recording(Way.COMMAND, actor="a command"):
        Article.objects.update(headline="By command")
    article.refresh_from_db()
    assert article.edited_fields == ["summary"]
