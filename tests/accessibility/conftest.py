"""One archive, served once for all tests of a file, and an editor's browser to look at it with."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from tests.accessibility.axe import axe_source
from tests.accessibility.world import build


@pytest.fixture(scope="module")
def archive(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """What the addresses of its pages name. No test of the file changes it."""
    with django_db_blocker.unblock():
        yield build(tmp_path_factory.mktemp("loads"))
        call_command("flush", verbosity=0, interactive=False, allow_cascade=True)
        connections.close_all()


@pytest.fixture(scope="module")
def server(archive: dict[str, Any]) -> Iterator[str]:
    served = LiveServer("localhost")
    with served._live_server_modified_settings:
        yield served.url
    served.stop()


@pytest.fixture(scope="module")
def visitor(chromium: Any, server: str) -> Iterator[Any]:
    """A browser that nobody has logged in with."""
    yield from _page(chromium, server, None)


@pytest.fixture(scope="module")
def editor(chromium: Any, server: str, archive: dict[str, Any]) -> Iterator[Any]:
    yield from _page(chromium, server, archive["session"])


def _page(chromium: Any, server: str, session: str | None) -> Iterator[Any]:
    context = chromium.new_context(base_url=server, reduced_motion="reduce")
    context.add_init_script(axe_source())
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": server}])
    yield context.new_page()
    context.close()
