"""Tokens on the desk: made by whoever may, shown once, listed, revoked, never changed."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Token
from articles.vocabulary import TokenScope
from tests.articles.admin.browser import address, errors, query_names, read_form, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(admin_client):
    return admin_client


def make(desk, name="Dashboard", **more):
    """The page that shows the new token, and the token on it."""
    values = read_form(desk, address("token_add"), "token_form")
    answer = desk.post(address("token_add"), {**values, "name": name, **more})
    found = re.search(r"newsroom_[\w-]+", html.unescape(answer.text))
    return answer, found and found[0]


def test_a_token_is_shown_exactly_once(desk):
    answer, secret = make(desk, drafts="on")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    token = Token.objects.get()
    assert token.name == "Dashboard"
    assert token.scopes == ["read", "drafts"]
    assert token.created_by == "admin"
    assert secret.startswith(token.hint)
    assert len(secret) == len("newsroom_") + 43
    assert secret not in str(Token.objects.values())
    listed = desk.get(address("token_changelist")).text
    page = desk.get(address("token_change", token.pk)).text
    for text in (listed, page, str(LogEntry.objects.values())):
        assert secret not in text
        assert token.digest not in text
    assert f"{token.hint}…" in listed
    assert "drafts too" in listed
    assert "never" in listed
    anybody = Client(headers={"authorization": f"Bearer {secret}"})
    assert anybody.get("/api/v1/articles/?status=draft").status_code == 200


def test_a_token_for_reading_alone_with_an_end(desk):
    end = timezone.now() + timedelta(days=2)
    make(desk, expires_at_0=f"{end:%Y-%m-%d}", expires_at_1=f"{end:%H:%M:%S}")
    token = Token.objects.get()
    assert token.scopes == [TokenScope.READ]
    assert abs(token.expires_at - end) < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": " "}, "required"),
        ({"expires_at_0": "2001-01-01", "expires_at_1": "00:00"}, "past"),
        ({"expires_at_0": "soon", "expires_at_1": "00:00"}, "year-month-day"),
    ],
)
def test_nonsense_makes_no_token(desk, changes, told):
    answer = save(desk, "token", **{"name": "Dashboard", **changes})
    assert told in errors(answer)
    assert not Token.objects.exists()


def test_revoking_asks_and_is_final(desk):
    _, secret = make(desk)
    token = Token.objects.get()
    question = desk.post(
        address("token_changelist"), {"action": "revoke_selected", "_selected_action": token.pk}
    )
    assert "cannot be taken back" in question.text
    token.refresh_from_db()
    assert token.state == "valid"
    done = desk.post(
        address("token_changelist"),
        {"action": "revoke_selected", "_selected_action": token.pk, "confirmed": "yes"},
    )
    assert done.status_code == 302
    token.refresh_from_db()
    assert (token.state, token.revoked_by) == ("revoked", "admin")
    assert "Revoked." in str(LogEntry.objects.values("change_message"))
    refused = Client(headers={"authorization": f"Bearer {secret}"}).get("/api/v1/articles/")
    assert refused.status_code == 401
    again = desk.post(
        address("token_changelist"),
        {"action": "revoke_selected", "_selected_action": token.pk, "confirmed": "yes"},
        follow=True,
    )
    assert "revoked already" in again.text


def test_one_token_is_revoked_from_its_page(desk):
    make(desk)
    token = Token.objects.get()
    page = address("token_revoke", token.pk)
    assert page in desk.get(address("token_change", token.pk)).text
    assert "cannot be taken back" in desk.get(page).text
    assert desk.post(page, {"confirmed": "yes"}).status_code == 302
    token.refresh_from_db()
    assert token.state == "revoked"
    assert page not in desk.get(address("token_change", token.pk)).text


def test_following_a_link_revokes_nothing(desk):
    make(desk)
    token = Token.objects.get()
    desk.get(f"{address('token_revoke', token.pk)}?confirmed=yes")
    token.refresh_from_db()
    assert token.state == "valid"


def test_a_token_is_neither_changed_nor_deleted(desk):
    make(desk)
    token = Token.objects.get()
    assert "_save" not in desk.get(address("token_change", token.pk)).text
    assert desk.post(address("token_change", token.pk), {"name": "Other"}).status_code == 403
    assert desk.post(address("token_delete", token.pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in desk.get(address("token_changelist")).text
    for change in (
        lambda: Token.objects.update(scopes=["read", "drafts"]),
        lambda: Token.objects.update(digest="0" * 64),
        lambda: Token.objects.update(expires_at=timezone.now()),
        lambda: Token.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    token.revoke("ann")
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.update(revoked_at=None, revoked_by="")


def editor(*names):
    user = User.objects.create_user("ed", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_only_who_may_makes_and_revokes():
    token, _ = Token.objects.issue("Mirror", created_by="ann")
    assert editor().get(address("token_changelist")).status_code == 403
    User.objects.all().delete()
    reader = editor("view_token")
    assert reader.get(address("token_changelist")).status_code == 200
    assert reader.get(address("token_add")).status_code == 403
    reader.post(address("token_revoke", token.pk), {"confirmed": "yes"})
    reader.post(
        address("token_changelist"),
        {"action": "revoke_selected", "_selected_action": token.pk, "confirmed": "yes"},
    )
    token.refresh_from_db()
    assert token.state == "valid"
    User.objects.all().delete()
    maker = editor("view_token", "add_token")
    assert "name" in read_form(maker, address("token_add"), "token_form")
    User.objects.all().delete()
    editor("change_token").post(address("token_revoke", token.pk), {"confirmed": "yes"})
    token.refresh_from_db()
    assert token.state == "revoked"


def test_the_list_costs_the_same_however_long(desk):
    names = []
    for number in (1, 7):
        for _ in range(number):
            Token.objects.issue("Mirror", created_by="ann")
        with CaptureQueriesContext(connection) as queries:
            desk.get(address("token_changelist"))
        names.append(query_names(queries))
    assert names[0] == names[1]
    assert names[0].count("select articles_token") == 1
