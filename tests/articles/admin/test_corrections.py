"""Who changes a text that readers see is asked whether it is a correction."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Article, Correction, LedgerEntry
from articles.vocabulary import ArticleStatus
from tests.articles.admin.browser import address, errors, read_form, save
from tests.articles.api.conforming import ask
from tests.factories import make_article

pytestmark = pytest.mark.django_db
DAY = datetime(2024, 6, 30, tzinfo=UTC)
OLD, NEW = "Ten people came.", "Twelve people came."


@pytest.fixture
def article(db: None) -> Article:
    return make_article("Talks", body=OLD)


@pytest.mark.parametrize(
    "changes", [{"body": NEW}, {"headline": "Talks end"}, {"summary": "In short."}]
)
def test_a_changed_text_is_not_saved_until_it_is_said(desk: Client, article: Article, changes):
    answer = save(desk, "article", article.pk, is_correction="", **changes)
    assert "say whether your change corrects a mistake" in errors(answer)
    for value in changes.values():
        assert value in answer.text  # nothing that was written is lost
    article.refresh_from_db()
    assert (article.headline, article.summary, article.body) == ("Talks", "", OLD)
    saved = save(desk, "article", article.pk, is_correction="minor", **changes)
    assert saved.status_code == 302
    assert not Correction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_correction_is_told_wherever_the_article_is(desk: Client, article: Article):
    before = ask("changes/?page_size=200")["results"][-1]["position"]
    saved = save(
        desk, "article", article.pk, body=NEW,
        is_correction="correction", correction_note="Twelve came, not ten. <b>",
    )  # fmt: skip
    assert saved.status_code == 302
    correction = Correction.objects.get()
    assert (correction.editor, correction.note) == ("mona", "Twelve came, not ten. <b>")
    entry = LedgerEntry.objects.of(correction).get()
    assert (entry.batch.way, entry.batch.actor) == ("admin", "mona")

    (told,) = ask(f"articles/{article.uid}/")["corrections"]
    assert told["note"] == correction.note
    assert "corrections" not in ask("articles/")["results"][0]
    page = Client().get(f"/api/v1/articles/{article.uid}/?format=jsonld").json()
    (comment,) = page["correction"]
    assert (comment["@type"], comment["text"]) == ("CorrectionComment", correction.note)
    assert comment["datePublished"].startswith(f"{correction.at:%Y-%m-%d}")
    atom = Client().get("/feeds/articles.atom").text
    assert "schema:CorrectionComment" in atom
    assert f"&lt;p&gt;Correction ({correction.at:%Y-%m-%d}): Twelve came, not ten." in atom
    assert f"<updated>{correction.at.isoformat()}</updated>" in atom
    (item,) = Client().get("/feeds/articles.json").json()["items"]
    assert item["_newsroom"]["corrections"][0]["note"] == correction.note
    assert item["content_text"].endswith("Twelve came, not ten. <b>")
    assert [row["action"] for row in ask(f"changes/?after={before}")["results"]] == ["changed"]


@pytest.mark.parametrize(
    ("answer", "note", "words"),
    [
        ("correction", "", "what was wrong"),
        ("correction", " \n ", "what was wrong"),
        ("minor", "Twelve came.", "has no note"),
        ("", "Twelve came.", "meant for readers"),
        ("perhaps", "", "not one of the available choices"),
    ],
)
def test_half_an_answer_is_none(desk: Client, article: Article, answer, note, words):
    page = save(desk, "article", article.pk, body=NEW, is_correction=answer, correction_note=note)
    assert words in errors(page)
    assert Article.objects.get().body == OLD


def test_nobody_is_asked_of_what_readers_do_not_see(desk: Client):
    draft = make_article(body=OLD, status=ArticleStatus.DRAFT)
    ahead = make_article(body=OLD, publish_at="2999-01-01T00:00Z")
    for article in (draft, ahead):
        form = read_form(desk, address("article_change", article.pk), "article_form")
        assert "correction_note" not in form
        assert save(desk, "article", article.pk, body=NEW).status_code == 302
    public = make_article(body=OLD)
    facts = save(desk, "article", public.pk, is_correction="", bylines="A. Author")
    assert facts.status_code == 302
    away = save(desk, "article", public.pk, is_correction="", body=NEW, status="draft")
    assert away.status_code == 302


def test_a_note_is_added_worded_anew_and_taken_back(desk: Client, article: Article):
    row = {
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-id": "",
        "corrections-0-article": article.pk,
        "corrections-0-note": "First words.",
    }
    url = address("article_change", article.pk)
    form = read_form(desk, url, "article_form")
    assert desk.post(url, {**form, **row}).status_code == 302
    first = Correction.objects.get()
    other = Client()
    other.force_login(User.objects.create_superuser("otto"))
    assert (
        save(other, "article", article.pk, **{"corrections-0-note": "Better."}).status_code == 302
    )
    first.refresh_from_db()
    assert (first.note, first.editor) == ("Better.", "otto")
    empty = save(desk, "article", article.pk, **{"corrections-0-note": " "})
    assert "to take it back, delete it" in errors(empty)
    form = read_form(desk, url, "article_form")
    assert desk.post(url, {**form, "corrections-0-DELETE": "on"}).status_code == 302
    assert ask(f"articles/{article.uid}/")["corrections"] == []
    actions = LedgerEntry.objects.filter(kind="correction").order_by("id")
    assert [entry.action for entry in actions] == ["insert", "update", "delete"]


@pytest.mark.django_db(transaction=True)
def test_the_past_has_the_corrections_of_then(desk: Client, article: Article):
    save(
        desk, "article", article.pk, body=NEW,
        is_correction="correction", correction_note="Twelve came.",
    )  # fmt: skip
    then = Correction.objects.get().at
    earlier = article.created_at.isoformat().replace("+", "%2B")
    assert ask(f"articles/{article.uid}/?as_of={earlier}")["corrections"] == []
    Correction.objects.get().delete()
    at = then.isoformat().replace("+", "%2B")
    (told,) = ask(f"articles/{article.uid}/?as_of={at}")["corrections"]
    assert told["note"] == "Twelve came."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_a_text_that_was_changed_out_of_sight_is_asked_for_when_it_returns(
    desk: Client, article: Article, status: str
):
    why = "Under review." if status == "withdrawn" else ""
    Article.objects.update(status=status, withdrawn_reason=why, withdrawn_at=(why and DAY) or None)
    assert save(desk, "article", article.pk, body=NEW, is_correction="").status_code == 302
    asked = save(desk, "article", article.pk, is_correction="", status="published")
    assert "say whether your change corrects a mistake" in errors(asked)
    told = save(
        desk, "article", article.pk, status="published",
        is_correction="correction", correction_note="Twelve.",
    )  # fmt: skip
    assert told.status_code == 302
    assert [it["note"] for it in ask(f"articles/{article.uid}/")["corrections"]] == ["Twelve."]


@pytest.mark.django_db(transaction=True)
def test_the_same_text_returns_without_a_question(desk: Client, article: Article):
    save(desk, "article", article.pk, status="draft")
    save(desk, "article", article.pk, body=NEW, is_correction="")
    save(desk, "article", article.pk, body=OLD, is_correction="")
    back = save(desk, "article", article.pk, status="published", is_correction="")
    assert back.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_many_are_not_published_with_texts_that_readers_do_not_know(desk: Client):
    changed, same, new = (make_article(body=OLD) for _ in range(3))
    for article in (changed, same):
        save(desk, "article", article.pk, status="draft")
    Article.objects.filter(pk=new.pk).delete()
    new = make_article(body=OLD, status=ArticleStatus.DRAFT)
    for article in (changed, new):
        save(desk, "article", article.pk, body=NEW)
    chosen = {"_selected_action": [changed.pk, same.pk, new.pk], "action": "publish_selected"}
    shown = desk.post(address("article_changelist"), {**chosen, "step": "preview"})
    plan = shown.context["plan"]
    assert (plan.changing, plan.refused) == (2, 1)
    assert "whether it is a correction" in shown.text
    desk.post(address("article_changelist"), {**chosen, "step": "apply", "shown": plan.seal})
    found = Article.objects.filter(status=ArticleStatus.PUBLISHED).order_by("pk")
    assert [it.pk for it in found] == [same.pk, new.pk]


def test_an_earlier_text_is_restored_with_an_answer(desk: Client, article: Article):
    save(desk, "article", article.pk, body=NEW, is_correction="minor")
    entry = LedgerEntry.objects.of(article).filter(action="update").first()
    url = address("article_restore", article.pk, entry.pk)
    form = read_form(desk, url, "restore_form")
    asked = desk.post(url, {**form, "is_correction": ""})
    assert "say whether your change corrects a mistake" in errors(asked)
    assert Article.objects.get().body == NEW
    answer = {"is_correction": "correction", "correction_note": "Ten came after all."}
    assert desk.post(url, {**form, **answer}).status_code == 302
    assert Article.objects.get().body == OLD
    (told,) = ask(f"articles/{article.uid}/")["corrections"]
    assert told["note"] == "Ten came after all."
    runs = {
        entry.batch.run for entry in LedgerEntry.objects.select_related("batch").order_by("-id")[:2]
    }
    assert len(runs) == 1  # one undo takes both back
