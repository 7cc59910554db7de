"""Rows in bulk are the rows that the ORM writes: no column is forgotten, no rule is passed by."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from articles.models import (
    Alias,
    Article,
    CleaningStep,
    Entity,
    LedgerEntry,
    Mention,
    RawText,
    Source,
    Tag,
    Tagging,
    recording,
)
from articles.models.bulk import (
    AnyOf,
    copy_objects,
    copy_rows,
    expect_many_rows,
    give_keys,
    stored_fields,
    update_rows,
)
from articles.vocabulary import Way
from tests.factories import make_article, make_entity, make_source, make_tag

pytestmark = pytest.mark.django_db

CLOCK = {"id", "created_at", "updated_at"}


def values(row: models.Model) -> dict[str, Any]:
    """All columns of a row as the database has them, generated ones too, but keys and times."""
    fresh = type(row)._base_manager.get(pk=row.pk)
    names = [field.attname for field in fresh._meta.concrete_fields if field.name not in CLOCK]
    return {name: getattr(fresh, name) for name in names}


def made(model: type[models.Model], unique: str, **fields: Any) -> list[models.Model]:
    """Two rows that differ in `unique`: the first by the ORM, the second by COPY."""
    by_orm = model(**fields, **{unique: "one"})
    by_orm.save()
    copy_objects([model(**fields, **{unique: "two"})])
    return [by_orm, model._base_manager.get(**{unique: "two"})]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Source, {"name": "Wire", "language": "en", "cleaning_off": ["html", 'a "b", c']}),
        (Tag, {"name": "Peace\tand \\ war\n"}),
        (Entity, {"name": "Cairo", "kind": "place", "is_reviewed": False}),
    ],
)
def test_copied_nouns_are_saved_ones(model: type[models.Model], fields: dict[str, Any]) -> None:
    one, two = made(model, "slug", **fields)
    assert values(two) == values(one) | {"slug": "two"}
    assert two.created_at is not None  # type: ignore[attr-defined]
    kind = model._meta.model_name
    assert LedgerEntry.objects.filter(kind=kind, action="insert").count() == 2


def test_a_copied_article_is_a_saved_one() -> None:
    # Dated, for the search vector of an undated article holds how its uid begins.
    saved = make_article(
        body="Über\\n\t😀\r\n",
        bylines=["A, b", 'C "d"', "{}", "NULL"],
        published_at=datetime(2024, 3, 31, 18, 30, tzinfo=UTC),
    )
    copied = Article(
        **{
            field.attname: getattr(saved, field.attname)
            for field in stored_fields(Article)
            if field.name not in {*CLOCK, "uid"}
        }
    )
    copied.external_id = "other"
    copied.identify()
    give_keys([copied])
    copy_objects([copied])
    assert not copied._state.adding
    different = {"external_id": "other", "uid": copied.uid}
    assert values(copied) == values(saved) | different
    copied.refresh_from_db()
    assert (copied.bylines, copied.word_count) == (saved.bylines, 2)


def test_copied_children_are_saved_ones() -> None:
    article, entity, tag = make_article(), make_entity(), make_tag()
    children: list[tuple[type[models.Model], dict[str, Any]]] = [
        (Alias, {"entity_id": entity.pk, "spelling": "Al-Qahira"}),
        (Tagging, {"article_id": article.pk, "tag_id": tag.pk}),
        (Mention, {"article_id": article.pk, "entity_id": entity.pk}),
        (RawText, {"article_id": article.pk, "text": "Raw", "clean_fingerprint": "f"}),
        (
            CleaningStep,
            {"article_id": article.pk, "field": "body", "position": 0, "rule": "html",
             "reason": "tags", "edits": [[0, '<p>"\\', ""]]},
        ),
    ]  # fmt: skip
    for model, fields in children:
        saved = model._base_manager.create(**fields)
        expected = values(saved)
        saved.delete()
        copy_rows(model, list(fields), [tuple(fields.values())])
        assert values(model._base_manager.get(**fields)) == expected


def test_what_the_database_refuses_is_djangos_error() -> None:
    article, tag = make_article(), make_tag()
    row = (article.pk, tag.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Tagging, ("article_id", "tag_id"), [row, row])
    assert not Tagging.objects.exists()


def test_keys_are_given_in_order_and_never_twice() -> None:
    make_source()
    rows = [Source(name=str(number), slug=str(number)) for number in range(3)]
    give_keys(rows)
    copy_objects(rows)
    later = make_source()
    keys = [row.pk for row in rows]
    assert keys == sorted(keys)
    assert later.pk > keys[-1]


def test_an_update_changes_only_what_it_names_and_is_in_the_ledger() -> None:
    first, second, third = (make_article(language="en") for _ in range(3))
    kept = values(third)
    with recording(Way.LOAD):
        done = update_rows([(first, {"summary": "S"}), (second, {"bylines": ["A", "B"]})])
    assert done == 2
    assert values(third) == kept
    for article in (first, second):
        article.refresh_from_db()
    assert (first.summary, first.bylines) == ("S", [])
    assert (second.summary, second.bylines) == ("", ["A", "B"])
    entries = LedgerEntry.objects.filter(action="update").order_by("row")
    assert [entry.after for entry in entries] == [{"summary": "S"}, {"bylines": ["A", "B"]}]
    assert first.edited_fields == []


def test_a_row_that_has_moved_on_is_left_alone() -> None:
    first, second = make_article(), make_article()
    Article.objects.filter(pk=second.pk).update(updated_at=F("updated_at"))
    first.updated_at = first.created_at.replace(year=2020)
    second.refresh_from_db()
    assert update_rows([(first, {"summary": "S"}), (second, {"summary": "S"})]) == 1
    first.refresh_from_db()
    assert first.summary == ""


def test_any_of_finds_what_in_finds() -> None:
    articles = [make_article() for _ in range(3)]
    wanted = [article.uid for article in articles[:2]]
    assert set(Article.objects.filter(AnyOf("uid", wanted))) == set(articles[:2])
    assert not Article.objects.filter(AnyOf("external_id", [])).exists()
    quoted = make_article(external_id='a"b,{c}\\')
    assert Article.objects.get(AnyOf("external_id", [quoted.external_id, "x"])) == quoted


def test_nothing_is_compiled_for_what_a_forbidden_join_seems_to_cost() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on")
        expect_many_rows()
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
