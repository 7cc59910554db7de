"""The article's page: adding, correcting, publishing, withdrawing; what it refuses and how."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, LedgerEntry
from articles.vocabulary import ArticleStatus, DatePrecision, Way
from tests.articles.admin.browser import address, errors, read_form, save
from tests.factories import make_article, make_entity, make_mention, make_source

MARCH = datetime(2024, 3, 31, tzinfo=UTC)


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def add(desk: Client, **fields: str):
    source = make_source("Wire", slug="wire")
    values = {"source": str(source.pk), "headline": "Talks resume", "body": "Text.", **fields}
    return save(desk, "article", **values)


# ── adding ───────────────────────────────────────────────────────────────────────────────────────


def test_an_article_added_by_hand_gets_its_identity(desk: Client):
    response = add(desk, external_id="n-1", language="en", bylines="Mona Said\r\nJo Smith, Jr.")
    assert errors(response) == ""
    article = Article.objects.get()
    assert (article.origin, article.external_id) == ("wire", "n-1")
    assert article.uid == uuid5(NAMESPACE_URL, "newsroom:wire/n-1")
    assert article.bylines == ["Mona Said", "Jo Smith, Jr."]
    assert article.status == ArticleStatus.DRAFT


def test_an_id_left_empty_is_derived_from_the_address_or_the_text(desk: Client):
    add(desk, original_url="https://Example.org/a?utm_source=x#top")
    assert Article.objects.get().external_id == "https://example.org/a"


def test_the_same_id_of_the_same_source_is_refused_with_the_article_that_has_it(desk: Client):
    first = make_article(source=make_source("Wire", slug="wire"), external_id="n-1")
    response = save(
        desk, "article", source=str(first.source_id), headline="Other", external_id="n-1"
    )
    assert "has an article with this id already" in errors(response)
    assert address("article_change", first.pk) in response.text
    assert Article.objects.count() == 1


def test_an_article_needs_a_headline_or_a_body(desk: Client):
    assert "needs a headline or a body" in errors(add(desk, headline="", body=""))
    assert not Article.objects.exists()


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("time", "precision", "stored"),
    [
        ("", "unknown", DatePrecision.DAY),
        ("07:30", "unknown", DatePrecision.EXACT),
        ("", "day", DatePrecision.DAY),
        ("00:00", "exact", DatePrecision.EXACT),
    ],
)
def test_a_date_says_its_precision(desk: Client, time: str, precision: str, stored: str):
    add(desk, published_at_0="2024-03-31", published_at_1=time, published_precision=precision)
    article = Article.objects.get()
    assert article.published_precision == stored
    assert article.published_at == MARCH.replace(
        hour=7 if time == "07:30" else 0, minute=30 if time == "07:30" else 0
    )


def test_a_day_with_a_time_is_refused(desk: Client):
    response = add(
        desk, published_at_0="2024-03-31", published_at_1="07:30", published_precision="day"
    )
    assert "A day without a time is written as 00:00 UTC" in errors(response)


def test_a_date_taken_away_leaves_the_article_undated(desk: Client):
    article = make_article(published_at=MARCH, published_precision="day")
    response = save(desk, "article", article.pk, published_at_0="", published_at_1="")
    assert errors(response) == ""
    article = again(article)
    assert (article.published_at, article.published_precision) == (None, DatePrecision.UNKNOWN)


def test_a_time_with_microseconds_is_kept_when_nobody_touches_it(desk: Client):
    article = make_article(published_at=MARCH.replace(hour=7, microsecond=123_456))
    save(desk, "article", article.pk, headline="Another")
    assert again(article).published_at == article.published_at


# ── changing ─────────────────────────────────────────────────────────────────────────────────────


def test_saving_an_untouched_page_changes_nothing(desk: Client):
    body = " Leading blank.\n\nSecond paragraph,\ntwo lines. \n"
    article = make_article(
        body=body, summary="One\ntwo", bylines=["Smith, Jr."], published_at=MARCH
    )
    make_mention(article, make_entity("Second"))
    before = LedgerEntry.objects.count()
    assert errors(save(desk, "article", article.pk)) == ""
    assert LedgerEntry.objects.count() == before
    assert again(article).body == body
    assert again(article).edited_fields == []


def test_a_change_is_the_editors_and_only_what_changed_is_written(desk: Client):
    article = make_article(headline_derived=True, body="Text.")
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    with CaptureQueriesContext(connection) as queries:
        desk.post(url, {**values, "headline": "An editor's own headline"})
    updates = [q["sql"] for q in queries if q["sql"].startswith('UPDATE "articles_article"')]
    assert len(updates) == 1
    assert updates[0].count(" = ") == 2  # the headline, and the row
    article = again(article)
    assert article.edited_fields == ["headline"]
    assert not article.headline_derived
    entry = LedgerEntry.objects.of(article).select_related("batch").first()
    assert (entry.batch.actor, entry.batch.way) == ("mona", Way.ADMIN)
    assert entry.batch.run is not None
    assert entry.after["headline"] == "An editor's own headline"
    assert LogEntry.objects.get().user.username == "mona"


def test_facts_are_shown_and_not_taken_from_the_form(desk: Client):
    article = make_article(source=make_source("Wire", slug="wire"), external_id="n-1", body="a b c")
    url = address("article_change", article.pk)
    page = desk.get(url).text
    for fact in (str(article.uid), "n-1", again(article).fingerprint):
        assert fact in page
    values = read_form(desk, url, "article_form")
    facts = {"uid", "origin", "external_id", "word_count", "fingerprint", "withdrawn_reason"}
    assert not facts & set(values)
    desk.post(url, {**values, "external_id": "n-2", "origin": "x", "withdrawn_reason": "x"})
    article = again(article)
    assert (article.origin, article.external_id, article.withdrawn_reason) == ("wire", "n-1", "")


def test_texts_decide_their_own_direction(desk: Client):
    page = desk.get(address("article_change", make_article("محادثات", language="ar").pk)).text
    for name in ("headline", "summary", "body"):
        assert f'<textarea name="{name}"' in page
    assert page.count('dir="auto"') >= 4


def test_mentions_move_with_an_edited_text_and_go_with_their_words(desk: Client):
    article = make_article(body="Talks in Cairo. The United Nations welcomed them. Cairo again.")
    cairo, nations = make_entity("Cairo"), make_entity("United Nations")
    first = make_mention(article, cairo)
    second = make_mention(article, cairo, start=50, end=55)
    gone = make_mention(article, nations)
    body = "New talks in Cairo. It welcomed them. Cairo again."
    response = save(desk, "article", article.pk, body=body)
    assert "United Nations" in desk.get(response.headers["Location"]).text
    assert not article.mentions.filter(pk=gone.pk).exists()
    for mention in (first, second):
        mention.refresh_from_db()
        assert body[mention.start : mention.end] == "Cairo"
    assert (first.start, second.start) == (13, 38)


def test_mentions_that_change_places_with_each_other_do_not_collide(desk: Client):
    article = make_article(body="Cairo Cairo Cairo.")
    cairo = make_entity("Cairo")
    mentions = [make_mention(article, cairo, start=n, end=n + 5) for n in (0, 6, 12)]
    save(desk, "article", article.pk, body="Talks: Cairo Cairo Cairo.")
    assert [article.mentions.get(pk=m.pk).start for m in mentions] == [7, 13, 19]
    save(desk, "article", article.pk, body="Cairo Cairo.")
    assert sorted(article.mentions.values_list("start", flat=True)) == [0, 6]


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"headline": "", "status": "published"}, "A published article needs a headline"),
        ({"language": "klingon"}, "is not a language tag"),
        ({"language": "fra"}, "write the language as fr"),
        ({"language": "xx-YY"}, "names no registered language"),
        ({"original_url": "no address"}, "valid URL"),
        ({"status": "withdrawn"}, "valid choice"),
        ({"source": ""}, "required"),
        ({"source": "999999"}, "valid choice"),
        ({"headline": "x" * 1001}, "at most 1000"),
        ({"body": "a\0b"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(desk: Client, fields: dict[str, str], reason: str):
    article = make_article(status="draft")
    response = save(desk, "article", article.pk, **fields)
    assert response.status_code == 200
    assert reason in errors(response)
    assert again(article).updated_at == article.updated_at or again(article).edited_fields == []


def test_what_only_the_database_refuses_is_said_in_the_form_too(desk: Client, monkeypatch):
    article = make_article("Kept")
    monkeypatch.setattr("articles.admin.articles.ArticleForm._post_clean", lambda form: None)
    monkeypatch.setattr(
        "articles.admin.articles.ArticleAdmin.save_model",
        lambda *_, **__: Article.objects.filter(pk=article.pk).update(headline=""),
    )
    response = save(desk, "article", article.pk, headline="Written by hand")
    assert response.status_code == 200
    assert "published article has a headline" in errors(response)
    assert "Written by hand" in response.text
    assert again(article).headline == "Kept"


# ── publishing and withdrawing ───────────────────────────────────────────────────────────────────


def test_one_article_is_withdrawn_from_its_page_and_published_again(desk: Client):
    article = make_article()
    url = address("article_withdraw", article.pk)
    assert url in desk.get(address("article_change", article.pk)).text
    assert "First" not in desk.get(url).text
    desk.post(url, {"reason": "Wrong."})
    page = desk.get(address("article_change", article.pk))
    assert again(article).status == ArticleStatus.WITHDRAWN
    assert "Wrong." in page.text
    assert url not in page.text
    assert errors(save(desk, "article", article.pk, status="published")) == ""
    article = again(article)
    assert article.status == ArticleStatus.PUBLISHED
    assert (article.withdrawn_at, article.withdrawn_reason) == (None, "")


def test_a_withdrawn_article_can_be_corrected_and_stays_withdrawn(desk: Client):
    article = make_article()
    article.withdraw("Wrong.")
    assert errors(save(desk, "article", article.pk, headline="Corrected")) == ""
    article = again(article)
    assert (article.headline, article.status) == ("Corrected", ArticleStatus.WITHDRAWN)
    assert article.withdrawn_reason == "Wrong."


def test_articles_are_deleted_one_at_a_time(desk: Client):
    article = make_article()
    make_mention(article, make_entity("Body"))
    assert "delete_selected" not in desk.get(address("article_changelist")).text
    url = address("article_delete", article.pk)
    assert "1 mention" in desk.get(url).text
    desk.post(url, {"post": "yes"})
    assert not Article.objects.exists()


# ── doors out ────────────────────────────────────────────────────────────────────────────────────


def test_the_page_leads_to_the_api_while_readers_see_the_article(desk: Client):
    public = make_article()
    embargoed = make_article(publish_at=timezone.now() + timedelta(days=1))
    draft = make_article(status="draft")
    assert f"/articles/{public.uid}/" in desk.get(address("article_change", public.pk)).text
    for article in (embargoed, draft):
        page = desk.get(address("article_change", article.pk))
        assert page.context["absolute_url"] is None


def test_an_article_that_is_gone_leads_back_to_the_front(desk: Client):
    for page in ("change", "history", "delete", "withdraw"):
        response = desk.get(address(f"article_{page}", 999_999), follow=True)
        assert "doesn’t exist" in " ".join(map(str, response.context["messages"]))


# ── languages and precision ──────────────────────────────────────────────────────────────────────


def test_an_article_added_by_hand_has_its_sources_language(desk: Client):
    add(desk)
    assert Article.objects.get().language == "en"


def test_a_date_without_its_time_is_a_day_and_is_never_unknown(desk: Client):
    article = make_article(published_at=datetime(2024, 3, 31, 7, 30, tzinfo=UTC))
    response = save(desk, "article", article.pk, published_precision="unknown")
    assert "A date is exact or a day" in errors(response)
    save(desk, "article", article.pk, published_at_1="")
    assert (again(article).published_at, again(article).published_precision) == (MARCH, "day")
