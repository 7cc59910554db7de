"""`fields` and `omit`: what is not chosen is neither told nor read."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.api import nouns, overviews, representations, serializers, views
from articles.models import Mention
from tests.articles.api.conforming import ROOT, ask, refused
from tests.factories import make_article, make_entity, make_source, make_tag, make_tagging

LISTS = {
    "articles/": serializers.Article,
    "sources/": serializers.Source,
    "entities/": serializers.Entity,
    "tags/": serializers.Tag,
}


@pytest.fixture
def details(db):
    article = make_article("One", source=make_source("Wire", slug="wire"), body="In Cairo.")
    make_tagging(article, make_tag("Peace"))
    Mention.objects.create(article=article, entity=make_entity("Cairo"))
    return {
        f"articles/{article.uid}/": serializers.ArticleDetail,
        "sources/wire/": overviews.SourceDetail,
        "entities/cairo/": overviews.EntityDetail,
        "tags/peace/": overviews.TagDetail,
    }


def members(shape):
    return serializers.promised(shape)


@pytest.mark.parametrize(
    ("shape", "made"),
    [
        (serializers.ArticleDetail, representations.ARTICLE),
        (serializers.Source, representations.SOURCE),
        (serializers.Entity, representations.ENTITY),
        (serializers.Tag, representations.TAG),
    ],
)
def test_each_member_of_a_shape_can_be_made(shape, made):
    assert members(shape) == list(made)


def test_each_member_can_be_had_alone_and_left_out(details):
    doors = {**{path: (shape, True) for path, shape in LISTS.items()}}
    doors |= {path: (shape, False) for path, shape in details.items()}
    for path, (shape, is_list) in doors.items():

        def shown(query, path=path, is_list=is_list):
            answer = ask(f"{path}?{query}")
            return answer["results"][0] if is_list else answer

        whole = shown("")
        assert list(whole) == members(shape)
        for name in members(shape):
            assert shown(f"fields={name}") == {name: whole[name]}
            rest = {other: value for other, value in whole.items() if other != name}
            assert shown(f"omit={name}") == rest
        first, *_, last = members(shape)
        assert list(shown(f"fields={last},{first},{last}")) == [first, last]


def test_pages_go_on_without_the_members_that_order_them(db):
    for number in range(5):
        make_article(f"Number {number}")
    for ordering in ("-published_at", "updated_at"):
        found, address = [], f"articles/?fields=headline&page_size=2&ordering={ordering}"
        while address:
            page = ask(address)
            found += [it["headline"] for it in page["results"]]
            address = page["next"]
        assert sorted(found) == [f"Number {number}" for number in range(5)]
    assert [it["headline"] for it in ask("articles/?fields=headline&q=number")["results"]]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "parameter", "nearest"),
    [
        ("fields=slugs", "fields", None),
        ("fields=updated", "fields", "updated_at"),
        ("omit=ulr", "omit", "url"),
        ("fields=", "fields", None),
        ("fields=url,", "fields", None),
        ("fields=url&fields=url", "fields", None),
        ("omit=pk", "omit", None),
    ],
)
def test_what_is_no_member_is_refused(path, query, parameter, nearest):
    fault = refused(f"{path}?{query}")
    assert fault["parameter"] == parameter
    if nearest:
        assert fault["nearest"] == nearest
    if "&" not in query:
        assert fault["allowed"] == members(LISTS[path])


def test_both_at_once_and_nothing_at_all_are_refused():
    problem = ask("tags/?fields=slug&omit=name", 400)
    assert [it["parameter"] for it in problem["errors"]] == ["fields", "omit"]
    assert refused(f"tags/?omit={','.join(members(serializers.Tag))}")["parameter"] == "omit"


def queries_of(path):
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(ROOT + path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_what_is_not_chosen_is_not_read(details):
    article, *_ = details
    assert len(queries_of("articles/")) == 1
    (rows,) = queries_of("articles/?fields=uid,headline")
    assert "summary" not in rows
    for table in ("articles_source", "articles_tag", "articles_mention"):
        assert table not in rows
    (rows,) = queries_of("articles/?fields=tags")
    assert "articles_tagging" in rows
    assert "articles_mention" not in rows
    (rows,) = queries_of("articles/?fields=entities")
    assert "articles_mention" in rows
    assert "articles_tagging" not in rows
    (rows,) = queries_of("articles/?omit=tags,entities,source")
    assert '"summary"' in rows
    assert "articles_source" not in rows
    assert len(queries_of(article)) == 2
    (row,) = queries_of(f"{article}?fields=headline")
    assert '"body"' not in row
    assert len(queries_of(f"{article}?fields=mentions")) == 2
    (row,) = queries_of(f"{article}?omit=mentions")
    assert '"body"' in row
    assert len(queries_of("entities/")) == 2
    assert len(queries_of("entities/?omit=aliases")) == 1
    assert len(queries_of("tags/peace/?fields=name")) == 1
    assert len(queries_of("sources/wire/?fields=name,articles,kind")) == 1
    (tags,) = queries_of("tags/?omit=parent,aliases")
    assert "JOIN" not in tags


@pytest.mark.django_db
@pytest.mark.parametrize("fields", ["headline", "body", "body,sections", "source", "uid"])
def test_a_page_for_people_bears_any_choice(fields):
    article = make_article("One", body="First.\n\nSecond.")
    for path in (f"articles/{article.uid}/?fields={fields}", "articles/?fields=headline"):
        page = Client(headers={"accept": "text/html"}).get(ROOT + path)
        assert page.status_code == 200


def test_every_list_and_detail_takes_them():
    doors = [
        it for it in [*vars(views).values(), *vars(nouns).values()] if hasattr(it, "operation")
    ]
    chosen = [it for it in doors if {"fields", "omit"} <= {p.name for p in it.parameters}]
    assert {it.__name__ for it in chosen} >= {
        f"{noun}{kind}"
        for noun in ("Article", "Source", "Entity", "Tag")
        for kind in ("List", "Detail")
    }
