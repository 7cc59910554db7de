"""What an embedded PostgreSQL that was killed, or half made, comes back from."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from newsroom.embedded_postgres import EmbeddedPostgresError, lockfiles
from newsroom.embedded_postgres.accounts import Account
from newsroom.embedded_postgres.server import PORT, Server
from tests.newsroom.processes import Client, connect, kill_postmaster, value

NewServer = Callable[[Path], Server]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def start_as(account: Account, *command: str) -> subprocess.Popen[bytes]:
    if not account.is_stand_in:
        return subprocess.Popen(command)
    return subprocess.Popen(command, user=account.uid, group=account.gid, extra_groups=[])


def fill(server: Server, table: str) -> None:
    """Fifty acknowledged rows, and a server killed while its client is connected."""
    with connect(server) as connection:
        connection.execute(f"create table {table} (n int)")
        for n in range(50):
            connection.execute(f"insert into {table} values (%s)", [n])
        kill_postmaster(server)


def kill_session(server: Server) -> None:
    """A session killed, and the server at its recovery: PostgreSQL ends all others for one."""
    with connect(server) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    while "reinitializing" not in server.log.read_text():  # it learns of it a moment later
        pass


class TestKilledServer:
    def test_starts_again_with_every_acknowledged_row(
        self, root: Path, new_server: NewServer
    ) -> None:
        server = new_server(root)
        server.ensure()
        fill(server, "acknowledged")
        server.ensure()
        assert value(server, "select count(*) from acknowledged") == 50

    @pytest.mark.parametrize("command", [["true"], ["sleep", "600"]], ids=["zombie", "stranger"])
    def test_starts_though_its_process_number_seems_alive(
        self, root: Path, new_server: NewServer, command: list[str]
    ) -> None:
        server = new_server(root)
        server.ensure()
        table = f"beside_{command[0]}"
        fill(server, table)
        # Of the server's account: PostgreSQL takes processes of others for gone.
        bystander = start_as(server.account, *command)
        if command == ["true"]:  # ended, but nobody has waited for it yet
            os.waitid(os.P_PID, bystander.pid, os.WEXITED | os.WNOWAIT)
        for lock in (server.data / "postmaster.pid", server.sockets / f".s.PGSQL.{PORT}.lock"):
            _, rest = lock.read_text().split("\n", 1)
            lock.write_text(f"{bystander.pid}\n{rest}")
        server.stop()
        server.ensure()
        assert value(server, f"select count(*) from {table}") == 50
        if command != ["true"]:
            assert bystander.poll() is None, "a stranger was stopped"
        bystander.kill()
        bystander.wait()

    def test_is_found_again_by_a_process_that_used_it(self, root: Path) -> None:
        client = Client(root)
        started = client.ask("select pg_postmaster_start_time()")
        kill_postmaster(Server(root))
        client.ask("disconnect")
        assert client.ask("select pg_postmaster_start_time()") > started
        client.leave()

    def test_is_waited_for_while_it_recovers(self, root: Path, new_server: NewServer) -> None:
        server = new_server(root)
        server.ensure()
        kill_session(server)
        server.ensure()
        assert value(server, "select 1") == 1

    def test_stops_while_it_recovers(self, root: Path, new_server: NewServer) -> None:
        server = new_server(root)
        server.ensure()
        kill_session(server)
        server.stop()
        assert not lockfiles.postmaster_runs(server.data)
        server.ensure()
        assert value(server, "select 1") == 1


class TestHalfMadeCluster:
    def test_is_begun_anew_and_a_terminal_is_told(
        self, checkout: Path, new_server: NewServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stderr", terminal := Terminal())
        half = checkout / ".postgres" / "data.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")
        server = new_server(checkout / ".postgres")
        server.ensure()
        assert value(server, "select 1") == 1
        assert not half.exists()
        assert terminal.getvalue() == f"creating the embedded PostgreSQL in {server.data}\n"

    def test_never_gets_the_final_name(
        self, checkout: Path, new_server: NewServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("newsroom.embedded_postgres.cluster.CONTENTS", "create nonsense\n")
        server = new_server(checkout / ".postgres")
        with pytest.raises(EmbeddedPostgresError, match=r"(?s)cannot be made in.*syntax error"):
            server.ensure()
        assert not server.data.exists()
