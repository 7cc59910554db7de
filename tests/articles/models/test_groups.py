"""The groups that migrations make, and what an operator makes of them."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from articles.models.groups import CONTRIBUTORS, EDITORS, MAY, VIEWERS, WORDS, grant, make_groups

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups(db: None) -> None:
    make_groups(apps)  # a test that empties the database may have taken the migration's


def held(name: str) -> set[tuple[str, str]]:
    permissions = Group.objects.get(name=name).permissions.select_related("content_type")
    return {(it.content_type.model, it.codename) for it in permissions}


@pytest.mark.parametrize("name", [EDITORS, CONTRIBUTORS, VIEWERS])
def test_a_group_holds_what_is_said_of_it(name):
    assert held(name) == set(MAY[name])


def test_every_word_of_ours_is_a_permission_with_its_label():
    ours = {(model, word, label) for model, it in WORDS.items() for word, label in it.items()}
    kept = Permission.objects.filter(content_type__app_label="articles").select_related()
    assert ours <= {(it.content_type.model, it.codename, it.name) for it in kept}


def test_what_an_operator_changed_stays():
    editors = Group.objects.get(name=EDITORS)
    editors.permissions.remove(Permission.objects.get(codename="merge_tag"))
    editors.permissions.add(Permission.objects.get(codename="add_user"))
    before = held(EDITORS)
    make_groups(apps)
    assert held(EDITORS) == before


def test_a_group_that_is_gone_is_given_nothing():
    Group.objects.filter(name=VIEWERS).delete()
    grant(apps, VIEWERS, [("article", "publish_article")])
    assert not Group.objects.filter(name=VIEWERS).exists()


def test_nobody_of_a_group_manages_accounts():
    for name in (EDITORS, CONTRIBUTORS, VIEWERS):
        labels = Group.objects.get(name=name).permissions.values_list("content_type__app_label")
        assert {label for (label,) in labels} == {"articles"}
