"""Rate limits: who is counted, what is told, and when the next request is answered again."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections
from django.db.models import F
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.api.limits import RateLimitMiddleware, address_of
from articles.models import RequestCount, Token
from tests.articles.api.conforming import ROOT
from tests.factories import make_tag

pytestmark = pytest.mark.django_db

TAGS = f"{ROOT}tags/?fields=slug"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.API_RATE_ANONYMOUS = (3, 60)
    settings.API_RATE_TOKEN = (5, 3600)


def ask(path=TAGS, address="192.0.2.1", **headers):
    return Client(headers=headers or None, REMOTE_ADDR=address).get(path)


def pass_time(seconds):
    RequestCount.objects.update(started=F("started") - timedelta(seconds=seconds))


def test_the_answers_tell_what_is_left():
    for left in (2, 1, 0):
        answer = ask()
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == '"anonymous";q=3;w=60'
        assert answer.headers["RateLimit"] == f'"anonymous";r={left};t=60'
    refused = ask()
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["RateLimit"] == '"anonymous";r=0;t=60'
    assert refused.json()["status"] == 429
    assert refused.json()["title"] == "Too Many Requests"
    assert refused.headers["Cache-Control"] == "no-store"


def test_retry_after_is_true():
    ask()
    pass_time(20.5)
    for _ in range(2):
        ask()
    wait = int(ask().headers["Retry-After"])
    assert wait in (39, 40)
    pass_time(wait - 2)
    assert ask().status_code == 429
    pass_time(2)
    answer = ask()
    assert answer.status_code == 200
    assert answer.headers["RateLimit"] == '"anonymous";r=2;t=60'


def test_errors_and_304_count_too():
    answers = [ask(f"{ROOT}nothing/"), ask(f"{ROOT}tags/?x=1"), ask(TAGS, **{"if-none-match": "*"})]
    assert [it.status_code for it in answers] == [404, 400, 304]
    assert [re.search(r"r=(\d)", it.headers["RateLimit"])[1] for it in answers] == ["2", "1", "0"]
    assert ask("/feeds/articles.atom").status_code == 429


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/", f"{ROOT}schema/", f"{ROOT}docs/", "/admin/login/"]
)
def test_what_is_not_limited(path):
    for _ in range(5):
        answer = ask(path)
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers
    assert not RequestCount.objects.exists()


def test_visitors_are_counted_apart():
    for _ in range(4):
        ask()
    assert ask().status_code == 429
    assert ask(address="192.0.2.2").status_code == 200
    token, secret = Token.objects.issue("Mirror", created_by="ann")
    answer = ask(authorization=f"Bearer {secret}")
    assert answer.headers["RateLimit-Policy"] == '"token";q=5;w=3600'
    for _ in range(4):
        assert ask(address="192.0.2.9", authorization=f"Bearer {secret}").status_code == 200
    assert ask(authorization=f"Bearer {secret}").status_code == 429
    assert set(RequestCount.objects.values_list("visitor", flat=True)) == {
        "192.0.2.1", "192.0.2.2", f"token {token.pk}",
    }  # fmt: skip


def test_guessed_tokens_are_counted_by_address_and_leave_nothing():
    for number in range(3):
        assert ask(authorization=f"Bearer newsroom_{number}").status_code == 401
    assert ask(authorization="Bearer newsroom_x").status_code == 429
    assert RequestCount.objects.count() == 1


def test_a_network_of_ipv6_is_one_visitor():
    for number in range(3):
        ask(address=f"2001:db8:1:2::{number:x}")
    assert ask(address="2001:db8:1:2:ffff::1").status_code == 429
    assert ask(address="2001:db8:1:3::1").status_code == 200
    assert ask(address="::ffff:192.0.2.7").headers["RateLimit"].startswith('"anonymous";r=2')
    assert ask(address="192.0.2.7").headers["RateLimit"].startswith('"anonymous";r=1')


def visitor(told, proxies, settings, peer="10.0.0.1"):
    settings.TRUSTED_PROXIES = proxies
    more = {} if told is None else {"HTTP_X_FORWARDED_FOR": told}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=peer, **more))


@pytest.mark.parametrize(
    ("told", "proxies", "found"),
    [
        ("1.1.1.1", 0, "10.0.0.1"),
        (None, 1, "10.0.0.1"),
        ("1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 10.0.0.2", 2, "1.1.1.1"),
        ("1.1.1.1", 2, "1.1.1.1"),
        ("6.6.6.6,", 1, "10.0.0.1"),
        ("6.6.6.6, unknown", 1, "10.0.0.1"),
        ("1.1.1.1:4711", 1, "1.1.1.1"),
        ("[2001:db8::1]:4711", 1, "2001:db8::"),
        ("2001:db8::1", 1, "2001:db8::"),
        ("", 1, "10.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_say_is_believed(told, proxies, found, settings):
    assert visitor(told, proxies, settings) == found


def test_a_socket_without_an_address(settings):
    assert visitor(None, 0, settings, peer="") == "unknown"


@given(st.text(), st.integers(0, 3))
def test_no_header_fails_or_makes_a_long_key(told, proxies):
    with override_settings(TRUSTED_PROXIES=proxies):
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")
        request.META["HTTP_X_FORWARDED_FOR"] = told
        assert len(address_of(request)) <= 60


def test_off_means_that_nothing_is_counted(settings):
    settings.API_RATE_ANONYMOUS = None
    for _ in range(5):
        answer = ask()
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers
    assert not RequestCount.objects.exists()


def test_it_costs_one_query(django_assert_num_queries):
    make_tag("Peace")
    with django_assert_num_queries(2):  # the count · the tags
        ask()
    _, secret = Token.objects.issue("Mirror", created_by="ann")
    ask(authorization=f"Bearer {secret}")
    with django_assert_num_queries(3):  # the token · the count · the tags
        ask(authorization=f"Bearer {secret}")


def test_old_rows_are_cleared(monkeypatch):
    now = timezone.now()
    RequestCount.objects.create(visitor="old", started=now - timedelta(hours=2), requests=9)
    RequestCount.objects.create(visitor="new", started=now - timedelta(minutes=30), requests=9)
    clock = [1000.0]
    monkeypatch.setattr("articles.api.limits.monotonic", lambda: clock[0])
    middleware = RateLimitMiddleware(lambda _: ask("/healthz"))
    request = RequestFactory().get(TAGS)
    middleware(request)
    assert RequestCount.objects.filter(visitor="old").exists()
    clock[0] += 61
    middleware(request)
    assert set(RequestCount.objects.values_list("visitor", flat=True)) == {"new", "127.0.0.1"}


def test_the_table_waits_for_no_disk():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'articles_requestcount'"
        )
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_none_is_lost(settings):
    settings.API_RATE_ANONYMOUS = (30, 3600)
    statuses = []

    def many():
        try:
            statuses.extend([ask().status_code for _ in range(10)])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 30 + [429] * 10


def test_a_database_that_fails_is_a_problem_too(monkeypatch):
    def fail(*_):
        raise DatabaseError("no space")

    monkeypatch.setattr("articles.models.limits.RequestCountQuerySet.count_request", fail)
    answer = Client(raise_request_exception=False).get(TAGS)
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "no space" not in answer.text
