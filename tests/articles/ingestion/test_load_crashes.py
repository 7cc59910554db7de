"""A load that was killed, by itself or with its database, and run again: as if nothing happened."""

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from articles.ingestion.inputs import Input
from articles.ingestion.loader import Loading, load
from newsroom.embedded_postgres.server import Server
from tests.articles.ingestion.loads import mixed_records, state, write_lines
from tests.newsroom.conftest import dispose, open_directory
from tests.newsroom.processes import kill_postmaster

REPOSITORY = Path(__file__).resolve().parents[3]
CLIENT = Path(__file__).with_name("load_client.py")
BATCH = 10


def client(place: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, CLIENT, place, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )


def answer(place: str, *arguments: object, killed: bool = False) -> list[str]:
    """What the client says; it ends well, or by its own hand."""
    process = client(place, *arguments)
    said, errors = process.communicate(timeout=120)
    assert process.returncode == (-signal.SIGKILL if killed else 0), errors
    return said.splitlines()


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE articles_source, articles_tag, articles_entity, articles_article,"
            " articles_loadrun, articles_ledgerbatch, articles_ledgerentry CASCADE"
        )


def load_here(path: Path) -> None:
    load([Input(path.name, path)], Loading(create_missing=True), io.BytesIO())


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "in.jsonl", mixed_records(35))


@pytest.fixture
def undisturbed(lines: Path, transactional_db: None) -> Iterator[dict[str, Any]]:
    load_here(lines)
    found = state()
    assert (len(found["articles"]), len(found["faults"])) == (29, 6)
    assert found["runs"][0][:2] == ["finished", 35]
    assert (found["keys"], found["indexed"]) == (0, True)
    assert found["raw"]
    empty()
    yield found
    empty()


def test_a_killed_load_goes_on(lines: Path, undisturbed: dict[str, Any]) -> None:
    place = f"name:{connection.settings_dict['NAME']}"
    done = answer(place, "load", lines, BATCH, 90, killed=True)
    assert 0 < len(done) < 4
    assert state()["runs"][0][:2] == ["running", int(done[-1])]
    assert not state()["indexed"]
    load_here(lines)
    assert state() == undisturbed


@pytest.mark.slow
def test_a_load_killed_at_any_statement_goes_on(lines: Path, undisturbed: dict[str, Any]) -> None:
    place = f"name:{connection.settings_dict['NAME']}"
    statements = int(answer(place, "load", lines, BATCH, 0)[-1].split()[-1])
    assert state() == undisturbed
    for last in sorted(random.Random(1).sample(range(1, statements + 1), 30)):
        empty()
        answer(place, "load", lines, BATCH, last, killed=True)
        answer(place, "load", lines, BATCH, 3, killed=True)  # once more, as it takes up the load
        load_here(lines)
        assert state() == undisturbed, f"killed before statement {last} of {statements}"


@pytest.fixture
def root() -> Iterator[Path]:
    parent = open_directory()
    yield parent / ".postgres"
    dispose(parent / ".postgres")
    shutil.rmtree(parent)


@pytest.mark.slow
def test_a_load_whose_database_is_killed_goes_on(
    root: Path, lines: Path, undisturbed: dict[str, Any]
) -> None:
    place = f"root:{root}"
    answer(place, "migrate")
    for batches in (1, 3, 6):
        process = client(place, "load", lines, 2, 0)
        assert process.stdout is not None
        for _ in range(batches):
            assert process.stdout.readline()
        kill_postmaster(Server(root))
        process.communicate(timeout=120)
    answer(place, "load", lines, 2, 0)
    assert json.loads(answer(place, "state")[0]) == json.loads(json.dumps(undisturbed))
