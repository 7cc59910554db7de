"""The README's chapter on reading is a tour: its requests are made as they stand, in their order.

What an answer is said to hold must be in it: of objects the members, of lists the items in their
order, of texts with an ellipsis the parts. A line `NAME: value` is a header, the first a status.
"""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
CHAPTER = README[README.index("\n## Read\n") : README.index("\n## The ledger\n")]
HOST = "http://127.0.0.1:8000"
METHODS = {"-I": "HEAD", "-X": None}


def examples() -> list[tuple[str, str]]:
    """Each curl command of the chapter with what it is said to print."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", CHAPTER, re.MULTILINE | re.DOTALL):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, said = example.partition("\n")
            if command.startswith("curl "):
                found.append((command, said.strip()))
    return found


def fetch(command: str, remembered: dict[str, str]) -> Any:
    """The answer to a curl command. `$NAME` stands for a header of an earlier answer."""
    for name, value in remembered.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command.partition(" > ")[0])[1:])
    method, headers, address = "GET", {}, ""
    for word in words:
        if word in METHODS:
            method = METHODS[word] or next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif not word.startswith("-"):
            address = word
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == HOST, address
    path = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    return Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000").generic(
        method, path, headers=headers
    )


def holds(actual: Any, said: Any) -> bool:
    match said:
        case dict():
            return isinstance(actual, dict) and all(
                name in actual and holds(actual[name], value) for name, value in said.items()
            )
        case list():
            items = iter(actual)
            return all(any(holds(item, value) for item in items) for value in said)
        case str() if "…" in said:
            form = ".*".join(re.escape(part) for part in said.split("…"))
            return isinstance(actual, str) and bool(re.fullmatch(form, actual, re.DOTALL))
    return bool(actual == said)


def told(response: Any) -> tuple[list[str], Any]:
    """Status line and headers, and the body: JSON as such, anything else as a text."""
    lines = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    body = b"".join(response) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    return lines, json.loads(body) if "json" in kind and body else body.decode()


@pytest.mark.django_db(transaction=True)  # the change feed is written at commit
def test_every_request_is_answered_as_it_is_said(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    call_command("seed_archive", verbosity=0)
    remembered: dict[str, str] = {}
    for command, said in examples():
        response = fetch(command, remembered)
        head, body = told(response)
        for name in ("ETag",):
            if name in response.headers:
                remembered[name.upper()] = response.headers[name]
        lines = said.splitlines()
        while lines and re.match(r"HTTP/|[A-Za-z-]+: ", lines[0]):
            line = lines.pop(0)
            assert any(holds(it, line) for it in head), (command, line, head)
        rest = "\n".join(lines).strip()
        if rest.startswith(("{", "[")) and not isinstance(body, str):
            assert holds(body, json.loads(rest)), (command, rest, body)
        elif rest:
            assert holds(body.strip(), rest), (command, rest, body)


def test_the_tour_is_no_empty_one() -> None:
    assert len(examples()) >= 20


@pytest.mark.parametrize(
    ("actual", "said"),
    [({"a": 1}, {"b": 1}), ([1, 2], [2, 1]), ({"a": "xy"}, {"a": "y…"}), ({"a": None}, {"a": 0})],
)
def test_a_wrong_claim_is_found(actual: Any, said: Any) -> None:
    assert not holds(actual, said)
