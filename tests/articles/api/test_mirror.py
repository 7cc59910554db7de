"""A client that only follows the feed and fetches what it names ends equal to the archive."""

from threading import Thread
from time import sleep

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.export.dump.manifest import dumped_models
from articles.models import Change, announce_due
from tests.articles.api import writers
from tests.articles.api.mirror import Mirror, whole_archive

pytestmark = pytest.mark.django_db(transaction=True)

ACT = st.tuples(st.sampled_from(sorted(writers.ACTS)), st.integers(0, 1000))
TRANSACTION = st.tuples(
    st.lists(ACT, min_size=1, max_size=4), st.sampled_from([False] * 7 + [True]), st.booleans()
).map(lambda drawn: (drawn[0], drawn[1], drawn[2] and len(drawn[0]) % 2 == 0))
WRITERS = st.lists(st.lists(TRANSACTION, min_size=3, max_size=8), min_size=2, max_size=4)


def empty() -> None:
    names = ", ".join(f'"{model._meta.db_table}"' for model in dumped_models())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def work(transactions: list[writers.Transaction], failures: list[Exception]) -> None:
    try:
        writers.write(transactions)
    except Exception as failure:
        failures.append(failure)
    finally:
        connection.close()


def follow_the_writers(all_transactions: list[list[writers.Transaction]]) -> None:
    empty()
    writers.start_archive()
    mirror, sleeper, failures = Mirror(), Mirror(), []
    while sleeper.read(page_size=1000):
        pass
    threads = [Thread(target=work, args=(it, failures)) for it in all_transactions]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if not mirror.read():
            sleep(0.01)
    assert not failures
    sleep(0.2)  # every embargo has ended
    announce_due()
    # Who was there all the time, who comes back after long, and who begins now: all end equal.
    archive = whole_archive()
    for it in (mirror, sleeper, Mirror()):
        while it.read(page_size=1000):
            pass
        assert_equal(it, archive)


def assert_equal(mirror: Mirror, archive: Mirror) -> None:
    assert mirror.shown() == archive.shown(), history()
    told = Mirror()
    for name in mirror.gone:
        told.fetch(name)
    assert mirror.gone == told.gone, history()
    assert mirror.position == Change.objects.latest("position").position


def history() -> list[str]:
    return [str(change) for change in Change.objects.order_by("position")]


@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(WRITERS)
def test_a_mirror_ends_equal(transactional_db, all_transactions):
    follow_the_writers(all_transactions)


@pytest.mark.slow
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(WRITERS)
def test_a_mirror_ends_equal_after_much(transactional_db, all_transactions):
    follow_the_writers(all_transactions)
