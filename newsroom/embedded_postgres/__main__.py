"""python -m newsroom.embedded_postgres status|stop|psql|pg_dump: tend the embedded server."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from psycopg.pq import Ping

from newsroom.embedded_postgres import accounts
from newsroom.embedded_postgres.cluster import DATABASE, ROLE
from newsroom.embedded_postgres.errors import EmbeddedPostgresError
from newsroom.embedded_postgres.server import PORT, Server

ROOT = Path(__file__).resolve().parents[2] / ".postgres"


def main(arguments: list[str]) -> int:
    """Do what the arguments say. Exit codes: the program's, 0, 1 for trouble, 3 not running."""
    parser = argparse.ArgumentParser("python -m newsroom.embedded_postgres", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="default: %(default)s")
    parser.add_argument("action", choices=["status", "stop", "psql", "pg_dump"])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of psql or pg_dump")
    given = parser.parse_args(arguments)
    if given.rest and given.action in {"status", "stop"}:
        parser.error(f"{given.action} takes no arguments")
    try:
        server = Server(given.root)
        if given.action == "status":
            return _status(server)
        if given.action == "stop":
            server.stop()
            return 0
        return _run(server, given.action, given.rest)
    except EmbeddedPostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _status(server: Server) -> int:
    is_running = server.ping() == Ping.OK
    state = "running" if is_running else "stopped" if server.data.exists() else "not yet made"
    sys.stdout.write(
        f"{state}\ndata    {server.data}\nsocket  {server.sockets}\nlog     {server.log}\n"
    )
    return 0 if is_running else 3


def _run(server: Server, program: str, arguments: list[str]) -> int:
    server.ensure()
    where = {"PGHOST": str(server.sockets), "PGPORT": PORT, "PGUSER": ROLE, "PGDATABASE": DATABASE}
    # Not exec: this process stays, for the server runs as long as it does. Ctrl-C is psql's.
    signal.signal(signal.SIGINT, _ignore)
    command = [str(server.programs / program), *arguments]
    return subprocess.run(command, env=accounts.environment() | where, check=False).returncode


def _ignore(signum: int, frame: FrameType | None) -> None:
    """A handler, where SIG_IGN would be passed on to psql."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
