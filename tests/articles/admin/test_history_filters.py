"""What somebody did, of one kind, in some days, by one way: one address of the history."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.admin import ledger_filters
from articles.models import LedgerBatch, LedgerEntry, recording
from articles.vocabulary import Way
from tests.articles.admin.browser import address, query_names
from tests.factories import make_article, make_source, make_tag

LISTS = ("ledgerbatch", "ledgerentry")


def listed(desk: Client, noun: str, given: str) -> list:
    return list(desk.get(f"{address(f'{noun}_changelist')}?{given}").context["cl"].result_list)


def did(actor: str, way: Way, *work) -> LedgerBatch:
    with recording(way, actor=actor, run=uuid4()):
        for make in work:
            make()
    return LedgerBatch.objects.latest("pk")


def long_ago(actor: str, kind: str) -> LedgerBatch:
    """The ledger is append-only, and its clock the server's: what is old is written as old."""
    at = datetime.now(UTC) - timedelta(days=40)
    batch = LedgerBatch.objects.create(at=at, actor=actor, way=Way.ADMIN)
    LedgerEntry.objects.create(batch=batch, kind=kind, row=1, key="old", action="insert")
    return batch


def day(ago: int) -> str:
    return f"{datetime.now(UTC) - timedelta(days=ago):%Y-%m-%d}"


@pytest.fixture
def history(db):
    """Five batches: three of mona (tags, tags long ago, a source), one of lea, one of a load."""
    return {
        "tags": did("mona", Way.ADMIN, lambda: make_tag("Politics"), make_source),
        "long ago": long_ago("mona", "tag"),
        "source": did("mona", Way.ADMIN, make_source),
        "lea": did("lea", Way.ADMIN, lambda: make_tag("Culture")),
        "load": did("mona", Way.LOAD, lambda: make_tag("Wire"), make_article),
    }


CASES = [
    ("actor=mona&kind=tag&from={week}&way=admin", ["tags"]),
    ("actor=mona&kind=tag&from={week}", ["tags", "load"]),
    ("actor=mona&kind=tag", ["tags", "long ago", "load"]),
    ("kind=tag&to={week}", ["long ago"]),
    ("kind=source&from={week}&way=admin", ["tags", "source"]),
    ("actor=lea&kind=source", []),
    ("actor=lea&from={week}&to={today}", ["lea"]),
    ("way=load&kind=tag", ["load"]),
]


@pytest.mark.parametrize(("given", "names"), CASES)
def test_person_kind_time_and_way_combine_in_both_lists(desk: Client, history, given, names):
    given = given.format(week=day(7), today=day(0))
    batches = {history[name].pk for name in names}
    ours = {batch.pk for batch in history.values()}
    assert {it.pk for it in listed(desk, "ledgerbatch", given)} & ours == batches
    entries = listed(desk, "ledgerentry", given)
    assert {it.batch_id for it in entries} & ours == batches
    if "kind=tag" in given:
        assert {it.kind for it in entries} <= {"tag"}


def test_the_entries_also_by_what_was_done(desk: Client, history):
    tag = make_tag("Gone")
    batch = did("mona", Way.ADMIN, tag.delete, lambda: make_tag("New"))
    given = f"actor=mona&kind=tag&action=delete&from={day(1)}"
    (entry,) = listed(desk, "ledgerentry", given)
    assert (entry.batch, entry.action, entry.key) == (batch, "delete", "gone")


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("kind=poem", "There is no kind “poem”."),
        ("way=post", "There is no way “post”."),
        ("from=yesterday", "Write the day as year-month-day"),
        ("from=2024-03-02&to=2024-03-01", "This is before the first day"),
    ],
)
def test_what_cannot_be_meant_finds_nothing_and_is_told(desk, history, noun, given, words):
    page = desk.get(f"{address(f'{noun}_changelist')}?actor=mona&{given}")
    assert page.context["cl"].result_list == []
    assert words in page.text
    assert 'value="mona"' in page.text


@pytest.mark.parametrize("given", ["actor=%00", "kind=tag%00", "from=%00"])
@pytest.mark.parametrize("noun", LISTS)
def test_what_cannot_be_compared_shows_the_whole_list(desk: Client, history, noun, given):
    page = desk.get(f"{address(f'{noun}_changelist')}?{given}", follow=True)
    assert page.redirect_chain
    assert len(page.context["cl"].result_list) >= 5


@pytest.mark.parametrize("noun", LISTS)
def test_the_form_offers_kinds_in_words_and_keeps_what_was_given(desk: Client, history, noun):
    page = desk.get(f"{address(f'{noun}_changelist')}?kind=cleaningstep&way=sql").text
    assert '<option value="cleaningstep" selected>cleaning step</option>' in page
    assert '<option value="storylinearticle">place in a storyline</option>' in page
    assert '<option value="alias">spelling</option>' in page
    assert '<option value="sql" selected>SQL</option>' in page


def test_the_lists_speak_in_words(desk: Client, history):
    page = desk.get(address("ledgerbatch_changelist"))
    assert f"{LedgerBatch.objects.count()} batches of changes" in page.text
    entries = desk.get(f"{address('ledgerentry_changelist')}?kind=tag&actor=mona").text
    assert ">added<" in entries and ">tag<" in entries


QUERIES = {
    "ledgerbatch": [
        "select django_session", "select auth_user", "count articles_ledgerbatch",
        "select articles_ledgerbatch", "select articles_ledgerentry",
    ],
    "ledgerentry": [
        "select django_session", "select auth_user", "select articles_ledgerbatch",
        "count articles_ledgerentry", "select articles_ledgerentry",
    ],
}  # fmt: skip


@pytest.mark.parametrize("noun", LISTS)
def test_the_queries_do_not_grow_with_the_history(desk: Client, history, noun):
    url = f"{address(f'{noun}_changelist')}?actor=mona&kind=tag&from={day(7)}&way=admin"
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).context["cl"].result_list
        counts.append(len(queries))
        for _ in range(4):
            did("mona", Way.ADMIN, make_tag, make_tag)
    assert counts == [len(QUERIES[noun])] * 2, query_names(queries)


def test_of_too_many_entries_the_newest_are_taken(desk: Client, history, monkeypatch):
    monkeypatch.setattr(ledger_filters, "COUNTED", 3)
    last = did("mona", Way.ADMIN, make_tag, make_tag, make_tag)
    found = listed(desk, "ledgerentry", "actor=mona&kind=tag")
    of_last = LedgerEntry.objects.filter(batch=last).order_by("-pk")
    assert found[:3] == list(of_last)
    assert len(found) == 4


@pytest.fixture
def large_history(db):
    """3,000 batches of a program with tags and articles, 20 of mona with one tag each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO articles_ledgerbatch (id, position, at, actor, way, note)"
            " SELECT 500000 + n, 500000 + n, now() - n * interval '1 minute',"
            " CASE WHEN n % 150 = 0 THEN 'mona' ELSE 'cron' END,"
            " CASE WHEN n % 150 = 0 THEN 'admin' ELSE 'load' END, ''"
            " FROM generate_series(1, 3000) n"
        )
        cursor.execute(
            'INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action)'
            " SELECT 500000 + n, CASE WHEN m % 2 = 1 THEN 'tag' ELSE 'article' END, n * 20 + m,"
            " '', 'insert' FROM generate_series(1, 3000) n,"
            " generate_series(1, CASE WHEN n % 150 = 0 THEN 1 ELSE 20 END) m"
        )
        cursor.execute("ANALYZE articles_ledgerbatch")
        cursor.execute("ANALYZE articles_ledgerentry")


@pytest.mark.parametrize("noun", LISTS)
def test_the_ledger_is_not_read_through(desk: Client, large_history, noun):
    given = f"actor=mona&kind=tag&from={day(7)}"
    with CaptureQueriesContext(connection) as queries:
        found = listed(desk, noun, given)
    assert len(found) == 20
    for query in queries.captured_queries:
        if "articles_ledger" not in query["sql"]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on articles_ledgerentry" not in plan, plan
        assert "ledger_entry_by_kind " not in plan, plan
