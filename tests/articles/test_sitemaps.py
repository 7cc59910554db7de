"""robots.txt and the sitemaps: every public page once, nothing else."""

from datetime import timedelta
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from articles import sitemaps
from articles.models import Article
from articles.models.key_ranges import occupied_ranges
from tests.factories import make_article, make_entity, make_source, make_tag

pytestmark = pytest.mark.django_db

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def read(path):
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml"
    return ElementTree.fromstring(answer.content)  # noqa: S314  our own


def parts():
    return [it.text for it in read("/sitemap.xml").iter(f"{NAMESPACE}loc")]


def addresses():
    return [it.text for part in parts() for it in read(part).iter(f"{NAMESPACE}loc")]


def test_robots():
    answer = Client().get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[:2] == ["User-agent: *", "Disallow: /admin/"]
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"
    assert "Disallow: /api/v1/articles." in lines
    assert "Disallow: /api/v1/" not in lines


def test_every_public_page_once():
    wire = make_source("Wire", slug="wire")
    shown = make_article(source=wire)
    make_entity(
        "\u0627\u0644\u0642\u0627\u0647\u0631\u0629",
        slug="\u0627\u0644\u0642\u0627\u0647\u0631\u0629",
    )
    make_tag("Peace")
    make_article(source=wire, status="draft")
    make_article(source=wire, publish_at=timezone.now() + timedelta(days=1))
    make_article(source=wire).withdraw("It was wrong.")
    found = addresses()
    assert [unquote(urlsplit(it).path) for it in found] == [
        f"/api/v1/articles/{shown.uid}/",
        "/api/v1/sources/wire/",
        "/api/v1/entities/\u0627\u0644\u0642\u0627\u0647\u0631\u0629/",
        "/api/v1/tags/peace/",
    ]
    for address in found:
        assert address.isascii()
        page = Client(headers={"accept": "text/html"}).get(address)
        assert page.status_code == 200
        assert "noindex" not in page.text
        assert f'<link rel="canonical" href="{address}">' in page.text
    shown.refresh_from_db()
    (changed,) = [it.text for part in parts() for it in read(part).iter(f"{NAMESPACE}lastmod")]
    assert changed == shown.updated_at.isoformat()


def test_parts_stay_while_rows_come_and_go(monkeypatch):
    monkeypatch.setattr(sitemaps, "ADDRESSES", 3)
    articles = [make_article() for _ in range(10)]
    before = {part: addresses_of(part) for part in parts() if "articles" in part}
    assert all(len(found) <= 3 for found in before.values())
    assert sum(map(len, before.values())) == 10
    make_article()
    Article.objects.filter(pk=articles[4].pk).delete()
    gone = f"http://testserver/api/v1/articles/{articles[4].uid}/"
    for part, found in list(before.items())[:-1]:
        assert addresses_of(part) == [it for it in found if it != gone]


def addresses_of(part):
    return [it.text for it in read(part).iter(f"{NAMESPACE}loc")]


def test_empty_ranges_are_passed_over():
    articles = [make_article() for _ in range(9)]
    keys = [article.pk for article in articles]
    Article.objects.filter(pk__in=keys[2:7]).delete()
    left = sorted({(key - 1) // 2 for key in (*keys[:2], *keys[7:])})
    assert occupied_ranges(Article.objects.published(), 2) == left
    Article.objects.all().delete()
    assert occupied_ranges(Article.objects.published(), 2) == []


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-articles-1.xml",
        "/sitemap-articles-0.xml",
        f"/sitemap-articles-{10**30}.xml",
        "/sitemap-drafts-1.xml",
    ],
)
def test_what_is_not_there(path):
    assert Client().get(path).status_code == 404


def test_an_empty_archive():
    assert parts() == []


@pytest.mark.parametrize("count", [1, 8])
def test_sitemaps_cost_the_same_however_much_they_hold(count, django_assert_num_queries):
    for _ in range(count):
        make_article()
    with django_assert_num_queries(4):  # one for each kind
        (part, *_) = parts()
    with django_assert_num_queries(1):
        read(part)
