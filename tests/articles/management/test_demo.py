"""manage.py demo, but for the serving itself (see tests/test_make.py)."""

import socket
import stat

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from articles.management.commands import demo
from articles.models import Article, LedgerEntry
from articles.models.groups import EDITORS, make_groups


@pytest.fixture(autouse=True)
def elsewhere(settings, tmp_path, monkeypatch):
    """Secrets are kept below a checkout of the test's own."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    fixtures = settings.BASE_DIR / "fixtures"
    settings.BASE_DIR = tmp_path
    (tmp_path / "fixtures").symlink_to(fixtures)
    return tmp_path


@pytest.mark.django_db
def test_twice_is_once_and_prints_the_same_password(capsys, elsewhere):
    call_command("demo", no_serve=True)
    first = capsys.readouterr().out
    articles, entries = Article.objects.count(), LedgerEntry.objects.count()
    call_command("demo", no_serve=True)
    second = capsys.readouterr().out
    password = (elsewhere / ".postgres" / "editor_password").read_text().strip()
    assert f"Password: {password}" in first
    assert f"Password: {password}" in second
    assert articles >= 40
    assert (Article.objects.count(), LedgerEntry.objects.count()) == (articles, entries)
    assert get_user_model().objects.get(username="editor").check_password(password)


@pytest.mark.django_db
def test_the_editor_is_one_of_the_editors():
    make_groups(apps)
    call_command("demo", no_serve=True)
    editor = get_user_model().objects.get(username="editor")
    assert list(editor.groups.values_list("name", flat=True)) == [EDITORS]


@pytest.mark.django_db
def test_secrets_are_their_owners_only(elsewhere):
    call_command("demo", no_serve=True)
    demo.kept_secret("secret_key")
    for name in ("editor_password", "secret_key"):
        assert stat.S_IMODE((elsewhere / ".postgres" / name).stat().st_mode) == 0o600


@pytest.mark.django_db
def test_a_password_that_somebody_changed_is_left_alone(capsys):
    call_command("demo", no_serve=True)
    editor = get_user_model().objects.get(username="editor")
    editor.set_password("their own")
    editor.save()
    capsys.readouterr()
    call_command("demo", no_serve=True)
    assert "changed since" in capsys.readouterr().out
    editor.refresh_from_db()
    assert editor.check_password("their own")


def test_somebodys_database_is_not_touched_without_yes(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db.example/precious")
    with pytest.raises(CommandError, match="--yes"):
        call_command("demo", no_serve=True)


def test_a_taken_port_is_named_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} .*make demo PORT={port + 1}"):
            call_command("demo", port=port)


def test_a_port_that_is_none():
    with pytest.raises(CommandError, match="99999"):
        call_command("demo", port=99_999)
