"""The front page, the feeds and the health doors, as their visitors see them."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection

from articles import pages
from articles.models import Article
from tests.factories import make_article, make_source

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_empty_archive_says_how_to_fill_it(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "The archive is empty" in page.text
    assert "seed_archive" in page.text


def test_the_front_page_tells_counts_span_and_newest(client):
    source = make_source("Meridian")
    make_article("An old one", source=source, published_at=datetime(1999, 5, 4, tzinfo=UTC))
    make_article("A new one", source=source, published_at=datetime(2024, 3, 31, tzinfo=UTC))
    make_article("No date", source=source)
    make_article("A draft", source=source, status="draft")
    text = client.get("/").text
    assert "<dt>articles</dt><dd>3</dd>" in text
    assert "4 May 1999" in text
    assert "31 March 2024" in text
    assert text.index("A new one") < text.index("An old one") < text.index("No date")
    assert "A draft" not in text


def test_only_undated_articles_have_no_span(client):
    make_article("No date")
    assert "None of the articles has a known date" in client.get("/").text


def test_every_door_opens(client):
    page = client.get("/").text
    doors = page[page.index('class="doors"') : page.index("</ul>")]
    addresses = [part.split('"')[0] for part in doors.split('href="')[1:]]
    assert len(addresses) == 6
    for address in addresses:
        assert client.get(address, follow=True).status_code == 200, address


def test_headlines_are_escaped_and_have_their_direction(client):
    make_article("<script>alert(1)</script> خبر", language="ar")
    text = client.get("/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert 'lang="ar" dir="auto"' in text


def test_the_front_page_asks_a_constant_number_of_questions(client, django_assert_num_queries):
    for number in range(12):
        make_article(published_at=datetime(2024, 1, 1 + number, tzinfo=UTC))
    # four counts, the first and the last day, the newest articles with their sources
    with django_assert_num_queries(7):
        client.get("/")


def test_large_counts_are_estimates(monkeypatch):
    for _ in range(30):
        make_article()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    monkeypatch.setattr(pages, "COUNTED", 20)
    assert pages.rough_count(Article.objects.all()) == "about 30"


def test_the_policy_forbids_everything_from_elsewhere(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = client.get("/").text
    assert "<script" not in page
    assert "style=" not in page


def test_health(client, monkeypatch):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").status_code == 200

    def broken() -> None:
        raise DatabaseError

    monkeypatch.setattr(pages.connection, "cursor", broken)
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"no database\n")


def test_only_reading(client):
    assert client.post("/").status_code == 405
    assert client.head("/").status_code == 200


def test_what_is_not_here(client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Not here" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_what_is_refused_is_our_page(client):
    strict = type(client)(enforce_csrf_checks=True)
    answer = strict.post("/admin/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Not sent" in answer.text
    answer = client.get("/", headers={"host": "elsewhere.example:x"})
    assert answer.status_code == 400
    assert "Not understood" in answer.text
