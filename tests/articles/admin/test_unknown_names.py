"""New names on the desk: made entities, or never suggested again."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from articles.enrichment.discover import discover
from articles.models import Entity, LedgerEntry, UnknownName
from tests.factories import make_article

LIST = reverse("admin:articles_unknownname_changelist")


@pytest.fixture
def names(db):
    for _ in range(2):
        make_article(body="It was said that Rosa Almeida and later Otto Kranz <b>had</b> spoken.")
    discover()
    return {it.quote: it for it in UnknownName.objects.all()}


def act(client: Client, action: str, *names: UnknownName):
    return client.post(
        LIST, {"action": action, "_selected_action": [it.pk for it in names]}, follow=True
    )


def test_names_are_shown_in_their_places(desk: Client, names):
    page = desk.get(LIST).text
    assert "<mark>Rosa Almeida</mark>" in page
    assert "&lt;b&gt;had&lt;/b&gt;" in page


def test_one_becomes_a_person_the_other_is_never_suggested(desk: Client, names):
    act(desk, "make_person", names["Rosa Almeida"])
    entity = Entity.objects.get(name="Rosa Almeida")
    assert (entity.kind, entity.slug) == ("person", "rosa-almeida")
    entry = LedgerEntry.objects.of(entity).select_related("batch").get()
    assert (entry.batch.actor, entry.batch.way) == ("mona", "admin")
    act(desk, "never_suggest", names["Otto Kranz"])
    states = UnknownName.objects.values_list("quote", "state", "judged_by")
    assert sorted(states) == [
        ("Otto Kranz", "rejected", "mona"),
        ("Rosa Almeida", "accepted", "mona"),
    ]
    page = act(desk, "make_person", names["Otto Kranz"]).text
    assert "has been judged by somebody else meanwhile" in page


def test_who_may_only_look_judges_nothing(names):
    looker = User.objects.create_user("lea", password="a-password-9", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_unknownname"))
    client = Client()
    client.force_login(looker)
    assert "Rosa Almeida" in client.get(LIST).text
    act(client, "make_person", names["Rosa Almeida"])
    assert not Entity.objects.exists()


def test_the_list_asks_as_often_however_long_it_is(
    desk: Client, names, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        desk.get(LIST)
