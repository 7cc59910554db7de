"""What every test may use. Factories are plain functions in `tests/factories.py`."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.databases import OURS, empty, leave_alone, use_template
from tests.examples import examples

settings.register_profile("suite", max_examples=examples(100))
settings.load_profile("suite")

# Each client of a test begins with all middleware; the static files are the same for all.
_find_static_files = WhiteNoiseMiddleware.add_files_from_finders
_static_files: dict[str, Any] = {}


def _remembered(self: WhiteNoiseMiddleware) -> None:
    if not _static_files:
        _find_static_files(self)
        _static_files.update(self.files)
    self.files.update(_static_files)


WhiteNoiseMiddleware.add_files_from_finders = _remembered

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# Set where this session has a database.
HAS_DATABASE = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> None:
    """The test database is a copy of one that was migrated."""
    with django_db_blocker.unblock():
        use_template()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """At the end the databases go, also where the thread of a test's server still holds one."""
    with django_db_blocker.unblock():
        leave_alone()
    # Django would empty all tables, and then write what they hold of the models anew.
    TransactionTestCase._fixture_teardown = lambda self: empty()
    request.config.stash[HAS_DATABASE] = True
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND usename = current_user"
        )


@pytest.fixture(scope="module", autouse=True)
def as_if_new(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """What is left of a module's many rows and of their statistics slows no other's tests down."""
    yield
    if request.config.stash.get(HAS_DATABASE, False):
        with django_db_blocker.unblock():
            empty(OURS, more_than=1_000_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright  # only tests of `make test-browser` need it

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
