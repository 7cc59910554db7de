"""Loads on the desk: what they did, what they refused, what an editor kept."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, LoadConflict, LoadFault, LoadRun, recording
from articles.vocabulary import Way
from tests.articles.admin.browser import address, query_names
from tests.factories import make_article

LIST = "/admin/articles/loadrun/"


def load(folder: Path, *records: dict[str, object]) -> LoadRun:
    path = folder / "articles.jsonl"
    path.write_text("\n".join(json.dumps({"source": "Wire"} | record) for record in records))
    try:
        call_command(
            "load_articles", str(path), create_missing=True, quiet=True,
            stdout=StringIO(), stderr=StringIO(),
        )  # fmt: skip
    except CommandError as error:
        assert error.returncode == 1
    return LoadRun.objects.latest("pk")


@pytest.fixture
def faulty(db: None, tmp_path: Path) -> LoadRun:
    talks = {"external_id": "1", "headline": "Talks", "body": "Talks."}
    load(tmp_path, talks)
    with recording(Way.ADMIN, actor="anna"):
        Article.objects.update(headline="محادثات <b>")
    return load(tmp_path, talks, {"external_id": "2", "headline": "x", "language": "nonsense-9"})


def test_the_list_tells_outcomes_and_narrows_to_faults(desk: Client, faulty: LoadRun):
    page = desk.get(LIST)
    assert len(page.context["cl"].result_list) == 2
    assert "1 in conflict, 1 rejected" in page.text or "1 rejected, 1 in conflict" in page.text
    for outcome in ("rejected", "conflict"):
        found = desk.get(f"{LIST}?outcome={outcome}").context["cl"].result_list
        assert [row.pk for row in found] == [faulty.pk]
    assert len(desk.get(f"{LIST}?outcome=x").context["cl"].result_list) == 2


def test_a_loads_page_names_faults_and_both_sides_of_a_conflict(desk: Client, faulty: LoadRun):
    page = desk.get(address("loadrun_change", faulty.pk))
    assert "language" in page.text
    assert "nonsense-9" in page.text
    (conflict,) = page.context["conflicts"]
    assert (conflict.field, conflict.ours, conflict.theirs) == ("headline", "محادثات <b>", "Talks")
    assert "محادثات &lt;b&gt;" in page.text
    assert f"ledgerentry/?run={faulty.run}" in page.text
    assert 'name="_save"' not in page.text


def test_a_loads_page_shows_fifty_at_a_time_and_asks_as_often(desk: Client, faulty: LoadRun):
    url = address("loadrun_change", faulty.pk)
    desk.get(url)
    names = []
    for more in (0, 60):
        for number in range(more):
            LoadFault.objects.create(load=faulty, file="a", record=number, reason="bad")
            LoadConflict.objects.create(
                load=faulty, article=make_article(), field="bylines", theirs=["Amal", "Basma"]
            )
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(url)
        names.append(sorted(query_names(queries)))
    assert names[0] == names[1]
    assert len(page.context["conflicts"]) == 50
    assert "?faults=2#faults" in page.text
    assert page.context["conflicts"][-1].theirs == "Amal, Basma"
    last = desk.get(f"{url}?faults=2&conflicts=99")
    assert len(last.context["fault_page"].object_list) == 11
    assert len(last.context["conflicts"]) == 11


def test_a_load_is_changed_by_nobody_and_seen_by_those_who_may(client: Client, faulty: LoadRun):
    url = address("loadrun_change", faulty.pk)
    assert client.get(url).status_code == 302
    user = User.objects.create_user("vera", is_staff=True)
    client.force_login(user)
    assert client.get(url).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename="view_loadrun"))
    assert client.get(url).status_code == 200
    assert client.post(url, {"actor": "x"}).status_code == 403
    assert client.get("/admin/articles/loadrun/add/").status_code == 403
    assert client.get(address("loadrun_change", 999_999)).status_code == 302
