"""Articles as JSON-LD and ninjs, over HTTP: negotiated, linked, valid, and loadable again."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from articles.models import Article, Mention, Source, Token
from articles.vocabulary import ArticleStatus, Origin, TokenScope
from tests.articles.api.conforming import ROOT, ask, refused
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "samples" / "ninjs" / "schemas"
LD, NINJS = "application/ld+json", "application/vnd.iptc.ninjs+json"
HOST = "http://testserver/api/v1"


@pytest.fixture
def rich():
    article = make_article(
        "Talks resume",
        source=make_source("Wire", slug="wire", kind="agency", homepage="https://wire.example/"),
        external_id="a-1",
        summary="Again.",
        bylines=["Ann Lee", "Bo Ek"],
        body="Talks resumed in Cairo.\n\nThe United Nations were there.",
        published_at=datetime(2024, 3, 31, 18, 30, tzinfo=UTC),
        original_url="https://example.org/talks?a=1",
    )
    make_mention(article, make_entity("Cairo", wikidata_id="Q85"))
    make_mention(article, make_entity("United Nations", kind="organisation", wikidata_id="Q1065"))
    Mention.objects.create(
        article=article, entity=make_entity("River treaty", kind="work"), origin=Origin.SOURCE
    )
    make_tagging(article, make_tag("Peace", media_topic="medtop:20000065"))
    make_tagging(article, make_tag("Aid"))
    make_tagging(article, make_tag("Sport"), origin=Origin.MACHINE, state="suggested")
    article.refresh_from_db()
    return article


def get(path, form=None, status=200, **headers):
    response = Client(headers=headers or None).get(
        f"{ROOT}{path}{'?' if '?' not in path else '&'}format={form}" if form else ROOT + path
    )
    assert response.status_code == status, response.content[:1000]
    return response


def stamp(at):
    return at.isoformat().replace("+00:00", "Z")


# ── choosing a form ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (LD, LD),
        (NINJS, NINJS),
        (f"{LD}, application/json;q=0.5", LD),
        ("application/*", "application/json"),
        ("*/*", "application/json"),
        (f"{NINJS};q=0.9, text/html;q=0.1", NINJS),
        (f"application/json;q=0.1, {LD};q=0.2", LD),
        (f"{LD};q=0, */*;q=0.1", "application/json"),
        (f"{LD};profile=x", LD),
        ("APPLICATION/LD+JSON", LD),
        ("application/json, application/ld+json", "application/json"),
        (f"{LD};q=high, text/html;q=0.5, application/json;q=1.000", "application/json"),
    ],
)
def test_the_header_chooses(rich, accept, form):
    for path in ("articles/", f"articles/{rich.uid}/"):
        response = get(path, accept=accept)
        assert response.headers["Content-Type"] == form
        assert "Accept" in response.headers["Vary"]


def test_the_parameter_overrules_the_header(rich):
    for form, media_type in (("jsonld", LD), ("ninjs", NINJS), ("json", "application/json")):
        response = get("articles/", form, accept="text/html")
        assert response.headers["Content-Type"] == media_type


def test_other_doors_do_not_have_them():
    assert refused("tags/?format=jsonld")["allowed"] == ["json", "html"]
    ask("tags/", 406, accept=LD)


@pytest.mark.parametrize("form", ["jsonld", "ninjs"])
def test_problems_are_problems_in_every_form(rich, form):
    rich.withdraw("Wrong.")
    for path, status in (
        (f"articles/{rich.uid}/", 410),
        ("articles/c0b1b1d4-0000-5000-8000-000000000000/", 404),
        ("articles/?x=1", 400),
        ("articles/?status=draft", 403),
    ):
        response = get(path, form, status)
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == status


@pytest.mark.parametrize("form", ["jsonld", "ninjs"])
def test_members_cannot_be_chosen_in_them(rich, form):
    for name in ("fields", "omit"):
        fault = get(f"articles/?{name}=uid", form, 400).json()["errors"][0]
        assert fault["parameter"] == name
        assert form in fault["detail"]


def test_options_are_json_whatever_is_accepted():
    response = Client(headers={"accept": LD}).options(f"{ROOT}articles/")
    assert response.headers["Content-Type"] == "application/json"


# ── JSON-LD ──────────────────────────────────────────────────────────────────────────────────────


def test_a_news_article(rich):
    assert get(f"articles/{rich.uid}/", "jsonld").json() == {
        "@context": "https://schema.org",
        "@id": rich.uid.urn,
        "@type": "NewsArticle",
        "url": f"{HOST}/articles/{rich.uid}/",
        "identifier": "a-1",
        "headline": "Talks resume",
        "description": "Again.",
        "articleBody": rich.body,
        "inLanguage": "en",
        "datePublished": "2024-03-31T18:30:00Z",
        "dateModified": stamp(rich.updated_at),
        "author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Ek"}],
        "publisher": {
            "@id": f"{HOST}/sources/wire/",
            "@type": "NewsMediaOrganization",
            "name": "Wire",
            "url": "https://wire.example/",
        },
        "sourceOrganization": {"@id": f"{HOST}/sources/wire/"},
        "keywords": ["Aid", "Peace"],
        "about": [
            {
                "@id": f"{HOST}/entities/river-treaty/",
                "@type": "CreativeWork",
                "name": "River treaty",
                "url": f"{HOST}/entities/river-treaty/",
            }
        ],
        "mentions": [
            {
                "@id": f"{HOST}/entities/cairo/",
                "@type": "Place",
                "name": "Cairo",
                "url": f"{HOST}/entities/cairo/",
                "sameAs": "http://www.wikidata.org/entity/Q85",
            },
            {
                "@id": f"{HOST}/entities/united-nations/",
                "@type": "Organization",
                "name": "United Nations",
                "url": f"{HOST}/entities/united-nations/",
                "sameAs": "http://www.wikidata.org/entity/Q1065",
            },
        ],
        "isBasedOn": "https://example.org/talks?a=1",
    }


def test_a_list_is_an_item_list_whose_pages_are_linked(rich):
    for number in range(3):
        make_article(f"Undated {number}", language="und")
    first = get("articles/?page_size=2&count=true", "jsonld")
    page = first.json()
    assert page["@type"] == "ItemList"
    assert page["numberOfItems"] == 4
    assert "previous" not in page
    items = [it["item"] for it in page["itemListElement"]]
    assert items[0]["headline"] == "Talks resume"
    assert "articleBody" not in items[0]
    assert "@context" not in items[0]
    assert not {"datePublished", "inLanguage", "author", "mentions"} & items[1].keys()
    assert first.headers["Link"] == f'<{page["next"]}>; rel="next"'
    second = Client().get(page["next"])
    assert second.headers["Content-Type"] == LD
    assert second.json()["previous"]
    assert len(second.json()["itemListElement"]) == 2
    empty = get("articles/?q=nowhere", "jsonld").json()
    assert "itemListElement" not in empty


def test_a_day_is_a_date(rich):
    Article.objects.update(
        published_at=datetime(2024, 3, 31, tzinfo=UTC), published_precision="day"
    )
    assert get(f"articles/{rich.uid}/", "jsonld").json()["datePublished"] == "2024-03-31"


@pytest.mark.parametrize("form", ["jsonld", "ninjs"])
def test_what_they_cost(rich, form, django_assert_num_queries):
    make_article("Another")
    for path in ("articles/", f"articles/{rich.uid}/"):
        with django_assert_num_queries(1):  # the rows with their sources, tags and entities
            get(path, form)


# ── ninjs ────────────────────────────────────────────────────────────────────────────────────────


def test_an_item(rich):
    item = get(f"articles/{rich.uid}/", "ninjs").json()
    assert item == {
        "uri": rich.uid.urn,
        "standard": {
            "name": "ninjs",
            "version": "3.1",
            "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
        },
        "type": "text",
        "representationType": "full",
        "pubStatus": "usable",
        "firstCreated": "2024-03-31T18:30:00Z",
        "versionCreated": stamp(rich.updated_at),
        "language": "en",
        "by": "Ann Lee, Bo Ek",
        "headlines": [{"role": "main", "contentType": "text/plain", "value": "Talks resume"}],
        "descriptions": [{"role": "summary", "contentType": "text/plain", "value": "Again."}],
        "bodies": [{"role": "main", "contentType": "text/plain", "value": rich.body}],
        "subjects": [
            {"name": "Aid", "uri": f"{HOST}/tags/aid/", "literal": "aid"},
            {
                "name": "Peace",
                "uri": "http://cv.iptc.org/newscodes/mediatopic/20000065",
                "literal": "peace",
            },
        ],
        "organisations": [
            {
                "name": "United Nations",
                "uri": "http://www.wikidata.org/entity/Q1065",
                "literal": "united-nations",
            }
        ],
        "places": [
            {"name": "Cairo", "uri": "http://www.wikidata.org/entity/Q85", "literal": "cairo"}
        ],
        "objects": [
            {
                "name": "River treaty",
                "uri": f"{HOST}/entities/river-treaty/",
                "literal": "river-treaty",
            }
        ],
        "infoSources": [{"name": "Wire", "uri": f"{HOST}/sources/wire/", "literal": "wire"}],
        "altIds": [
            {"role": "externalId", "value": "a-1"},
            {"role": "originalUrl", "value": "https://example.org/talks?a=1"},
        ],
    }


def test_a_list_of_items(rich):
    make_article("Undated", language="und")
    page = get("articles/?page_size=1", "ninjs").json()
    assert page["next"]
    (item,) = page["items"]
    assert item["representationType"] == "partial"
    assert "bodies" not in item
    following = Client().get(page["next"])
    assert following.headers["Content-Type"] == NINJS
    (item,) = following.json()["items"]
    assert not {"firstCreated", "versionCreated", "language", "by", "descriptions"} & item.keys()


def test_a_day_is_left_out_of_ninjs_for_it_knows_moments_only(rich):
    Article.objects.update(
        published_at=datetime(2024, 3, 31, tzinfo=UTC), published_precision="day"
    )
    assert (
        not {"firstCreated", "versionCreated"} & get(f"articles/{rich.uid}/", "ninjs").json().keys()
    )


def test_a_bearer_of_drafts_is_told_their_status(rich):
    _, secret = Token.objects.issue("Desk", "ann", [TokenScope.DRAFTS])
    rich.withdraw("Wrong.")
    draft = make_article("Unripe", status=ArticleStatus.DRAFT)
    bearer = {"authorization": f"Bearer {secret}"}
    for article, ninjs, schema_org in (
        (rich, "canceled", "Withdrawn"),
        (draft, "withheld", "Draft"),
    ):
        path = f"articles/{article.uid}/"
        assert get(path, "ninjs", **bearer).json()["pubStatus"] == ninjs
        assert get(path, "jsonld", **bearer).json()["creativeWorkStatus"] == schema_org


def ninjs_validator():
    path = SCHEMAS / "ninjs-schema_3.1.json"
    if not path.is_file():
        pytest.skip("the schemas of ninjs are not here")
    schema = json.loads(path.read_text())
    text = json.dumps(schema).replace('{"$ref": "https://geojson.org/schema/GeoJSON.json#"}', "{}")
    return Draft202012Validator(json.loads(text), format_checker=FormatChecker())


def test_items_are_valid_ninjs(rich):
    make_article("Undated", language="und", body="")
    for kind in ("person", "organisation", "place", "event", "work", "other"):
        make_mention(rich, make_entity(f"A {kind} — ö", kind=kind), start=0, end=1, quote="T")
    validator = ninjs_validator()
    items = get("articles/", "ninjs").json()["items"]
    items.append(get(f"articles/{rich.uid}/", "ninjs").json())
    for item in items:
        assert [it.message for it in validator.iter_errors(item)] == []
    assert list(validator.iter_errors({**items[0], "headline": "as in ninjs 1"}))


def test_an_article_in_ninjs_loads_again(rich, monkeypatch, capsys):
    received = get(f"articles/{rich.uid}/", "ninjs").content
    rich.delete()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(received)))
    call_command("load_articles", "-", "--quiet")
    loaded = Article.objects.get()
    assert loaded.external_id == rich.uid.urn
    assert loaded.source == Source.objects.get(slug="wire")
    for field in ("headline", "summary", "body", "language", "published_at", "published_precision"):
        assert getattr(loaded, field) == getattr(rich, field), field
    assert loaded.bylines == ["Ann Lee, Bo Ek"]
    assert set(loaded.taggings.values_list("tag__slug", flat=True)) == {"aid", "peace"}
    assert set(loaded.mentions.values_list("entity__slug", flat=True)) == {
        "cairo", "united-nations", "river-treaty",
    }  # fmt: skip


def test_a_list_in_ninjs_loads_again(rich, monkeypatch):
    make_article("Undated", source=rich.source, language="und")
    received = get("articles/", "ninjs").content
    Article.objects.all().delete()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(received)))
    call_command("load_articles", "-", "--quiet")
    assert set(Article.objects.values_list("headline", flat=True)) == {"Talks resume", "Undated"}
    assert Article.objects.get(headline="Undated").published_at is None
