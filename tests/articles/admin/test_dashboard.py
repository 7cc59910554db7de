"""The front page: what it tells, to whom, and that it asks the same few queries of any archive."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import LoadRun, recording
from articles.models.summaries import Summary, refresh
from articles.vocabulary import LinkState, LoadState, Origin, Way
from tests.articles.admin.browser import query_names
from tests.articles.admin.test_desk import ELSEWHERE, HANDLER, INLINE_SCRIPT, INLINE_STYLE
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

FRONT = "/admin/"
DAY = datetime(2024, 6, 30, 12, tzinfo=UTC)
SUGGESTED = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}


def fill(number: int) -> None:
    """An archive in which everything occurs that the page can show."""
    source = make_source(f"الجزيرة {number}")
    with recording(Way.ADMIN, actor="anna", run=uuid4(), note="as told by phone"):
        for day in (0, 1, 40, 300, 800, 1500):
            article = make_article(source=source, published_at=DAY - timedelta(days=day))
            make_mention(article, make_entity(f"Cairo {number}.{day}"))
            make_mention(article, make_entity(f"Rome {number}.{day}"), **SUGGESTED)
            make_tagging(article, make_tag(), **SUGGESTED)
    make_article("Undated", source=source, headline_derived=True)
    LoadRun.objects.create(
        run=uuid4(),
        actor="root",
        digest=uuid4().hex,
        state=LoadState.FINISHED,
        finished_at=DAY,
        records=9,
        counts={"created": 7, "rejected": 2},
    )


def viewer(*codenames: str) -> Client:
    user = User.objects.create_user(f"vera {uuid4()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def test_an_empty_archive_says_how_to_begin(desk: Client):
    for _ in range(2):
        page = desk.get(FRONT).text
        assert "The archive is empty" in page
        assert "manage.py seed_archive" in page
        assert "manage.py load_articles" in page
        assert 'href="/admin/articles/article/add/"' in page
        refresh()


def test_an_archive_that_nobody_has_counted_is_not_called_empty(desk: Client):
    make_article()
    page = desk.get(FRONT).text
    assert "The archive is empty" not in page
    assert "manage.py refresh_summaries" in page


def test_what_waits_leads_to_where_it_waits(desk: Client):
    fill(1)
    refresh()
    page = desk.get(FRONT)
    shown = {it.words: it for it in page.context["waiting"]}
    assert shown["suggested mentions"].number == "6"
    assert shown["derived headline"].number == shown["undated article"].number == "1"
    for words in ("derived headline", "undated article"):
        found = desk.get(shown[words].address)
        assert [str(row) for row in found.context["cl"].result_list] == ["Undated"]
    assert "entities to review" not in shown
    assert [line.numbers for line in page.context["groups"]] == [["1", "mention"]] * 6 + [
        ["1", "tagging"]
    ] * 2


def test_every_address_on_the_page_answers(desk: Client):
    fill(1)
    make_entity("Unseen", is_reviewed=False)
    refresh()
    page = desk.get(FRONT)
    lines = [
        *page.context["holdings"], *page.context["waiting"], *page.context["groups"],
        *page.context["changes"], *page.context["loads"], *page.context["sources"],
        *page.context["rising"], *page.context["falling"], *page.context["gaps"],
        *page.context["months"].bars, *page.context["years"].bars,
    ]  # fmt: skip
    addresses = {line.address for line in lines if not line.address.startswith("#")}
    assert len(addresses) > 50
    for address in addresses:
        assert desk.get(address).status_code == 200, address


def test_a_full_page_keeps_to_its_policy(desk: Client):
    fill(1)
    refresh()
    load = LoadRun.objects.get()
    for url in (FRONT, f"/admin/articles/loadrun/{load.pk}/change/", "/admin/articles/loadrun/"):
        text = desk.get(url).text
        for pattern in (INLINE_SCRIPT, INLINE_STYLE, HANDLER, ELSEWHERE):
            assert not pattern.search(text), (url, pattern.pattern)


def test_the_newest_changes_lead_to_all_entries_of_their_run(desk: Client):
    fill(1)
    refresh()
    changes = desk.get(FRONT).context["changes"]
    (mine,) = [change for change in changes if change.actor == "anna"]
    assert mine.note == "as told by phone"
    assert "12 spellings added" in mine.what
    entries = desk.get(mine.address).context["cl"].result_list
    assert entries
    assert {entry.batch.actor for entry in entries} == {"anna"}
    other = next(change for change in changes if change.actor != "anna")
    assert {e.batch.actor for e in desk.get(other.address).context["cl"].result_list} == {
        other.actor
    }
    for nonsense in ("run=1", "run=x", "batch=x", "batch=-1", "run=%00"):
        found = desk.get(f"/admin/articles/ledgerentry/?{nonsense}", follow=True)
        assert found.status_code == 200


def test_charts_are_drawn_with_a_table_that_says_the_same(desk: Client):
    fill(1)
    refresh()
    page = desk.get(FRONT)
    assert page.context["months"].bars[-1].number == "2"
    assert [gap.ranges for gap in page.context["gaps"]] == [
        ["2024-05-02 – 2024-05-20 (19 days)", "2024-05-22 – 2024-06-28 (38 days)"]
    ]
    assert [gap.usual for gap in page.context["gaps"]] == ["an article in 75 days"]
    assert "2024-06: 2" in page.text
    assert "<svg" in page.text
    assert 'dir="auto">الجزيرة 1</a>' in page.text
    numbers = page.text[page.text.index('aria-labelledby="months"') :]
    assert "published_from=2024-06-01&amp;published_to=2024-06-30" in numbers


def test_the_page_asks_the_same_two_queries_however_much_there_is(desk: Client):
    desk.get(FRONT)
    for number in (1, 2):
        fill(number)
        refresh()
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(FRONT).status_code == 200
        assert query_names(queries) == [
            "select django_session", "select auth_user", "select articles_summary",
        ]  # fmt: skip


def test_figures_are_counted_anew_by_a_button_and_their_age_is_told(desk: Client):
    refresh()
    Summary.objects.update(at=DAY)
    make_tag()
    assert '<time datetime="2024-06-30T12:00:00+00:00">2024-06-30 12:00 UTC</time>' in (
        desk.get(FRONT).text
    )
    assert desk.get("/admin/refresh-summaries/").status_code == 405
    page = desk.post("/admin/refresh-summaries/", follow=True)
    assert "Counted anew." in page.text
    assert "2024-06-30" not in page.text
    assert "<strong>1</strong> tag<" in page.text


def test_what_takes_long_is_left_to_the_command(desk: Client):
    refresh()
    Summary.objects.filter(name="months").update(took_ms=60_000, at=DAY)
    page = desk.get(FRONT).text
    assert "Count anew" not in page
    assert "manage.py refresh_summaries" in page
    page = desk.post("/admin/refresh-summaries/", follow=True).text
    assert "That takes too long here" in page
    summary = Summary.read("months")
    assert summary
    assert summary.at == DAY


@pytest.mark.django_db
def test_each_reader_sees_what_they_may():
    fill(1)
    refresh()
    nobody = viewer()
    page = nobody.get(FRONT)
    assert page.status_code == 200
    for name in ("changes", "loads", "months", "sources", "gaps", "rising", "cleaned"):
        assert name not in page.context, name
    assert page.context["waiting"] == page.context["groups"] == []
    assert "الجزيرة" not in page.text
    assert nobody.post("/admin/refresh-summaries/").status_code == 403
    reader = viewer("view_article", "view_mention")
    page = reader.get(FRONT)
    assert {it.words for it in page.context["waiting"]} == {
        "suggested mentions", "derived headline", "undated article",
    }  # fmt: skip
    assert "changes" not in page.context
    assert reader.post("/admin/refresh-summaries/").status_code == 302
    assert Client().get(FRONT).status_code == 302
    assert Client().post("/admin/refresh-summaries/").headers["Location"].startswith("/admin/login")


def test_one_of_a_kind_is_one(desk: Client):
    source = make_source()
    make_article(source=source, status="draft")
    make_tag()
    refresh()
    held = {(it.number, it.words) for it in desk.get(FRONT).context["holdings"]}
    assert {("1", "article"), ("1", "source"), ("1", "tag"), ("1", "draft")} <= held
    assert ("0", "storylines") in held
