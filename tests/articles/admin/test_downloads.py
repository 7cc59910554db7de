"""“Download this list”: what the list shows and nothing else, for those who see it."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.admin import downloads
from articles.models import Alias, Article, Mention, Tag, Tagging, recording
from articles.vocabulary import ArticleStatus, Origin, Way
from tests.articles.admin.browser import address
from tests.articles.export.test_tables import cells
from tests.factories import make_article, make_entity, make_source, make_tag, make_tagging

DAY = datetime(2024, 3, 31, 18, 30, tzinfo=UTC)
FORMATS = ["csv", "jsonl", "xlsx"]
NOUNS = ["source", "article", "entity", "tag"]


def fetch(client: Client, noun: str, name: str, query: str = "") -> bytes:
    response = client.get(f"/admin/articles/{noun}/download/{name}/{query}")
    assert response.status_code == 200, response.headers
    return b"".join(response.streaming_content)


def rows(client: Client, noun: str, name: str, query: str = "") -> list[dict[str, str]]:
    data = fetch(client, noun, name, query)
    if name == "jsonl":
        return [json.loads(line) for line in data.decode().split("\n") if line]
    if name == "csv":
        found = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        return [{k: v.removeprefix("'") for k, v in row.items()} for row in found]
    header, *body = cells(data)
    return [{word: row.get(letter, "") for letter, word in header.items()} for row in body]


def every_script() -> None:
    wire = make_source("=The Wire", slug="wire", language="ar", notes="@internal")
    texts = [
        "=1+1",
        "+1",
        "-2\n\n@3",
        "'quoted'",
        "خبر عاجل",
        "中文。\n\n新闻",
        'שלום; "x"',
        "😀 a,b",
    ]
    for number, text in enumerate(texts):
        article = make_article(
            text.split("\n")[0],
            source=wire,
            external_id=f"{text} {number}".replace("\n", " "),
            body=text,
            summary=text.split("\n")[0],
            bylines=["@Ann; Lee", text.split("\n")[0]],
            status=ArticleStatus.DRAFT if number % 2 else ArticleStatus.PUBLISHED,
            published_at=None if number == 3 else DAY + timedelta(days=number),
        )
        make_tagging(article, make_tag(f"-Tag {text[:3]}", slug=f"tag-{number}"), origin="source")
        entity = make_entity(f"={number} القاهرة", slug=f"entity-{number}")
        Mention.objects.create(article=article, entity=entity, origin=Origin.SOURCE)


def state() -> list[dict[str, object]]:
    found = Article.objects.order_by("uid")
    return [
        {
            **{
                name: getattr(it, name)
                for name in (
                    "uid", "external_id", "headline", "body", "summary", "bylines", "language",
                    "published_at", "published_precision", "status", "original_url",
                )
            },
            "tags": sorted(it.taggings.accepted().values_list("tag__name", flat=True)),
            "entities": sorted(it.mentions.accepted().values_list("entity__name", flat=True)),
        }
        for it in found
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_articles_of_every_script_load_again_as_they_were(desk: Client, name: str, tmp_path: Path):
    every_script()
    before = state()
    path = tmp_path / f"articles.{name}"
    path.write_bytes(fetch(desk, "article", name))
    call_command("load_articles", str(path), quiet=True, stdout=(out := io.StringIO()))
    assert f"{len(before)} unchanged" in " ".join(out.getvalue().split())
    with recording(Way.LOAD, actor="loader"):  # what an editor deleted no load brings back
        for model in (Mention, Tagging, Article):
            model.objects.all().delete()
    call_command("load_articles", str(path), quiet=True, stdout=io.StringIO())
    assert state() == before


def test_a_workbook_holds_the_same_records(desk: Client):
    every_script()
    lines = {row["uid"]: row for row in rows(desk, "article", "jsonl")}
    found = rows(desk, "article", "xlsx")
    assert len(found) == len(lines) == 8
    for row in found:
        line = lines[row["uid"]]
        for word in ("source", "headline", "body", "summary", "language", "status"):
            assert row[word] == line[word]
        for word in ("bylines", "tags", "entities"):
            assert json.loads(row[word]) == line[word]
        assert row["published_at"] == (line["published_at"] or "")
        assert row["cut"] == ""


@pytest.mark.parametrize("name", FORMATS)
def test_search_filters_and_order_are_those_of_the_list_on_every_page(desk: Client, name: str):
    wire, other = make_source("Wire"), make_source("Other")
    for number in range(60):
        make_article(
            f"Talks {number}",
            source=wire if number % 2 else other,
            published_at=DAY + timedelta(days=number),
            status=ArticleStatus.DRAFT if number % 3 == 0 else ArticleStatus.PUBLISHED,
        )
    make_article("Floods", source=wire, published_at=DAY)
    make_article("Undated", source=wire)
    queries = [
        "", "?p=2", "?q=talks", "?q=talks&status__exact=draft&p=2", f"?source={wire.pk}&q=talks",
        "?published_from=2024-04-02&published_to=2024-04-05", "?precision=unknown",
        "?o=3", "?o=-3", "?o=3.-3", "?q=nothing+of+it", "?source=nonsense",
    ]  # fmt: skip
    for query in queries:
        shown = desk.get(address("article_changelist") + re.sub(r"p=\d+", "", query))
        listed = [str(row) for row in shown.context["cl"].queryset]
        assert [row["headline"] for row in rows(desk, "article", name, query)] == listed, query
    assert len(rows(desk, "article", name, "?p=2")) == 62


@pytest.mark.parametrize(
    ("noun", "words"),
    [("source", "wire"), ("article", "quoted"), ("entity", "entity-"), ("tag", "child")],
)
def test_the_list_offers_its_own_download(desk: Client, noun: str, words: str):
    every_script()
    make_tag("Child", parent=Tag.objects.first())
    page = desk.get(address(f"{noun}_changelist") + f"?q={words}")
    links = re.findall(r'href="(download/[^"]+)"', page.text)
    assert links == [f"download/{name}/?q={words}" for name in FORMATS]
    total = page.context["cl"].result_count
    assert total > 0
    for link in links:
        found = desk.get(address(f"{noun}_changelist") + link)
        assert b"".join(found.streaming_content)
        name = link.split("/")[1]
        plural = {"entity": "entities"}.get(noun, f"{noun}s")
        assert re.search(
            rf'attachment; filename="{plural}-\d{{4}}-\d\d-\d\d\.{name}"',
            found.headers["Content-Disposition"],
        )
        assert len(rows(desk, noun, name, f"?q={words}")) == total
    nothing = desk.get(address(f"{noun}_changelist") + "?q=zzzzzz")
    assert "download/" not in nothing.text
    popup = desk.get(address(f"{noun}_changelist") + "?_popup=1")
    assert "download/" not in popup.text


def test_other_nouns_tell_their_fields(desk: Client):
    source = make_source("Wire", country="EG", cleaning_off=["line-ends"])
    society = make_tag("Society")
    tag = make_tag("Peace", parent=society, description="=1")
    entity = make_entity("القاهرة", wikidata_id="Q85")
    Alias.objects.create(entity=entity, spelling="Cairo")
    (line,) = rows(desk, "source", "jsonl")
    assert (line["slug"], line["country"], line["cleaning_off"]) == (
        source.slug, "EG", ["line-ends"],
    )  # fmt: skip
    (line,) = rows(desk, "entity", "jsonl")
    assert line["aliases"] == ["Cairo", "القاهرة"]
    assert line["wikidata_id"] == "Q85"
    assert line["is_reviewed"] is True
    found = {row["slug"]: row for row in rows(desk, "tag", "csv")}
    assert found[tag.slug]["parent"] == society.slug
    assert found[society.slug]["parent"] == ""
    assert ",'=1," in fetch(desk, "tag", "csv").decode()


def test_more_rows_than_a_sheet_holds_are_told_of_before_anything(
    desk: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(downloads, "MOST_ROWS", 2)
    for number in range(3):
        make_tag(f"Tag {number}")
    answer = desk.get("/admin/articles/tag/download/xlsx/?q=tag", follow=True)
    assert answer.redirect_chain[-1][0].endswith("?q=tag")
    assert "narrow it, or download it as CSV or JSON Lines" in answer.text
    assert answer.context["cl"].result_count == 3
    assert len(rows(desk, "tag", "csv", "?q=tag")) == 3
    assert len(rows(desk, "tag", "xlsx", "?q=tag+1")) == 1


def test_what_the_list_refuses_the_download_refuses(desk: Client):
    make_tag()
    assert desk.get("/admin/articles/tag/download/pdf/").status_code == 404
    answer = desk.get("/admin/articles/tag/download/csv/?nonsense=1", follow=True)
    assert "cannot be narrowed" in answer.text
    assert desk.get("/admin/articles/storyline/download/csv/", follow=True).status_code in {
        200,
        404,
    }


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.django_db
def test_a_viewer_may_download_what_they_see_and_nobody_else(noun: str):
    make_article("Draft", status=ArticleStatus.DRAFT)
    make_entity()
    make_tag()
    url = f"/admin/articles/{noun}/download/jsonl/"
    assert Client().get(url).headers["Location"].startswith("/admin/login/")
    user = User.objects.create_user("vera", is_staff=True)
    client = Client()
    client.force_login(user)
    assert client.get(url).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename=f"view_{noun}"))
    assert len(rows(client, noun, "jsonl")) == 1
    user.is_staff = False
    user.save()
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", FORMATS)
def test_a_download_asks_the_same_queries_however_many_rows(desk: Client, name: str):
    counts = []
    for more in (1, 450):
        source = make_source()
        for _ in range(more):
            make_article(source=source, published_at=DAY)
            make_entity()
        taken = []
        for noun in ("article", "entity"):
            fetch(desk, noun, name)
            with CaptureQueriesContext(connection) as queries:
                fetch(desk, noun, name)
            taken.append(len(queries))
        counts.append(taken)
    assert counts[0] == counts[1]
    assert max(counts[0]) < 16
