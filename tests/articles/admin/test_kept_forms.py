"""A session that ends in the middle of an edit, and forms that are refused: the text comes back."""

from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.admin.kept_forms import editor_mark
from articles.models import Article, KeptForm, kept_forms
from tests.articles.admin.browser import address, errors, read_form, save
from tests.factories import make_article

BODY = 'Line one.\r\n\r\nSecond <b>"line"</b> & more.\r\n'
PASSWORD = "a-password-9"


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def sent_too_late(desk: Client, article: Article, **changes: str):
    """Write in the form, and send it when the session has ended."""
    url = address("article_change", article.pk)
    values = {**read_form(desk, url, "article_form"), **changes}
    desk.logout()
    return desk.post(url, values)


def log_in(client: Client, response, name: str = "mona"):
    given = {"username": name, "password": PASSWORD, "next": next_of(response)}
    return client.post(response.url, given)


def next_of(response) -> str:
    return parse_qs(urlsplit(response.url).query)["next"][0]


def test_a_form_sent_after_the_session_ended_comes_back_after_the_login(desk: Client):
    article = make_article("Before", body="Old.")
    response = sent_too_late(desk, article, body=BODY, headline="By Mona")
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/?next=")
    login = desk.get(response.url)
    assert "What you wrote is kept" in login.text
    page = desk.get(log_in(desk, response).url)
    assert "Second <b>" in unescape(page.text)
    assert again(article).headline == "Before"
    # back in the form, filled in as it was; nothing is saved until Save is pressed there
    values = read_form(desk, next_of(response), "kept-form")
    form = desk.post(address("article_change", article.pk), values)
    assert "Nothing is saved yet: look over what you wrote" in errors(form)
    assert "By Mona" in form.text
    assert again(article).headline == "Before"

    class Answered:
        def get(self, _: str):
            return form

    shown = read_form(Answered(), "", "article_form")
    assert shown["body"] == BODY
    assert desk.post(address("article_change", article.pk), shown).status_code == 302
    assert again(article).body == BODY.replace("\r\n", "\n")
    assert again(article).headline == "By Mona"


def test_what_changed_meanwhile_is_compared_when_the_form_comes_back(desk: Client):
    article = make_article("Before")
    response = sent_too_late(desk, article, headline="By Mona")
    log_in(desk, response)
    save(desk, "article", article.pk, headline="In between")
    values = read_form(desk, next_of(response), "kept-form")
    form = desk.post(address("article_change", article.pk), values)
    assert "Headline: both of you changed it" in unescape(form.text)
    assert again(article).headline == "In between"


def test_a_new_article_is_kept_as_well(desk: Client):
    make_article()
    url = address("article_add")
    values = {**read_form(desk, url, "article_form"), "headline": "New and long"}
    desk.logout()
    response = desk.post(url, values)
    log_in(desk, response)
    form = desk.post(url, read_form(desk, next_of(response), "kept-form"))
    assert "New and long" in form.text
    assert Article.objects.count() == 1


def test_it_is_given_back_to_the_same_name_only(desk: Client):
    response = sent_too_late(desk, make_article(), body="Secret words")
    User.objects.create_superuser("omar", "o@example.org", PASSWORD)
    answer = log_in(desk, response, "omar")
    page = desk.get(answer.url)
    assert page.status_code == 404
    assert "Secret words" not in page.text


def test_a_kept_form_can_be_thrown_away(desk: Client):
    response = sent_too_late(desk, make_article(), body="Words")
    log_in(desk, response)
    assert desk.post(next_of(response)).status_code == 302
    assert not KeptForm.objects.exists()
    assert desk.get(next_of(response)).status_code == 404


@pytest.mark.parametrize("mark", ["", "mona", "mona:1vM:forged", None])
def test_what_was_not_written_in_a_form_of_ours_is_not_kept(desk: Client, mark: str | None):
    article = make_article()
    url = address("article_change", article.pk)
    values = read_form(desk, url, "article_form")
    values.pop("editor")
    if mark is not None:
        values["editor"] = mark
    desk.logout()
    assert desk.post(url, values).url.startswith("/admin/login/?next=/admin/articles/article/")
    assert not KeptForm.objects.exists()


def test_no_password_and_no_token_is_kept(desk: Client):
    url = "/admin/password_change/"
    desk.logout()
    desk.post(url, {"editor": editor_mark("mona"), "old_password": "x", "csrfmiddlewaretoken": "t"})
    assert [kept.fields for kept in KeptForm.objects.all()] == [[]]


def test_kept_forms_are_bounded_in_size_number_and_age(desk: Client, monkeypatch):
    monkeypatch.setattr(kept_forms, "LARGEST", 100)
    monkeypatch.setattr(kept_forms, "MOST", 2)
    keep = KeptForm.objects.keep
    assert keep("mona", "/admin/", [("body", ["x" * 101])]) is None
    tokens = [keep("mona", "/admin/", [("body", ["x"])]) for _ in range(3)]
    other = keep("omar", "/admin/", [("body", ["a\0b"])])
    assert set(KeptForm.objects.values_list("token", flat=True)) == {*tokens[1:], other}
    KeptForm.objects.filter(token=other).update(at=timezone.now() - timedelta(days=4))
    assert not KeptForm.objects.of("omar").exists()
    keep("mona", "/admin/", [])
    assert not KeptForm.objects.filter(token=other).exists()


def test_a_form_that_is_refused_as_forged_loses_nothing(desk: Client):
    article = make_article("Before")
    url = address("article_change", article.pk)
    values = {**read_form(desk, url, "article_form"), "headline": "By Mona"}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="mona"))
    response = strict.post(url, values)
    assert response.status_code == 403
    kept = KeptForm.objects.get()
    assert f'href="/admin/kept/{kept.token}/"' in response.text
    assert dict(kept.fields)["headline"] == ["By Mona"]
    assert "By Mona" in strict.get(f"/admin/kept/{kept.token}/").text
    # with the token of that page it goes through
    form = read_form(strict, f"/admin/kept/{kept.token}/", "kept-form")
    assert "Nothing is saved yet" in errors(strict.post(url, form))
    assert again(article).headline == "Before"


def test_a_refused_form_from_elsewhere_is_not_kept(client: Client, db: None):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/admin/login/", {"username": "x"}).status_code == 403
    assert not KeptForm.objects.exists()


def test_a_reason_for_a_withdrawal_is_kept_and_sent_again(desk: Client):
    article = make_article()
    url = address("article_withdraw", article.pk)
    page = desk.get(url)
    assert 'name="editor"' in page.text
    desk.logout()
    response = desk.post(url, {"editor": editor_mark("mona"), "reason": "Wrong in every line"})
    log_in(desk, response)
    assert again(article).status == "published"
    desk.post(url, read_form(desk, next_of(response), "kept-form"))
    assert again(article).withdrawn_reason == "Wrong in every line"
