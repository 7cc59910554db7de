"""New names on the desk: made entities, or never suggested again."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from articles.enrichment.discover import discover
from articles.models import (
    Article,
    Entity,
    LedgerEntry,
    NameDecision,
    UnknownName,
    unknown_names_of,
)
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
    states = NameDecision.objects.values_list("quote", "verdict", "editor")
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


def test_a_name_has_its_kind_and_its_places_with_their_articles(desk: Client, names):
    rosa = names["Rosa Almeida"]
    UnknownName.objects.filter(pk=rosa.pk).update(kind="person")
    assert '<td class="field-kind_word">Person</td>' in desk.get(LIST).text
    page = desk.get(reverse("admin:articles_unknownname_change", args=[rosa.pk])).text
    assert "Person" in page
    assert page.count("<mark>Rosa Almeida</mark>") == 2
    for article in Article.objects.all():
        assert reverse("admin:articles_article_change", args=[article.pk]) in page
    Article.objects.first().delete()
    assert desk.get(reverse("admin:articles_unknownname_change", args=[rosa.pk])).status_code == 200


def test_an_article_knows_the_names_that_it_is_evidence_of(names, django_assert_num_queries):
    one, other = Article.objects.order_by("pk")[0], make_article(body="Rosa Almeida was not here.")
    with django_assert_num_queries(1):
        found = unknown_names_of(one)
    assert sorted((it.name.quote, it.quote) for it in found) == [
        ("Otto Kranz", "Otto Kranz"), ("Rosa Almeida", "Rosa Almeida"),
    ]  # fmt: skip
    assert all(f"{it.before.strip('…')}{it.quote}" in one.body for it in found)
    assert unknown_names_of(other) == []
    names["Otto Kranz"].never_suggest("mona")
    assert [it.quote for it in unknown_names_of(one)] == ["Rosa Almeida"]
