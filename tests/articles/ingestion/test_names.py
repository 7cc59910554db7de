"""Names are looked up once in a run, and again when somebody else has changed the archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingestion import names
from articles.ingestion.names import Name, NameCache
from articles.models import Tag, recording
from articles.vocabulary import NounKind, Way
from tests.factories import make_tag

pytestmark = pytest.mark.django_db(transaction=True)

PEACE, WAR = Name(NounKind.TAG, "Peace"), Name(NounKind.TAG, "War")


@pytest.fixture
def cache() -> NameCache:
    return NameCache(create_missing=True, run=uuid4(), is_plan=False)


def find(cache: NameCache, *wanted: Name) -> list[str]:
    table = cache.table()
    table.find(wanted)
    return [row.slug if (row := table.row(name)) else "" for name in wanted]


@contextmanager
def looking_up(expected: bool) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    assert any("articles_tag" in query["sql"] for query in queries) is expected


def test_a_name_is_looked_up_once(cache: NameCache) -> None:
    make_tag("Peace")
    with looking_up(True):
        assert find(cache, PEACE) == ["peace"]
    with looking_up(False):
        assert find(cache, PEACE) == ["peace"]
    with looking_up(True):
        assert find(cache, PEACE, WAR) == ["peace", "war"]


def test_what_somebody_else_writes_is_seen(cache: NameCache) -> None:
    tag = make_tag("Peace")
    assert find(cache, PEACE) == ["peace"]
    with recording(Way.ADMIN, actor="mona"):
        Tag.objects.filter(pk=tag.pk).update(slug="peace-talks")
    assert find(cache, PEACE) == ["peace-talks"]
    with recording(Way.ADMIN, actor="mona"):
        tag.delete()
    table = cache.table()
    table.find([PEACE])
    assert table.names.rows == {}


def test_what_the_run_itself_writes_is_known() -> None:
    run = uuid4()
    cache = NameCache(create_missing=True, run=run, is_plan=False)
    make_tag("Peace")
    assert find(cache, PEACE) == ["peace"]
    with recording(Way.LOAD, run=run):
        make_tag("Other")
    with looking_up(False):
        assert find(cache, PEACE) == ["peace"]


def test_a_plan_keeps_what_it_would_create(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = NameCache(create_missing=True, run=uuid4(), is_plan=True)
    table = plan.table()
    table.find([PEACE])
    new = table.row(PEACE)
    make_tag("Other")
    table = plan.table()
    table.find([PEACE])
    assert table.row(PEACE) is new


def test_only_so_many_names_are_held(cache: NameCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_NAMES", 1)
    make_tag("Peace")
    make_tag("War")
    find(cache, PEACE, WAR)
    assert cache.table().names.asked == set()
