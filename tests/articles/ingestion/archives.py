"""Several archives on the test server, each served at an address of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3
from django.db import connection

REPOSITORY = Path(__file__).resolve().parents[3]
CLIENT = Path(__file__).with_name("follow_client.py")
LISTS = ("articles", "sources", "entities", "tags")
http = urllib3.PoolManager()


def process(database: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, CLIENT, database, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )


@contextmanager
def served(database: str) -> Iterator[str]:
    """The address of a server of the database."""
    server = process(database, "serve")
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, server.communicate()
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.kill()
        server.communicate()


@contextmanager
def empty_archives(count: int) -> Iterator[list[str]]:
    """New databases like the test database, which must be empty itself."""
    here = connection.settings_dict["NAME"]
    names = [f"{here}_{number}" for number in range(2, count + 2)]
    connection.close()
    with connection._nodb_cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{here}"')
    try:
        yield names
    finally:
        connection.close()
        with connection._nodb_cursor() as cursor:
            for name in names:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def ask(address: str) -> Any:
    return http.request("GET", address, redirect=False, retries=False)


def shown(base: str, also: Callable[[], list[str]] = list) -> dict[str, Any]:
    """All that the archive at the address shows: its lists and details, and what is at other paths
    below its API. Without its own address, and when something was last written there."""
    api, found = f"{base}api/v1/", {}
    for door in LISTS:
        address = f"{api}{door}/?page_size=50&count=true"
        while address:
            page = ask(address).json()
            for thing in page["results"]:
                found[thing["url"].removeprefix(api)] = _own(ask(thing["url"]).json(), base)
                found[f"in the list: {thing['url'].removeprefix(api)}"] = _own(thing, base)
            address = page["next"]
        found[f"how many {door}"] = page["count"]
    for path in also():
        answer = ask(api + path)
        found[path] = (
            answer.status,
            answer.headers.get("Location", "").removeprefix(base),
            _own(answer.json(), base) if answer.data else None,
        )
    return found


def _own(thing: Any, base: str) -> Any:
    if isinstance(thing, dict):
        return {name: _own(value, base) for name, value in thing.items() if name != "updated_at"}
    if isinstance(thing, list):
        return [_own(value, base) for value in thing]
    return thing.removeprefix(base) if isinstance(thing, str) else thing
