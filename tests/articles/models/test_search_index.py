"""The search index of an empty archive: left out for its first load, and always back at its end."""

import io
import json
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from articles.ingestion.inputs import Input
from articles.ingestion.loader import Loading, load
from articles.ingestion.plan import BatchPlan
from articles.models import Article, search_index
from articles.models.search_index import complete_search_index, drop_search_index
from tests.factories import make_article

RECORD = {"source": "wire", "external_id": "1", "headline": "Talks", "body": "Talks in Cairo."}


def definition() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'article_search'")
        row = cursor.fetchone()
    return row[0] if row else ""


def load_one(**options: Any) -> None:
    data = json.dumps(RECORD).encode()
    load([Input("in", None)], Loading(create_missing=True), io.BytesIO(data), **options)


@pytest.fixture(autouse=True)
def index(transactional_db: None) -> Any:
    before = definition()
    assert before
    yield before
    complete_search_index()


def test_the_index_comes_back_as_it_was(index: str) -> None:
    assert drop_search_index()
    assert not definition()
    assert complete_search_index()
    assert definition() == index
    assert not complete_search_index()


def test_a_first_load_is_without_it_until_its_end(index: str) -> None:
    seen: list[str] = []
    load_one(on_batch=lambda _: seen.append(definition()))
    assert (seen, definition()) == ([""], index)
    load_one(on_batch=lambda _: seen.append(definition()))
    assert seen == ["", index]
    assert Article.objects.search("talks").exists()


def test_a_row_that_is_refused_in_a_first_load_takes_no_other_along(index: str) -> None:
    lines = [json.dumps(RECORD | {"external_id": str(number)}) for number in range(9)]
    adding: list[bool] = []

    def accept(plan: BatchPlan) -> None:
        adding.extend(change.row._state.adding for change in plan.changes)

    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE articles_article ADD CONSTRAINT no_seven CHECK (external_id <> '7')"
        )
        try:
            loading = Loading(create_missing=True, accept_batch=accept)
            report = load([Input("in", None)], loading, io.BytesIO("\n".join(lines).encode()))
        finally:
            cursor.execute("ALTER TABLE articles_article DROP CONSTRAINT no_seven")
    assert (report.counts["created"], report.counts["rejected"]) == (8, 1)
    assert Article.objects.count() == 8
    assert (all(adding), definition()) == (True, index)


def test_the_next_load_completes_one_that_is_missing(index: str) -> None:
    class KilledError(BaseException):
        pass

    def kill(_: object) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        load_one(on_batch=kill)
    assert not definition()
    load_one()
    assert definition() == index


def test_an_archive_with_articles_keeps_it() -> None:
    make_article()
    assert not drop_search_index()
    assert definition()


def test_a_transaction_of_the_caller_keeps_it() -> None:
    with transaction.atomic():
        assert not drop_search_index()
        load_one()
    assert definition()


def test_who_holds_the_table_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "PATIENCE", "50ms")
    found: list[bool] = []

    def drop_elsewhere() -> None:
        found.append(drop_search_index())
        connection.close()

    with transaction.atomic():
        assert not Article.objects.exists()  # a reader, in the midst of it
        other = Thread(target=drop_elsewhere)
        other.start()
        other.join()
    assert found == [False]
    assert definition()


def test_a_role_that_does_not_own_the_table_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "_owns_table", lambda: False)
    assert not drop_search_index()
    assert definition()
    load_one()
    assert definition()
