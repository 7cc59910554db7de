"""The embedded PostgreSQL in use: starts when needed, is shared, is stopped by its last user."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.pq import Ping

from newsroom import embedded_postgres
from newsroom.embedded_postgres import EmbeddedPostgresError
from newsroom.embedded_postgres.server import Server
from tests.newsroom.processes import REPOSITORY, Client, is_stopped, run, tool

FORK = """
import os, sys
from pathlib import Path
from newsroom.embedded_postgres.server import Server
server = Server(Path(sys.argv[1]))
server.ensure()
ours, parents = os.pipe()
if not os.fork():
    os.close(parents)
    os.read(ours, 1)  # returns when the parent has ended
    os._exit(0)
server.release()
assert server.ping().name == "NO_RESPONSE"
Server(Path(sys.argv[1])).ensure()
"""


class TestConfiguration:
    def test_configuring_touches_nothing(
        self, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(embedded_postgres, "_servers", [])
        entry = embedded_postgres.configure(checkout / ".postgres")
        assert entry["ENGINE"] == "newsroom.embedded_postgres.backend"
        assert entry["HOST"] == f"{checkout}/.postgres/run"
        assert list(checkout.iterdir()) == []

    def test_without_configuration_there_is_no_server(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(embedded_postgres, "_servers", [])
        with pytest.raises(EmbeddedPostgresError, match=r"configure\(\)"):
            embedded_postgres.server()


class TestSharing:
    def test_the_first_connection_makes_a_cluster_fit_for_an_archive(self, checkout: Path) -> None:
        root = checkout / ".postgres"
        client = Client(root)
        assert client.ask("select session_user || '@' || current_database()") == "newsroom@newsroom"
        assert client.ask("select rolsuper from pg_roles where rolname = 'newsroom'") == "False"
        assert client.ask("select lower('É')") == "é"
        found = "to_tsvector('english', '“Times”') @@ to_tsquery('english', 'time')"
        assert client.ask(f"select {found}") == "True"
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert client.ask(f"show {setting}") == "on"
        assert client.ask("show listen_addresses") == ""
        assert stat.S_IMODE((root / "run").stat().st_mode) == 0o700
        client.leave()
        assert is_stopped(root)

    def test_processes_share_the_server_and_the_last_one_stops_it(self, root: Path) -> None:
        first, second = Client(root), Client(root)
        started = first.ask("select pg_postmaster_start_time()")
        assert second.ask("select pg_postmaster_start_time()") == started
        first.leave()
        assert second.ask("select pg_postmaster_start_time()") == started
        second.leave()
        assert is_stopped(root)

    def test_simultaneous_first_starts_make_one_cluster(self, checkout: Path) -> None:
        clients = [Client(checkout / ".postgres") for _ in range(6)]
        for client in clients:
            client.send("select system_identifier from pg_control_system()")
        answers = {client.receive() for client in clients}
        assert len(answers) == 1
        assert answers.pop().isdigit()
        for client in clients:
            client.leave()
        assert is_stopped(checkout / ".postgres")

    def test_django_makes_its_test_database(self, root: Path) -> None:
        client = Client(root)
        assert client.ask("create test database") == "test_newsroom"
        assert client.ask("select current_database()") == "test_newsroom"
        client.leave()

    def test_a_fork_is_no_user_and_keeps_nobody_out(self, root: Path) -> None:
        finished = run("-c", FORK, root)
        assert (finished.returncode, finished.stderr) == (0, "")
        assert is_stopped(root)


class TestTool:
    def test_psql_and_pg_dump_reach_the_server_that_they_start(self, root: Path) -> None:
        made = tool(root, "psql", "-Xqc", "create table facts as select 'kept' as fact")
        assert (made.returncode, made.stderr) == (0, "")
        assert "kept" in tool(root, "pg_dump", "--table=facts").stdout
        assert tool(root, "psql", "-Xc", "select nonsense").returncode == 1
        assert is_stopped(root)

    def test_a_kept_server_holds_no_pipe_and_runs_until_it_is_stopped(self, root: Path) -> None:
        # `tool` waits for the end of the output, which a server that holds the pipe would put off.
        assert tool(root, "psql", "-Xc", "select 1", NEWSROOM_POSTGRES_KEEP="1").returncode == 0
        running = tool(root, "status")
        assert (running.returncode, running.stdout.split("\n")[0]) == (0, "running")
        assert tool(root, "stop").returncode == 0
        stopped = tool(root, "status")
        assert (stopped.returncode, stopped.stdout.split("\n")[0]) == (3, "stopped")

    def test_status_and_stop_of_nothing_make_nothing(self, checkout: Path) -> None:
        status = tool(checkout / ".postgres", "status")
        assert (status.returncode, status.stdout.split("\n")[0]) == (3, "not yet made")
        assert tool(checkout / ".postgres", "stop").returncode == 0
        assert list(checkout.iterdir()) == []

    def test_a_stopped_server_is_started_again_by_who_still_uses_it(
        self, root: Path, new_server: Callable[[Path], Server]
    ) -> None:
        server = new_server(root)
        server.ensure()
        new_server(root).stop()
        assert server.ping() == Ping.NO_RESPONSE
        server.ensure()
        assert server.ping() == Ping.OK


Manage = Callable[..., subprocess.CompletedProcess[str]]


class TestManagementCommands:
    @pytest.fixture
    def manage(self, tmp_path: Path) -> Manage:
        """Calls Django's commands with the embedded PostgreSQL below a given directory."""
        (tmp_path / "small_settings.py").write_text(
            "import os, pathlib\n"
            "from newsroom import embedded_postgres\n"
            "root = pathlib.Path(os.environ['NEWSROOM_TEST_ROOT'])\n"
            "DATABASES = {'default': embedded_postgres.configure(root)}\n"
        )

        def call(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
            return run(
                *("-m", "django", *arguments),
                PYTHONPATH=f"{tmp_path}{os.pathsep}{REPOSITORY}",
                DJANGO_SETTINGS_MODULE="small_settings",
                NEWSROOM_TEST_ROOT=str(root),
            )

        return call

    def test_help_starts_nothing(self, manage: Manage, checkout: Path) -> None:
        assert "usage" in manage(checkout / ".postgres", "migrate", "--help").stdout
        assert list(checkout.iterdir()) == []

    def test_dbshell_is_the_psql_of_the_server(self, manage: Manage, root: Path) -> None:
        finished = manage(root, "dbshell", "--", "-XAtc", "select current_user")
        assert (finished.stdout, finished.stderr) == ("newsroom\n", "")
        assert is_stopped(root)

    def test_trouble_is_told_without_a_traceback(self, manage: Manage, hollow_root: Path) -> None:
        finished = manage(hollow_root, "migrate")
        assert finished.returncode == 1
        assert finished.stderr.startswith("EmbeddedPostgresError: ")
        assert "Traceback" not in finished.stderr
