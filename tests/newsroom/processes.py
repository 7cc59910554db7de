"""Processes that use an embedded PostgreSQL, and what is asked of them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from newsroom.embedded_postgres import lockfiles
from newsroom.embedded_postgres.server import PORT, Server

REPOSITORY = Path(__file__).resolve().parents[2]
CLIENT = Path(__file__).with_name("embedded_client.py")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change accounts")


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSROOM_")}
    return kept | {"PYTHONPATH": str(REPOSITORY)} | changes


def run(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments and changes of the environment, to its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def tool(root: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return run("-m", "newsroom.embedded_postgres", "--root", root, *arguments, **changes)


class Client:
    """A running embedded_client.py."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, CLIENT, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        )

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def receive(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, line: str) -> str:
        self.send(line)
        return self.receive()

    def leave(self) -> None:
        """End its input; it must end well, and have said nothing."""
        _, errors = self.process.communicate(timeout=60)
        assert (self.process.returncode, errors) == (0, "")


def connect(server: Server) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(server.sockets), port=PORT, user="newsroom", dbname="newsroom", autocommit=True
    )


def value(server: Server, sql: str) -> object:
    with connect(server) as connection:
        row = connection.execute(sql).fetchone()
    return row and row[0]


def is_stopped(root: Path) -> bool:
    return not (root / "data" / "postmaster.pid").exists()


def kill_postmaster(server: Server) -> None:
    os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    while lockfiles.postmaster_runs(server.data):
        pass
