"""Sources: what their page keeps and refuses."""

import pytest
from django.test import Client

from articles.models import Redirect, Source
from tests.articles.admin.browser import address, errors, save
from tests.factories import make_article, make_source


def test_a_source_needs_only_a_name(desk: Client):
    assert errors(save(desk, "source", name="Le Port d’Été")) == ""
    source = Source.objects.get()
    assert (source.slug, source.language) == ("le-port-dété", "und")


def test_a_renamed_slug_leaves_a_redirect(desk: Client):
    source = make_source("Wire", slug="wire")
    save(desk, "source", source.pk, slug="the-wire")
    assert Redirect.objects.get().target == Source.objects.get(slug="the-wire")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": ""}, "required"),
        ({"slug": "two words"}, "use lower-case letters, digits and hyphens, such as two-words"),
        ({"slug": "Wire"}, "is not a slug"),
        ({"slug": "taken"}, "already exists"),
        ({"language": "english"}, "is not a language tag"),
        ({"language": "EN"}, "write the language as en"),
        ({"timezone": "Cairo"}, "is not an IANA time zone"),
        ({"country": "eg"}, "two capital letters"),
        ({"country": "Egypt"}, "at most 2"),
        ({"homepage": "nowhere"}, "valid URL"),
        ({"kind": "blog"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(desk: Client, fields: dict[str, str], reason: str):
    make_source("Taken", slug="taken")
    source = make_source("Wire", slug="wire")
    response = save(desk, "source", source.pk, **fields)
    assert response.status_code == 200
    assert reason in errors(response)
    source.refresh_from_db()
    assert (source.slug, source.edited_fields) == ("wire", [])


def test_notes_with_two_lines_are_not_edited_by_saving(desk: Client):
    source = make_source(notes="One\n\nTwo \n", homepage="https://example.org/")
    save(desk, "source", source.pk)
    source.refresh_from_db()
    assert (source.notes, source.edited_fields) == ("One\n\nTwo \n", [])


def test_cleaning_rules_are_switched_off_and_unknown_ones_kept(desk: Client):
    source = make_source(cleaning_off=["a-rule-of-old"])
    page = desk.get(address("source_change", source.pk)).text
    assert 'value="a-rule-of-old"' in page
    save(desk, "source", source.pk, cleaning_off=["html", "a-rule-of-old"])
    source.refresh_from_db()
    assert sorted(source.cleaning_off) == ["a-rule-of-old", "html"]
    assert source.edited_fields == ["cleaning_off"]


def test_a_source_with_articles_cannot_be_deleted(desk: Client):
    source = make_article().source
    for answer in (
        desk.get(address("source_delete", source.pk)),
        desk.post(address("source_delete", source.pk), {"post": "yes"}),
    ):
        assert "protected related objects" in answer.text
        assert "1 article" in answer.text
    assert Source.objects.count() == 1
    empty = make_source("Empty")
    desk.post(address("source_delete", empty.pk), {"post": "yes"})
    assert list(Source.objects.all()) == [source]
