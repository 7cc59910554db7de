"""The comparison of a batch with the archive: what would change, and that nothing is written."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingestion.document import Document, EntityName, Place
from articles.ingestion.drafts import draft
from articles.ingestion.memory import Memory
from articles.ingestion.names import NameTable
from articles.ingestion.plan import BatchPlan, new_names, plan_batch
from articles.models import Article, Source, Tag, recording
from articles.vocabulary import ArticleStatus, DatePrecision, EntityKind, Way
from tests.factories import make_article, make_source

pytestmark = pytest.mark.django_db

DAY = datetime(2024, 3, 31, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wire() -> Source:
    return make_source("Wire", language="pt")


def document(external_id: str = "1", **values: Any) -> Document:
    facts = {"headline": "Talks", "body": f"Text {external_id}.", "place": Place("in", 7, 7)}
    return Document("wire", external_id, **{**facts, **values})


def planned(*documents: Document, create_missing: bool = False) -> BatchPlan:
    with CaptureQueriesContext(connection) as queries:
        plan = plan_batch([draft(d) for d in documents], NameTable(create_missing), Memory())
    assert all(query["sql"].startswith("SELECT") for query in queries)
    return plan


def stored(**values: Any) -> Article:
    facts: dict[str, Any] = {"headline": "Talks", "body": "Text 1.", "language": "pt"}
    return make_article(external_id="1", origin="wire", **{**facts, **values})


def test_a_new_article_has_all_facts_and_the_language_of_its_source() -> None:
    [change] = planned(document(published_at=DAY, published_precision=DatePrecision.DAY)).changes
    row = change.row
    assert (change.outcome, row.pk, row.origin, row.language) == ("created", None, "wire", "pt")
    assert (row.published_at, row.published_precision) == (DAY, "day")


def test_only_fields_that_differ_are_to_be_written() -> None:
    stored()
    [same, _] = planned(document(), document("2")).changes
    assert (same.outcome, same.fields) == ("unchanged", ())
    [change] = planned(document(summary="Short.", bylines=("Ann",))).changes
    assert (change.outcome, change.values) == (
        "updated",
        {"summary": "Short.", "bylines": ["Ann"]},
    )


def test_the_language_and_status_that_a_record_does_not_state_stay() -> None:
    stored(language="fr", status="draft")
    assert planned(document()).changes[0].outcome == "unchanged"
    stated = document(
        language="en", status=ArticleStatus.PUBLISHED, received={"status": "published"}
    )
    assert planned(stated).changes[0].values == {"language": "en", "status": "published"}


def test_an_editors_day_keeps_its_precision() -> None:
    article = stored(published_at=DAY, published_precision="day")
    with recording(Way.ADMIN):
        Article.objects.update(published_at=DAY.replace(day=30))
    exact = document(
        published_at=DAY.replace(hour=9), published_precision=DatePrecision.EXACT, summary="Short."
    )
    [change] = planned(exact).changes
    assert (change.row, change.values) == (article, {"summary": "Short."})
    assert change.conflicts == ("published_at",)


def test_the_first_of_two_records_with_one_key_wins() -> None:
    plan = planned(document(), document(headline="Later"))
    assert [change.row.headline for change in plan.changes] == ["Talks"]
    [fault] = plan.rejects[0].faults
    assert (fault.file, fault.record, fault.field) == ("in", 7, "external_id")


def test_each_missing_name_is_a_fault() -> None:
    entity = EntityName("Cairo", EntityKind.PLACE)
    plan = planned(document(tags=("Peace", "War"), entities=(entity,)))
    assert [(fault.field, fault.reason.partition(";")[0]) for fault in plan.rejects[0].faults] == [
        ("tags", "unknown tag 'Peace'"),
        ("tags", "unknown tag 'War'"),
        ("entities", "unknown place 'Cairo'"),
    ]


def test_missing_names_are_made_only_for_records_that_load() -> None:
    first = document(tags=("Peace",), entities=(EntityName("Cairo"),))
    plan = planned(first, document(tags=("War",)), create_missing=True)
    assert plan.names == ["tag peace", "entity cairo"]
    assert [row.slug for row in new_names(plan.changes)] == ["peace", "cairo"]
    assert not Tag.objects.exists()


def test_a_new_name_takes_a_slug_that_is_free() -> None:
    entities = (EntityName("Georgia", EntityKind.PLACE), EntityName("Georgia", EntityKind.PERSON))
    plan = planned(document(entities=(*entities, EntityName("!!!"))), create_missing=True)
    assert plan.names == ["entity georgia", "entity georgia-2", "entity entity"]


def test_equal_texts_are_twins_in_the_archive_and_in_the_batch() -> None:
    stored(body="Same.")
    texts = {"a": "Same.", "b": "New.", "c": "New."}
    plan = planned(*(document(key, body=text) for key, text in texts.items()))
    assert [change.twin for change in plan.changes] == ["wire/1", "", "wire/b"]
