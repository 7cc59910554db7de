"""Tags: the tree stays a tree."""

import pytest
from django.test import Client

from articles.models import Tag
from tests.articles.admin.browser import address, errors, read_form, save
from tests.factories import make_tag


def test_a_tag_takes_its_place_in_the_tree(desk: Client):
    politics = make_tag("Politics")
    response = save(
        desk, "tag", name="Diplomacy", parent=str(politics.pk), media_topic="medtop:20000065"
    )
    assert errors(response) == ""
    assert Tag.objects.get(slug="diplomacy").parent == politics


def test_empty_codes_do_not_collide(desk: Client):
    for name in ("One", "Two"):
        assert errors(save(desk, "tag", name=name)) == ""
    assert Tag.objects.filter(media_topic=None).count() == 2


def test_no_tag_stands_above_itself(desk: Client):
    top = make_tag("Top")
    middle = make_tag("Middle", parent=top)
    low = make_tag("Low", parent=middle)
    for parent in (top, middle, low):
        response = save(desk, "tag", top.pk, parent=str(parent.pk))
        assert response.status_code == 200
        assert "a tag cannot be above itself" in errors(response)
    top.refresh_from_db()
    assert top.parent is None


def test_a_circle_that_only_the_database_sees_is_said_in_the_form(desk: Client, monkeypatch):
    top = make_tag("Top")
    low = make_tag("Low", parent=top)
    monkeypatch.setattr(
        "articles.admin.tags.TagForm.clean_parent", lambda form: form.cleaned_data["parent"]
    )
    response = save(desk, "tag", top.pk, parent=str(low.pk), description="Kept in the form")
    assert response.status_code == 200
    assert "tag tree has no circle" in errors(response)
    assert "Kept in the form" in response.text


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"media_topic": "20000065"}, "medtop: and eight digits"),
        ({"media_topic": "medtop:1"}, "medtop: and eight digits"),
        ({"media_topic": "medtop:11000000"}, "already exists"),
        ({"slug": "a/b"}, "is not a slug"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(desk: Client, fields: dict[str, str], reason: str):
    make_tag("Politics", media_topic="medtop:11000000")
    assert reason in errors(save(desk, "tag", make_tag("Other").pk, **fields))


def test_other_spellings_stand_in_the_form_the_list_and_the_search(desk: Client):
    tag = make_tag("Peace")
    make_tag("War")
    response = save(desk, "tag", tag.pk, **{"aliases-0-spelling": "truce"})
    assert errors(response) == ""
    assert [it.spelling for it in tag.aliases.all()] == ["truce"]
    page = desk.get(address("tag_changelist") + "?q=TRUC")
    assert [it.name for it in page.context["cl"].result_list] == ["Peace"]
    assert "truce" in page.content.decode()
    again = save(desk, "tag", tag.pk, **{"aliases-1-spelling": "truce"})
    assert "here twice" in again.content.decode()
    history = desk.get(address("tag_history", tag.pk)).content.decode()
    assert "truce" in history
    values = read_form(desk, address("tag_change", tag.pk), "tag_form")
    desk.post(address("tag_change", tag.pk), {**values, "aliases-0-DELETE": "on"})
    assert not tag.aliases.exists()
    assert "truce" in desk.get(address("tag_history", tag.pk)).content.decode()
