"""Entities and their aliases on one page."""

import pytest
from django.test import Client

from articles.models import Alias, Entity
from articles.vocabulary import AliasKind, CaseRule, Standing
from tests.articles.admin.browser import address, errors, read_form, save
from tests.factories import make_article, make_entity, make_mention


def spellings(entity: Entity) -> list[str]:
    return sorted(entity.aliases.values_list("spelling", flat=True))


def test_an_entity_is_its_own_first_alias(desk: Client):
    response = save(desk, "entity", name="القاهرة", kind="place", wikidata_id="q85")
    assert errors(response) == ""
    entity = Entity.objects.get()
    assert (entity.slug, entity.wikidata_id) == ("القاهرة", "Q85")
    assert spellings(entity) == ["القاهرة"]


def test_aliases_are_added_changed_and_removed(desk: Client):
    entity = make_entity("United Nations")
    response = save(
        desk,
        "entity",
        entity.pk,
        **{
            "aliases-0-standing": "accept",
            "aliases-1-spelling": "UN",
            "aliases-1-kind": "acronym",
            "aliases-1-case_rule": "ignore",
        },
    )
    assert errors(response) == ""
    own, acronym = entity.aliases.order_by("-spelling")
    assert own.standing == Standing.ACCEPT
    assert own.edited_fields == ["standing"]
    assert (acronym.kind, acronym.case_rule) == (AliasKind.ACRONYM, CaseRule.IGNORE)
    url = address("entity_change", entity.pk)
    values = read_form(desk, url, "entity_form")
    desk.post(url, {**values, "aliases-0-DELETE": "on"})
    assert spellings(entity) == ["United Nations"]


def test_a_new_name_becomes_an_alias_and_the_old_one_stays(desk: Client):
    entity = make_entity("Upper Volta")
    save(desk, "entity", entity.pk, name="Burkina Faso")
    assert spellings(entity) == ["Burkina Faso", "Upper Volta"]


def test_a_spelling_twice_is_refused_stored_or_new(desk: Client):
    entity = make_entity("Cairo")
    again = save(desk, "entity", entity.pk, **{"aliases-1-spelling": "Cairo"})
    assert "twice" in errors(again) or "once" in errors(again)
    url = address("entity_change", entity.pk)
    values = read_form(desk, url, "entity_form")
    new = {
        f"aliases-{n}-{field}": value
        for n in (1, 2)
        for field, value in (
            ("spelling", "Kairo"), ("kind", "name"), ("case_rule", "exact"),
            ("standing", "review"), ("entity", str(entity.pk)), ("id", ""),
        )
    }  # fmt: skip
    response = desk.post(url, {**values, **new, "aliases-TOTAL_FORMS": "3"})
    assert "This spelling is here twice" in errors(response)
    assert spellings(entity) == ["Cairo"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"wikidata_id": "85"}, "A Wikidata id is Q and a number"),
        ({"wikidata_id": "Q1"}, "already exists"),
        ({"kind": "animal"}, "valid choice"),
        ({"slug": "two words"}, "is not a slug"),
        ({"name": " "}, "required"),
        ({"aliases-0-spelling": ""}, "required"),
        ({"aliases-0-standing": "perhaps"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(desk: Client, fields: dict[str, str], reason: str):
    make_entity("Universe", wikidata_id="Q1")
    entity = make_entity("Cairo")
    response = save(desk, "entity", entity.pk, **fields)
    assert reason in errors(response)
    entity.refresh_from_db()
    assert entity.edited_fields == []


def test_deleting_says_what_goes_along_without_listing_it(desk: Client):
    entity = make_entity("Cairo")
    for _ in range(3):
        make_mention(make_article(body="Cairo"), entity)
    page = desk.get(address("entity_delete", entity.pk)).text
    assert "3 mentions" in page
    assert "1 alias" in page
    desk.post(address("entity_delete", entity.pk), {"post": "yes"})
    assert not Entity.objects.exists()
    assert not Alias.objects.exists()
