"""The environment decides, and nonsense in it is named. Each case in a process of its own."""

import os
import subprocess
import sys

import pytest

LEFT_OUT = {
    "DJANGO_DEBUG", "DJANGO_SECRET_KEY", "DJANGO_HTTPS", "ALLOWED_HOSTS", "DATABASE_URL",
    "API_RATE_ANONYMOUS", "API_RATE_TOKEN", "TRUSTED_PROXIES",
}  # fmt: skip


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    clean["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    return subprocess.run(
        [sys.executable, "-c", code],
        env=clean | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("door", ["newsroom.wsgi", "newsroom.asgi"])
def test_the_server_refuses_to_start_without_a_secret_key(door):
    refused = run(f"import {door}")
    assert refused.returncode != 0
    assert "DJANGO_SECRET_KEY is not set" in refused.stderr


@pytest.mark.parametrize("variables", [{"DJANGO_SECRET_KEY": "k" * 60}, {"DJANGO_DEBUG": "1"}])
def test_with_a_key_or_in_debug_it_starts(variables):
    assert run("import newsroom.wsgi", **variables).returncode == 0


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DJANGO_DEBUG": "maybe"}, "DJANGO_DEBUG='maybe' is neither yes nor no"),
        ({"DJANGO_HTTPS": "2"}, "DJANGO_HTTPS='2' is neither yes nor no"),
        ({"API_RATE_ANONYMOUS": "600"}, "API_RATE_ANONYMOUS='600' is not a rate"),
        ({"API_RATE_ANONYMOUS": "0/minute"}, "API_RATE_ANONYMOUS='0/minute' is not a rate"),
        ({"API_RATE_TOKEN": "many/hour"}, "API_RATE_TOKEN='many/hour' is not a rate"),
        ({"API_RATE_TOKEN": "5/day"}, "API_RATE_TOKEN='5/day' is not a rate"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES='-1' is not a whole number"),
        ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES='one' is not a whole number"),
        ({"DATABASE_URL": "sqlite:///a.db"}, "DATABASE_URL must begin with postgresql://"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u:p@host:port/db"}, "DATABASE_URL"),
    ],
)
def test_nonsense_is_named(variables, named):
    refused = run("import newsroom.settings", **variables)
    assert refused.returncode != 0
    assert named in refused.stderr


def test_production_is_the_default():
    code = (
        "from newsroom import settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.SECRET_KEY)"
    )
    assert run(code).stdout.split() == ["False", "True", "True", "True", "True"]


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "(600, 60) (6000, 60) 1"),
        ({"DJANGO_HTTPS": "0"}, "(600, 60) (6000, 60) 0"),
        ({"API_RATE_ANONYMOUS": "OFF", "TRUSTED_PROXIES": "2"}, "None (6000, 60) 2"),
        ({"API_RATE_ANONYMOUS": "5/second", "API_RATE_TOKEN": "9/hour"}, "(5, 1) (9, 3600) 1"),
        ({"API_RATE_TOKEN": "1000000/hour"}, "(600, 60) (1000000, 3600) 1"),
    ],
)
def test_limits_and_proxies(variables, told):
    code = (
        "from newsroom import settings as s;"
        " print(s.API_RATE_ANONYMOUS, s.API_RATE_TOKEN, s.TRUSTED_PROXIES)"
    )
    assert run(code, **variables).stdout.strip() == told


def test_a_database_of_ones_own():
    code = (
        "from newsroom import settings as s; d = s.DATABASES['default']; print(d['ENGINE'],"
        " d['NAME'])"
    )
    address = "postgresql://me@db.example:5433/news"
    assert run(code, DATABASE_URL=address).stdout.split() == [
        "django.db.backends.postgresql",
        "news",
    ]


def test_deploy_checks_are_clean():
    code = (
        "from django.core.management import execute_from_command_line as run;"
        " run(['', 'check', '--deploy', '--fail-level', 'WARNING'])"
    )
    variables = {
        "DJANGO_SECRET_KEY": "".join(chr(33 + n) for n in range(90)),
        "ALLOWED_HOSTS": "archive.example",
    }
    checked = run(code, **variables)
    assert checked.returncode == 0, checked.stderr
