"""Sources, entities and tags: members, filters, redirects, and what they cost."""

import pytest
from django.test import Client

from articles.models import Alias, Redirect
from articles.vocabulary import ArticleStatus, NounKind, Origin
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


# What a detail adds, told in test_overviews.py.
OVERVIEW = "article_count", "articles", "scope", "years", "undated", "companions", "newest"


def slugs(path):
    return [it["slug"] for it in ask(path)["results"]]


def test_the_root_leads_everywhere(client):
    root = ask("")
    assert root["articles"] == "http://testserver/api/v1/articles/"
    for address in root.values():
        assert client.get(address).status_code == 200


def test_a_source_without_its_notes():
    source = make_source(
        "Wire",
        kind="agency",
        homepage="https://example.org/",
        country="EG",
        timezone="Africa/Cairo",
        notes="do not trust",
    )
    make_article(source=source)
    make_article(source=source, status=ArticleStatus.DRAFT)
    source.refresh_from_db()
    shown = ask("sources/wire/")
    assert shown == {
        "slug": "wire",
        "name": "Wire",
        "url": "http://testserver/api/v1/sources/wire/",
        "kind": "agency",
        "homepage": "https://example.org/",
        "country": "EG",
        "language": "en",
        "timezone": "Africa/Cairo",
        "updated_at": source.updated_at.isoformat().replace("+00:00", "Z"),
        **{name: shown[name] for name in OVERVIEW},
    }
    assert ask("sources/")["results"] == [{k: shown[k] for k in shown if k not in OVERVIEW}]


def test_an_entity_with_its_spellings():
    entity = make_entity("United Nations", kind="organisation", wikidata_id="Q1065")
    Alias.objects.create(entity=entity, spelling="UN", kind="acronym")
    article = make_article(body="United Nations, United Nations.")
    make_mention(article, entity)
    make_mention(article, entity, start=16, end=30, quote="United Nations")
    make_mention(make_article(), entity, origin=Origin.MACHINE, state="suggested")
    make_mention(make_article(status=ArticleStatus.DRAFT), entity)
    shown = ask("entities/united-nations/")
    assert shown["article_count"] == {"value": 1, "relation": "eq"}
    assert (shown["kind"], shown["wikidata_id"]) == ("organisation", "Q1065")
    assert shown["aliases"] == [
        {"spelling": "UN", "kind": "acronym"},
        {"spelling": "United Nations", "kind": "name"},
    ]
    assert ask("entities/")["results"] == [{k: shown[k] for k in shown if k not in OVERVIEW}]


def test_a_tag_with_the_tag_above_it():
    parent = make_tag("Conflict", media_topic="medtop:16000000")
    child = make_tag("Peace", parent=parent, description="Its end.")
    child.aliases.create(spelling="truce")
    child.aliases.create(spelling="ceasefire")
    make_tagging(make_article(), child)
    shown = ask("tags/peace/")
    assert shown["aliases"] == [{"spelling": "ceasefire"}, {"spelling": "truce"}]
    assert shown["parent"] == {"slug": "conflict", "name": "Conflict"}
    assert shown["article_count"] == {"value": 1, "relation": "eq"}
    above = ask("tags/conflict/")
    assert (above["parent"], above["media_topic"]) == (None, "medtop:16000000")
    assert above["article_count"] == {"value": 0, "relation": "eq"}
    assert slugs("tags/") == ["conflict", "peace"]


def test_pages_by_slug_forward_and_back():
    names = ["a", "b", "ç", "d", "é", "سلام", "漢字"]
    for name in names:
        make_tag(name)
    everything = slugs("tags/")
    assert sorted(everything) == sorted(names)
    answer, found = ask("tags/?page_size=2"), []
    while True:
        found += [it["slug"] for it in answer["results"]]
        if not answer["next"]:
            break
        answer = ask(answer["next"])
    assert found == everything
    assert [it["slug"] for it in ask(answer["previous"])["results"]] == everything[4:6]
    assert ask("tags/?count=true&page_size=1")["count"] == {"value": 7, "relation": "eq"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("sources/?q=WIR", ["wire"]),
        ("sources/?kind=agency", ["wire"]),
        ("sources/?country=BR", ["jornal"]),
        ("sources/?language=pt", ["jornal"]),
        ("sources/?q=%25", []),
        ("sources/?q=%00", []),
        ("entities/?q=un", ["united-nations"]),
        ("entities/?q=nations&kind=organisation", ["united-nations"]),
        ("entities/?kind=place", ["cairo"]),
        ("entities/?wikidata_id=Q85", ["cairo"]),
        ("tags/?q=eac", ["peace"]),
        ("tags/?q=truce", ["peace"]),
        ("tags/?parent=conflict", ["peace"]),
        ("tags/?parent__isnull=true", ["conflict"]),
        ("tags/?media_topic=medtop:16000000", ["conflict"]),
    ],
)
def test_filters(path, found):
    make_source("Wire", kind="agency")
    make_source("Jornal", country="BR", language="pt-BR")
    entity = make_entity("United Nations", kind="organisation")
    Alias.objects.create(entity=entity, spelling="UN", kind="acronym")
    make_entity("Cairo", wikidata_id="Q85")
    peace = make_tag("Peace", parent=make_tag("Conflict", media_topic="medtop:16000000"))
    peace.aliases.create(spelling="Truces")
    assert slugs(path) == found


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("sources/?country=Egypt", "country"),
        ("sources/?tag=x", "tag"),
        ("entities/?wikidata_id=85", "wikidata_id"),
        ("tags/?parent=nothing", "parent"),
        ("tags/?media_topic=16000000", "media_topic"),
    ],
)
def test_wrong_filters_are_refused(path, parameter):
    assert refused(path)["parameter"] == parameter


# ── redirects ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("noun", "make"), [("source", make_source), ("entity", make_entity), ("tag", make_tag)]
)
def test_former_slugs_lead_to_the_present_one(client, noun, make):
    plural = {"source": "sources", "entity": "entities", "tag": "tags"}[noun]
    row = make("Before")
    row.slug = "جديد"
    row.save()
    Redirect.objects.create(kind=NounKind(noun), old_slug="merged", **{noun: row})
    for former in ("before", "merged"):
        response = client.get(f"{ROOT}{plural}/{former}/?format=json")
        assert response.status_code == 301
        assert response.content == b""
        assert response.headers["Location"] == (
            f"http://testserver/api/v1/{plural}/%D8%AC%D8%AF%D9%8A%D8%AF/?format=json"
        )
        assert ask(response.headers["Location"])["slug"] == "جديد"
    other = {"source": "tags", "entity": "sources", "tag": "entities"}[noun]
    ask(f"{other}/merged/", 404)


def test_a_slug_typed_in_another_normal_form_is_the_same():
    make_tag("Élection", slug="élection")
    assert ask("tags/e%CC%81lection/")["slug"] == "élection"


# ── queries ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("sources/", 1),  # the rows
        ("entities/", 2),  # the rows · their aliases
        ("entities/?q=a&count=true", 3),  # … · the count
        ("tags/", 2),  # the rows with the tags above · their other spellings
        ("tags/?parent=root", 3),  # the slug · as above
        # the row · its aliases · its articles counted · years and companions · the newest
        ("entities/one/", 5),
        ("tags/root/", 6),  # the row · its spellings · the tags below · as above
        ("tags/former/", 2),  # the row · where it leads
    ],
)
def test_nouns_cost_the_same_however_many_they_are(count, path, queries, django_assert_num_queries):
    root, one = make_tag("Root"), make_entity("One", slug="one")
    renamed = make_tag("Former")
    renamed.slug = "latter"
    renamed.save()
    for number in range(count):
        make_source()
        make_tag(parent=root)
        entity = make_entity(f"A{number}")
        Alias.objects.create(entity=entity, spelling=f"Also A{number}")
        article = make_article()
        make_mention(article, one)
        make_tagging(article, root)
    with django_assert_num_queries(queries):
        Client().get(ROOT + path)
