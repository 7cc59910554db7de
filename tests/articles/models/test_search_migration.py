"""The search vector of an archive that was filled before it held marks."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.models import Article, LedgerEntry
from tests.factories import make_article

BEFORE = ("articles", "0002_initial")


def migrate(*target: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(target))


def vectors() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search::text FROM articles_article ORDER BY id")
        return [vector for (vector,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_it_is_made_anew_and_nothing_else_changes() -> None:
    make_article("東京の話", body="Talks in Cairo.", language="en")
    make_article("Paix", language="fr", status="draft")
    after, entries = vectors(), LedgerEntry.objects.count()
    rows = list(Article.objects.order_by("pk").values("uid", "updated_at", "edited_fields"))
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    migrate(BEFORE)
    try:
        before = vectors()
        assert "talk" in before[0]
        assert not any("\1" in vector for vector in before)
    finally:
        migrate(*leaves)
    assert vectors() == after
    assert all("\1undated" in vector for vector in after)
    assert list(Article.objects.order_by("pk").values("uid", "updated_at", "edited_fields")) == rows
    assert LedgerEntry.objects.count() == entries
    assert Article.objects.search("京 talks").count() == 1
