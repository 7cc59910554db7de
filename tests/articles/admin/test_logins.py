"""Logging in: guessing is stopped, and nobody keeps others out."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from articles.admin import logins
from articles.models import RequestCount
from articles.models.limits import LOGIN_WINDOW
from articles.visitors import client_address

PASSWORD = "a-password-9"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def people(db):
    for name in ("mona", "otto"):
        User.objects.create_user(name, password=PASSWORD, is_staff=True)


def enter(name="mona", password=PASSWORD, *, address=HERE, client=None):
    """The answer of a try: 302 is in, 200 is wrong, 429 is not looked at."""
    client = client or Client()
    values = {"username": name, "password": password, "next": "/admin/"}
    return client.post(reverse("admin:login"), values, REMOTE_ADDR=address)


def guess(times, name="mona", **more):
    return [enter(name, f"guess-{number}", **more).status_code for number in range(times)]


@pytest.mark.usefixtures("people")
def test_guesses_at_a_name_are_stopped_with_words_and_a_time():
    limit = logins.TRIES_AT_NAME_BY_ADDRESS
    assert guess(limit + 2) == [200] * limit + [429] * 2
    refused = enter()
    assert refused.status_code == 429  # though the password is right
    assert 0 < int(refused.headers["Retry-After"]) <= LOGIN_WINDOW
    assert "Try again in 15 minutes" in refused.text
    assert "no-store" in refused.headers["Cache-Control"]
    assert "_auth_user_id" not in refused.client.session
    assert Client().get(reverse("admin:login"), REMOTE_ADDR=HERE).status_code == 200
    # Only the name from there: neither others, nor the same person from elsewhere.
    assert enter("otto").status_code == 302
    assert enter(address=ELSEWHERE).status_code == 302


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("name", ["MONA", "ｍｏｎａ", "Mona"])
def test_a_name_written_otherwise_is_the_same(name):
    guess(logins.TRIES_AT_NAME_BY_ADDRESS)
    assert enter(name).status_code == 429


@pytest.mark.usefixtures("people")
def test_who_tries_many_names_is_stopped_alone():
    for number in range(logins.TRIES_BY_ADDRESS):
        assert enter(f"name-{number}", "guess").status_code == 200
    assert enter("otto").status_code == 429
    assert enter("otto", address=ELSEWHERE).status_code == 302


@pytest.mark.usefixtures("people")
def test_one_address_keeps_nobody_out_who_is_elsewhere():
    guess(logins.TRIES_AT_NAME * 3)
    assert enter(address=ELSEWHERE).status_code == 302


@pytest.mark.usefixtures("people")
def test_many_addresses_are_stopped_but_not_the_browser_of_the_person():
    own = Client()
    assert enter(client=own, address=ELSEWHERE).status_code == 302
    own.post(reverse("admin:logout"))
    each = logins.TRIES_AT_NAME_BY_ADDRESS
    for number in range(logins.TRIES_AT_NAME // each + 1):
        guess(each, address=f"203.0.113.{number}")
    assert enter(address="203.0.113.99").status_code == 429
    assert enter(client=own, address=ELSEWHERE).status_code == 302
    # What the browser is known for is that name alone, and it has tries enough, but not endless.
    other = enter("otto", "guess", client=own, address="203.0.113.1")
    assert other.status_code == 200
    own.post(reverse("admin:logout"))
    limit = logins.TRIES_OF_BROWSER
    assert guess(limit + 1, client=own, address=ELSEWHERE) == [200] * limit + [429]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "ImEi:1abc:def"])
def test_a_made_up_cookie_helps_nobody(cookie):
    guess(logins.TRIES_AT_NAME_BY_ADDRESS)
    client = Client()
    client.cookies[logins.COOKIE] = cookie
    assert enter(client=client).status_code == 429


@pytest.mark.usefixtures("people")
def test_who_gets_in_begins_anew():
    limit = logins.TRIES_AT_NAME_BY_ADDRESS
    for _ in range(3):
        assert guess(limit - 1) == [200] * (limit - 1)
        assert enter().status_code == 302


@pytest.mark.usefixtures("people")
def test_no_name_that_was_typed_is_kept():
    enter("my-secret-typed-for-a-name", "x")
    kept = " ".join(RequestCount.objects.values_list("visitor", flat=True))
    assert kept.count("login ") == 3
    assert "secret" not in kept
    assert HERE not in kept


@pytest.mark.usefixtures("people")
def test_clearing_for_the_api_leaves_the_tries():
    guess(1)
    RequestCount.objects.clear(0)
    assert RequestCount.objects.count() == 3
    RequestCount.objects.clear(0, of_logins=True)
    assert not RequestCount.objects.exists()


@pytest.mark.usefixtures("people")
def test_cookies_are_nobodys_but_the_desks():
    client = Client()
    client.get(reverse("admin:login"))
    enter(client=client)
    for name in (settings.SESSION_COOKIE_NAME, logins.COOKIE, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] in {"Lax", "Strict"}
        assert not cookie["domain"]
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 12 * 3600
    assert client.cookies[logins.COOKIE]["path"] == "/admin/login/"


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short-9", "123456789012", "password1234", "monamonamona"])
def test_weak_passwords_are_refused(desk: Client, password):
    url = reverse("admin:auth_user_add")
    values = {
        "username": "monamona", "usable_password": "true",
        "password1": password, "password2": password,
    }  # fmt: skip
    assert desk.post(url, values).status_code == 200
    assert not User.objects.filter(username="monamona").exists()


@pytest.mark.django_db
def test_the_settings_are_fit_to_be_deployed(settings):
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.ALLOWED_HOSTS = ["archive.example"]
    call_command("check", deploy=True, fail_level="WARNING")


@given(st.text(max_size=30), st.text(max_size=80), st.integers(0, 3))
def test_an_address_is_short_whatever_is_told(peer, told, proxies):
    assert 0 < len(client_address(peer, told, proxies)) <= 45


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("after", ["//evil.example/", "https://evil.example/", "", None])
def test_a_login_ends_at_the_desk(after):
    values = {"username": "mona", "password": PASSWORD}
    values |= {} if after is None else {"next": after}
    login = reverse("admin:login")
    asked = {} if after is None else {"query_params": {"next": after}}
    done = Client().post(login, values, **asked)
    assert (done.status_code, done["Location"]) == (302, reverse("admin:index"))
