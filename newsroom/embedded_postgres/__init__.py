"""A PostgreSQL of one's own for development, when DATABASE_URL is unset.

`configure(root)` returns the entry of DATABASES and starts nothing. The server starts at the first
connection, serves every process of this checkout, and stops when the last of them ends. Nothing
listens on TCP: the socket lies in a directory that only its account may enter.

    newsroom/embedded_postgres/
    ├── server.py      the life of the server: start, share, stop
    ├── cluster.py     the data directory: how a new one comes to be
    ├── places.py      where data and socket are
    ├── accounts.py    who the server runs as, and whose its directories are
    ├── binaries.py    where PostgreSQL's programs are
    ├── lockfiles.py   whether a lock file tells of a living server
    ├── backend/       the Django ENGINE
    └── __main__.py    python -m newsroom.embedded_postgres status|stop|psql|pg_dump

Environment, all optional:
NEWSROOM_POSTGRES_BIN      the directory of other programs than the wheel's: PostgreSQL 15 or newer
NEWSROOM_POSTGRES_KEEP     anything: the server outlives its last user, until `stop`
NEWSROOM_POSTGRES_OS_USER  as root, the account that the server runs as, instead of nobody

A process ended by SIGTERM or SIGKILL leaves the server to the next one that ends normally. Not for
production, nor for network file systems or directories shared between containers.
"""

import sys
from pathlib import Path
from typing import Any

from newsroom.embedded_postgres.errors import EmbeddedPostgresError

if sys.platform != "win32":
    from newsroom.embedded_postgres.cluster import DATABASE, ROLE
    from newsroom.embedded_postgres.server import PORT, Server

    _servers: list[Server] = []

__all__ = ["EmbeddedPostgresError", "configure", "server"]


def configure(root: Path) -> dict[str, Any]:
    """DATABASES["default"] for a server that keeps its data below `root`; nothing is touched.

    EmbeddedPostgresError: there is no account to run it as, or this is Windows.
    """
    if sys.platform == "win32":
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL does not run on Windows. "
            "Set DATABASE_URL to a PostgreSQL server, or use WSL."
        )
    embedded = Server(root)
    _servers[:] = [embedded]
    return {
        "ENGINE": "newsroom.embedded_postgres.backend",
        "NAME": DATABASE,
        "USER": ROLE,
        "HOST": str(embedded.sockets),
        "PORT": PORT,
    }


def server() -> "Server":
    """The server that the settings have configured; EmbeddedPostgresError if they have not."""
    if not _servers:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL is not configured. "
            'In the settings, take DATABASES["default"] from embedded_postgres.configure().'
        )
    return _servers[0]
