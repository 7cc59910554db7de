"""Small words of the desk: counts, kinds as people call them, and days that are slips."""

from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.admin import lists
from articles.models import Alias, Article, KeptForm, LedgerEntry, Storyline, recording
from articles.vocabulary import Way
from tests.articles.admin.browser import address, errors, read_form, save
from tests.factories import make_article, make_entity, make_tag


def test_a_page_beyond_the_end_says_so(desk: Client, monkeypatch):
    for _ in range(3):
        make_article()
    url = address("article_changelist")
    assert "There is no page" not in desk.get(f"{url}?p=1").text
    assert "There is no page 7: this is the last one." in desk.get(f"{url}?p=7").text
    monkeypatch.setattr(lists, "PAGES", 1)
    for _ in range(60):
        make_tag()
    page = desk.get(f"{address('tag_changelist')}?p=2").text
    assert "There is no page 2: this is the last one." in page


@pytest.fixture
def paged(desk: Client, monkeypatch):
    """Every page of the desk beside its lists that has pages, with too many of them."""
    tag, run = make_tag(), uuid4()
    with recording(Way.LOAD, actor="night", run=run):
        for number in range(160):
            tag.description = f"Version {number}"
            tag.save()
    with recording(Way.ADMIN, actor="mona", run=uuid4()):
        for _ in range(160):
            make_tag().delete()
    monkeypatch.setattr(lists, "PAGES", 2)
    entries = address("ledgerentry_changelist")
    return {
        address("tag_history", tag.pk): f"{entries}?kind=tag&row={tag.pk}",
        address("run", run): f"{entries}?run={run}",
        address("tag_deleted"): f"{entries}?kind=tag&action=delete",
    }


def test_a_page_beyond_the_end_of_no_list_says_so_too(desk: Client, paged):
    for url, narrower in paged.items():
        for number in ("9", "101"):
            page = desk.get(f"{url}?p={number}").text
            assert f"There is no page {number}: this is the last one." in page, url
            assert "Only the first 2 pages are shown: <a" in page, url
            assert unescape(page).count(narrower) == 1, url
        first = desk.get(f"{url}?p=1").text
        assert "There is no page" not in first and "Page 1 of 2" in first
        assert desk.get(narrower).context["cl"].result_count in (160, 161)


def test_the_entries_of_a_row_need_its_kind(desk: Client):
    tag = make_tag()
    url = address("ledgerentry_changelist")
    for given, found in (
        (f"kind=tag&row={tag.pk}", 1),
        (f"row={tag.pk}", 0),
        ("kind=tag&row=x", 0),
    ):
        assert desk.get(f"{url}?{given}").context["cl"].result_count == found


def test_the_way_of_a_change_has_one_word_everywhere(desk: Client):
    article = make_article("Talks")  # by SQL
    with recording(Way.ADMIN, actor="mona", run=uuid4()):
        Article.objects.update(summary="A summary.")
    gone = make_article("Gone")
    with recording(Way.SQL, actor="cleo", run=uuid4()):
        gone.delete()
    entry = LedgerEntry.objects.of(article).first()
    shown = {
        address("article_history", article.pk): ('quiet">SQL<', 'quiet">Admin<'),
        address("article_deleted"): ('quiet">SQL<',),
        address("article_restore", article.pk, entry.pk): ("by way of Admin.",),
        address("article_compare", article.pk): ("(mona, Admin)",),
        address("article_change", article.pk): ("(SQL)</span>: added", "(Admin)</span>: summary"),
    }
    for url, words in shown.items():
        page = desk.get(url).text
        for word in words:
            assert word in page, (url, word)
    call_command("refresh_summaries")
    front = desk.get("/admin/").text
    assert "<td>SQL</td>" in front and "<td>Admin</td>" in front
    assert "<td>sql</td>" not in front and "<td>admin</td>" not in front


def test_a_run_and_its_undo_name_kinds_in_words(desk: Client):
    run = uuid4()
    entity = make_entity("Cairo")
    article, storyline = make_article(), Storyline.objects.create(name="Talks", slug="talks")
    with recording(Way.SQL, actor="mona", run=run):
        for spelling in ("al-Qahira", "Le Caire"):
            Alias.objects.create(entity=entity, spelling=spelling)
        storyline.members.create(article=article)
    page = desk.get(address("run", run)).text
    assert "<strong>2</strong> spellings added" in page
    assert "<strong>1</strong> place in a storyline added" in page
    assert "storylinearticle" not in page
    assert "<dd>SQL</dd>" in page
    undo = desk.get(address("run_undo", run)).text
    assert "<strong>2</strong> spellings: gone" in undo
    assert "<strong>1</strong> place in a storyline: gone" in undo


def test_the_empty_history_is_no_history_of_ones(desk: Client):
    page = desk.get(f"{address('ledgerbatch_changelist')}?actor=nobody").text
    assert "0 batches of changes" in page
    assert "No batches of changes match" in page


@pytest.mark.parametrize(("rows", "words"), [(1, "1 row is as before."), (2, "2 rows are as")])
def test_an_undo_counts_in_grammar(desk: Client, rows: int, words: str):
    run = uuid4()
    with recording(Way.ADMIN, actor="mona", run=run):
        for _ in range(rows):
            make_tag()
    done = desk.post(address("run_undo", run), {"note": ""})
    assert f"Undone: {words}" in desk.get(address("tag_changelist")).text + done.text


def test_after_a_restore_the_row_has_the_name_it_has_now(desk: Client):
    article = make_article("Talks resume")
    save(desk, "article", article.pk, headline="Talks break off")
    entry = LedgerEntry.objects.of(article).first()
    url = address("article_restore", article.pk, entry.pk)
    seen = desk.get(url).context["seen_entry"]
    page = desk.post(url, {"seen_entry": seen, "is_correction": "minor"}, follow=True)
    assert "“Talks resume” is as it was before" in page.text
    assert "“Talks break off” is as" not in page.text


def test_what_goes_with_an_article_is_its_place_and_no_storyline(desk: Client):
    article, storyline = make_article(), Storyline.objects.create(name="Talks", slug="talks")
    storyline.members.create(article=article)
    page = desk.get(address("article_delete", article.pk)).text
    assert "1 article of a storyline" in page
    assert "Storylines:" not in page and ">1 storyline<" not in page


def test_a_kept_form_has_labels_and_buttons_of_ours(desk: Client):
    article = make_article(published_at=datetime(2024, 3, 31, 7, 30, tzinfo=UTC))
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    token = KeptForm.objects.keep("mona", url, [(name, [it]) for name, it in values.items()])
    page = desk.get(reverse("admin:kept_form", args=[token])).text
    assert "<dt>Published: day</dt>" in page and "<dt>Published: time</dt>" in page
    assert "Published at 0" not in page
    assert '<form method="post" class="kept-form">' in page


def test_the_empty_front_page_offers_the_upload(desk: Client, db: None):
    page = desk.get("/admin/").text
    assert "The archive is empty" in page
    assert f'href="{address("loadrun_upload")}">Upload a file</a>' in page


class TestDays:
    @pytest.mark.parametrize(
        ("day", "words"),
        [
            ("0001-01-01", "too early"),
            ("1399-12-31", "too early"),
            ("9999-12-31", "ten years ahead"),
        ],
    )
    @pytest.mark.parametrize("field", ["published_at", "publish_at"])
    def test_a_form_refuses_what_nobody_means(self, desk: Client, field, day, words):
        article = make_article()
        given = {f"{field}_0": day, f"{field}_1": "00:00"}
        assert words in errors(save(desk, "article", article.pk, **given))
        assert getattr(Article.objects.get(), field) is None

    def test_what_is_old_or_near_is_meant(self, desk: Client):
        article = make_article()
        save(desk, "article", article.pk, published_at_0="1400-01-01")
        soon = timezone.now() + timedelta(days=3600)
        save(desk, "article", article.pk, publish_at_0=f"{soon:%Y-%m-%d}", publish_at_1="00:00")
        kept = Article.objects.get()
        assert (kept.published_at.year, kept.publish_at.date()) == (1400, soon.date())

    def test_what_has_an_odd_day_already_can_be_edited(self, desk: Client):
        article = make_article(
            published_at=datetime(1, 1, 1, tzinfo=UTC), published_precision="day"
        )
        save(desk, "article", article.pk, headline="Another")
        assert Article.objects.get().headline == "Another"
